using NodaTime;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Ledger;

/// <summary>The errors of commands that the ledger finds itself, before or beside those of the engine.</summary>
public static class LedgerErrors
{
    /// <summary>The key is empty, longer than 128 characters, not printable ASCII, has a space at an end, or begins with <c>sys:</c>.</summary>
    public static EvaluationError KeyInvalid { get; } = new("idempotency_key_invalid", "The idempotency key is not valid.",
        "Send 1 to 128 printable ASCII characters without a space at either end, that do not begin with \"sys:\", such as a UUID; repeat the same key only for the same command.",
        "idempotency_key");

    public static EvaluationError AccountIdInvalid { get; } = new("account_id_invalid", "The account's id is not valid.", IdText.Help, "account");

    public static EvaluationError HoldIdInvalid { get; } = new("invalid_id", "The hold's id is not valid.", IdText.Help, "id");

    public static EvaluationError RulesetUnknown(string ruleset) => new("ruleset_unknown", $"There is no published ruleset \"{ruleset}\".",
        "Name a published ruleset; GET /v1/rulesets lists them.", "ruleset");

    public static EvaluationError InTheFuture(Instant at, Instant now) => new("in_the_future",
        $"The instant {InstantText.Format(at)} lies in the future; the ledger's clock says {InstantText.Format(now)}.",
        "Send the instant at which it happened, or leave it out; check the sender's clock.", "at");

    public static EvaluationError TooFarAhead(Instant reached, int entries) => new("too_far_ahead",
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"More than {entries} grants and expiries would fall due by {InstantText.Format(reached)}, before that instant."),
        "Ask for an earlier instant.");

    public static EvaluationError TooOld(Instant at, Instant now, Duration window) => new("too_old",
        $"The event of {InstantText.Format(at)} came at {InstantText.Format(now)}, after the {window.TotalHours:0} hours in which late events are charged.",
        "Post a correction by hand if it must still be charged.", "at");

    public static EvaluationError IdUsed(string id) => new("id_used", $"The account already has a grant \"{id}\".",
        "Give each grant an id of its own; to repeat a request, send it with its first idempotency key.", "id");

    public static EvaluationError UseIdUsed(string id) => new("id_used", $"The account already has a use or a hold \"{id}\".",
        "Give each hold an id of its own, other than the idempotency keys of charges.", "id");
}
