using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Ledger.Writing;

/// <summary>A command on its way through the writer.</summary>
/// <param name="account">The account's id.</param>
/// <param name="key">The caller's idempotency key.</param>
/// <param name="requestHash">SHA-256 of the command's canonical form; tells a repetition from another command under the same key.</param>
/// <param name="receivedAt">The clock when the command came in; whole microseconds.</param>
internal abstract class PendingCommand(string account, string key, byte[] requestHash, Instant receivedAt)
{
    private readonly TaskCompletionSource<CommandResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Account => account;

    public string Key => key;

    public byte[] RequestHash => requestHash;

    public Instant ReceivedAt => receivedAt;

    /// <summary>The command makes the account; it is then booked without a state.</summary>
    public virtual bool OpensAccount => false;

    /// <summary>The answer is stored under the key; false for what can be asked again without harm and has no key.</summary>
    public bool KeepsAnswer { get; init; } = true;

    /// <summary>The command comes on the sample company's clock: it opens an account that is made up, or is of one.</summary>
    public bool OnSampleClock { get; set; }

    /// <summary>The id of the lot that the command makes by the caller's wish; null for any other command.</summary>
    public virtual string? NewLot => null;

    /// <summary>The id under which the command makes a use or a hold: no other of the account may have it. Null for any other command.</summary>
    public virtual string? NewUse => null;

    /// <summary>The id of the hold that the command names; null for any other.</summary>
    public virtual string? Hold => null;

    /// <summary>The id of the use that the command names; null for any other.</summary>
    public virtual string? Use => null;

    /// <summary>The id of the lot that the command names; null for any other.</summary>
    public virtual string? Lot => null;

    /// <summary>The command reads every lot whose own end has not come, used up or not.</summary>
    public virtual bool ReadsLiveLots(AccountState state) => false;

    /// <summary>The command may give back what its price has drawn, to whatever lots paid.</summary>
    public virtual bool MayGiveBack(AccountState state) => false;

    /// <summary>The counting scopes that <see cref="Due"/> may read.</summary>
    public virtual IReadOnlyList<ScopeId> ScopesDue(AccountState state, Instant recordedAt) => [];

    /// <summary>What falls due by an instant, for commands whose reading depends on it; null for any other.</summary>
    public virtual Booked? Due(AccountState state, Instant recordedAt) => null;

    public Task<CommandResult> Completion => _completion.Task;

    /// <summary>The counting scopes that the booking may read.</summary>
    public virtual IReadOnlyList<ScopeId> Scopes(AccountState state, Instant recordedAt) => [];

    /// <summary>Runs the command in memory; what it throws is a bug.</summary>
    /// <param name="state">Null for a command that opens the account.</param>
    public abstract Booked Book(AccountState? state, Instant recordedAt);

    public void Complete(CommandResult result) => _completion.TrySetResult(result);

    public void Fail(Exception exception) => _completion.TrySetException(exception);
}

/// <summary>What a command came to in memory.</summary>
internal sealed record Booked
{
    /// <summary>With an error everything else is empty.</summary>
    public EvaluationError? Error { get; init; }

    public AccountState? State { get; init; }

    public ImmutableArray<Entry> Entries { get; init; } = [];

    /// <summary>False for a refusal: its answer is stored, its own entry does not exist.</summary>
    public bool Accepted { get; init; } = true;

    public QuoteOutcome? Outcome { get; init; }

    /// <summary>The answer as UTF-8 JSON.</summary>
    public byte[] Answer { get; init; } = [];

    /// <summary>The usage event as canonical JSON; empty where nothing was priced.</summary>
    public byte[] Usage { get; init; } = [];

    /// <summary>The command as canonical JSON where its entry does not say all that was asked; else empty.</summary>
    public byte[] Request { get; init; } = [];

    /// <summary>Sequence of the entry that the command's own entry undoes; null for any other.</summary>
    public long? Reference { get; init; }

    /// <summary>The event took place longer ago than clocks differ.</summary>
    public bool Late { get; init; }

    public static Booked Invalid(EvaluationError error) => new() { Error = error };
}
