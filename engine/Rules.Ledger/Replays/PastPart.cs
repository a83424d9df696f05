using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Replays;

/// <summary>
/// Entries of one account that follow each other, as far as a past needs them: plain uses in columns, other uses and commands as they were asked, of the rest where it
/// stands in the journal. What fell due is left out.
/// </summary>
internal sealed class PastPart
{
    private readonly UsageColumnsBuilder? _builder;
    private readonly List<long> _sequences = [];
    private readonly List<Other> _others = [];
    private readonly UsageColumns? _read;

    public PastPart(string account, UsageShapes shapes) => (Account, _builder) = (account, new UsageColumnsBuilder(shapes));

    private PastPart(string account, UsageColumns usage) => (Account, _read) = (account, usage);

    public string Account { get; }

    /// <summary>Sequence of the first entry that it stands for; 0 while it has none.</summary>
    public long First { get; private set; }

    public long Last { get; private set; }

    /// <summary>Of the last entry in the journal.</summary>
    public long Position { get; private set; }

    /// <summary>Of the last entry.</summary>
    public ReadOnlyMemory<byte> Hash { get; private set; }

    /// <summary>When the last entry was recorded.</summary>
    public Instant RecordedUntil { get; private set; }

    public int Events { get; private set; }

    public UsageColumns Usage => _read ?? _builder!.ToColumns();

    /// <param name="Kind">Of the entry; null: it is read from the journal.</param>
    /// <param name="Event">What was used, as JSON; of a reversal: what it takes back.</param>
    private readonly record struct Other(long Sequence, EntryKind? Kind, Instant RecordedAt, Instant OccurredAt, long? Reference, ReadOnlyMemory<byte> Event, ReadOnlyMemory<byte> Request)
    {
        public bool IsUse => Kind is EntryKind.Charge or EntryKind.Capture or EntryKind.Correction or EntryKind.Reversal;
    }

    /// <param name="proof">The account's next entry.</param>
    public void Add(EntryProof proof)
    {
        var entry = proof.Entry;
        First = First == 0 ? entry.Sequence : First;
        (Last, Position, Hash, RecordedUntil) = (entry.Sequence, proof.Position, entry.Hash, entry.RecordedAt);
        if (Entry.IsSystemKey(entry.Key))
        {
            return;
        }

        if (entry.Content.Kind == EntryKind.Charge && RecordedCommand.Usage(entry) is { } usage)
        {
            _builder!.Add(usage, entry.RecordedAt);
            _sequences.Add(entry.Sequence);
            Events++;
            return;
        }

        _others.Add(IsSaidByItsRequest(entry.Content.Kind)
            ? new Other(
                entry.Sequence, entry.Content.Kind, entry.RecordedAt, entry.Content.OccurredAt, entry.Reference,
                proof.Use?.Event is { } undone ? WireWriter.Canonical(undone) : entry.Event, entry.Request)
            : new Other(entry.Sequence, Kind: null, entry.RecordedAt, entry.Content.OccurredAt, null, default, default));
        Events += _others[^1].IsUse ? 1 : 0;
    }

    /// <summary>Gives everything to a reader, in the order of the entries.</summary>
    /// <param name="until">Only what was recorded before.</param>
    /// <param name="entryAt">The entry of a sequence.</param>
    /// <returns>False where one of them is not in the journal.</returns>
    public async ValueTask<bool> GiveAsync(PastReader reader, Instant until, Func<long, ValueTask<JournalEntry?>> entryAt)
    {
        var (usage, use) = (Usage, 0);
        for (var other = 0; other <= _others.Count; other++)
        {
            var before = other < _others.Count ? _others[other].Sequence : long.MaxValue;
            for (; use < _sequences.Count && _sequences[use] < before; use++)
            {
                if (usage.RecordedAtOf(use) >= until)
                {
                    return true;
                }

                reader.AddUse(_sequences[use], usage, use);
            }

            if (other == _others.Count || _others[other].RecordedAt >= until)
            {
                break;
            }

            if (await ProofOfAsync(_others[other], entryAt) is not { } proof)
            {
                return false;
            }

            reader.Add(proof);
        }

        return true;
    }

    /// <summary>The rest of a part behind its columns.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write7BitEncodedInt64(First);
        writer.Write7BitEncodedInt64(Last);
        writer.Write7BitEncodedInt64(Position);
        writer.Write(Instants.ToMicroseconds(RecordedUntil));
        writer.Write(Hash.Span);
        var last = First;
        foreach (var sequence in _sequences)
        {
            writer.Write7BitEncodedInt64(sequence - last);
            last = sequence;
        }

        writer.Write7BitEncodedInt(_others.Count);
        foreach (var other in _others)
        {
            writer.Write7BitEncodedInt64(other.Sequence);
            writer.Write(other.Kind is { } kind ? (byte)kind : (byte)0);
            writer.Write(Instants.ToMicroseconds(other.RecordedAt));
            writer.Write(Instants.ToMicroseconds(other.OccurredAt));
            writer.Write7BitEncodedInt64(other.Reference ?? 0);
            WriteBytes(writer, other.Event);
            WriteBytes(writer, other.Request);
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not those of <see cref="Write"/>.</exception>
    public static PastPart Read(BinaryReader reader, AccountUsage usage)
    {
        var part = new PastPart(usage.Account, usage.Usage)
        {
            First = reader.Read7BitEncodedInt64(),
            Last = reader.Read7BitEncodedInt64(),
            Position = reader.Read7BitEncodedInt64(),
            RecordedUntil = Instants.FromMicroseconds(reader.ReadInt64()),
            Hash = reader.ReadBytes(32),
        };
        var last = part.First;
        for (var i = 0; i < usage.Usage.Count; i++)
        {
            part._sequences.Add(last += reader.Read7BitEncodedInt64());
        }

        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            part._others.Add(new Other(
                reader.Read7BitEncodedInt64(),
                reader.ReadByte() is > 0 and var kind ? (EntryKind)kind : null,
                Instants.FromMicroseconds(reader.ReadInt64()),
                Instants.FromMicroseconds(reader.ReadInt64()),
                reader.Read7BitEncodedInt64() is > 0 and var reference ? reference : null,
                ReadBytes(reader),
                ReadBytes(reader)));
        }

        part.Events = part._sequences.Count + part._others.Count(static other => other.IsUse);
        return part;
    }

    // The others carry what they were asked for in their content, which only the journal has.
    private static bool IsSaidByItsRequest(EntryKind kind) => kind is EntryKind.Correction or EntryKind.Capture or EntryKind.Reversal or EntryKind.Hold or EntryKind.Release
        or EntryKind.HoldExpiry or EntryKind.Reset or EntryKind.Refund or EntryKind.Void or EntryKind.Replacement;

    private async ValueTask<EntryProof?> ProofOfAsync(Other other, Func<long, ValueTask<JournalEntry?>> entryAt)
    {
        if (other.Kind is not { } kind)
        {
            return await entryAt(other.Sequence) is { } known ? new EntryProof(known, KeyResolves: true, TraceResolves: true) : null;
        }

        var isReversal = kind == EntryKind.Reversal;
        var entry = new JournalEntry
        {
            Account = Account,
            Sequence = other.Sequence,
            Key = "",
            RecordedAt = other.RecordedAt,
            Content = new Entry { Kind = kind, Amount = 0, OccurredAt = other.OccurredAt, Postings = [] },
            Reference = other.Reference,
            Event = isReversal ? default : other.Event,
            Request = other.Request,
            PreviousHash = default,
        };
        return new EntryProof(entry, KeyResolves: true, TraceResolves: true) { Use = isReversal ? UndoneUse(other) : null };
    }

    private static Use? UndoneUse(Other other) => EventReader.ReadStated(other.Event.Span, other.OccurredAt).Value?.Usage is not { } usage ? null : new Use
    {
        Id = "",
        Sequence = other.Reference ?? 0,
        Kind = EntryKind.Charge,
        Amount = 0,
        RecordedAt = other.RecordedAt,
        Event = usage,
        Lines = [],
        Debts = [],
    };

    private static void WriteBytes(BinaryWriter writer, ReadOnlyMemory<byte> bytes)
    {
        writer.Write7BitEncodedInt(bytes.Length);
        writer.Write(bytes.Span);
    }

    private static byte[] ReadBytes(BinaryReader reader) => reader.ReadBytes(reader.Read7BitEncodedInt());
}
