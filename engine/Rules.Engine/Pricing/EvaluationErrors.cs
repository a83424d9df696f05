using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Pricing;

/// <summary>The catalogue of run-time errors. A code is never used for anything else.</summary>
public static class EvaluationErrors
{
    /// <summary>Every code <c>RTnn</c>, ascending, with a sentence that holds for each error of its kind.</summary>
    public static ImmutableArray<(string Code, string Title)> All { get; } =
    [
        ("RT01", "A fact has a value that it cannot have."),
        ("RT02", "A term is not stated, is not declared, or has a value that cannot be read."),
        ("RT03", "A quantity is counted in whole numbers."),
        ("RT04", "No version of the rule set was in effect at the instant."),
        ("RT05", "A key is missing that the price counts by, or a quantity is below zero."),
        ("RT06", "More would be given back than was drawn."),
        ("RT07", "The rule set has no such action, or several of which none is named."),
        ("RT08", "The action does not measure a quantity, or it stands twice."),
        ("RT09", "A fact is not declared, or stands twice."),
        ("RT10", "A fact is missing."),
        ("RT11", "A quantity is too large, or has too many decimals."),
        ("RT12", "The charge is larger than an entry can hold."),
        ("RT13", "The rule set has no such plan."),
        ("RT14", "The rule set has no such bucket, or the bucket holds no credits."),
        ("RT15", "An amount is out of its range, finer than the credit, or stands beside what excludes it."),
        ("RT16", "The action has no such key."),
        ("RT17", "The id is taken."),
        ("RT18", "A grant or a hold would end before it starts."),
        ("RT19", "An instant is out of range."),
        ("RT20", "The event states more than its action declares."),
        ("RT21", "The rule set sells no such pack."),
        ("RT30", "A grant cannot have such a figure."),
        ("RT31", "The time zone is not known."),
        ("RT32", "An anchor is stated where nothing is counted from one."),
    ];

    /// <summary>RT01: a value that a fact cannot have.</summary>
    public static EvaluationError NotAValue(Fact fact, string value, string member) => fact.Kind switch
    {
        FactKind.Date => new("RT01", $"\"{Shown(value)}\" is not a day, but {fact.Name} is a date.", "write it as 2026-03-28", member),
        FactKind.Number => new("RT01", $"\"{Shown(value)}\" is not a number of at most 9 decimals, but {fact.Name} is a number.", "write plain digits, as in 1000 or 0.5", member),
        _ => new("RT01", $"\"{Shown(value)}\" is not a value of {fact.Name}.", Suggest(value, fact.Values, "use one of: "), member),
    };

    /// <summary>RT02: a term that the account does not state and that has no normal value.</summary>
    public static EvaluationError TermNotSet(TermRule term) =>
        new("RT02", $"The account does not state \"{term.Name}\", which its plan or rules need.", $"state the term {term.Name} for the account", "terms." + term.Name);

    /// <summary>RT02: a term's value that cannot be read.</summary>
    public static EvaluationError NotATermValue(TermRule term, string value) => new(
        "RT02",
        $"\"{Shown(value)}\" is not a value of the term \"{term.Name}\".",
        term.Kind switch
        {
            TermKind.Duration => "write a length of time, as in 12 months",
            TermKind.BucketOrder => "write buckets in order, as in included, then prepaid",
            TermKind.Percent or TermKind.PercentList => "write percentages, as in 20%",
            _ => "write an amount, as in 200",
        },
        "terms." + term.Name);

    /// <summary>RT02: a figure of a price that an account has agreed to be unlimited.</summary>
    public static EvaluationError EndlessFigure(string name) =>
        new("RT02", $"\"{Shown(name)}\" is unlimited, which is no price.", $"state a figure for {Shown(name)}", "terms." + Shown(name));

    /// <summary>RT02: a term that the ruleset does not declare.</summary>
    public static EvaluationError UnknownTerm(string name, RulesetModel model) =>
        new("RT02", $"\"{Shown(name)}\" is not a term of {model.Name}.",
            model.Terms.IsEmpty ? $"{model.Name} has no terms" : Suggest(name, model.Terms.Select(t => t.Name), "its terms are: "), "terms." + Shown(name));

    /// <summary>RT03: part of a unit of a whole meter.</summary>
    public static EvaluationError NotWhole(Meter meter, ExactDecimal quantity) => new(
        "RT03", $"{quantity.ToGroupedString()} {meter.Plural} is not a whole number.", $"{meter.Plural} are counted in whole numbers", "quantities." + meter.Name);

    /// <summary>RT04: nothing was in effect yet.</summary>
    public static EvaluationError NoVersion(string ruleset) =>
        new("RT04", $"No version of {ruleset} was in effect at that instant.", "use a later instant, or publish a version that is effective then", "at");

    /// <summary>RT05: the price counts per key, and the event names none.</summary>
    public static EvaluationError MissingKey(ActionRule action, string key) =>
        new("RT05", $"The price of {action.Name} counts within each {key}, but the event names no {key}.", $"add keys.{key}", "keys." + key);

    /// <summary>RT05: a negative quantity without a line that allows corrections.</summary>
    public static EvaluationError Negative(Meter meter, ExactDecimal quantity) => new(
        "RT05", $"{quantity.ToGroupedString()} {meter.Plural} is below zero.", "report 0 or more; what was charged is taken back by a reversal", "quantities." + meter.Name);

    /// <summary>RT06: a charge below zero, which gives back credits.</summary>
    public static EvaluationError NegativeCharge(ActionRule action) =>
        new("RT06", $"This event of {action.Name} would give back more than was drawn for it.", "reverse the charge instead");

    /// <summary>RT07.</summary>
    public static EvaluationError UnknownAction(string name, RulesetModel model) =>
        new("RT07", $"\"{Shown(name)}\" is not an action of {model.Name}.", Suggest(name, model.Actions.Select(a => a.Name), "its actions are: "), "action");

    /// <summary>RT08: the action does not measure it.</summary>
    public static EvaluationError UnknownMeter(string name, ActionRule action) => new(
        "RT08",
        $"The action {action.Name} does not measure \"{Shown(name)}\".",
        action.Meters.IsEmpty ? $"{action.Name} reports no quantities" : Suggest(name, action.Meters.Select(m => m.Name), "it measures: "),
        "quantities." + Shown(name));

    /// <summary>RT08: one meter twice.</summary>
    public static EvaluationError RepeatedMeter(Meter meter) =>
        new("RT08", $"The event reports {meter.Plural} twice.", "report one quantity, the sum", "quantities." + meter.Name);

    /// <summary>RT09: a fact that nobody declared.</summary>
    public static EvaluationError UnknownFact(string name, ActionRule action)
    {
        var own = action.Facts.Where(f => f.Owner == FactOwner.Action).Select(f => f.Name).ToList();
        var help = action.Facts.Any(f => f.Owner == FactOwner.Account && f.Name == name)
            ? $"{name} is a fact of the account; set it there"
            : own.Count == 0 ? $"{action.Name} has no facts" : Suggest(name, own, "its facts are: ");
        return new("RT09", $"\"{Shown(name)}\" is not a fact of {action.Name}.", help, "facts." + Shown(name));
    }

    /// <summary>RT09: of an account.</summary>
    public static EvaluationError UnknownAccountFact(string name, RulesetModel model)
    {
        var own = model.AccountFacts.Where(f => f.Owner == FactOwner.Account).Select(f => f.Name).ToList();
        var help = own.Count == 0 ? $"accounts of {model.Name} have no facts" : Suggest(name, own, "its facts are: ");
        return new("RT09", $"\"{Shown(name)}\" is not a fact of an account of {model.Name}.", help, "facts." + Shown(name));
    }

    /// <summary>RT09: one fact twice.</summary>
    public static EvaluationError RepeatedFact(string name) => new("RT09", $"{name} is stated twice.", "state it once", "facts." + name);

    /// <summary>RT10: a fact without a normal value was not stated.</summary>
    public static EvaluationError MissingFact(Fact fact) => new(
        "RT10",
        fact.Owner == FactOwner.Account ? $"The account does not state {fact.Name}." : $"The event does not state {fact.Name}.",
        fact.Values.IsEmpty ? $"add facts.{fact.Name}" : $"add facts.{fact.Name}: one of {Listed(fact.Values)}",
        "facts." + fact.Name);

    /// <summary>RT11: 10^15 or more, in one event or in the total of its scope.</summary>
    public static EvaluationError TooLarge(Meter meter) => new(
        "RT11", $"More than 999,999,999,999,999 {meter.Plural} cannot be counted.", "report less than 10^15, also in total within one scope", "quantities." + meter.Name);

    /// <summary>RT11: more than 9 decimals.</summary>
    public static EvaluationError TooPrecise(Meter meter, ExactDecimal quantity) => new(
        "RT11", $"{quantity} {meter.Plural} has more than 9 decimals.", "report at most 9 decimals", "quantities." + meter.Name);

    /// <summary>RT12: the charge, or a scope's total, is beyond what an entry may hold.</summary>
    public static EvaluationError ChargeTooLarge(ActionRule action) =>
        new("RT12", $"The charge of this {action.Name} is beyond 10^15 smallest units.", "split the event, or check its quantities", "quantities");

    /// <summary>RT13.</summary>
    public static EvaluationError UnknownPlan(string name, RulesetModel model) => new(
        "RT13",
        $"\"{Shown(name)}\" is not a plan of {model.Name}.",
        model.Plans.IsEmpty ? $"{model.Name} has no plans" : Suggest(name, model.Plans.Select(p => p.Name), "its plans are: "),
        "plan");

    /// <summary>RT14.</summary>
    public static EvaluationError UnknownBucket(string name, RulesetModel model) =>
        new("RT14", $"\"{Shown(name)}\" is not a bucket of {model.Name}.", Suggest(name, model.Buckets.Select(b => b.Name), "its buckets are: "), "bucket");

    /// <summary>RT14: nothing is put into a bucket that is billed afterwards.</summary>
    public static EvaluationError PostpaidBucket(BucketRule bucket) =>
        new("RT14", $"\"{bucket.Name}\" is postpaid and holds no credits.", "grant into another bucket", "bucket");

    /// <summary>RT15: an amount to grant that is not above zero, too large, or finer than the credit.</summary>
    public static EvaluationError BadAmount(ExactDecimal amount, RulesetModel model) => new(
        "RT15",
        amount.Sign <= 0 ? "The amount must be above zero."
            : amount.Scale > model.Credit.Decimals ? $"{amount.ToGroupedString()} has more decimals than the {model.Credit.Name} ({model.Credit.Decimals.ToString(CultureInfo.InvariantCulture)})."
            : "The amount is beyond 10^15 smallest units.",
        model.Credit.Decimals == 0 ? "write a whole number" : $"write an amount with at most {model.Credit.Decimals.ToString(CultureInfo.InvariantCulture)} decimals",
        "amount");

    /// <summary>RT15: an amount to charge that is below zero, too large, or finer than the credit.</summary>
    public static EvaluationError BadCharge(ExactDecimal amount, RulesetModel model) =>
        amount.IsZero || amount.Sign > 0 ? BadAmount(amount, model)
            : new("RT15", "The amount is below zero.", "charge 0 or more; what was charged is taken back by a reversal or a refund", "amount");

    /// <summary>RT16: a key that the action does not have.</summary>
    public static EvaluationError UnknownKey(string name, ActionRule action) => new(
        "RT16",
        $"\"{Shown(name)}\" is not a key of {action.Name}.",
        action.Key is { } key ? $"its key is {key}" : $"{action.Name} has no key",
        "keys." + Shown(name));

    /// <summary>RT17: an id that was used or that is kept for the system.</summary>
    public static EvaluationError IdTaken(string id) =>
        new("RT17", $"The id \"{Shown(id)}\" is taken.", "use another id; ids that begin with sys: belong to the system", "id");

    /// <summary>RT18: the life of a grant ends before it starts.</summary>
    public static EvaluationError EndsBeforeStart() =>
        new("RT18", "The grant would end before it starts.", "let it expire after it becomes effective", "expires");

    /// <summary>RT19: beyond the years that cycles are computed for, or behind the account's own time.</summary>
    public static EvaluationError OutOfTime(string member) =>
        new("RT19", "The instant is outside the years 2000 to 2199.", "check the instant", member);

    /// <summary>RT20: more facts, keys or quantities than any action declares.</summary>
    public static EvaluationError BudgetExceeded(string member) =>
        new("RT20", $"The event states more {member} than an event may.", "state each once, and only what the action declares", member);

    /// <summary>RT21: a pack that the ruleset does not sell.</summary>
    public static EvaluationError UnknownPack(string name, RulesetModel model) => new(
        "RT21",
        $"\"{Shown(name)}\" is not a pack of {model.Name}.",
        model.Packs.IsEmpty ? $"{model.Name} has no packs" : Suggest(name, model.Packs.Select(p => p.Name), "its packs are: "),
        "pack");

    /// <summary>RT30: a figure of a grant that no grant can have.</summary>
    public static EvaluationError BadGrantFigure(string member, string message, string help) => new("RT30", message, help, member);

    /// <summary>RT31: a time zone that is not in the zone data.</summary>
    public static EvaluationError NotATimeZone(string text) =>
        new("RT31", $"\"{Shown(text)}\" is not a known time zone.", "write an IANA id such as Europe/Berlin", "facts.timezone");

    /// <summary>RT32: an anchor where nothing is counted from one.</summary>
    public static EvaluationError NothingToAnchor(RulesetModel model) => new(
        "RT32",
        model.Cycle is null ? $"{model.Name} has no cycle, so nothing is counted from an anchor." : $"The cycles of {model.Name} are calendar months, whatever the anchor.",
        "leave anchor out",
        "anchor");

    /// <summary>RT07: an amount without an action, where several could be charged.</summary>
    public static EvaluationError NoActionNamed(RulesetModel model) =>
        new("RT07", $"The event names no action, and {model.Name} does not price exactly one.", "add the action", "action");

    /// <summary>RT15: an amount beside quantities.</summary>
    public static EvaluationError AmountBesideQuantities() => new("RT15", "The event states both an amount and quantities.", "state one of them", "amount");

    /// <summary>RT15: of a capture.</summary>
    public static EvaluationError CaptureOfTwoKinds() =>
        new("RT15", "The capture states both an amount and quantities.", "state one of them, or neither to capture what was held", "amount");

    /// <summary>RT18: a hold that is over before it begins.</summary>
    public static EvaluationError HoldEndsBeforeStart() =>
        new("RT18", "The hold would end before it starts.", "let it expire later than now", "expires");

    /// <summary>id_used: of a hold, or of a use.</summary>
    public static EvaluationError UseIdTaken(string id) => new(
        "id_used", $"The account already has a use or a hold \"{Shown(id)}\".", "give each hold an id of its own; ids that begin with sys: belong to the system", "id");

    /// <summary>unknown_hold.</summary>
    public static EvaluationError UnknownHold(string id) => new("unknown_hold", $"The account has no hold \"{Shown(id)}\".", "check the id", "id");

    /// <summary>unknown_use.</summary>
    public static EvaluationError UnknownUse(string id) => new(
        "unknown_use", $"The account has no use \"{Shown(id)}\".", "name the idempotency key of the charge, or the id of the captured hold", "id");

    /// <summary>not_reversible: a reversal, a grant, a use that gave credits back.</summary>
    public static EvaluationError NotReversible(string id) => new(
        "not_reversible", $"\"{Shown(id)}\" charged nothing that could be taken back.", "name a charge, a correction or a captured hold; post a new use instead of reversing a reversal", "id");

    /// <summary>not_reversible: a hold that was not captured.</summary>
    public static EvaluationError HoldNotReversible(string id) => new(
        "not_reversible", $"\"{Shown(id)}\" is a hold and was not captured, so it charged nothing that could be taken back.", "release it while it is open: that gives its credits back", "id");

    /// <summary>exceeds_use.</summary>
    public static EvaluationError ExceedsUse(string id, long left, RulesetModel model) => new(
        "exceeds_use",
        $"Only {ExactDecimal.FromUnits(left, model.Credit.Decimals).ToGroupedString()} of \"{Shown(id)}\" can still be taken back.",
        "reverse at most that, or leave the amount out",
        "amount");

    /// <summary>unknown_grant.</summary>
    public static EvaluationError UnknownGrant(string id) => new("unknown_grant", $"The account has no grant \"{Shown(id)}\".", "check the id", "id");

    /// <summary>too_late: the grant expired, was voided or was replaced.</summary>
    public static EvaluationError GrantHasEnded(string id) =>
        new("too_late", $"The grant \"{Shown(id)}\" has ended.", "nothing is left of it to void or to replace", "id");

    /// <summary>no_bucket: the ruleset keeps no balance (language, 5.11).</summary>
    public static EvaluationError NoBucket(RulesetModel model) =>
        new("no_bucket", $"{model.Name} keeps no balance, so there is nothing to grant into.", "charges are recorded without a balance", "bucket");

    private static string Suggest(string written, IEnumerable<string> names, string otherwise)
    {
        var all = names as IReadOnlyCollection<string> ?? [.. names];
        return Spelling.Nearest(written, all) is { } near ? $"did you mean \"{near}\"?" : otherwise + Listed(all);
    }

    private static string Listed(IReadOnlyCollection<string> names) =>
        string.Join(", ", names.Take(12)) + (names.Count > 12 ? ", …" : "");

    // What callers wrote may be long; a message is not.
    private static string Shown(string text) => text.Length <= 80 ? text : text[..79] + "…";
}
