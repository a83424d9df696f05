using System.Collections.Immutable;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Anchoring;

/// <summary>Holds the accounts of a database against their anchors: no account may end before its anchor or have another entry in its place.</summary>
internal static class AnchorComparison
{
    /// <returns>The accounts that contradict their anchors, by id; empty when the database has everything that was anchored.</returns>
    public static async Task<ImmutableArray<AnchorContradiction>> CompareAsync(
        IReadSnapshot snapshot, IReadOnlyDictionary<string, AccountHead> heads, IReadOnlyDictionary<string, AccountHead> anchors, CancellationToken cancellationToken)
    {
        var found = ImmutableArray.CreateBuilder<AnchorContradiction>();
        foreach (var anchor in anchors.Values.OrderBy(anchor => anchor.Account, StringComparer.Ordinal))
        {
            if (!heads.TryGetValue(anchor.Account, out var head))
            {
                found.Add(new AnchorContradiction(anchor, 0));
            }
            else if (head.Sequence < anchor.Sequence)
            {
                found.Add(new AnchorContradiction(anchor, head.Sequence));
            }
            else
            {
                // Heads behind their anchor are few: a process that was killed between a commit and its anchor.
                var hash = head.Sequence == anchor.Sequence ? head.Hash : await snapshot.EntryHashAsync(anchor.Account, anchor.Sequence, cancellationToken);
                if (hash is not { } stored || !stored.Span.SequenceEqual(anchor.Hash.Span))
                {
                    found.Add(new AnchorContradiction(anchor, head.Sequence));
                }
            }
        }

        return found.ToImmutable();
    }

    public static async Task<Dictionary<string, AccountHead>> HeadsAsync(IReadSnapshot snapshot, CancellationToken cancellationToken)
    {
        var heads = new Dictionary<string, AccountHead>(StringComparer.Ordinal);
        await foreach (var head in snapshot.HeadsAsync(null, cancellationToken))
        {
            heads.Add(head.Account, head);
        }

        return heads;
    }
}

/// <param name="Anchor">Where the account had come.</param>
/// <param name="Sequence">Where the database says that it ends; 0 when it does not know it or has no entries of it.</param>
internal sealed record AnchorContradiction(AccountHead Anchor, long Sequence)
{
    /// <summary>In words; <c>account "acme" had come to entry 120 and ends at 118</c>.</summary>
    public override string ToString() => Sequence switch
    {
        0 => $"account \"{Anchor.Account}\" had come to entry {Anchor.Sequence}, and the database has none of it",
        _ when Sequence < Anchor.Sequence => $"account \"{Anchor.Account}\" had come to entry {Anchor.Sequence}, and ends at {Sequence} in the database",
        _ => $"entry {Anchor.Sequence} of account \"{Anchor.Account}\" is another one in the database than the one that was anchored",
    };
}
