namespace Rules.Engine.Wire;

/// <summary>What one JSON text may hold. Whoever sends more is told so with <c>too_large</c> or <c>invalid_number</c>.</summary>
public static class WireLimits
{
    /// <summary>Bytes of one event or command.</summary>
    public const int BodyBytes = 256 * 1024;

    /// <summary>Bytes of many events in one request.</summary>
    public const int BulkBytes = 2 * 1024 * 1024;

    /// <summary>Events in one request.</summary>
    public const int BulkItems = 1_000;

    /// <summary>Depth of nested objects and arrays.</summary>
    public const int Depth = 64;

    /// <summary>Characters of an id (account, grant, idempotency key).</summary>
    public const int IdCharacters = 128;

    /// <summary>UTF-16 code units of a name: action, meter, fact, key, plan, bucket.</summary>
    public const int NameCharacters = 128;

    /// <summary>UTF-16 code units of a fact's, key's or record's value.</summary>
    public const int ValueCharacters = 1024;

    /// <summary>Members of one of the objects <c>quantities</c>, <c>facts</c>, <c>keys</c>, <c>record</c>, <c>terms</c>, <c>balances</c>.</summary>
    public const int Members = 100;

    /// <summary>Digits before the point.</summary>
    public const int IntegerDigits = 18;

    /// <summary>Digits after the point.</summary>
    public const int FractionDigits = 9;
}
