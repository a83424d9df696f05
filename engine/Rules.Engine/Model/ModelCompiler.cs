using System.Collections.Immutable;
using NodaTime;
using B = Rules.Dsl.Binding;

namespace Rules.Engine.Model;

/// <summary>
/// Makes a model from a bound rule set: names become indexes, figures become scaled integers. The only place of the engine that sees the
/// bound tree.
/// </summary>
internal sealed partial class ModelCompiler
{
    private static readonly B.CompilationOptions s_options = new() { TimeZoneIds = [.. DateTimeZoneProviders.Tzdb.Ids] };

    private readonly B.BoundRuleset _bound;
    private readonly DateTimeZone _zone;
    private readonly Dictionary<B.Symbol, int> _indexes = [];
    private readonly Dictionary<B.UnitSymbol, Meter> _meters = [];
    private ImmutableArray<Fact> _accountFacts = [];

    private ModelCompiler(B.BoundRuleset bound, DateTimeZone zone)
    {
        _bound = bound;
        _zone = zone;
    }

    /// <summary>The model of a rule set that is bound without errors.</summary>
    internal static RulesetModel Build(B.BoundRuleset bound, DateTimeZone zone) => new ModelCompiler(bound, zone).Build();

    private RulesetModel Build()
    {
        var header = _bound.Header;
        Number();
        _accountFacts = AccountFacts();
        var actions = Actions();
        var sells = Sells();
        var credit = new CreditUnit(_bound.Credit.Name, _bound.Credit.Decimals, Rounding(_bound.Credit.Rounding), _bound.Credit.Location);
        return new RulesetModel
        {
            Name = header.Name,
            Version = header.Version,
            Title = header.Title,
            Meaning = _bound.MeaningHash,
            Zone = _zone,
            IsZonePerAccount = header.IsTimeZonePerAccount,
            EffectiveAt = EffectiveAt(header.EffectiveDate, header.EffectiveTime),
            Credit = credit,
            ExistingAccounts = Moves(header.ExistingAccounts) ?? new ExistingAccounts(MoveKind.AtRenewal, null),
            AccountFacts = _accountFacts,
            Actions = actions,
            Buckets = [.. _bound.Buckets.Select(Bucket)],
            Consume = Consume(),
            AtZero = AtZero(),
            Holds = Holds(),
            Cycle = Cycle(),
            Plans = [.. _bound.Plans.Select(Plan)],
            Terms = [.. _bound.Terms.Select(Term)],
            Packs = [.. _bound.Packs.Select(p => new PackRule(p.Pack.Name, AmountOf(p.Amount), _indexes[p.Bucket], p.Location))],
            Sells = sells,
            Alerts = Alerts(),
            Promises = Promises(),
            Recorded = [.. _bound.Records.SelectMany(r => r.Names).Distinct(StringComparer.Ordinal)],
            Examples = [.. _bound.Examples.Select(ExampleOf)],
            PriceTables = [.. actions.Select(a => a.Price is { } price && !TermPrices.DependsOnTerms(price) ? PriceTableBuilder.Build(price, credit.Decimals, credit.Rounding) : null)],
            SellTables = SellTables(sells),
        };
    }

    private Instant EffectiveAt(DateOnly day, TimeOnly time) => WallTime.ToInstant(Day(day).At(LocalTime.FromTimeOnly(time)), _zone);

    private void Number()
    {
        for (var i = 0; i < _bound.Actions.Length; i++)
        {
            _indexes[_bound.Actions[i]] = i;
        }

        for (var i = 0; i < _bound.Buckets.Length; i++)
        {
            _indexes[_bound.Buckets[i].Bucket] = i;
        }

        for (var i = 0; i < _bound.Plans.Length; i++)
        {
            _indexes[_bound.Plans[i].Plan] = i;
        }

        for (var i = 0; i < _bound.Terms.Length; i++)
        {
            _indexes[_bound.Terms[i]] = i;
        }
    }

    private ImmutableArray<Fact> AccountFacts()
    {
        var facts = ImmutableArray.CreateBuilder<Fact>();
        foreach (var symbol in _bound.AccountFacts)
        {
            facts.Add(FactOf(symbol, facts.Count, FactOwner.Account));
        }

        var plans = _bound.Plans.Select(p => p.Plan.Name).ToImmutableArray();
        facts.Add(new Fact(facts.Count, "plan", FactOwner.Plan, FactKind.Plan, plans, Normally: null, _bound.Header.Location));
        return facts.ToImmutable();
    }

    private static Fact FactOf(B.FactSymbol symbol, int index, FactOwner owner)
    {
        var kind = symbol.Domain.Kind switch
        {
            B.FactDomainKind.YesNo => FactKind.YesNo,
            B.FactDomainKind.OnOff => FactKind.OnOff,
            B.FactDomainKind.Date => FactKind.Date,
            B.FactDomainKind.Number => FactKind.Number,
            B.FactDomainKind.List => FactKind.List,
            B.FactDomainKind.Plan => FactKind.Plan,
            _ => FactKind.OneOf,
        };
        var fact = new Fact(index, symbol.Name, owner, kind, symbol.Domain.Values, Normally: null, symbol.Location);
        return symbol.Normally is { } normally ? fact with { Normally = ValueOf(fact, normally) } : fact;
    }

    private static FactValue ValueOf(Fact fact, B.FactValue value)
    {
        switch (value.Kind)
        {
            case B.FactValueKind.Date:
                return Fact.OfDay(Day(value.Date));
            case B.FactValueKind.Number:
                return Fact.TryScale(value.Number, out var number) ? number : FactValue.Missing;
            default:
                return fact.TryRead(value.Name, out var name) ? name : FactValue.Missing;
        }
    }

    private ImmutableArray<ActionRule> Actions()
    {
        var actions = ImmutableArray.CreateBuilder<ActionRule>(_bound.Actions.Length);
        foreach (var symbol in _bound.Actions)
        {
            var facts = _accountFacts.ToBuilder();
            foreach (var fact in symbol.Facts)
            {
                facts.Add(FactOf(fact, facts.Count, FactOwner.Action));
            }

            var action = new ActionRule(actions.Count, symbol.Name, symbol.IsFree, symbol.Location)
            {
                Key = symbol.Key?.Name,
                Meters = [.. symbol.Measures.Select(MeterOf)],
                Facts = facts.ToImmutable(),
                AccountFacts = _accountFacts.Length,
            };
            actions.Add(action with
            {
                Applies = [.. _bound.Applies.Select(a => new GateRule(ConditionOf(a.Condition, action.Facts), a.Location))],
                Unmetered = Unmetered(symbol, action),
                Price = symbol.IsFree ? null : PriceOf(_bound.Prices.First(p => p.Action == symbol), action),
            });
        }

        return actions.MoveToImmutable();
    }

    // A rule for several actions that reads a fact of theirs holds for those that have the fact.
    private ImmutableArray<GateRule> Unmetered(B.ActionSymbol symbol, ActionRule action)
    {
        var rules = ImmutableArray.CreateBuilder<GateRule>();
        foreach (var rule in _bound.Unmetered)
        {
            if ((rule.Actions.IsEmpty || rule.Actions.Contains(symbol)) && Reads(rule.Condition, action.Facts))
            {
                rules.Add(new GateRule(ConditionOf(rule.Condition, action.Facts), rule.Location));
            }
        }

        return rules.ToImmutable();
    }

    private Meter MeterOf(B.UnitSymbol symbol)
    {
        if (!_meters.TryGetValue(symbol, out var meter))
        {
            meter = symbol is B.MeterSymbol declared
                ? new Meter(declared.Name, declared.Plural, declared.IsWhole, declared.Location)
                : new Meter(symbol.Name, symbol is B.CreditSymbol ? symbol.Name + "s" : symbol.Name, IsWhole: false, symbol.Location);
            _meters.Add(symbol, meter);
        }

        return meter;
    }

    private static bool Reads(B.BoundCondition condition, ImmutableArray<Fact> facts) => condition switch
    {
        B.BoundAndCondition and => and.Operands.All(o => Reads(o, facts)),
        B.BoundOrCondition or => or.Operands.All(o => Reads(o, facts)),
        B.BoundNotCondition not => Reads(not.Operand, facts),
        B.BoundNameTest test => facts.Any(f => f.Name == test.Fact.Name),
        B.BoundNumberTest test => facts.Any(f => f.Name == test.Fact.Name),
        B.BoundDateTest test => facts.Any(f => f.Name == test.Fact.Name),
        _ => false,
    };

    private static Condition ConditionOf(B.BoundCondition condition, ImmutableArray<Fact> facts)
    {
        var place = condition.Location;
        switch (condition)
        {
            case B.BoundAndCondition and:
                return new AllOf([.. and.Operands.Select(o => ConditionOf(o, facts))], place);
            case B.BoundOrCondition or:
                return new AnyOf([.. or.Operands.Select(o => ConditionOf(o, facts))], place);
            case B.BoundNotCondition not:
                return new NotCondition(ConditionOf(not.Operand, facts), place);
            case B.BoundNameTest test:
                var named = Find(facts, test.Fact);
                return new NameTest(named.Index, [.. named.Values.Select(v => test.Values.Contains(v))], place);
            case B.BoundNumberTest test:
                Int128? from = test.From is { } low && Fact.TryScale(low, out var lowest) ? lowest.Code + (test.IncludesFrom ? 0 : 1) : null;
                Int128? to = test.To is { } high && Fact.TryScale(high, out var highest) ? highest.Code - (test.IncludesTo ? 0 : 1) : null;
                return new RangeTest(Find(facts, test.Fact).Index, from, to, place);
            case B.BoundDateTest test:
                Int128? first = test.From is { } start ? Fact.OfDay(Day(start)).Code : null;
                Int128? last = test.Before is { } end ? Fact.OfDay(Day(end)).Code - 1 : null;
                return new RangeTest(Find(facts, test.Fact).Index, first, last, place);
            default:
                throw new InvalidOperationException($"No condition for {condition.GetType().Name}.");
        }
    }

    // On the action first, then on the account (language, 4.2).
    private static Fact Find(ImmutableArray<Fact> facts, B.FactSymbol symbol)
    {
        for (var i = facts.Length - 1; i >= 0; i--)
        {
            if (facts[i].Name == symbol.Name)
            {
                return facts[i];
            }
        }

        throw new InvalidOperationException($"The fact {symbol.Name} is read where nothing states it.");
    }

    private static RoundingMode Rounding(B.RoundingMode mode) => mode switch
    {
        B.RoundingMode.HalfEven => RoundingMode.HalfEven,
        B.RoundingMode.Up => RoundingMode.Up,
        B.RoundingMode.Down => RoundingMode.Down,
        _ => RoundingMode.HalfUp,
    };

    private static LocalDate Day(DateOnly day) => LocalDate.FromDateOnly(day);
}
