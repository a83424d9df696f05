using System.Collections.Immutable;
using System.Text;
using Rules.Dsl.Editing;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Portal.Display;

namespace Rules.Portal.Drafts;

/// <summary>
/// One made-up event on an account that nobody has: what it costs under a text, and under the version that the text is compared with. The account
/// is opened as an example opens one, on the first day of the text, so that what is worked out here can be kept as an example.
/// </summary>
public sealed class Calculator
{
    /// <summary>What every field's name begins with.</summary>
    public const string Prefix = "calc.";

    private const string ActionField = Prefix + "action";
    private const string AccountPrefix = Prefix + "account.";
    private const string BalancePrefix = Prefix + "balance.";
    private const string QuantityPrefix = Prefix + "quantity.";
    private const string FactPrefix = Prefix + "fact.";

    private readonly RulesetModel _model;
    private readonly StatedEvent? _event;

    private Calculator(RulesetModel model, RulesetModel? against, Func<string, string?> asked)
    {
        _model = model;
        Action = model.FindAction(asked(ActionField) ?? "") ?? model.Actions.FirstOrDefault(static action => !action.IsFree) ?? model.Actions.FirstOrDefault();
        if (Action is null)
        {
            return;
        }

        Actions = new CalculatorField(ActionField, "Action", Action.Name) { Choices = [.. model.Actions.Select(static action => action.Name)] };
        Account =
        [
            .. model.AccountFacts.Where(fact => fact.Owner != FactOwner.Plan || !model.Plans.IsEmpty).Select(fact => Field(AccountPrefix, fact, asked)),
            .. model.Buckets.Where(static bucket => bucket.Funding != BucketFunding.Postpaid).Select(bucket =>
                new CalculatorField(BalancePrefix + bucket.Name, $"{bucket.Name} balance", asked(BalancePrefix + bucket.Name) ?? "") { Hint = "as granted", IsNumber = true }),
        ];
        Event = FieldsOf(Action, name => asked(name) ?? (name.StartsWith(QuantityPrefix, StringComparison.Ordinal) ? "1" : null));
        _event = Read(against);
        if (_event is not null)
        {
            Draft = MadeUpPrice.Of(model, _event);
            Published = against is null ? null : MadeUpPrice.Of(against, Known(against, _event));
        }
    }

    /// <summary>Null where the text prices nothing.</summary>
    public ActionRule? Action { get; }

    public CalculatorField? Actions { get; }

    /// <summary>What is assumed of the account.</summary>
    public ImmutableArray<CalculatorField> Account { get; } = [];

    /// <summary>What the event says.</summary>
    public ImmutableArray<CalculatorField> Event { get; } = [];

    /// <summary>Null where a field cannot be read.</summary>
    public MadeUpPrice? Draft { get; }

    /// <summary>Null where there is no version to compare with.</summary>
    public MadeUpPrice? Published { get; }

    /// <param name="against">The version beside it; null for none.</param>
    /// <param name="asked">The value of a field by its name; null where it was not sent.</param>
    public static Calculator Of(RulesetModel model, RulesetModel? against, Func<string, string?> asked) => new(model, against, asked);

    /// <summary>The event as an example that holds under the text; null where it has no price.</summary>
    /// <param name="taken">Names that the text's examples have.</param>
    public WrittenExample? ToExample(IEnumerable<string> taken) => _event is null || Draft?.Quote is not { } quote ? null
        : KeptExample.Of(_model, _event, quote, $"{Action!.Name}, as worked out", taken);

    /// <summary>A field for everything that an event of the action may say.</summary>
    /// <param name="asked">The value of a field by its name; null: what is usual.</param>
    public static ImmutableArray<CalculatorField> FieldsOf(ActionRule action, Func<string, string?> asked) =>
    [
        .. action.Meters.Select(meter => new CalculatorField(QuantityPrefix + meter.Name, meter.Plural, asked(QuantityPrefix + meter.Name) ?? "") { IsNumber = true }),
        .. action.Facts.Skip(action.AccountFacts).Select(fact => Field(FactPrefix, fact, asked)),
    ];

    /// <summary>The fields' values as an event says them, for fields that were not sent.</summary>
    public static string? ValueOf(UsageEvent usage, string field) =>
        field.StartsWith(QuantityPrefix, StringComparison.Ordinal)
            ? usage.Quantities.Where(quantity => quantity.Meter == field[QuantityPrefix.Length..]).Select(static quantity => quantity.Quantity.ToString()).FirstOrDefault()
            : usage.Facts.Where(fact => fact.Name == field[FactPrefix.Length..]).Select(static fact => fact.Value).FirstOrDefault();

    /// <summary>Reads the event's fields; one that cannot be read says so.</summary>
    /// <returns>Null where one cannot.</returns>
    public static UsageEvent? Read(UsageEvent usage, IEnumerable<CalculatorField> fields)
    {
        var quantities = ImmutableArray.CreateBuilder<MeteredQuantity>();
        var facts = ImmutableArray.CreateBuilder<NamedText>();
        var isReadable = true;
        foreach (var field in fields.Where(static field => field.Value.Length > 0))
        {
            if (field.Name.StartsWith(FactPrefix, StringComparison.Ordinal))
            {
                facts.Add(new NamedText(field.Label, field.Plain));
            }
            else if (field.TryReadFigure(out var figure))
            {
                quantities.Add(new MeteredQuantity(field.Name[QuantityPrefix.Length..], figure));
            }
            else
            {
                isReadable = false;
            }
        }

        return isReadable ? usage with { Quantities = quantities.ToImmutable(), Facts = facts.ToImmutable() } : null;
    }

    private static CalculatorField Field(string prefix, Fact fact, Func<string, string?> asked) => new(prefix + fact.Name, fact.Name, asked(prefix + fact.Name) ?? Usual(fact))
    {
        Choices = fact.Values,
        IsOptional = fact.Normally is not null || fact.Owner == FactOwner.Plan,
        IsNumber = fact.Kind == FactKind.Number,
        IsDate = fact.Kind == FactKind.Date,
    };

    private static string Usual(Fact fact) => fact switch
    {
        { Normally: { } value } => fact.Write(value),
        { Values: [var first, ..] } => first,
        { Kind: FactKind.Number } => "1",
        _ => "",
    };

    private StatedEvent? Read(RulesetModel? against)
    {
        var facts = ImmutableArray.CreateBuilder<NamedText>();
        string? plan = null;
        var balances = ImmutableArray.CreateBuilder<MeteredQuantity>();
        var isReadable = true;
        foreach (var field in Account.Where(static field => field.Value.Length > 0))
        {
            if (field.Name.StartsWith(BalancePrefix, StringComparison.Ordinal))
            {
                isReadable &= field.TryReadFigure(out var figure);
                balances.Add(new MeteredQuantity(field.Name[BalancePrefix.Length..], figure));
            }
            else if (_model.AccountFacts.First(fact => fact.Name == field.Label).Owner == FactOwner.Plan)
            {
                plan = field.Value;
            }
            else
            {
                facts.Add(new NamedText(field.Label, field.Plain));
            }
        }

        return Read(new UsageEvent { OccurredAt = KeptExample.StartOf(_model, against, facts), Action = Action!.Name }, Event) is { } usage && isReadable
            ? new StatedEvent(null, usage, new StatedAccount(plan, facts.ToImmutable(), KeptExample.SampleTerms(_model), balances.ToImmutable()))
            : null;
    }

    // The version beside it may not know a fact, a bucket or a plan that the text adds.
    private static StatedEvent Known(RulesetModel model, StatedEvent stated)
    {
        var action = model.FindAction(stated.Usage.Action);
        return stated with
        {
            Usage = action is null ? stated.Usage : stated.Usage with { Facts = stated.Usage.Facts.RemoveAll(fact => action.Facts.Skip(action.AccountFacts).All(known => known.Name != fact.Name)) },
            State = stated.State! with
            {
                Plan = stated.State.Plan is { } plan && model.FindPlan(plan) is not null ? plan : null,
                Facts = stated.State.Facts.RemoveAll(fact => model.AccountFacts.All(known => known.Name != fact.Name)),
                Terms = KeptExample.SampleTerms(model),
                Balances = stated.State.Balances.RemoveAll(balance => model.FindBucket(balance.Meter) is null),
            },
        };
    }
}

/// <summary>A field of the calculator.</summary>
public sealed record CalculatorField(string Name, string Label, string Value)
{
    /// <summary>Empty for a field that is typed into.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    public bool IsOptional { get; init; }

    public bool IsNumber { get; init; }

    public bool IsDate { get; init; }

    /// <summary>What an empty field means.</summary>
    public string? Hint { get; init; }

    /// <summary>What is wrong with the value; null where nothing is.</summary>
    public string? Fault { get; internal set; }

    /// <summary>The value as an event says it: numbers are typed and shown as rule files write them (1,204.5), and events take plain digits.</summary>
    internal string Plain => IsNumber ? Value.Replace(",", "", StringComparison.Ordinal).Trim() : Value.Trim();

    internal bool TryReadFigure(out ExactDecimal figure)
    {
        var isRead = ExactDecimal.TryParse(Plain, out figure);
        Fault = isRead ? null : "A plain number: 1204.5";
        return isRead;
    }

    /// <summary>The field's name as an id of the page.</summary>
    public string Id => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Name));
}

/// <summary>What a made-up event comes to: a quote with its explanation, or why there is none.</summary>
public sealed record MadeUpPrice
{
    public Quote? Quote { get; private init; }

    public Explanation? Explanation { get; private init; }

    /// <summary>Null where there is a quote.</summary>
    public EvaluationError? Error { get; private init; }

    public string? Outcome => EntryText.Outcome(Quote?.Outcome);

    public int Decimals => Quote?.Decimals ?? 0;

    /// <summary>Digits that the steps keep under each other.</summary>
    public int Places => Explanation is null ? Decimals : Math.Max(Decimals, Explanation.Places);

    public static MadeUpPrice Of(RulesetModel model, StatedEvent stated)
    {
        var booking = StatedQuote.Of(model, stated);
        return booking.Succeeded ? Of(booking.Answer) : new MadeUpPrice { Error = booking.Error };
    }

    public static MadeUpPrice Of(Quote quote) => new() { Quote = quote, Explanation = Explanation.Read(WireWriter.Quote(quote)) };
}
