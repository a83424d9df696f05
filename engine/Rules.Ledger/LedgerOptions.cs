using NodaTime;

namespace Rules.Ledger;

/// <summary>What a ledger can be told; the defaults are the product's.</summary>
public sealed record LedgerOptions
{
    /// <summary>The clock of commands and reads.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// How far in the future an instant may lie before it is refused as <c>in_the_future</c>; clocks differ. A usage event further in
    /// the past than this is flagged late.
    /// </summary>
    public Duration ClockTolerance { get; init; } = Duration.FromMinutes(5);

    /// <summary>How long after it took place a usage event may still be charged; an older one is refused as <c>too_old</c>.</summary>
    public Duration LateWindow { get; init; } = Duration.FromHours(72);

    /// <summary>
    /// The file outside the database in which the head of every account is written down after its commit; null for none. A database that
    /// lies behind it does not open (exit code 78).
    /// </summary>
    public string? AnchorPath { get; init; }

    /// <summary>Opens a database on a network file system, whose locks may not be locks: its owner knows better.</summary>
    public bool AllowNetworkFileSystem { get; init; }

    /// <summary>Commands that may wait; one more is answered <see cref="CommandStatus.Busy"/>. At least 1.</summary>
    public int QueueLength { get; init; } = 4096;
}
