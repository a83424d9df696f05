using NodaTime;

namespace Rules.Ledger.Tests.Bank;

/// <summary>A clock that moves by a step whenever it is read, so that no two readings are equal.</summary>
internal sealed class TickingTime(Instant start, Duration step) : TimeProvider
{
    private long _readings;

    public override DateTimeOffset GetUtcNow() => (start + (step * Interlocked.Increment(ref _readings))).ToDateTimeOffset();
}
