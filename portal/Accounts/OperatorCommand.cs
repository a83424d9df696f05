using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Ledger;

namespace Rules.Portal.Accounts;

/// <summary>What an operator types into a form of an account.</summary>
public sealed record OperatorForm
{
    public string? Bucket { get; init; }

    public string? Amount { get; init; }

    /// <summary>A day of the ruleset's zone; it ends with it.</summary>
    public string? Expires { get; init; }

    /// <summary>Id of a grant.</summary>
    public string? Grant { get; init; }

    /// <summary>Id of a use.</summary>
    public string? Use { get; init; }

    public string? Plan { get; init; }
}

/// <summary>A command that an operator gives from the page of an account, in the words that are confirmed, and as it is sent.</summary>
/// <param name="Words">A whole sentence.</param>
public sealed record OperatorCommand(string Words, Func<CreditLedger, string, CancellationToken, Task<CommandResult>> Send)
{
    public const string Give = "grant";
    public const string End = "void";
    public const string Reverse = "reverse";
    public const string Move = "plan";

    private static readonly LocalDatePattern _day = LocalDatePattern.Iso;

    /// <summary>Reads a form.</summary>
    /// <param name="what">One of the words above.</param>
    /// <param name="key">Idempotency key of the form; it also names the grant that the form gives.</param>
    /// <param name="problem">Which field cannot be used and why; null where all can.</param>
    /// <returns>Null with a problem, and for another word.</returns>
    public static OperatorCommand? Read(string what, AccountBalance account, RulesetModel model, OperatorForm form, string key, out (string Field, string Message)? problem)
    {
        problem = null;
        return what switch
        {
            Give => ReadGrant(account, model, form, key, ref problem),
            End => ReadVoid(account, form, ref problem),
            Reverse => ReadReversal(account, form, ref problem),
            Move => ReadPlan(account, model, form, ref problem),
            _ => null,
        };
    }

    private static OperatorCommand? ReadGrant(AccountBalance account, RulesetModel model, OperatorForm form, string key, ref (string, string)? problem)
    {
        if (model.FindBucket(form.Bucket ?? "") is not { } bucket)
        {
            problem = ("bucket", "Choose the bucket that the credits go into.");
            return null;
        }

        if (ReadAmount(account, form.Amount, ref problem) is not { } amount || !ReadEnd(model.Zone, account.At, form.Expires, ref problem, out var expires))
        {
            return null;
        }

        var id = "by-hand-" + key[^16..];
        var until = expires is { } end ? $", until {form.Expires} ends ({model.Zone.Id})" : "";
        return new OperatorCommand(
            $"Give {amount.ToGroupedString()} {Credits(amount)} to {account.Id}, into {bucket.Name}, from now on{until}.",
            (ledger, idempotencyKey, token) => ledger.GrantAsync(
                account.Id, new GrantCredits(id, bucket.Name, amount, account.At) { TimedOnArrival = true, ExpiresAt = expires }, idempotencyKey, token));
    }

    private static OperatorCommand? ReadVoid(AccountBalance account, OperatorForm form, ref (string, string)? problem)
    {
        var lot = account.Lots.FirstOrDefault(lot => lot.Lot.Id == form.Grant);
        if (lot.Lot is null)
        {
            problem = ("grant", "Choose a grant that has credits left.");
            return null;
        }

        return new OperatorCommand(
            $"End grant #{lot.Lot.Number.ToString(CultureInfo.InvariantCulture)} of {account.Id} now: the {new ExactDecimal(lot.Available, account.Decimals).ToGroupedString()} credits that are left of it in {lot.Lot.Bucket} are gone.",
            (ledger, idempotencyKey, token) => ledger.VoidAsync(account.Id, new VoidGrant(lot.Lot.Id, account.At) { TimedOnArrival = true }, idempotencyKey, token));
    }

    private static OperatorCommand? ReadReversal(AccountBalance account, OperatorForm form, ref (string, string)? problem)
    {
        if (string.IsNullOrWhiteSpace(form.Use))
        {
            problem = ("use", "Name the use: the idempotency key of its charge, or the id of the captured hold.");
            return null;
        }

        var use = form.Use.Trim();
        ExactDecimal? amount = null;
        if (!string.IsNullOrWhiteSpace(form.Amount))
        {
            amount = ReadAmount(account, form.Amount, ref problem);
            if (amount is null)
            {
                return null;
            }
        }

        return new OperatorCommand(
            $"Take the use \"{use}\" of {account.Id} back{(amount is { } part ? $", {part.ToGroupedString()} {Credits(part)} of it" : ", all that is left of it")}: the credits return to the grants that paid.",
            (ledger, idempotencyKey, token) => ledger.ReverseAsync(account.Id, new ReverseUse(use, account.At) { TimedOnArrival = true, Amount = amount }, idempotencyKey, token));
    }

    private static OperatorCommand? ReadPlan(AccountBalance account, RulesetModel model, OperatorForm form, ref (string, string)? problem)
    {
        if (model.FindPlan(form.Plan ?? "") is not { } plan)
        {
            problem = ("plan", "Choose a plan.");
            return null;
        }

        if (plan.Name == account.Plan)
        {
            problem = ("plan", $"The account is on plan {plan.Name} already.");
            return null;
        }

        return new OperatorCommand(
            $"Move {account.Id} {(account.Plan is { } from ? $"from plan {from} " : "")}to plan {plan.Name} now, as the cycle's rule says.",
            (ledger, idempotencyKey, token) => ledger.ChangePlanAsync(account.Id, new ChangePlan(plan.Name), idempotencyKey, token));
    }

    private static ExactDecimal? ReadAmount(AccountBalance account, string? text, ref (string, string)? problem)
    {
        var plain = (text ?? "").Trim().Replace(",", "", StringComparison.Ordinal);
        if (plain.Length is 0 or > 40 || !ExactDecimal.TryParse(plain, out var amount) || amount.Sign <= 0)
        {
            problem = ("amount", account.Decimals == 0
                ? "Write a whole number of credits above zero."
                : $"Write a number of credits above zero, with at most {account.Decimals.ToString(CultureInfo.InvariantCulture)} decimals.");
            return null;
        }

        return amount;
    }

    private static bool ReadEnd(DateTimeZone zone, Instant now, string? text, ref (string, string)? problem, out Instant? end)
    {
        end = null;
        if (string.IsNullOrWhiteSpace(text))
        {
            return true;
        }

        if (_day.Parse(text.Trim()) is not { Success: true, Value: var day })
        {
            problem = ("expires", $"\"{text}\" is not a day; write it as 2026-05-01.");
            return false;
        }

        end = zone.AtStartOfDay(day.PlusDays(1)).ToInstant();
        if (end > now)
        {
            return true;
        }

        problem = ("expires", "This day is over.");
        return false;
    }

    private static string Credits(ExactDecimal amount) => amount.ToString() == "1" ? "credit" : "credits";
}
