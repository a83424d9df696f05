using System.Globalization;
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
        clock.MoveTo(step.At);
        // No id begins so: what a story does not name never meets what it names.
        var key = string.Create(CultureInfo.InvariantCulture, $"#{line}");
        return step switch
        {
            SubscribeStep it => Result(await ledger.OpenAccountAsync(it.Command, key, cancellationToken), it),
            SetStep it => Result(await ledger.SetAsync(it.Account, it.Command, key, cancellationToken), it),
            ChangePlanStep it => Result(await ledger.ChangePlanAsync(it.Account, it.Command, key, cancellationToken), it),
            GrantStep it => Result(await ledger.GrantAsync(it.Account, it.Command, key, cancellationToken), it),
            BuyStep { Command.Pack: { } pack } it => Result(await ledger.BuyAsync(it.Account, pack, key, cancellationToken), it),
            BuyStep { Command.Credits: { } credits } it => Result(await ledger.BuyAsync(it.Account, credits, key, cancellationToken), it),
            UseStep it => await UseAsync(it, cancellationToken),
            AdvanceStep it => Result(await ledger.AdvanceAsync(it.Account, cancellationToken), it),
            BalanceStep it => await BalanceAsync(it, cancellationToken),
            PeriodStep it => await PeriodAsync(it, cancellationToken),
            _ => throw new InvalidOperationException($"The step {step.GetType().Name} has no handler."),
        };
    }

    // The id of a use is its key: by it a reversal finds the use, and the same use again is answered and not charged.
    private async Task<byte[]> UseAsync(UseStep step, CancellationToken cancellationToken)
    {
        var usage = step.Usage;
        if (usage.Action.Length == 0)
        {
            if (SoleAction() is not { } action)
            {
                return StoryResult.Failed(
                    WireCodes.MemberMissing, "The rules have several actions, and the use names none.", "Add \"action\".", "action");
            }

            usage = usage with { Action = action };
        }

        return Result(await ledger.ChargeAsync(step.Account, usage, step.Id, cancellationToken), step);
    }

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

    private string? SoleAction()
    {
        string? sole = null;
        foreach (var action in ledger.Rulesets.All.SelectMany(static ruleset => ruleset.Versions[^1].Model.Actions))
        {
            if (!action.IsFree)
            {
                if (sole is not null)
                {
                    return null;
                }

                sole = action.Name;
            }
        }

        return sole;
    }

    private static byte[] Result(CommandResult result, StoryStep step) => result.Status switch
    {
        CommandStatus.Accepted => StoryResult.Done(result.Body, result.Replayed),
        CommandStatus.Refused => StoryResult.Refused(result.Body, result.Replayed),
        CommandStatus.AccountUnknown => StoryResult.AccountUnknown(step.Account),
        CommandStatus.AccountExists => StoryResult.Failed(
            "account_exists", $"An account \"{step.Account}\" is open already.", "Name another account, or change this one with set and change-plan."),
        CommandStatus.KeyReused => StoryResult.Failed(
            "id_used", $"The id \"{(step as UseStep)?.Id}\" was used for something else.", "Give each use an id of its own.", "id"),
        CommandStatus.Invalid => StoryResult.Failed(result.Error!),
        _ => throw new InvalidOperationException($"A ledger of one story answered {result.Status}."),
    };
}
