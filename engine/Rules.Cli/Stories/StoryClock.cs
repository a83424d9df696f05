using NodaTime;

namespace Rules.Cli.Stories;

/// <summary>The time of a story: where its steps say, and never backwards.</summary>
internal sealed class StoryClock : TimeProvider
{
    private Instant _now = Instant.FromUtc(2000, 1, 1, 0, 0);

    public void MoveTo(Instant at) => _now = Instant.Max(_now, at);

    public override DateTimeOffset GetUtcNow() => _now.ToDateTimeOffset();
}
