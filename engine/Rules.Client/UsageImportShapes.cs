namespace Rules.Client;

/// <summary>What sending a file of usage came to. A run that stopped is a problem <c>import_stopped</c> with these members.</summary>
public sealed record UsageImportResult
{
    /// <summary>Nothing was stored.</summary>
    public required bool DryRun { get; init; }

    /// <summary>By which it is listed and taken back; absent for a dry run.</summary>
    public string? Id { get; init; }

    /// <summary>Lines of the file that were read.</summary>
    public required long Lines { get; init; }

    /// <summary>Up to where an earlier run had come; 0: read from the beginning.</summary>
    public required long ResumedAtLine { get; init; }

    /// <summary>Accounts of the file, as far as it was read.</summary>
    public required int Accounts { get; init; }

    /// <summary>Stored by this run, or what would have been.</summary>
    public required long Events { get; init; }

    /// <summary>Left out, since an event of the same id was there.</summary>
    public required long Duplicates { get; init; }

    /// <summary>When the earliest event happened; absent without events.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>When the latest event happened; absent without events.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>Lines that cannot be read; at most 1 where it was no dry run.</summary>
    public required long Mistakes { get; init; }

    /// <summary>The first 20 of them.</summary>
    public required IReadOnlyList<UsageMistake> FirstMistakes { get; init; }

    /// <summary>Columns that say nothing about an event.</summary>
    public required IReadOnlyList<string> UnreadColumns { get; init; }

    /// <summary>Actions that no version of the rule set has.</summary>
    public required IReadOnlyList<UnpricedAction> UnpricedActions { get; init; }
}

/// <summary>Why a line cannot be read.</summary>
public sealed record UsageMistake
{
    /// <summary>From 1.</summary>
    public required long Line { get; init; }

    /// <summary>Absent where it is of no column.</summary>
    public string? Column { get; init; }

    /// <summary>Stable.</summary>
    public required string Code { get; init; }

    /// <summary>What is wrong.</summary>
    public required string Message { get; init; }

    /// <summary>How to mend it.</summary>
    public required string Help { get; init; }
}

/// <summary>An action that no version of a rule set has, so that a replay cannot price its events.</summary>
public sealed record UnpricedAction
{
    /// <summary>Its name.</summary>
    public required string Action { get; init; }

    /// <summary>How many of the stored events have it.</summary>
    public required long Events { get; init; }
}

/// <summary>Usage that was brought in at one time.</summary>
public sealed record UsageImport
{
    /// <summary>16 characters.</summary>
    public required string Id { get; init; }

    /// <summary>By whose rules it is replayed.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Name of the file.</summary>
    public required string Source { get; init; }

    /// <summary>Who brought it in: a person, or a key.</summary>
    public required string ImportedBy { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset ImportedAt { get; init; }

    /// <summary>Lines that were read.</summary>
    public required long Lines { get; init; }

    /// <summary>Events that were stored.</summary>
    public required long Events { get; init; }

    /// <summary>Events that were left out, since they were there.</summary>
    public required long Duplicates { get; init; }

    /// <summary>False where it stopped on the way.</summary>
    public required bool IsComplete { get; init; }

    /// <summary>Who took it back; absent while its events are there.</summary>
    public string? WithdrawnBy { get; init; }

    /// <summary>When it was taken back; absent while its events are there.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }
}

/// <summary>Imports in the order in which they were begun.</summary>
public sealed record UsageImportList
{
    /// <summary>All that the key may see.</summary>
    public required IReadOnlyList<UsageImport> Imports { get; init; }
}
