using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>
/// Writes what a rule set means, and nothing else, as one text: items and members whose order means nothing are sorted, figures are in
/// one notation, rates stand as their amounts. Left out are remarks, claims, examples, promises, titles, the credit's name, plurals,
/// version and effective instant. Source: language section 6.
/// </summary>
public static class NormalForm
{
    /// <summary>Changes whenever the text of the same rules would change.</summary>
    private const string Notation = "rules-meaning-1";

    /// <summary>The normal form of a rule set, for people who compare two hashes that differ. One item a line, in ordinal order.</summary>
    public static string Write(BoundRuleset ruleset)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        var items = new List<string>();
        if (!ruleset.Header.IsCommon)
        {
            items.Add(Node("zone", Quote(ruleset.Header.TimeZone), Flag(ruleset.Header.IsTimeZonePerAccount, "per-account")));
            items.Add(Node("existing", ExistingAccounts(ruleset.Header.ExistingAccounts) ?? Word(ExistingAccountsKind.MoveAtRenewal)));
            items.Add(Node("credit", Figure(ruleset.Credit.Decimals), Word(ruleset.Credit.Rounding)));
        }

        items.AddRange(ruleset.Currencies.Select(c => Node("currency", Name(c), Figure(c.Decimals), Word(c.Rounding))));
        items.AddRange(ruleset.AccountFacts.Select(f => Node("account-fact", Fact(f))));
        items.AddRange(ruleset.Lists.Select(l => Node("list", Name(l), Sorted(l.Entries.Select(e => Node("entry", Quote(e.Name), Sorted(e.Tags.Select(Quote))))))));
        items.AddRange(ruleset.Meters.Select(m => Node("meter", Name(m), m.IsWhole ? "whole" : "fractional")));
        items.AddRange(ruleset.Actions.Select(a => Node(
            a.IsFree ? "free" : "action", Name(a), Optional(a.Key, k => Node("key", Name(k))), Sorted(a.Facts.Select(Fact)), Sorted(a.Measures.Select(Name)))));
        items.AddRange(ruleset.Terms.Select(t => Node(
            "term", Name(t), Word(t.Kind), Optional(t.Currency, Name), Flag(t.IsSetPerAccount, "per-account"), Optional(t.Normally, TermValue), TermValue(t.Sample))));
        items.AddRange(ruleset.Applies.Select(a => Node("applies", Condition(a.Condition))));
        items.AddRange(ruleset.Unmetered.Select(u => Node("unmetered", Sorted(u.Actions.Select(Name)), Condition(u.Condition))));
        items.AddRange(ruleset.Prices.Select(p => Node("price", Name(p.Action), Ordered(p.By.Select(Name)), Body(p.Body))));
        items.AddRange(ruleset.Sells.Select(s => Node("sell", Name(s.Bucket), Body(s.Body))));
        items.AddRange(ruleset.Buckets.Select(Bucket));
        items.AddRange(ruleset.Plans.Select(Plan));
        items.AddRange(ruleset.Packs.Select(p => Node("pack", Name(p.Pack), Amount(p.Amount), Name(p.Bucket))));
        items.AddRange(ruleset.Alerts.Select(Alert));
        items.AddRange(ruleset.Records.SelectMany(r => r.Names).Distinct(StringComparer.Ordinal).Select(n => Node("record", Quote(n))));
        AddIfStated(items, ruleset.Consume, Consume);
        AddIfStated(items, ruleset.Cycle, Cycle);
        AddIfStated(items, ruleset.Invoice, i => Node("invoice", Figure(i.Day), Flag(i.IsCollectedAutomatically, "collected")));
        AddIfStated(items, ruleset.AtZero, AtZero);
        AddIfStated(items, ruleset.Holds, Holds);
        AddIfStated(items, ruleset.Transfers, t => Node("transfers", t.AreAllowed ? "allowed" : "never"));
        items.Sort(StringComparer.Ordinal);
        return Notation + "\n" + string.Join('\n', items) + "\n";
    }

    /// <summary><c>sha256:</c> and 64 lower-case hexadecimal digits over the UTF-8 bytes of <see cref="Write"/>.</summary>
    public static string Hash(BoundRuleset ruleset) =>
        "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(ruleset))));

    private static string Body(BoundPriceBody body) => Node(
        "body",
        Sorted(body.Components.Select(Component)),
        Sorted(body.Rows.Select(Row)),
        Sorted(body.Allowances.Select(a => Node("free", Figure(a.Count), a.Unit is null ? "events" : Name(a.Unit), Optional(a.Scope, Scope)))),
        Sorted(body.Floors.Select(f => Node("count", Word(f.Kind), Figure(f.Quantity), Name(f.Unit)))),
        Sorted(body.Adjustments.Select(a => Node("adjust", Word(a.Kind), Amount(a.Percent)))),
        Sorted(body.Limits.Select(l => Node("limit", Word(l.Kind), Amount(l.Amount), Optional(l.Scope, Scope)))),
        Optional(body.Corrections, c => Word(c.Kind)),
        Sorted(body.Exceptions.Select(e => Node("except", Condition(e.Condition), Body(e.Body)))));

    private static string Component(BoundComponent component) => component switch
    {
        BoundEachComponent each => Node("each", Cost(each.Cost)),
        BoundPerComponent per => Node(
            "per",
            Figure(per.Unit.Size),
            Name(per.Unit.Unit),
            Word(per.Unit.Counting),
            Optional(per.Conversion, c => Node("rounded", Word(c.Rounding), Figure(c.Step))),
            Optional(per.Scope, Scope),
            Optional(per.Cost, Cost),
            Optional(per.Ladder, Ladder),
            Optional(per.Matrix, m => Node("by", Ordered(m.By.Select(Name)), Sorted(m.Rows.Select(Row))))),
        _ => throw new InvalidOperationException($"A component of type {component.GetType().Name} has no normal form."),
    };

    private static string Ladder(BoundLadder ladder) => Node(
        Word(ladder.Kind),
        Optional(ladder.TiersBy, u => Node("tiers-by", Name(u))),
        Flag(ladder.RepricesEarlierUnits, "re-pricing"),
        Ordered(ladder.Tiers.Select(t => Node("tier", t.IncludesStart ? "from" : "over", Figure(t.Start), Cost(t.Cost)))));

    private static string Cost(BoundCost cost) => Node(
        "cost",
        Optional(cost.Rate, Amount),
        cost.PackageSize is { } size ? Node("package", Figure(size)) : "",
        Optional(cost.Fee, f => Node("fee", Amount(f.Amount), Flag(f.EvenAtZero, "even-at-zero"))),
        Optional(cost.AtMost, a => Node("at-most", Amount(a))),
        Flag(cost.IsWaived, "waived"));

    private static string Row(BoundRow row) => Node("row", row.IsOtherwise ? "otherwise" : Ordered(row.Values.Select(Value)), Cost(row.Cost));

    private static string Scope(BoundScope scope) => Node("within", Word(scope.Kind), Optional(scope.Key, Name));

    private static string Amount(BoundAmount amount) => amount switch
    {
        BoundLiteralAmount literal => Node(Word(literal.Kind), Figure(literal.Value), Optional(literal.Currency, Name)),
        BoundRateAmount rate => Amount(rate.Rate.Amount),
        BoundTermAmount term => Node("term", Name(term.Term)),
        BoundPercentOfAmount percent => Node("percent-of", Figure(percent.Percent), Amount(percent.Of)),
        BoundDiscountedAmount discounted => Node("off", Amount(discounted.Of), Amount(discounted.Off)),
        _ => "error",
    };

    private static string TermValue(BoundTermValue value) => value switch
    {
        BoundAmountsValue amounts => Ordered(amounts.Amounts.Select(Amount)),
        BoundDurationValue duration => Quote(duration.Duration.ToString()),
        BoundOrderValue order => Ordered(order.Buckets.Select(Name)),
        _ => "unlimited",
    };

    private static string Condition(BoundCondition condition) => condition switch
    {
        BoundAndCondition => Node("and", Sorted(AllOf(condition).Select(Condition))),
        BoundOrCondition => Node("or", Sorted(AnyOf(condition).Select(Condition))),
        BoundNotCondition { Operand: BoundNotCondition inner } => Condition(inner.Operand),
        BoundNotCondition not => Node("not", Condition(not.Operand)),
        BoundNameTest test => Node("is", Name(test.Fact), Sorted(test.Values.Select(Quote))),
        BoundNumberTest test => Node(
            "number", Name(test.Fact),
            test.From is { } from ? (test.IncludesFrom ? "from " : "over ") + Figure(from) : "",
            test.To is { } to ? (test.IncludesTo ? "to " : "under ") + Figure(to) : ""),
        BoundDateTest test => Node(
            "date", Name(test.Fact), test.From is { } from ? "from " + Day(from) : "", test.Before is { } before ? "before " + Day(before) : ""),
        _ => "error",
    };

    private static IEnumerable<BoundCondition> AllOf(BoundCondition condition) =>
        condition is BoundAndCondition and ? and.Operands.SelectMany(AllOf) : [condition];

    private static IEnumerable<BoundCondition> AnyOf(BoundCondition condition) =>
        condition is BoundOrCondition or ? or.Operands.SelectMany(AnyOf) : [condition];

    private static string Bucket(BoundBucket bucket) => Node(
        "bucket",
        Name(bucket.Bucket),
        Word(bucket.Bucket.Funding),
        Optional(bucket.PostpaidRate, Amount),
        Optional(bucket.Unused, Unused),
        Optional(bucket.Drawn, d => Node("drawn", Keys(d.Keys))),
        Optional(bucket.Serves, s => Node("serves", Sorted(s.Actions.Select(Name)))),
        Optional(bucket.Open, o => Node("open", Condition(o.Condition))),
        Optional(bucket.Limit, l => Node("limit", Amount(l.Amount))),
        Optional(bucket.Billed, b => Node("billed", b.IsMonthly ? "monthly" : "each-cycle", b.To is null ? "" : Quote(b.To))));

    private static string Unused(BoundUnused unused) => unused switch
    {
        BoundUnusedNeverExpires => "never-expires",
        BoundUnusedExpiresAtCycleEnd => "expires-at-cycle-end",
        BoundUnusedExpiresAtNextGrant => "expires-at-next-grant",
        BoundUnusedExpiresAfter after => Node("expires-after", Life(after.Life)),
        BoundUnusedRollsOver rolls => Node(
            "rolls-over",
            Optional(rolls.Cap, c => Node("cap", Word(c.Kind), Amount(c.Amount))),
            Optional(rolls.Minimum, m => Node("minimum", Amount(m))),
            Life(rolls.Life)),
        _ => throw new InvalidOperationException($"A rule of type {unused.GetType().Name} has no normal form."),
    };

    private static string Life(BoundLife life) => life switch
    {
        BoundDurationLife duration => Quote(duration.Duration.ToString()),
        BoundTermLife term => Node("term", Name(term.Term)),
        BoundCyclesLife cycles => Node("cycles", Figure(cycles.Cycles)),
        BoundEndlessLife => "ever",
        _ => "own-life",
    };

    private static string Keys(ImmutableArray<BoundDrawKey> keys) => Ordered(keys.Select(k =>
        Node(Word(k.Kind), k.Resolution == ExpiryResolution.Exact ? "" : Word(k.Resolution), k.Buckets.IsEmpty ? "" : Ordered(k.Buckets.Select(Name)))));

    private static string Order(BoundDrawOrder order) => order switch
    {
        BoundBucketOrder buckets => Ordered(buckets.Buckets.Select(Name)),
        BoundTermOrder term => Node("term", Name(term.Term)),
        BoundKeyOrder keys => Keys(keys.Keys),
        _ => throw new InvalidOperationException($"An order of type {order.GetType().Name} has no normal form."),
    };

    private static string Consume(BoundConsume consume) => Node(
        "consume", Order(consume.Order), Sorted(consume.Exceptions.Select(e => Node("except", Condition(e.Condition), Order(e.Order)))));

    private static string Cycle(BoundCycle cycle) => Node(
        "cycle",
        Word(cycle.Kind),
        Quote(cycle.Interval.ToString()),
        Optional(cycle.By, Name),
        Optional(cycle.Anchor, a => Node("anchored", Word(a.Kind), Figure(a.Day))),
        Sorted(cycle.PlanChanges.Select(c => Node("change", Word(c.Move), Word(c.Kind)))),
        Optional(cycle.UpFront, u => Node("up-front", Figure(u.Months))));

    private static string Plan(BoundPlan plan) => Node(
        "plan",
        Name(plan.Plan),
        Sorted(plan.Grants.Select(g => Node("grants", Amount(g.Amount), g.Interval is { } every ? Quote(every.ToString()) : "cycle", Name(g.Bucket)))),
        Optional(plan.Unused, Unused),
        ExistingAccounts(plan.ExistingAccounts) ?? "");

    private static string Alert(BoundAlert alert) => Node(
        "alert",
        Name(alert.Alert),
        Sorted(alert.Levels.Select(l => Node(
            Word(l.Crossing), Ordered(l.Amounts.Select(Amount)), Optional(l.Bucket, Name), Word(l.Figure), Optional(l.ThenEvery, Amount)))),
        Flag(alert.FiresAgain, "again"),
        Flag(alert.CountsFreshCreditsOnly, "fresh"),
        Node("shows", Sorted(alert.Shows.Select(Quote))),
        Node("offers", Sorted(alert.Offers.Select(Quote))));

    private static string AtZero(BoundAtZero atZero) => Node(
        "at-zero",
        Sorted(atZero.Stops.Select(s => Node(Word(s.Kind), Sorted(s.Actions.Select(Name)), Sorted(s.Until.Select(Word))))),
        Optional(atZero.Shortfall, s => Node(
            "short", Word(s.Kind), Optional(s.UpTo, Amount), Flag(s.IsDroppedAtRenewal, "dropped"), Sorted(s.RepaidBy.Select(Name)))));

    private static string Holds(BoundHolds holds) => Node(
        "holds",
        Optional(holds.Expiry, e => Node("expire", Quote(e.After.ToString()))),
        Optional(holds.Capture, c => Node("capture", Flag(c.MayExceed, "may-exceed"), c.ByPercent is { } by ? Figure(by) : "")),
        Optional(holds.Returned, r => Node("returned", r.Live is { } live ? Quote(live.ToString()) : "lapse")));

    private static string? ExistingAccounts(BoundExistingAccounts? existing) =>
        existing is null ? null : existing.On is { } day ? Word(existing.Kind) + " " + Day(day) : Word(existing.Kind);

    private static string Fact(FactSymbol fact) => Node(
        "fact",
        Name(fact),
        Word(fact.Domain.Kind),
        fact.Domain.List is { } list ? Name(list) : Sorted(fact.Domain.Values.Select(Quote)),
        fact.Normally is { } value ? Node("normally", Value(value)) : "");

    private static string Value(FactValue value) => value.Kind switch
    {
        FactValueKind.Number => Figure(value.Number),
        FactValueKind.Date => Day(value.Date),
        _ => Quote(value.Name),
    };

    private static void AddIfStated<T>(List<string> items, T? item, Func<T, string> write)
        where T : class
    {
        if (item is not null)
        {
            items.Add(write(item));
        }
    }

    private static string Node(string head, params ReadOnlySpan<string> members)
    {
        // Written on the stack: a file has thousands of nodes.
        var text = new DefaultInterpolatedStringHandler(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        text.AppendLiteral("(");
        text.AppendLiteral(head);
        foreach (var member in members)
        {
            if (member.Length > 0)
            {
                text.AppendLiteral(" ");
                text.AppendLiteral(member);
            }
        }

        text.AppendLiteral(")");
        return text.ToStringAndClear();
    }

    private static string Sorted(IEnumerable<string> members)
    {
        var sorted = members.ToArray();
        Array.Sort(sorted, StringComparer.Ordinal);
        return Ordered(sorted);
    }

    private static string Ordered(IEnumerable<string> members) => "[" + string.Join(' ', members) + "]";

    private static string Optional<T>(T? member, Func<T, string> write)
        where T : class => member is null ? "" : write(member);

    private static string Flag(bool isSet, string word) => isSet ? word : "";

    private static string Name(Symbol symbol) => Quote(symbol.Name);

    private static string Quote(string text) => "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private static string Word<T>(T member)
        where T : struct, Enum => member.ToString();

    private static string Figure(ExactDecimal figure) => figure.ToString();

    private static string Figure(int figure) => figure.ToString(CultureInfo.InvariantCulture);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
