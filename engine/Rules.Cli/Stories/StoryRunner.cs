using System.Globalization;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Cli.Stories;

/// <summary>Runs steps through the command handlers of a ledger and gives a result for each.</summary>
internal sealed class StoryRunner(CreditLedger ledger, StoryClock clock)
{
    /// <summary>One JSON object without a line end.</summary>
    /// <param name="line">Its number in the story, from 1; names the commands that have no name of their own.</param>
    public async Task<byte[]> RunAsync(StoryStep step, int line, CancellationToken cancellationToken)
    {
        // Before the clock is moved: it never goes back, and nothing could happen after such an instant.
        if (!Bookkeeper.IsInTime(step.At))
        {
            return StoryResult.Failed(EvaluationErrors.OutOfTime("at"));
        }

        clock.MoveTo(step.At);
        // No id begins so: what a story does not name never meets what it names.
        var key = string.Create(CultureInfo.InvariantCulture, $"#{line}");
        return step switch
        {
            AdvanceStep it => Result(await ledger.AdvanceAsync(it.Account, cancellationToken), it),
            BalanceStep it => await BalanceAsync(it, cancellationToken),
            PeriodStep it => await PeriodAsync(it, cancellationToken),
            _ => Result(await SubmitAsync(step, key, cancellationToken), step),
        };
    }

    private Task<CommandResult> SubmitAsync(StoryStep step, string key, CancellationToken cancellationToken) => step switch
    {
        CommandStep<OpenAccount> it => ledger.OpenAccountAsync(it.Command, key, cancellationToken),
        CommandStep<SetFactsAndTerms> it => ledger.SetAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<ChangePlan> it => ledger.ChangePlanAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<GrantCredits> it => ledger.GrantAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<VoidGrant> it => ledger.VoidAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<ReplaceGrant> it => ledger.ReplaceAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<CreditPurchase> { Command.Pack: { } pack } it => ledger.BuyAsync(it.Account, pack, key, cancellationToken),
        CommandStep<CreditPurchase> it => ledger.BuyAsync(it.Account, it.Command.Credits!, key, cancellationToken),
        CommandStep<HoldCredits> it => ledger.HoldAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<CaptureHold> it => ledger.CaptureAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<ReleaseHold> it => ledger.ReleaseAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<ReverseUse> it => ledger.ReverseAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<RefundCredits> it => ledger.RefundAsync(it.Account, it.Command, key, cancellationToken),
        CommandStep<ResetAccount> it => ledger.ResetAsync(it.Account, it.Command, key, cancellationToken),
        // The id of a use is its key: by it a reversal finds the use, and the same use again is answered and not charged.
        UseStep { IsCorrection: true } it => ledger.CorrectAsync(it.Account, it.Usage, it.Id, cancellationToken),
        UseStep it => ledger.ChargeAsync(it.Account, it.Usage, it.Id, cancellationToken),
        _ => throw new InvalidOperationException($"The step {step.GetType().Name} has no handler."),
    };

    private async Task<byte[]> BalanceAsync(BalanceStep step, CancellationToken cancellationToken)
    {
        if (await ledger.BalanceAsync(step.Account, step.At, cancellationToken) is not { } balance)
        {
            return StoryResult.AccountUnknown(step.Account);
        }

        if (step.Buckets.FirstOrDefault(name => balance.Buckets.All(bucket => bucket.Bucket != name)) is { } unknown)
        {
            return StoryResult.Failed(
                "RT14", $"\"{WireText.Shown(unknown)}\" is not a bucket of {balance.Ruleset}.",
                balance.Buckets.IsEmpty ? "It keeps no balance." : $"Its buckets are {string.Join(", ", balance.Buckets.Select(static b => b.Bucket))}.", "buckets");
        }

        var asked = step.Buckets.IsEmpty ? balance : balance with
        {
            Buckets = [.. balance.Buckets.Where(bucket => step.Buckets.Contains(bucket.Bucket))],
            Lots = [.. balance.Lots.Where(lot => step.Buckets.Contains(lot.Lot.Bucket))],
        };
        return StoryResult.Done(BalanceJson.Write(asked));
    }

    private async Task<byte[]> PeriodAsync(PeriodStep step, CancellationToken cancellationToken)
    {
        if (await ledger.BalanceAsync(step.Account, step.At, cancellationToken) is not { } balance)
        {
            return StoryResult.AccountUnknown(step.Account);
        }

        return balance.Cycle is { } cycle
            ? StoryResult.Done(WireWriter.Write(cycle, static (json, cycle) =>
            {
                json.WriteStartObject();
                json.WriteInstant("from"u8, cycle.Start);
                json.WriteInstant("to"u8, cycle.End);
                json.WriteNumber("number"u8, cycle.Number);
                json.WriteEndObject();
            }))
            : StoryResult.Failed("no_cycle", $"{balance.Ruleset} has no cycle.", "Add a cycle line to the rules.");
    }

    private static byte[] Result(CommandResult result, StoryStep step) => result.Status switch
    {
        CommandStatus.Accepted => StoryResult.Done(result.Body, result.Replayed),
        CommandStatus.Refused => StoryResult.Refused(result),
        CommandStatus.AccountUnknown => StoryResult.AccountUnknown(step.Account),
        CommandStatus.AccountExists => StoryResult.Failed(
            "account_exists", $"An account \"{step.Account}\" is open already.", "Name another account, or change this one with set and change-plan."),
        CommandStatus.KeyReused => StoryResult.Failed(
            "id_used", $"The id \"{(step as UseStep)?.Id}\" was used for something else.", "Give each use an id of its own.", "id"),
        CommandStatus.Invalid => StoryResult.Failed(result.Error!),
        _ => throw new InvalidOperationException($"A ledger of one story answered {result.Status}."),
    };
}
