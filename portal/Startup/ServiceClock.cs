using NodaTime;

namespace Rules.Portal.Startup;

/// <summary>
/// The machine's clock, which can be held at an instant of the past while the sample company's history is written, before the service answers anybody.
/// </summary>
public sealed class ServiceClock : TimeProvider, IClock
{
    // A boxed DateTimeOffset: a reference is read and written whole.
    private volatile object? _held;

    public override DateTimeOffset GetUtcNow() => _held is DateTimeOffset held ? held : System.GetUtcNow();

    public Instant GetCurrentInstant() => Instant.FromDateTimeOffset(GetUtcNow());

    public void HoldAt(DateTimeOffset instant) => _held = instant;

    public void Release() => _held = null;
}
