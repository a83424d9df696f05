using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>The text of a version that is to go into review.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewDraft
{
    /// <summary>A rule file, at most 1 MiB. Its head says of which rule set and version it is: the one after the newest, or version 1 of a new rule set.</summary>
    public required string Text { get; init; }

    /// <summary>Before which nobody is to be charged by it; left out: from its publication. What the text says counts where that is later.</summary>
    public DateTimeOffset? Starts { get; init; }
}

/// <summary>A version that is not published yet, or was and how.</summary>
public sealed record Draft
{
    /// <summary>16 characters.</summary>
    public required string Id { get; init; }

    /// <summary>The rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>The version that it is to become.</summary>
    public required int Version { get; init; }

    /// <summary>The version that it changes; 0: none, it begins the rule set.</summary>
    public required int Base { get; init; }

    /// <summary><c>draft</c>, <c>in review</c>, <c>approved</c>, <c>scheduled</c>, <c>published</c>, <c>rejected</c>, <c>discarded</c> or <c>rolled back</c>.</summary>
    public required string State { get; init; }

    /// <summary>Who wrote in it.</summary>
    public required IReadOnlyList<string> Authors { get; init; }

    /// <summary>When it starts at the earliest; absent before it is in review.</summary>
    public DateTimeOffset? Starts { get; init; }

    /// <summary>SHA-256 of the text, in hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Who approved it; absent until somebody did.</summary>
    public string? ApprovedBy { get; init; }

    /// <summary>Where people look at it, relative to the service.</summary>
    public required string ReviewUrl { get; init; }
}
