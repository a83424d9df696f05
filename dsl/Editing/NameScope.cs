using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Editing;

/// <summary>A name that could stand at a place.</summary>
internal readonly record struct NamedThing(string Name, CompletionKind Kind, string Detail);

/// <summary>The declared names that fit a place, which is told by the node that the parser made of a name there.</summary>
internal sealed class NameScope(Compilation compilation, NodePath path)
{
    private readonly BoundRuleset _ruleset = compilation.Ruleset;

    /// <summary>The names that fit; none where a new name is to be written.</summary>
    public IEnumerable<NamedThing> At(SyntaxToken token, int position) => path.Nodes[0] switch
    {
        TokenListSyntax list => InList(list, token, path.Nodes.Length > 1 ? path.Nodes[1] : null),
        UnitOfSyntax unit => Units(unit.Number is not null),
        AllowanceLineSyntax => Units(plural: true),
        CountLineSyntax => Units(plural: true),
        QuantitySyntax => Units(plural: true),
        TiersByOptionSyntax => Units(plural: true),
        ExpectedPartSyntax => AllUnits(plural: false),
        PerClauseSyntax => AllUnits(plural: false),
        PriceSyntax price when token == price.Action => Actions(static (a, r) => !a.IsFree && !r.Prices.Any(p => ReferenceEquals(p.Action, a))),
        SellSyntax => Buckets(static b => b.Funding != BucketFunding.Postpaid),
        ScopeSyntax => Action() is { Key: { } key } ? [new NamedThing(key.Name, CompletionKind.Fact, "key of the action")] : [],
        DoStepSyntax or CorrectStepSyntax => Actions(static (_, _) => true),
        FactValueSyntax stated when token == stated.Fact => EventFacts(),
        FactValueSyntax stated => Values(stated.Fact, tags: false),
        GivenPlanSyntax or ChangePlanStepSyntax => Plans(),
        GivenFactSyntax given when token == given.Value => Values(given.Fact, tags: false),
        GivenFactSyntax or GivenDateSyntax or GivenAmountSyntax => AccountFacts().Concat(Buckets(static b => b.Funding != BucketFunding.Postpaid)).Concat(Terms(static _ => true)),
        PlanGrantSyntax grant when token == grant.Bucket => Buckets(static b => b.Funding == BucketFunding.Plan),
        PackSyntax pack when token == pack.Bucket => Buckets(static b => b.Funding == BucketFunding.Purchase),
        BuyPackStepSyntax => _ruleset.Packs.Select(static p => new NamedThing(p.Pack.Name, CompletionKind.Plan, "pack")),
        ExpectedAlertSyntax => _ruleset.Alerts.Select(static a => new NamedThing(a.Alert.Name, CompletionKind.Alert, "alert")),
        ExpectedBalanceSyntax or FromClauseSyntax or OfClauseSyntax => Buckets(static _ => true),
        NamedAmountSyntax => Rates().Concat(Terms(static t => t.Kind is TermKind.Credits or TermKind.Money or TermKind.Percent)),
        OffSyntax or AdjustmentLineSyntax => Terms(static t => t.Kind is TermKind.Percent or TermKind.PercentList),
        NamedLifeSyntax => Terms(static t => t.Kind == TermKind.Duration),
        UnitAmountSyntax or TermTypeSyntax => Currencies(),
        FactConditionSyntax => Facts(),
        IsConditionSyntax test when token == test.Fact => Facts(),
        IsConditionSyntax test => Values(test.Fact, tags: true),
        IsOneOfConditionSyntax or ComparisonConditionSyntax => Facts(),
        ListDomainSyntax => _ruleset.Lists.Select(static l => new NamedThing(l.Name, CompletionKind.List, $"list of {l.Entries.Length} values")),
        FactDefaultSyntax when path.Find<FactLineSyntax>() is { } fact => DomainValues(fact.Domain),
        MonthlyOrAnnualCycleLengthSyntax => AccountFacts(),
        _ => [],
    };

    private IEnumerable<NamedThing> InList(TokenListSyntax list, SyntaxToken token, SyntaxNode? owner)
    {
        var written = list.Items.Where(i => i != token).Select(static i => i.ValueText).ToHashSet(StringComparer.Ordinal);
        var index = list.Items.IndexOf(token);
        var names = owner switch
        {
            RowLineSyntax => RowValues(index),
            ByClauseSyntax or ByTableSyntax or RegardlessClauseSyntax => Facts(),
            MeasuresLineSyntax => AllUnits(plural: false),
            ServesLineSyntax or StopLineSyntax or UnmeteredSyntax when owner is not StopLineSyntax stop || stop.Actions == list =>
                Actions(static (a, _) => !a.IsFree),
            BucketOrderSyntax when list.Items.Length == 1 => Buckets(static _ => true).Concat(Terms(static t => t.Kind == TermKind.BucketOrder)),
            BucketOrderSyntax or OrderTermValueSyntax or BucketsDrawKeySyntax or DebtRepaidSyntax => Buckets(static _ => true),
            IsOneOfConditionSyntax test => Values(test.Fact, tags: true),
            OffersLineSyntax => _ruleset.Packs.Select(static p => new NamedThing(p.Pack.Name, CompletionKind.Plan, "pack")),
            _ => [],
        };
        return owner is RowLineSyntax ? names : names.Where(n => !written.Contains(n.Name));
    }

    private ActionSymbol? Action()
    {
        var name = path.Nodes.Select(static n => n switch
        {
            PriceSyntax price => price.Action,
            DoStepSyntax step => step.Action,
            CorrectStepSyntax step => step.Action,
            UnmeteredSyntax { Actions.Items: [var only] } => only,
            _ => null,
        }).FirstOrDefault(static n => n is not null);
        return name is null ? null : _ruleset.Actions.FirstOrDefault(a => a.Name == name.ValueText);
    }

    private IEnumerable<NamedThing> Units(bool plural)
    {
        var action = Action();
        return action is null ? AllUnits(plural) : action.Measures.Select(m => Unit(m, plural));
    }

    private IEnumerable<NamedThing> AllUnits(bool plural) => _ruleset.Meters.Select(m => Unit(m, plural)).Concat(Currencies());

    private static NamedThing Unit(UnitSymbol unit, bool plural) => unit is MeterSymbol meter
        ? new NamedThing(plural ? meter.Plural : meter.Name, CompletionKind.Unit, meter.IsWhole ? "meter, whole" : "meter, fractional")
        : new NamedThing(unit.Name, CompletionKind.Unit, "currency");

    private IEnumerable<NamedThing> Currencies() => _ruleset.Currencies.Select(static c => Unit(c, plural: false));

    private IEnumerable<NamedThing> Actions(Func<ActionSymbol, BoundRuleset, bool> fits) => _ruleset.Actions.Where(a => fits(a, _ruleset)).Select(static a =>
        new NamedThing(a.Name, CompletionKind.Action, a.IsFree ? "free action"
            : a.Measures.IsEmpty ? "action" : "action that measures " + string.Join(", ", a.Measures.Select(static m => m is MeterSymbol meter ? meter.Plural : m.Name))));

    private IEnumerable<NamedThing> Buckets(Func<BucketSymbol, bool> fits) => _ruleset.Buckets.Where(b => fits(b.Bucket)).Select(static b =>
        new NamedThing(b.Bucket.Name, CompletionKind.Bucket, b.Bucket.Funding switch
        {
            BucketFunding.Plan => "bucket from plan",
            BucketFunding.Purchase => "bucket from purchase",
            BucketFunding.Grant => "bucket from grant",
            _ => "postpaid bucket",
        }));

    private IEnumerable<NamedThing> Plans() => _ruleset.Plans.Select(static p => new NamedThing(p.Plan.Name, CompletionKind.Plan, "plan"));

    private IEnumerable<NamedThing> Rates() => _ruleset.Rates.Select(static r =>
        new NamedThing(r.Name, CompletionKind.Rate, "rate: " + Binder.Write(r.Amount) + (r.Per is { } per ? " per " + (per is CreditSymbol ? "credit" : per.Name) : "")));

    private IEnumerable<NamedThing> Terms(Func<TermSymbol, bool> fits) => _ruleset.Terms.Where(fits).Select(static t =>
        new NamedThing(t.Name, CompletionKind.Rate, t.IsSetPerAccount ? "term, set per account" : "term, unpublished"));

    private IEnumerable<NamedThing> AccountFacts() => _ruleset.AccountFacts.Select(static f => Fact(f, "fact of the account"));

    private IEnumerable<NamedThing> Facts() => (Action()?.Facts ?? []).Select(static f => Fact(f, "fact of the action"))
        .Concat(AccountFacts())
        .Concat(_ruleset.Plans.IsEmpty ? [] : [new NamedThing("plan", CompletionKind.Fact, "the account's plan")]);

    private IEnumerable<NamedThing> EventFacts() => Action() is { } action
        ? action.Facts.Select(static f => Fact(f, "fact of the action"))
            .Concat(action.Key is { } key ? [new NamedThing(key.Name, CompletionKind.Fact, "key of the action")] : [])
        : [];

    private static NamedThing Fact(FactSymbol fact, string owner) => new(fact.Name, CompletionKind.Fact, owner + ": " + Describe(fact.Domain));

    internal static string Describe(FactDomain domain) => domain.Kind switch
    {
        FactDomainKind.Date => "a date",
        FactDomainKind.Number => "a number",
        FactDomainKind.List => "from the list " + domain.List!.Name,
        FactDomainKind.Plan => "a plan",
        _ => string.Join(" or ", domain.Values),
    };

    private FactSymbol? FindFact(string name) =>
        Action()?.Facts.FirstOrDefault(f => f.Name == name) ?? _ruleset.AccountFacts.FirstOrDefault(f => f.Name == name);

    private IEnumerable<NamedThing> Values(SyntaxToken fact, bool tags)
    {
        if (fact.ValueText == "plan")
        {
            return Plans();
        }

        return FindFact(fact.ValueText) is { } symbol ? Values(symbol, tags) : [];
    }

    private static IEnumerable<NamedThing> Values(FactSymbol fact, bool tags) => fact.Domain.Values
        .Select(v => new NamedThing(v, CompletionKind.Value, "value of " + fact.Name))
        .Concat(tags && fact.Domain.List is { } list
            ? list.Entries.SelectMany(static e => e.Tags).Distinct(StringComparer.Ordinal)
                .Select(t => new NamedThing(t, CompletionKind.Value, $"{list.Entries.Count(e => e.Tags.Contains(t))} values of {list.Name}"))
            : []);

    private IEnumerable<NamedThing> RowValues(int index)
    {
        var by = path.Find<PerComponentSyntax>()?.Table?.Facts ?? path.Find<PriceSyntax>()?.By?.Facts;
        if (by is null || index < 0 || index >= by.Items.Length)
        {
            return [];
        }

        if (by.Items[index].ValueText == "plan")
        {
            return Plans();
        }

        var written = by.Items.Length > 1 ? [] : path.Find<BlockSyntax>()!.Lines.OfType<RowLineSyntax>()
            .SelectMany(static r => r.Values?.Items ?? []).Select(static v => v.ValueText).ToHashSet(StringComparer.Ordinal);
        return FindFact(by.Items[index].ValueText) is { } fact ? Values(fact, tags: false).Where(v => !written.Contains(v.Name)) : [];
    }

    private IEnumerable<NamedThing> DomainValues(DomainSyntax domain) => domain switch
    {
        YesOrNoDomainSyntax => FactDomain.YesNo.Values.Select(static v => new NamedThing(v, CompletionKind.Value, "value")),
        OnOrOffDomainSyntax => FactDomain.OnOff.Values.Select(static v => new NamedThing(v, CompletionKind.Value, "value")),
        OneOfDomainSyntax oneOf => oneOf.Values.Items.Where(static v => !v.IsMissing).Select(static v => new NamedThing(v.ValueText, CompletionKind.Value, "value")),
        ListDomainSyntax from => _ruleset.Lists.Where(l => l.Name == from.List.ValueText).SelectMany(static l => l.Entries)
            .Select(static e => new NamedThing(e.Name, CompletionKind.Value, "value of the list")),
        _ => [],
    };
}
