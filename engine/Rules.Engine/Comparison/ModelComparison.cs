using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Comparison;

/// <summary>What the step from one version to another means, read from the models: layout, names of files and order of declarations say nothing.</summary>
public sealed partial class ModelComparison
{
    private readonly ComparisonWords _old;
    private readonly ComparisonWords _new;
    private readonly List<Weighed> _changes = [];

    private ModelComparison(RulesetModel before, RulesetModel after)
    {
        _old = new ComparisonWords(before);
        _new = new ComparisonWords(after);
    }

    /// <summary>
    /// Every effect once, the dearest first, then what depends on use, then what is cheaper. Empty: both versions charge every account alike.
    /// </summary>
    public static ImmutableArray<Change> Compare(RulesetModel before, RulesetModel after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        // The day is no part of the meaning, and one version has one day.
        if (before.Meaning == after.Meaning && (before.Version != after.Version || before.EffectiveAt == after.EffectiveAt))
        {
            return [];
        }

        var comparison = new ModelComparison(before, after);
        comparison.CompareRuleset();
        comparison.CompareActions();
        comparison.CompareBuckets();
        comparison.ComparePlans();
        comparison.CompareSales();
        comparison.CompareAlerts();
        return [.. comparison._changes.OrderByDescending(static c => c.Rank).ThenByDescending(static c => c.Effect).Select(static c => c.Change).Distinct()];
    }

    private void CompareRuleset()
    {
        var (old, now) = (_old.Model, _new.Model);
        var (was, credit) = (old.Credit, now.Credit);
        if (was.Decimals != credit.Decimals)
        {
            Other(ChangeSubject.Credit, credit.Name, $"Charges are rounded to {Places(credit.Decimals)} instead of {Places(was.Decimals)}.", was.Location, credit.Location, was.Decimals, credit.Decimals);
        }

        if (was.Rounding != credit.Rounding)
        {
            var unit = new ExactDecimal(1, Math.Min(was.Decimals, credit.Decimals)).ToGroupedString();
            Other(ChangeSubject.Credit, credit.Name, $"Rounding changes from {ComparisonWords.Of(was.Rounding)} to {ComparisonWords.Of(credit.Rounding)}: at most {unit} per charge.", was.Location, credit.Location);
        }

        if (old.IsZonePerAccount != now.IsZonePerAccount)
        {
            Other(ChangeSubject.Ruleset, now.Name, now.IsZonePerAccount ? "An account may have a time zone of its own." : "No account has a time zone of its own any more.", null, null);
        }

        if (old.Zone.Id != now.Zone.Id)
        {
            Other(ChangeSubject.Ruleset, now.Name, $"Days and cycles begin at midnight of {now.Zone.Id} instead of {old.Zone.Id}.", null, null);
        }

        if (old.Version == now.Version && old.EffectiveAt != now.EffectiveAt)
        {
            Other(ChangeSubject.Ruleset, now.Name, $"The version takes effect at {now.EffectiveAt.InZone(now.Zone)} instead of {old.EffectiveAt.InZone(old.Zone)}.", null, null);
        }

        Reworded(ChangeSubject.Ruleset, now.Name, "Existing accounts", _old.Of(old.ExistingAccounts), _new.Of(now.ExistingAccounts), null, null);
        CompareFacts(old.AccountFacts.Where(static f => f.Owner == FactOwner.Account), now.AccountFacts.Where(static f => f.Owner == FactOwner.Account), "an account");
    }

    private void CompareFacts(IEnumerable<Fact> before, IEnumerable<Fact> after, string owner)
    {
        foreach (var (old, now) in Pair(before, after, static f => f.Name))
        {
            if (old is null)
            {
                Add(ChangeKind.Added, ChangeSubject.Fact, now!.Name, $"The rules can now read the fact {now.Name} of {owner}.", null, now.Location);
            }
            else if (now is null)
            {
                Add(ChangeKind.Removed, ChangeSubject.Fact, old.Name, $"The rules no longer know the fact {old.Name} of {owner}.", old.Location, null);
            }
            else
            {
                Reworded(ChangeSubject.Fact, now.Name, $"The values of {now.Name} of {owner}", ComparisonWords.Spaced(old.Kind.ToString()), ComparisonWords.Spaced(now.Kind.ToString()), old.Location, now.Location);
                foreach (var value in now.Values.Except(old.Values, StringComparer.Ordinal))
                {
                    Add(ChangeKind.Added, ChangeSubject.Fact, now.Name, $"{ComparisonWords.Quoted(value)} is a new value of {now.Name}.", null, now.Location);
                }

                foreach (var value in old.Values.Except(now.Values, StringComparer.Ordinal))
                {
                    Add(ChangeKind.Removed, ChangeSubject.Fact, now.Name, $"{ComparisonWords.Quoted(value)} is no longer a value of {now.Name}.", old.Location, null);
                }

                var (was, normally) = (old.Normally is { } a ? old.Write(a) : "an error", now.Normally is { } b ? now.Write(b) : "an error");
                Reworded(ChangeSubject.Fact, now.Name, $"Where {owner} does not state {now.Name}, it", "is " + was, "is " + normally, old.Location, now.Location);
            }
        }
    }

    private void CompareActions()
    {
        var applies = new Dictionary<GateChange, List<string>>();
        var unmetered = new Dictionary<GateChange, List<string>>();
        foreach (var (old, now) in Pair(_old.Model.Actions, _new.Model.Actions, static a => a.Name))
        {
            if (old is null)
            {
                Add(ChangeKind.Added, ChangeSubject.Action, now!.Name, $"{now.Name} is new: {ActionPrice(_new, now)}.", null, now.Location);
                continue;
            }

            if (now is null)
            {
                Add(ChangeKind.Removed, ChangeSubject.Action, old.Name, $"{old.Name} is no longer offered; it cost {ActionPrice(_old, old)}.", old.Location, null);
                continue;
            }

            CompareFacts(old.Facts.Skip(old.AccountFacts), now.Facts.Skip(now.AccountFacts), "an event of " + now.Name);
            Reworded(ChangeSubject.Action, now.Name, $"Events of {now.Name} are", old.Key is null ? "not told apart" : "told apart by " + old.Key, now.Key is null ? "not told apart" : "told apart by " + now.Key, old.Location, now.Location);
            CompareMeters(old, now);
            CompareGates(old, now, old.Applies, now.Applies, applies);
            CompareGates(old, now, old.Unmetered, now.Unmetered, unmetered);
            ComparePrices(old, now);
        }

        SayGates(applies, "the rules apply to {0} only while ", "the rules apply only while ");
        SayGates(unmetered, "{0} is unmetered while ", "every action is unmetered while ");
    }

    private void CompareMeters(ActionRule old, ActionRule now)
    {
        foreach (var (was, meter) in Pair(old.Meters, now.Meters, static m => m.Name))
        {
            if (was is null)
            {
                Add(ChangeKind.Added, ChangeSubject.Action, now.Name, $"{now.Name} now measures {meter!.Plural}.", null, now.Location);
            }
            else if (meter is null)
            {
                Add(ChangeKind.Removed, ChangeSubject.Action, now.Name, $"{now.Name} no longer measures {was.Plural}.", old.Location, null);
            }
            else if (was.IsWhole != meter.IsWhole)
            {
                Other(ChangeSubject.Action, now.Name, $"Quantities of {meter.Plural} {(meter.IsWhole ? "are now whole numbers" : "may now have up to 9 decimals")}.", was.Location, meter.Location);
            }
        }
    }

    private static void CompareGates(ActionRule old, ActionRule now, ImmutableArray<GateRule> before, ImmutableArray<GateRule> after, Dictionary<GateChange, List<string>> found)
    {
        var was = Worded(before, old.Facts);
        var gates = Worded(after, now.Facts);
        var gone = was.Where(g => gates.All(o => o.Words != g.Words)).ToList();
        foreach (var gate in gates.Where(g => was.All(o => o.Words != g.Words)))
        {
            // A rule on the same facts is the one it was, with another condition.
            var earlier = gone.FindIndex(g => g.Facts == gate.Facts);
            var replaced = earlier < 0 ? default : gone[earlier];
            Note(new GateChange(replaced.Words, gate.Words, replaced.Location, gate.Location));
            if (earlier >= 0)
            {
                gone.RemoveAt(earlier);
            }
        }

        foreach (var gate in gone)
        {
            Note(new GateChange(gate.Words, null, gate.Location, null));
        }

        void Note(GateChange change)
        {
            if (!found.TryGetValue(change, out var actions))
            {
                found.Add(change, actions = []);
            }

            actions.Add(now.Name);
        }
    }

    private static List<(string? Words, string Facts, TextLocation? Location)> Worded(ImmutableArray<GateRule> gates, ImmutableArray<Fact> facts)
    {
        var worded = new List<(string? Words, string Facts, TextLocation? Location)>();
        foreach (var gate in gates)
        {
            var read = new List<int>();
            gate.Condition.CollectFacts(read);
            worded.Add((ComparisonWords.Of(gate.Condition, facts), string.Join(",", read.Select(f => facts[f].Name).Order(StringComparer.Ordinal)), gate.Location));
        }

        return worded;
    }

    // One line of a file is one sentence, however many actions it is about.
    private void SayGates(Dictionary<GateChange, List<string>> changes, string forSome, string forAll)
    {
        var kept = _new.Model.Actions.Count(a => _old.Model.FindAction(a.Name) is not null);
        foreach (var (change, actions) in changes)
        {
            var lead = actions.Count == kept ? forAll : string.Format(CultureInfo.InvariantCulture, forSome, ComparisonWords.And(actions));
            var (kind, sentence) = (change.Old, change.New) switch
            {
                (null, _) => (ChangeKind.Added, $"New: {lead}{change.New}."),
                (_, null) => (ChangeKind.Removed, $"No longer so: {lead}{change.Old}."),
                _ => (ChangeKind.Reordered, $"Now {lead}{change.New}; before: while {change.Old}."),
            };
            Add(kind, ChangeSubject.Action, actions.Count == 1 ? actions[0] : "", sentence, change.Before, change.After);
        }
    }

    private static string Places(int decimals) => decimals switch
    {
        0 => "whole credits",
        1 => "1 decimal",
        _ => $"{((ExactDecimal)decimals).ToGroupedString()} decimals",
    };

    private void Reworded(ChangeSubject subject, string name, string what, string old, string now, TextLocation? before, TextLocation? after, ChangeKind kind = ChangeKind.Other)
    {
        if (old != now)
        {
            Add(kind, subject, name, $"{what} now {now}; before: {old}.", before, after);
        }
    }

    private void Other(ChangeSubject subject, string name, string sentence, TextLocation? before, TextLocation? after, ExactDecimal? old = null, ExactDecimal? now = null) =>
        Add(ChangeKind.Other, subject, name, sentence, before, after, old, now);

    private void Add(ChangeKind kind, ChangeSubject subject, string name, string sentence, TextLocation? before, TextLocation? after, ExactDecimal? old = null, ExactDecimal? now = null)
    {
        var effect = old is { } a && now is { } b && !a.IsZero ? (((Fraction)b - a) / a * 100).Round(6) : ExactDecimal.Zero;
        var rank = kind switch { ChangeKind.Dearer => 3, ChangeKind.Mixed => 2, ChangeKind.Cheaper => 0, _ => 1 };

        // A price from nothing is dearer than any percentage.
        var weight = kind switch
        {
            ChangeKind.Dearer => old is { IsZero: true } ? new ExactDecimal(Scaled.AmountLimit) : ExactDecimal.Abs(effect),
            ChangeKind.Cheaper => -ExactDecimal.Abs(effect),
            _ => ExactDecimal.Zero,
        };
        _changes.Add(new Weighed(rank, weight, new Change(kind, subject, name, sentence, before, after) { Old = old, New = now }));
    }

    /// <summary>Elements of one name together, in the order of the newer version, then those that are gone.</summary>
    private static IEnumerable<(T? Old, T? New)> Pair<T>(IEnumerable<T> before, IEnumerable<T> after, Func<T, string> name)
        where T : class => Pair(before, after, name, static t => t);

    private static IEnumerable<(TElement? Old, TElement? New)> Pair<T, TElement>(IEnumerable<T> before, IEnumerable<T> after, Func<T, string> name, Func<T, TElement> element)
        where TElement : class
    {
        var old = before.ToDictionary(name, element, StringComparer.Ordinal);
        foreach (var now in after)
        {
            old.Remove(name(now), out var was);
            yield return (was, element(now));
        }

        foreach (var gone in old.Values)
        {
            yield return (gone, null);
        }
    }

    private readonly record struct GateChange(string? Old, string? New, TextLocation? Before, TextLocation? After);

    private readonly record struct Weighed(int Rank, ExactDecimal Effect, Change Change);
}
