using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>
/// Writes answers and the canonical form of commands as UTF-8 JSON: the same bytes for the same values on every machine, whatever its
/// culture. Amounts are decimal strings without trailing zeros; members stand in a fixed order.
/// </summary>
public static partial class WireWriter
{
    // Text is written as it is ("×", not "\u00D7"): answers are application/json and never parsed as HTML.
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>The answer of a quote or charge, in the shape of the events and stories.</summary>
    public static byte[] Quote(Quote quote) => Write(quote, static (json, quote) => json.WriteQuote(quote));

    /// <summary>
    /// One form for all events that mean the same: names sorted by code point, figures without trailing zeros, the instant in UTC.
    /// <see cref="UsageEvent.TimedOnArrival"/> is not written.
    /// </summary>
    public static byte[] Canonical(UsageEvent usage) => Write(usage, static (json, usage) =>
    {
        json.WriteStartObject();
        json.WriteEventMembers(usage);
        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(UsageEvent)"/>
    public static byte[] Canonical(StatedAccount stated) => Write(stated, static (json, stated) => json.WriteStated(stated));

    /// <summary>A line of past usage, as <see cref="EventReader.ReadPast"/> reads it.</summary>
    public static byte[] Canonical(PastEvent past) => Write(past, static (json, past) =>
    {
        json.WriteStartObject();
        if (past.Id is { } id)
        {
            json.WriteString("id"u8, id);
        }

        json.WriteString("account"u8, past.Account);
        json.WriteEventMembers(past.Usage);
        if (past.State is { } state)
        {
            json.WritePropertyName("state"u8);
            json.WriteStated(state);
        }

        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(UsageEvent)"/>
    public static byte[] Canonical(OpenAccount command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("account"u8, command.Id);
        json.WriteString("ruleset"u8, command.Ruleset);
        json.WriteInstant("at"u8, command.At);
        if (command.Plan is { } plan)
        {
            json.WriteString("plan"u8, plan);
        }

        json.WriteSorted("facts"u8, command.Facts);
        json.WriteSorted("terms"u8, command.Terms);
        if (!command.Addons.IsEmpty)
        {
            json.WriteStartArray("addons"u8);
            foreach (var addon in command.Addons)
            {
                json.WriteStartObject();
                json.WriteExact("amount"u8, addon.Amount);
                json.WriteString("into"u8, addon.Into);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        if (command.Anchor is { } anchor)
        {
            json.WriteInstant("anchor"u8, anchor);
        }

        json.WriteEndObject();
    });

    /// <inheritdoc cref="Canonical(UsageEvent)"/>
    public static byte[] Canonical(GrantCredits command) => Write(command, static (json, command) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, command.Id);
        json.WriteString("bucket"u8, command.Bucket);
        json.WriteExact("amount"u8, command.Amount);
        json.WriteInstant("at"u8, command.At);
        if (command.EffectiveAt is { } effective)
        {
            json.WriteInstant("effective"u8, effective);
        }

        if (command.ExpiresAt is { } expires)
        {
            json.WriteInstant("expires"u8, expires);
        }

        if (command.Priority is { } priority)
        {
            json.WriteNumber("priority"u8, priority);
        }

        WriteTerms(json, command);
        json.WriteEndObject();
    });

    // Absent members are not written, so that a command without them keeps its form.
    private static void WriteTerms(Utf8JsonWriter json, GrantCredits command)
    {
        if (command.Cost is { } cost)
        {
            json.WriteExact("cost"u8, cost);
        }

        if (command.CreatedAt is { } created)
        {
            json.WriteInstant("created"u8, created);
        }

        if (command.Every is { } every)
        {
            json.WriteString("every"u8, every.ToString());
        }

        if (command.Anchor is { } anchor)
        {
            json.WriteInstant("anchor"u8, anchor);
        }

        if (command.Adds)
        {
            json.WriteBoolean("adds"u8, true);
        }

        if (command.Starting is { } starting)
        {
            json.WriteExact("starting"u8, starting);
        }

        if (command.Rollover is { } limits)
        {
            json.WriteStartObject("rollover"u8);
            json.WriteExact("min"u8, limits.Minimum);
            if (limits.Maximum is { } most)
            {
                json.WriteExact("max"u8, most);
            }

            json.WriteEndObject();
        }
    }

    /// <summary>Runs a writer on this thread's buffer and copies what it wrote.</summary>
    public static byte[] Write<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        // Taken out while in use, so that a writer that calls another one gets a buffer of its own.
        var scratch = _scratch ?? new Scratch();
        _scratch = null;
        scratch.Buffer.ResetWrittenCount();
        scratch.Json.Reset();
        write(scratch.Json, value);
        scratch.Json.Flush();
        var bytes = scratch.Buffer.WrittenSpan.ToArray();
        if (scratch.Buffer.Capacity <= 256 * 1024)
        {
            _scratch = scratch;
        }

        return bytes;
    }

    private sealed class Scratch
    {
        public Scratch() => Json = new Utf8JsonWriter(Buffer, _options);

        public ArrayBufferWriter<byte> Buffer { get; } = new(4096);

        public Utf8JsonWriter Json { get; }
    }
}
