using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Proof;

/// <summary>
/// One example while it runs. An account is opened at the first step that needs one, with everything given until then. An example of an earlier
/// version happens when it happened there, as if this version had been in effect.
/// </summary>
internal sealed partial class ExampleStory(RulesetModel model, Example example)
{
    private const string AccountId = "example";

    private static readonly SearchValues<char> _figure = SearchValues.Create("0123456789,.");

    private readonly Instant _effectiveAt = EffectiveAt(model, example);
    private readonly PublishedRuleset _ruleset = new(model.Name, [new PublishedVersion(model, EffectiveAt(model, example))]);

    private readonly ImmutableArray<ExampleFailure>.Builder _failures = ImmutableArray.CreateBuilder<ExampleFailure>();
    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _terms = new(StringComparer.Ordinal);
    private readonly List<GivenBalance> _balances = [];
    private readonly Dictionary<string, ExactDecimal> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _drawn = new(StringComparer.Ordinal);
    private readonly List<Step> _working = [];
    private string? _plan;
    private Instant? _now;
    private AccountState? _state;
    private QuoteOutcome? _outcome;
    private long _charged;
    private long _listed;
    private int _runs;
    private bool _expected;
    private bool _isBroken;
    private bool _isGiven;

    public ExampleResult Run()
    {
        var expectations = 0;
        foreach (var step in example.Steps)
        {
            expectations += step is ExpectStep or ExpectOutcomeStep or ExpectAlertStep ? 1 : 0;
            if (!_isBroken)
            {
                Do(step);
            }
        }

        return new ExampleResult(example.Name, example.Location, expectations, _failures.ToImmutable());
    }

    /// <summary>The version counts as in effect from its effective instant, and in a story that begins earlier from the day before it begins.</summary>
    private static Instant EffectiveAt(RulesetModel model, Example example)
    {
        var effectiveAt = example.Inherited?.FromEffectiveAt ?? model.EffectiveAt;
        return example.Steps.OfType<OnStep>().FirstOrDefault() is { } first && WallTime.ToInstant(first.Day.AtMidnight(), model.Zone) is var day && day < effectiveAt
            ? day - Duration.FromDays(1)
            : effectiveAt;
    }

    private void Do(ExampleStep step)
    {
        switch (step)
        {
            case OnStep on:
                MoveTo(on);
                return;
            case GivenStep given:
                Given(given);
                return;
        }

        if (!TryOpen(step))
        {
            return;
        }

        switch (step)
        {
            case DoStep run:
                DoRuns(run);
                return;
            case BuyStep buy:
                Buy(buy);
                return;
            case BuyPackStep buy:
                BuyPack(buy);
                return;
            case ChangePlanStep change:
                Take(Bookkeeper.ChangePlan(_ruleset, _state!, change.Plan, _now!.Value), step);
                return;
            case ExpectStep expect:
                Check(expect);
                break;
            case ExpectOutcomeStep expect:
                Check(expect);
                break;
            case ExpectAlertStep expect:
                Check(expect);
                break;
            default:
                throw new InvalidOperationException($"No way to run {step.GetType().Name}.");
        }

        _expected = true;
    }

    private void MoveTo(OnStep on)
    {
        // What was given before a day is passed holds since the day before it: the account is there from then on.
        if (_isGiven && !TryOpen(on))
        {
            return;
        }

        _now = WallTime.ToInstant(on.Day.AtMidnight(), model.Zone);
        if (_state is not null)
        {
            var booking = Bookkeeper.Advance(_ruleset, _state, _now.Value);
            Take(booking, on);
            AddDue(booking.Entries);
        }
    }

    // What falls due at a boundary counts towards the next expectation.
    private void AddDue(ImmutableArray<Entry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Quote is { } due)
            {
                RestartTotals();
                Add(due);
            }
        }
    }

    private void Given(GivenStep given)
    {
        _isGiven = true;
        foreach (var (name, value) in given.Facts)
        {
            _facts[name] = value;
        }

        foreach (var (name, value) in given.Terms)
        {
            _terms[name] = value;
        }

        _plan = given.Plan ?? _plan;
        _balances.AddRange(given.Balances);
        if (_state is null)
        {
            return;
        }

        var now = _now!.Value;
        if (!given.Facts.IsEmpty || !given.Terms.IsEmpty)
        {
            Take(Bookkeeper.Set(_ruleset, _state, Stated(given.Facts), Stated(given.Terms), now), given);
        }

        if (given.Plan is { } plan && !_isBroken)
        {
            Take(Bookkeeper.ChangePlan(_ruleset, _state, plan, now), given);
        }

        if (!_isBroken)
        {
            ReplaceBalances(given);
        }
    }

    private static ImmutableArray<NamedText> Stated(ImmutableArray<NamedValue> values) => [.. values.Select(v => new NamedText(v.Name, v.Value))];

    private bool TryOpen(ExampleStep step)
    {
        if (_state is not null)
        {
            return true;
        }

        _now ??= Start();
        var buckets = model.Buckets.Select(b => b.Name).ToList();
        foreach (var term in model.Terms)
        {
            if (term.Normally is null)
            {
                _terms.TryAdd(term.Name, term.Sample.Write(buckets));
            }
        }

        var open = new OpenAccount(AccountId, _ruleset.Name, _now.Value)
        {
            Plan = _plan,
            Facts = [.. _facts.Select(f => new NamedText(f.Key, f.Value))],
            Terms = [.. _terms.Select(t => new NamedText(t.Key, t.Value))],
        };
        Take(Bookkeeper.Open(_ruleset, open), step);
        if (!_isBroken)
        {
            ReplaceBalances(step);
        }

        return !_isBroken;
    }

    // Language, section 7: the later of the effective day and the example's date facts, 00:00 in the ruleset's zone; where the version is
    // effective later that day, then.
    private Instant Start()
    {
        var day = _effectiveAt.InZone(model.Zone).Date;
        foreach (var fact in model.AccountFacts)
        {
            if (fact.Kind == FactKind.Date && _facts.TryGetValue(fact.Name, out var text) && fact.TryRead(text, out var value))
            {
                day = LocalDate.Max(day, Fact.DayOf(value));
            }
        }

        return Instant.Max(_effectiveAt, WallTime.ToInstant(day.AtMidnight(), model.Zone));
    }

    /// <summary>A given balance takes the place of what is in the bucket; it ends when that would have.</summary>
    private void ReplaceBalances(ExampleStep step)
    {
        foreach (var (index, amount) in _balances)
        {
            if (!TryRead(amount, step, out var credits))
            {
                return;
            }

            var bucket = model.Buckets[index];
            var journal = new Journal(_state!, _ruleset);
            var replaced = _state!.Lots.Where(l => l.Lot.Bucket == bucket.Name).ToList();
            foreach (var lot in replaced.Where(l => l.Available > 0))
            {
                journal.Post(new Entry
                {
                    Kind = EntryKind.Void,
                    Amount = lot.Available,
                    OccurredAt = _now!.Value,
                    Postings = [Posting.Expire(lot.Lot.Number, lot.Available)],
                });
            }

            _state = journal.State;
            if (credits.IsZero)
            {
                continue;
            }

            if (replaced.Count == 0 || !credits.TryToUnits(model.Credit.Decimals, out var units))
            {
                Grant(index, credits, step);
                continue;
            }

            var stand = replaced[0].Lot with { Number = _state.NextLot, Id = GrantId(), Amount = units };
            journal.Post(new Entry
            {
                Kind = EntryKind.Grant,
                Amount = units,
                OccurredAt = _now!.Value,
                NewLots = [stand],
                Postings = [Posting.Grant(stand.Number, units)],
            });
            _state = journal.State;
        }

        _balances.Clear();
    }

    private void Grant(int bucket, ExactDecimal credits, ExampleStep step)
    {
        var now = _now!.Value;
        var grant = new GrantCredits(GrantId(), model.Buckets[bucket].Name, credits, now);
        var booking = Bookkeeper.Grant(_ruleset, _state!, grant, now);
        if (booking.Error is { } error)
        {
            Break(step, error);
            return;
        }

        _state = booking.State;
    }

    private string GrantId() => string.Create(CultureInfo.InvariantCulture, $"grant-{_state!.NextLot}");

    private void DoRuns(DoStep run)
    {
        RestartTotals();
        var action = model.Actions[run.Action];
        for (var i = 0; i < run.Times && !_isBroken; i++)
        {
            _runs++;
            var key = run.Key ?? string.Create(CultureInfo.InvariantCulture, $"run-{_runs}");
            var usage = new UsageEvent
            {
                OccurredAt = _now!.Value,
                Action = action.Name,
                Quantities = [.. run.Quantities.Select(q => new MeteredQuantity(q.Meter, q.Quantity))],
                Facts = Stated(run.Facts),
                Keys = action.Key is { } name ? [new NamedText(name, key)] : [],
            };
            var booking = Bookkeeper.Charge(_ruleset, _state!, usage, _now.Value);
            if (booking.Error is { } error)
            {
                Break(run, error);
                return;
            }

            // A scope that no later line can name is of no further use.
            _state = run.Key is null && !booking.State.Scopes.IsEmpty
                ? booking.State with { Scopes = [.. booking.State.Scopes.Where(s => s.Id.Key != action.Key || s.Id.Value != key)] }
                : booking.State;
            Add(booking.Answer!);
        }
    }

    private void RestartTotals()
    {
        if (_expected)
        {
            (_charged, _listed, _expected) = (0, 0, false);
            _parts.Clear();
            _drawn.Clear();
            _alerts.Clear();
            _working.Clear();
        }
    }

    private void Add(Quote quote)
    {
        _outcome = quote.Outcome;
        _working.AddRange(quote.Steps);
        if (quote.Outcome != QuoteOutcome.Charged)
        {
            return;
        }

        _alerts.UnionWith(quote.Alerts);
        _charged += quote.Charge;
        _listed += quote.Listed;
        foreach (var step in quote.Steps)
        {
            if (step.Meter is { } meter && step.Amount is { } amount)
            {
                _parts[meter] = _parts.GetValueOrDefault(meter) + amount;
            }
        }

        foreach (var draw in quote.Draws)
        {
            _drawn[draw.Bucket] = _drawn.GetValueOrDefault(draw.Bucket) + draw.Amount;
        }
    }

    /// <summary>The figure of an amount for the example's account; ends the story where it has none.</summary>
    private bool TryRead(Amount amount, ExampleStep step, out ExactDecimal figure)
    {
        var error = AccountReading.AmountAt(model, _state!, amount, _now!.Value, out var read);
        figure = read ?? default;
        if ((error ?? (read is null ? EvaluationErrors.EndlessFigure(amount.Location.Text.ToString()) : null)) is { } failed)
        {
            Break(step, failed);
            return false;
        }

        return true;
    }

    private void Check(ExpectStep expect)
    {
        if (!TryRead(expect.Amount, expect, out var wanted))
        {
            return;
        }

        var decimals = model.Credit.Decimals;
        ExactDecimal? found = expect.Figure switch
        {
            ExpectedFigure.Charged => ExactDecimal.FromUnits(_charged, decimals),
            ExpectedFigure.Listed => ExactDecimal.FromUnits(_listed, decimals),
            ExpectedFigure.Part => _parts.GetValueOrDefault(expect.Meter!),
            ExpectedFigure.Drawn => ExactDecimal.FromUnits(_drawn.GetValueOrDefault(model.Buckets[expect.Bucket].Name), decimals),
            ExpectedFigure.Back => ExactDecimal.FromUnits(-_charged, decimals),
            ExpectedFigure.Balance => Balance(expect.Bucket),
            ExpectedFigure.Owed => Owed(),
            ExpectedFigure.Price => _price is { } price ? ExactDecimal.FromUnits(price.Amount, price.Decimals) : null,
            _ => null,
        };
        if (found != wanted)
        {
            Fail(expect, wanted.ToGroupedString(), found is { } figure ? figure.ToGroupedString() : "no such figure", found is { } given ? Rewritten(expect.Amount, given) : []);
        }
    }

    private ExactDecimal? Balance(int bucket)
    {
        var facts = AccountReading.FactsAt(model, _state!, _now!.Value);
        return Balances.Of(model, _state!, facts, _now.Value)[bucket].Available is { } units
            ? ExactDecimal.FromUnits(units, model.Credit.Decimals)
            : null;
    }

    private ExactDecimal Owed()
    {
        var owed = ExactDecimal.Zero;
        foreach (var lot in _state!.Lots)
        {
            if (lot.Lot.Origin == LotOrigin.Postpaid
                && lot.Lot.Cycle == (_state.Cycle?.Number ?? 0)
                && model.FindBucket(lot.Lot.Bucket) is { PostpaidRate: { } rate }
                && AccountReading.AmountAt(model, _state, rate, _now!.Value, out var perCredit) is null)
            {
                owed += (perCredit ?? default) * ExactDecimal.FromUnits(lot.Spent, model.Credit.Decimals);
            }
        }

        return owed;
    }

    private void Check(ExpectOutcomeStep expect)
    {
        var wanted = expect.Outcome switch
        {
            ExpectedOutcome.Blocked => QuoteOutcome.Blocked,
            ExpectedOutcome.Paused => QuoteOutcome.Paused,
            ExpectedOutcome.Refused => QuoteOutcome.Refused,
            ExpectedOutcome.Free => QuoteOutcome.Free,
            ExpectedOutcome.Unmetered => QuoteOutcome.Unmetered,
            _ => QuoteOutcome.NotApplicable,
        };
        if (_outcome != wanted)
        {
            Fail(expect, WordOf(wanted), _outcome is { } outcome ? WordOf(outcome) : "nothing was done", _outcome is { } ended ? Rewritten(expect, wanted, ended) : []);
        }
    }

    private static string WordOf(QuoteOutcome outcome) => outcome switch
    {
        QuoteOutcome.NotApplicable => "not applicable",
        _ => outcome.ToString().ToLowerInvariant(),
    };

    private void Take(Booking<AccountAnswer> booking, ExampleStep step)
    {
        if (booking.Error is { } error)
        {
            Break(step, error);
            return;
        }

        _state = booking.State;
    }

    // What cannot be evaluated ends the story: everything after it would only repeat the mistake.
    private void Break(ExampleStep step, EvaluationError error)
    {
        _isBroken = true;
        _failures.Add(new ExampleFailure(Failure(step, "an answer", $"{error.Code}: {error.Message.TrimEnd('.')}", []), [error.Help]));
    }

    // Where the file writes a figure, and not a term or a sum, what the rules give can stand in its place.
    private static ImmutableArray<DiagnosticFix> Rewritten(Amount amount, ExactDecimal found)
    {
        var (source, start) = (amount.Location.Source, amount.Location.Span.Start);
        var rest = source.ToString()[start..];
        var length = rest.AsSpan().IndexOfAnyExcept(_figure) is var end && end < 0 ? rest.Length : end;
        if (amount is not FixedAmount || found.Sign < 0 || !ExactDecimal.TryParse(rest[..length].Replace(",", "", StringComparison.Ordinal), out var written) || written != amount.Fixed)
        {
            return [];
        }

        var noun = rest[length..].StartsWith(" credits", StringComparison.Ordinal) ? " credits" : rest[length..].StartsWith(" credit", StringComparison.Ordinal) ? " credit" : "";
        return [new DiagnosticFix($"expect {found.ToGroupedString()}", new TextSpan(start, length + noun.Length), noun.Length > 0 ? CreditText.Of(found) : found.ToGroupedString())];
    }

    // How a use ended, or what it cost.
    private ImmutableArray<DiagnosticFix> Rewritten(ExpectOutcomeStep expect, QuoteOutcome wanted, QuoteOutcome found)
    {
        if (expect.Location.Text != "expect " + WordOf(wanted) || _charged < 0)
        {
            return [];
        }

        var given = found == QuoteOutcome.Charged ? CreditText.Of(ExactDecimal.FromUnits(_charged, model.Credit.Decimals)) : WordOf(found);
        return [new DiagnosticFix("expect " + given, expect.Location.Span, "expect " + given)];
    }

    private void Fail(ExampleStep step, string expected, string found, ImmutableArray<DiagnosticFix> fixes = default)
    {
        ImmutableArray<string> expectation = example.Inherited is null
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"expected {expected} ({step.Location.FileName}, line {step.Location.Line})")];
        _failures.Add(new ExampleFailure(Failure(step, expected, found, fixes.IsDefault ? [] : fixes), [.. expectation, .. _working.Select(Line)]));
    }

    // The text of an earlier version is not edited, so what it no longer proves is said where it is taken over.
    private Diagnostic Failure(ExampleStep step, string expected, string found, ImmutableArray<DiagnosticFix> fixes) => example.Inherited is { } inherited
        ? new Diagnostic(
            DiagnosticDescriptors.InheritedExampleFails, inherited.Location, [example.Name, inherited.From, expected, inherited.By, found], [])
        : new Diagnostic(DiagnosticDescriptors.ExampleFails, step.Location, [example.Name, expected, found], fixes);

    private static string Line(Step step)
    {
        var text = step.Amount is { } amount ? $"{step.Text} = {amount.ToGroupedString()}" : step.Text;
        return step.Location is { } place
            ? string.Create(CultureInfo.InvariantCulture, $"{text} ({place.FileName}, line {place.Line})")
            : text;
    }
}
