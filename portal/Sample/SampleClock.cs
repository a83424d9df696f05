using NodaTime;

namespace Rules.Portal.Sample;

/// <summary>Stands at the instant of the command that is being written.</summary>
internal sealed class SampleClock : TimeProvider
{
    public Instant Now { get; set; }

    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
}
