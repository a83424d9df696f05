using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Rules.Engine.Replay;
using Rules.Engine.Wire;

namespace Rules.Ledger.Imports;

/// <summary>Which events there are, and how their accounts stood: 16 bytes of a hash per event, a text per account.</summary>
internal sealed class KnownUsage
{
    private readonly HashSet<UInt128> _ids = [];
    private readonly Dictionary<string, string> _states = new(StringComparer.Ordinal);

    /// <summary>Those that were there before this import.</summary>
    public long Events { get; private set; }

    public static async Task<KnownUsage> ReadAsync(UsageImports imports, string ruleset, CancellationToken cancellationToken)
    {
        var known = new KnownUsage();
        await foreach (var segment in imports.SegmentsAsync(ruleset, account: null, UsageImports.Always, cancellationToken))
        {
            known.Events += segment.Events;
            foreach (var id in PackedUsage.Ids(segment))
            {
                known._ids.Add(HashOf(id));
            }

            foreach (var account in PackedUsage.Columns(segment, new UsageShapes()))
            {
                if (account.State is { } state)
                {
                    known._states.TryAdd(account.Account, TextOf(state));
                }
            }
        }

        return known;
    }

    /// <summary>True the first time that it is asked of an id.</summary>
    public bool IsNew(string id) => _ids.Add(HashOf(id));

    /// <summary>False where an account stood otherwise by an earlier event.</summary>
    public bool States(PastEvent past)
    {
        if (past.State is null)
        {
            return true;
        }

        var text = TextOf(past.State);
        return _states.TryAdd(past.Account, text) || _states[past.Account] == text;
    }

    private static string TextOf(StatedAccount state) => Encoding.UTF8.GetString(WireWriter.Canonical(state));

    private static UInt128 HashOf(string id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> text = stackalloc byte[WireLimits.IdCharacters];
        SHA256.HashData(text[..Encoding.UTF8.GetBytes(id, text)], hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
