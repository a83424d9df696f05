using System.Diagnostics.CodeAnalysis;

namespace Rules.Engine.Wire;

/// <summary>A value read from JSON, or why it could not be read: exactly one of the two.</summary>
public readonly record struct WireReading<T>(T? Value, WireError? Error)
    where T : class
{
    /// <summary>True where there is a value.</summary>
    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
