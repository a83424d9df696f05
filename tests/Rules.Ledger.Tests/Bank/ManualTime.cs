using NodaTime;

namespace Rules.Ledger.Tests.Bank;

/// <summary>A clock that only moves when told to, also backwards.</summary>
internal sealed class ManualTime(Instant now) : TimeProvider
{
    public Instant Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
}
