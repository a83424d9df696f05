using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Editing;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Portal.Drafts;

/// <summary>Makes of a priced event the example that proves it.</summary>
public static class KeptExample
{
    /// <param name="stated">The event, and the account as it is to be assumed.</param>
    /// <param name="quote">What it comes to on that account under the model.</param>
    /// <param name="taken">Names that are given already: the new one gets a number behind it.</param>
    public static WrittenExample Of(RulesetModel model, StatedEvent stated, Quote quote, string name, IEnumerable<string> taken)
    {
        ArgumentNullException.ThrowIfNull(quote);
        var known = taken.ToHashSet(StringComparer.Ordinal);
        var free = name;
        for (var number = 2; known.Contains(free); number++)
        {
            free = string.Create(CultureInfo.InvariantCulture, $"{name} ({number})");
        }

        var state = stated.State ?? new StatedAccount(null, [], [], []);
        var meters = model.FindAction(stated.Usage.Action)?.Meters ?? [];
        return new WrittenExample
        {
            Name = free,
            Plan = state.Plan,
            Given = [.. state.Facts.Select(static fact => new WrittenValue(fact.Name, fact.Value))],
            Balances = [.. state.Balances.Select(static balance => new WrittenCredits(balance.Meter, balance.Quantity))],
            Action = stated.Usage.Action,
            Quantities = [.. stated.Usage.Quantities.Select(quantity => new WrittenQuantity(
                quantity.Quantity, meters.FirstOrDefault(meter => meter.Name == quantity.Meter)?.NameFor(quantity.Quantity) ?? quantity.Meter))],
            With = [.. stated.Usage.Facts.Select(static fact => new WrittenValue(fact.Name, fact.Value))],
            Charge = ExactDecimal.FromUnits(quote.Charge, quote.Decimals),
            Outcome = quote.Outcome switch
            {
                QuoteOutcome.Charged => null,
                QuoteOutcome.NotApplicable => "not applicable",
                var other => other.ToString().ToLowerInvariant(),
            },
        };
    }

    /// <summary>Terms that each account has to state, at their samples: as examples assume them.</summary>
    public static ImmutableArray<NamedText> SampleTerms(RulesetModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var buckets = model.Buckets.Select(static bucket => bucket.Name).ToList();
        return [.. model.Terms.Where(static term => term.Normally is null).Select(term => new NamedText(term.Name, term.Sample.Write(buckets)))];
    }

    /// <summary>When an example of a text begins: on the text's first day, or on the latest of the account's days.</summary>
    /// <param name="against">A version that the event is priced under as well; null for none.</param>
    public static Instant StartOf(RulesetModel model, RulesetModel? against, IEnumerable<NamedText> facts)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(facts);
        var start = Instant.Max(model.EffectiveAt, against?.EffectiveAt ?? model.EffectiveAt);
        foreach (var fact in facts)
        {
            if (model.AccountFacts.FirstOrDefault(known => known.Name == fact.Name) is { Kind: FactKind.Date } && LocalDatePattern.Iso.Parse(fact.Value) is { Success: true } day)
            {
                start = Instant.Max(start, model.Zone.AtStartOfDay(day.Value).ToInstant());
            }
        }

        return start;
    }

    /// <summary>
    /// What a charge of the past comes to on an account of the same plan and facts that has done nothing yet, and the example that says so. The account gets the
    /// credits that were drawn then where it would have none.
    /// </summary>
    /// <returns>Null where the text cannot price it.</returns>
    public static WrittenExample? OfCharge(RulesetModel model, UsageEvent usage, AccountState account, Quote? then, string name)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(account);
        var facts = model.AccountFacts.Where(static fact => fact.Owner == FactOwner.Account)
            .Select(fact => account.Facts.LastOrDefault(stated => stated.Name == fact.Name && stated.From <= usage.OccurredAt) is { Value: { } value } && fact.TryRead(value, out _) ? new NamedText(fact.Name, value) : (NamedText?)null)
            .OfType<NamedText>().ToImmutableArray();
        var plan = account.Plans.LastOrDefault(stated => stated.From <= usage.OccurredAt).Value;
        var stated = new StatedEvent(
            null,
            usage with { OccurredAt = StartOf(model, null, facts), Keys = [], Record = [], Only = [] },
            new StatedAccount(plan is not null && model.FindPlan(plan) is not null ? plan : null, facts, SampleTerms(model), []));
        var quoted = StatedQuote.Of(model, stated);
        if (quoted.Succeeded && IsStopped(quoted.Answer) && then is { Draws.IsEmpty: false })
        {
            var given = then.Draws.GroupBy(static draw => draw.Bucket, StringComparer.Ordinal).Where(drawn => model.FindBucket(drawn.Key) is { Funding: not BucketFunding.Postpaid })
                .Select(drawn => new MeteredQuantity(drawn.Key, ExactDecimal.FromUnits(drawn.Sum(static draw => draw.Amount), then.Decimals)));
            stated = stated with { State = stated.State! with { Balances = [.. given] } };
            quoted = StatedQuote.Of(model, stated);
        }

        return quoted.Succeeded ? Of(model, stated, quoted.Answer, name, model.Examples.Select(static example => example.Name)) : null;
    }

    private static bool IsStopped(Quote quote) => quote.Outcome is QuoteOutcome.Blocked or QuoteOutcome.Paused or QuoteOutcome.Refused;
}
