using System.Diagnostics.CodeAnalysis;

namespace Rules.Client;

/// <summary>What the service answered.</summary>
/// <typeparam name="T">The shape of the answer.</typeparam>
public sealed record Answer<T>
    where T : class
{
    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The answer. A blocked, paused or refused charge has both this and a <see cref="Problem"/>; another problem has none.</summary>
    public T? Value { get; init; }

    /// <summary>Null where the request was granted.</summary>
    public Problem? Problem { get; init; }

    /// <summary>True where the key had been answered before: these are the first answer's bytes.</summary>
    public bool Replayed { get; init; }

    /// <summary>When to try again, where the service says so.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The body as it came.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>True where the request was granted.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Succeeded => Problem is null;
}
