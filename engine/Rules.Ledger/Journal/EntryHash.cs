using System.Security.Cryptography;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;

namespace Rules.Ledger.Journal;

/// <summary>
/// The hash chain of a journal. An entry's hash covers everything that decides balances and prices: its place, its key, its
/// postings, the lots it opens, the values it sets and, through the trace hash, the event and the answer.
/// Absent optional fields are not written, so that a field added later leaves every older hash as it is.
/// </summary>
public static class EntryHash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = SHA256.HashSizeInBytes;

    private const byte LotTag = 1;
    private const byte FactTag = 2;
    private const byte TermTag = 3;
    private const byte PlanTag = 4;
    private const byte CycleTag = 5;
    private const byte DebtTag = 6;
    private const byte DebtLineTag = 7;
    private const byte HoldTag = 8;
    private const byte SettlementTag = 9;
    private const byte LotEndTag = 0x0A;
    private const byte UndoneTag = 0x0B;
    private const byte ForgivenTag = 0x0C;
    private const byte RequestTag = 0x0D;
    private const byte PlanFromTag = 0x0E;
    private const byte AddonTag = 0x0F;
    private const byte BillTag = 0x10;
    private const byte SuccessorTag = 0x21;
    private const byte ExpiryTag = 0x11;
    private const byte PriorityTag = 0x12;
    private const byte CostTag = 0x13;
    private const byte LotCycleTag = 0x14;
    private const byte RolloverTag = 0x15;
    private const byte SeriesTag = 0x16;
    private const byte EndTag = 0;

    [ThreadStatic]
    private static CanonicalBytes? _scratch;

    private static CanonicalBytes Scratch => (_scratch ??= new CanonicalBytes()).Clear();

    /// <summary>The hash that the first entry of an account continues: who the account is.</summary>
    public static byte[] OfOpening(string account, string ruleset, Instant openedAt)
    {
        var bytes = Scratch;
        bytes.Raw("ACCOUNT1\0"u8);
        bytes.Text(account);
        bytes.Text(ruleset);
        bytes.Int64(Instants.ToMicroseconds(openedAt));
        return SHA256.HashData(bytes.Written);
    }

    /// <summary>The hash of what was priced and what was answered, as both are stored.</summary>
    public static byte[] OfTrace(ReadOnlySpan<byte> usage, ReadOnlySpan<byte> answer)
    {
        var bytes = Scratch;
        bytes.Raw("TRACE1\0"u8);
        bytes.Bytes(usage);
        bytes.Bytes(answer);
        return SHA256.HashData(bytes.Written);
    }

    /// <summary>Hash of an entry; <see cref="JournalEntry.Hash"/> itself does not enter.</summary>
    public static byte[] Of(JournalEntry entry) => SHA256.HashData(Input(entry));

    /// <summary>The bytes that an entry's hash is taken over; good until the next hash of this thread.</summary>
    internal static ReadOnlySpan<byte> Input(JournalEntry entry)
    {
        var bytes = Scratch;
        var content = entry.Content;
        bytes.Raw("LEDGER1\0"u8);
        bytes.Text(entry.Account);
        bytes.Int64(entry.Sequence);
        bytes.Raw(entry.PreviousHash.Span);
        bytes.Int64((long)content.Kind);
        bytes.Text(entry.Key);
        bytes.Int64(content.Amount);
        bytes.Int64(Instants.ToMicroseconds(content.OccurredAt));
        bytes.Int64(Instants.ToMicroseconds(entry.RecordedAt));
        bytes.Int64(entry.Reference ?? 0);
        bytes.Int64(content.Version ?? 0);
        bytes.Bytes(entry.TraceHash.Span);
        bytes.Int64(content.Postings.Length);
        foreach (ref readonly var line in content.Postings.AsSpan())
        {
            Write(bytes, in line);
        }

        foreach (var lot in content.NewLots)
        {
            Write(bytes, lot);
        }

        foreach (var fact in content.Facts)
        {
            Write(bytes, FactTag, fact);
        }

        foreach (var term in content.Terms)
        {
            Write(bytes, TermTag, term);
        }

        if (content.Plan is { } plan)
        {
            bytes.Tag(PlanTag);
            bytes.Text(plan);
        }

        if (content.Cycle is { } cycle)
        {
            bytes.Tag(CycleTag);
            bytes.Int64(cycle.Number);
            bytes.Text(Instants.ToAnchor(cycle.Anchor));
            bytes.Int64(Instants.ToMicroseconds(cycle.Start));
            bytes.Int64(Instants.ToMicroseconds(cycle.End));
        }

        WriteTime(bytes, content);
        WriteMovements(bytes, content);
        if (!entry.Request.IsEmpty)
        {
            bytes.Tag(RequestTag);
            bytes.Bytes(entry.Request.Span);
        }

        bytes.Tag(EndTag);
        return bytes.Written;
    }

    private static void WriteTime(CanonicalBytes bytes, Entry content)
    {
        if (content.PlanFrom is { } planFrom)
        {
            bytes.Tag(PlanFromTag);
            bytes.Int64(Instants.ToMicroseconds(planFrom));
        }

        foreach (var addon in content.Addons)
        {
            Write(bytes, AddonTag, addon);
        }

        if (content.Bill is { } bill)
        {
            bytes.Tag(BillTag);
            bytes.Text(bill.Bucket);
            bytes.Int64(bill.Cycle);
            bytes.Text(bill.Currency);
            bytes.Int64(bill.Decimals);
            bytes.Int64(bill.Amount);
            bytes.Text(bill.Exact.ToString());
            Write(bytes, bill.Price?.ToString());
            Write(bytes, bill.To);
        }
    }

    // Absent and empty differ.
    private static void Write(CanonicalBytes bytes, string? text)
    {
        bytes.Tag(text is null ? (byte)0 : (byte)1);
        bytes.Text(text ?? "");
    }

    private static void Write(CanonicalBytes bytes, long? value)
    {
        bytes.Tag(value is null ? (byte)0 : (byte)1);
        bytes.Int64(value ?? 0);
    }

    private static void Write(CanonicalBytes bytes, Instant? instant) => Write(bytes, instant is { } at ? Instants.ToMicroseconds(at) : (long?)null);

    private static void WriteMovements(CanonicalBytes bytes, Entry content)
    {
        foreach (var debt in content.NewDebts)
        {
            bytes.Tag(DebtTag);
            bytes.Int64(debt.Number);
            bytes.Text(debt.Action);
            bytes.Int64(debt.Amount);
            bytes.Int64(Instants.ToMicroseconds(debt.OwedAt));
        }

        foreach (ref readonly var line in content.DebtLines.AsSpan())
        {
            bytes.Tag(DebtLineTag);
            bytes.Int64(line.Debt);
            bytes.Int64((long)line.Kind);
            bytes.Int64(line.Amount);
        }

        if (content.NewHold is { } hold)
        {
            bytes.Tag(HoldTag);
            bytes.Int64(hold.Number);
            bytes.Text(hold.Id);
            bytes.Text(hold.Action);
            bytes.Int64(hold.Version);
            bytes.Int64(hold.Amount);
            bytes.Int64(Instants.ToMicroseconds(hold.HeldAt));
            bytes.Int64(Instants.ToMicroseconds(hold.ExpiresAt));
        }

        if (content.Settlement is { } settlement)
        {
            bytes.Tag(SettlementTag);
            bytes.Int64(settlement.Hold);
            bytes.Int64((long)settlement.Kind);
            bytes.Int64(settlement.Charged);
            bytes.Int64(settlement.Returned);
            bytes.Text(settlement.Asked);
        }

        foreach (ref readonly var end in content.EndedLots.AsSpan())
        {
            bytes.Tag(LotEndTag);
            bytes.Int64(end.Lot);
            if (end.Successor is { } successor)
            {
                bytes.Tag(SuccessorTag);
                bytes.Int64(successor);
            }

            bytes.Tag(EndTag);
        }

        foreach (ref readonly var undone in content.Undone.AsSpan())
        {
            bytes.Tag(UndoneTag);
            bytes.Int64(undone.Sequence);
            bytes.Int64(undone.Line);
            bytes.Int64(undone.Amount);
        }

        if (content.Forgiven != 0)
        {
            bytes.Tag(ForgivenTag);
            bytes.Int64(content.Forgiven);
        }
    }

    private static void Write(CanonicalBytes bytes, in Posting line)
    {
        bytes.Int64(line.Lot);
        bytes.Int64(line.Granted);
        bytes.Int64(line.Available);
        bytes.Int64(line.Held);
        bytes.Int64(line.Spent);
        bytes.Int64(line.Expired);
        bytes.Int64(line.Moved);
    }

    private static void Write(CanonicalBytes bytes, Lot lot)
    {
        bytes.Tag(LotTag);
        bytes.Int64(lot.Number);
        bytes.Text(lot.Id);
        bytes.Text(lot.Bucket);
        bytes.Int64((long)lot.Origin);
        bytes.Int64(lot.Amount);
        bytes.Int64(Instants.ToMicroseconds(lot.CreatedAt));
        bytes.Int64(Instants.ToMicroseconds(lot.EffectiveAt));
        if (lot.ExpiresAt is { } end)
        {
            bytes.Tag(ExpiryTag);
            bytes.Int64(Instants.ToMicroseconds(end));
        }

        if (lot.Priority is { } priority)
        {
            bytes.Tag(PriorityTag);
            bytes.Int64(priority);
        }

        if (lot.Cost is { } cost)
        {
            bytes.Tag(CostTag);
            bytes.Text(cost.ToString());
        }

        if (lot.Cycle is { } cycle)
        {
            bytes.Tag(LotCycleTag);
            bytes.Int64(cycle);
        }

        if (lot.Rollover is { } rollover)
        {
            bytes.Tag(RolloverTag);
            bytes.Int64((long)rollover.Kind);
            Write(bytes, rollover.At);
            bytes.Int64(rollover.Minimum);
            Write(bytes, rollover.Maximum);
            Write(bytes, rollover.Percent?.ToString());
        }

        if (lot.Series is { } series)
        {
            bytes.Tag(SeriesTag);
            bytes.Int64(series.Every.Count);
            bytes.Int64((long)series.Every.Unit);
            bytes.Text(Instants.ToAnchor(series.Anchor));
            bytes.Text(series.Zone);
            bytes.Tag(series.Adds ? (byte)1 : (byte)0);
            Write(bytes, series.Until);
        }

        bytes.Tag(EndTag);
    }

    private static void Write(CanonicalBytes bytes, byte tag, DatedValue value)
    {
        bytes.Tag(tag);
        bytes.Text(value.Name);
        bytes.Text(value.Value);
        bytes.Int64(Instants.ToMicroseconds(value.From));
    }
}
