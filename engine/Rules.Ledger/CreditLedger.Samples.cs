using System.Collections.Immutable;
using Rules.Ledger.Writing;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    private readonly bool _onSampleClock;

    private CreditLedger(CreditLedger shared, TimeProvider clock)
    {
        _store = shared._store;
        _options = shared._options with { Time = clock };
        _writer = shared._writer;
        _remembered = shared._remembered;
        Rulesets = shared.Rulesets;
        _onSampleClock = true;
    }

    /// <summary>True where accounts can be made up and removed again: the store is this process's own, so that its clock decides.</summary>
    public bool KeepsSamples => _store.KeepsSamples;

    /// <summary>
    /// The same ledger on another clock. Accounts that are opened on it are made up for good and say so; commands on it reach no other account
    /// (<see cref="CommandStatus.AccountUnknown"/>), so that no history is ever written beside live use. Disposing it does nothing.
    /// </summary>
    /// <exception cref="NotSupportedException">The ledger does not keep samples.</exception>
    public CreditLedger OnSampleClock(TimeProvider clock) =>
        KeepsSamples ? new CreditLedger(this, clock) : throw new NotSupportedException("The database has the clock, so no history can be made up in it.");

    /// <summary>Ids of the accounts that were made up, ascending.</summary>
    public ValueTask<ImmutableArray<string>> SamplesAsync(CancellationToken cancellationToken) => _store.SamplesAsync(cancellationToken);

    /// <summary>Removes an account that was made up, with everything that was ever recorded of it, in one commit.</summary>
    /// <returns>False where there is no such account, or it was not made up: what was recorded of any other account stays.</returns>
    public async Task<bool> RemoveSampleAsync(string account, CancellationToken cancellationToken)
    {
        var removed = await _store.RemoveSampleAsync(account, cancellationToken);
        _remembered?.Forget(account);
        return removed;
    }

    private PendingCommand OfThisClock(PendingCommand command)
    {
        command.OnSampleClock = _onSampleClock;
        return command;
    }
}
