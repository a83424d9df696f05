using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>One step of a story: a command or a question, with its account and its instant.</summary>
/// <param name="At">Whole microseconds; that of the step before where it is left out.</param>
public abstract record StoryStep(string Account, Instant At);

/// <summary>A command that its account and its instant make whole.</summary>
/// <typeparam name="TCommand"><c>subscribe</c> opens an account, <c>grant</c> grants credits, <c>hold</c> holds them, and so on.</typeparam>
public sealed record CommandStep<TCommand>(string Account, Instant At, TCommand Command) : StoryStep(Account, At)
    where TCommand : class;

/// <summary><c>use</c> or <c>correct</c>.</summary>
/// <param name="Usage">Its action is empty where an amount is charged and no action is named.</param>
public sealed record UseStep(string Account, string Id, UsageEvent Usage, bool IsCorrection) : StoryStep(Account, Usage.OccurredAt);

/// <summary><c>advance</c>: does what is due.</summary>
public sealed record AdvanceStep(string Account, Instant At) : StoryStep(Account, At);

/// <summary><c>balance</c>.</summary>
/// <param name="Buckets">Only these; empty: all.</param>
public sealed record BalanceStep(string Account, Instant At, ImmutableArray<string> Buckets) : StoryStep(Account, At);

/// <summary><c>period</c>: the cycle at the instant.</summary>
public sealed record PeriodStep(string Account, Instant At) : StoryStep(Account, At);

/// <summary>
/// Reads the steps of one story in their order. A step has the members of the command's body, and <c>do</c>; what it leaves out, the story
/// says: the account is <see cref="DefaultAccount"/>, the instant that of the step before, the id of a purchase or use that of its line.
/// </summary>
/// <param name="ruleset">The one ruleset of the story; null where <c>subscribe</c> must name one.</param>
public sealed class StoryReader(string? ruleset)
{
    /// <summary>The account of the steps that name none.</summary>
    public const string DefaultAccount = "story";

    private static readonly CommandForm _plainForm = CommandForm.Of(0);

    private static readonly CommandForm _balanceForm = CommandForm.Of(0, "buckets");

    private static readonly CommandForm _expireForm = CommandForm.Of(0b1, "id");

    private static readonly string[] _verbs =
    [
        "subscribe", "set", "grant", "void", "replace", "buy", "use", "hold", "capture", "release", "expire", "reverse", "refund", "correct", "change-plan",
        "reset", "advance", "balance", "period",
    ];

    private Instant? _now;

    /// <summary>Reads one line. A line that cannot be read leaves the story where it was.</summary>
    /// <param name="line">Its number, from 1.</param>
    public WireReading<StoryStep> Read(ReadOnlySpan<byte> json, int line)
    {
        var cursor = new JsonCursor(json, line);
        if (!cursor.Begin() || !cursor.Find("do", out var verb) || (!_verbs.Contains(verb) && !cursor.NotOneOf(verb, _verbs)))
        {
            return new(null, cursor.Error);
        }

        var context = new StepContext(DefaultAccount, _now, ruleset, line);
        var reading = verb switch
        {
            "subscribe" => Read<OpenAccount>(json, CommandReader.OpenForm, context, CommandReader.TryReadOpen),
            "set" => Read<SetFactsAndTerms>(json, CommandReader.SetForm, context, CommandReader.TryReadSet),
            "change-plan" => Read<ChangePlan>(json, CommandReader.PlanForm, context, CommandReader.TryReadPlanChange),
            "grant" => Read<GrantCredits>(json, CommandReader.GrantForm, context, CommandReader.TryReadGrant),
            "void" => Read<VoidGrant>(json, CommandReader.VoidForm, context, CommandReader.TryReadVoid),
            "replace" => Read<ReplaceGrant>(json, CommandReader.ReplaceForm, context, CommandReader.TryReadReplace),
            "buy" => Read<CreditPurchase>(json, CommandReader.PurchaseForm, context, CommandReader.TryReadPurchase),
            "use" or "correct" => ReadUse(json, context, isCorrection: verb == "correct"),
            "hold" => Read<HoldCredits>(json, CommandReader.HoldForm, context, CommandReader.TryReadHold),
            "capture" => Read<CaptureHold>(json, CommandReader.CaptureForm, context, CommandReader.TryReadCapture),
            "release" => Read<ReleaseHold>(json, CommandReader.ReleaseForm, context, CommandReader.TryReadRelease),
            "expire" => Read<ReleaseHold>(json, _expireForm, context, TryReadExpire),
            "reverse" => Read<ReverseUse>(json, CommandReader.ReverseForm, context, CommandReader.TryReadReverse),
            "refund" => Read<RefundCredits>(json, CommandReader.RefundForm, context, CommandReader.TryReadRefund),
            "reset" => Read<ResetAccount>(json, CommandReader.ResetForm, context, CommandReader.TryReadReset),
            "advance" => Read<None>(json, _plainForm, context, TryReadNone, static (body, _) => new AdvanceStep(body.Account, body.At)),
            "period" => Read<None>(json, _plainForm, context, TryReadNone, static (body, _) => new PeriodStep(body.Account, body.At)),
            _ => Read<Buckets>(json, _balanceForm, context, TryReadBuckets, static (body, asked) => new BalanceStep(body.Account, body.At, asked.Names)),
        };
        _now = reading.Value?.At ?? _now;
        return reading;
    }

    private delegate StoryStep Maker<T>(CommandBody body, T command);

    private static WireReading<StoryStep> Read<T>(ReadOnlySpan<byte> json, CommandForm form, StepContext context, CommandReader.Reader<T> read)
        where T : class => Read(json, form, context, read, static (body, command) => new CommandStep<T>(body.Account, body.At, command));

    private static WireReading<StoryStep> Read<T>(
        ReadOnlySpan<byte> json, CommandForm form, StepContext context, CommandReader.Reader<T> read, Maker<T> make)
        where T : class
    {
        var body = new CommandBody(json, form, context);
        return body.Begin() && read(ref body, out var command) && body.Cursor.Error is null
            ? new(make(body, command!), null)
            : new(null, body.Cursor.Error);
    }

    private static WireReading<StoryStep> ReadUse(ReadOnlySpan<byte> json, StepContext context, bool isCorrection)
    {
        var cursor = new JsonCursor(json, context.Line);
        return EventReader.TryReadStep(ref cursor, context.Now, out var account, out var id, out var usage)
            ? new(new UseStep(account ?? context.Account, id ?? context.Id, usage! with { TimedOnArrival = false }, isCorrection), null)
            : new(null, cursor.Error);
    }

    private static bool TryReadExpire(ref CommandBody body, out ReleaseHold? command)
    {
        command = null;
        var id = "";
        while (body.Next(out _))
        {
            if (!body.Cursor.Id(out id))
            {
                return false;
            }
        }

        command = new ReleaseHold(id, body.At) { Expires = true };
        return body.End();
    }

    private static bool TryReadNone(ref CommandBody body, out None? command)
    {
        command = None.Value;
        return !body.Next(out _) && body.End();
    }

    private static bool TryReadBuckets(ref CommandBody body, out Buckets? command)
    {
        command = null;
        ImmutableArray<string> names = [];
        while (body.Next(out _))
        {
            if (!body.Cursor.Names(out names))
            {
                return false;
            }
        }

        command = new Buckets(names);
        return body.End();
    }

    private sealed record None
    {
        public static None Value { get; } = new();
    }

    private sealed record Buckets(ImmutableArray<string> Names);
}
