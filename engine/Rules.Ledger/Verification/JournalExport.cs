using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Rules.Engine.Drawing;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Verification;

/// <summary>
/// Writes a journal: as JSON Lines so that another program can prove it, every line with the very bytes that were hashed; or as CSV for a spreadsheet.
/// </summary>
internal static class JournalExport
{
    private const int FlushAt = 256 * 1024;

    // The names of the members of a line; the changes are the sums of an entry's postings.
    private static readonly string[] Columns =
    [
        "position", "account", "entry", "kind", "key", "amount", "granted", "available", "held", "spent", "expired", "moved", "balance_after",
        "occurred_at", "recorded_at", "version", "previous_hash", "hash",
    ];

    public static async Task<ExportedEntries> WriteAsync(IReadSnapshot snapshot, Stream output, ExportWindow window, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushAt + (64 * 1024));
        await using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        var csv = new StringBuilder();
        if (window is { Csv: true, After: 0 })
        {
            Csv.AppendRow(csv, Columns);
        }

        long entries = 0;
        var position = window.After;
        await foreach (var proof in snapshot.EntryProofsAsync(window.Account, window.After, cancellationToken))
        {
            // A store may give entries account by account.
            position = Math.Max(position, proof.Position);
            if (proof.Entry.RecordedAt < window.From || proof.Entry.RecordedAt >= window.To)
            {
                continue;
            }

            if (window.Csv)
            {
                Csv.AppendRow(csv, Row(proof));
                Flush(csv, buffer);
            }
            else
            {
                json.Reset();
                Write(json, proof);
                json.Flush();
                buffer.Write("\n"u8);
            }

            entries++;
            if (buffer.WrittenCount >= FlushAt)
            {
                await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.ResetWrittenCount();
            }
        }

        // The columns, where there were no rows.
        Flush(csv, buffer);
        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
        await output.FlushAsync(cancellationToken);
        return new ExportedEntries(entries, position);
    }

    private static string?[] Row(EntryProof proof)
    {
        var entry = proof.Entry;
        var change = default(Posting);
        foreach (ref readonly var line in entry.Content.Postings.AsSpan())
        {
            change = new Posting(0, change.Granted + line.Granted, change.Available + line.Available, change.Held + line.Held, change.Spent + line.Spent,
                change.Expired + line.Expired, change.Moved + line.Moved);
        }

        return
        [
            Text(proof.Position), entry.Account, Text(entry.Sequence), WireNames.Of(entry.Content.Kind), entry.Key, Text(entry.Content.Amount), Text(change.Granted),
            Text(change.Available), Text(change.Held), Text(change.Spent), Text(change.Expired), Text(change.Moved), Text(entry.BalanceAfter),
            InstantText.Format(entry.Content.OccurredAt), InstantText.Format(entry.RecordedAt), Text(entry.Content.Version),
            Convert.ToHexStringLower(entry.PreviousHash.Span), Convert.ToHexStringLower(entry.Hash.Span),
        ];
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static void Flush(StringBuilder text, ArrayBufferWriter<byte> buffer)
    {
        foreach (var chunk in text.GetChunks())
        {
            Encoding.UTF8.GetBytes(chunk.Span, buffer);
        }

        text.Clear();
    }

    private static void Write(Utf8JsonWriter json, EntryProof proof)
    {
        var entry = proof.Entry;
        json.WriteStartObject();
        json.WriteNumber("position"u8, proof.Position);
        json.WriteString("account"u8, entry.Account);
        json.WriteNumber("entry"u8, entry.Sequence);
        json.WriteString("kind"u8, WireNames.Of(entry.Content.Kind));
        json.WriteString("key"u8, entry.Key);
        json.WriteNumber("amount"u8, entry.Content.Amount);
        json.WriteString("occurred_at"u8, InstantText.Format(entry.Content.OccurredAt));
        json.WriteString("recorded_at"u8, InstantText.Format(entry.RecordedAt));
        WriteOptional(json, "version"u8, entry.Content.Version);
        WriteOptional(json, "balance_after"u8, entry.BalanceAfter);
        json.WriteString("previous_hash"u8, Convert.ToHexStringLower(entry.PreviousHash.Span));
        json.WriteString("hash"u8, Convert.ToHexStringLower(entry.Hash.Span));
        json.WriteBase64String("hash_input"u8, EntryHash.Input(entry));
        if (!entry.TraceHash.IsEmpty)
        {
            // As text, not as JSON: the trace hash is over these very bytes.
            json.WriteString("event"u8, Encoding.UTF8.GetString(entry.Event.Span));
            json.WriteString("answer"u8, Encoding.UTF8.GetString(proof.Answer.Span));
        }

        json.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}

/// <summary>Which entries to export.</summary>
/// <param name="Account">Null: of all accounts.</param>
/// <param name="From">Recorded at or after; null: from the first.</param>
/// <param name="To">Recorded before; null: to the last.</param>
/// <param name="After">Behind this position, that an export ended with; 0: from the first.</param>
/// <param name="Csv">Rows of a spreadsheet in place of JSON Lines, below the names of their columns where the export begins with the first entry.</param>
public sealed record ExportWindow(string? Account = null, Instant? From = null, Instant? To = null, long After = 0, bool Csv = false);

/// <param name="Entries">Written lines.</param>
/// <param name="Position">The highest of the entries looked at; what the next export goes on from.</param>
public sealed record ExportedEntries(long Entries, long Position);
