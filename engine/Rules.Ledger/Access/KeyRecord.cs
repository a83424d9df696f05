using NodaTime;

namespace Rules.Ledger.Access;

/// <summary>What was done to a key. The numbers are stored.</summary>
public enum KeyAction
{
    Made = 1,

    /// <summary>It was given a new secret.</summary>
    Rotated = 2,
    Revoked = 3,
}

/// <summary>A line of the log of keys, written with the change that it tells of; it never changes.</summary>
/// <param name="Position">Rises with every line.</param>
/// <param name="By">A person's name, <c>key NAME (ID)</c>, <c>command</c> or <c>system</c>.</param>
/// <param name="Key">An id.</param>
/// <param name="Detail">What it may do, or until when the secret before counts; null where there is nothing to add.</param>
public sealed record KeyRecord(long Position, Instant At, string By, KeyAction Action, string Key, string KeyName, string? Detail);

/// <summary>The log of keys in words.</summary>
public static class KeyWords
{
    /// <summary>A sentence without its subject and its full stop, such as "revoked the key “billing”".</summary>
    public static string Of(KeyRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Action switch
        {
            KeyAction.Made => $"made the key “{record.KeyName}”: {record.Detail}",
            KeyAction.Rotated => $"gave the key “{record.KeyName}” a new secret; {record.Detail}",
            _ => $"revoked the key “{record.KeyName}”",
        };
    }
}
