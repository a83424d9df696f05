using System.Security.Cryptography;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Anchoring;

/// <summary>
/// One hash over the heads of all accounts, as in RFC 6962: a leaf is SHA-256 of 00 and the canonical form of account, sequence and hash;
/// a node is SHA-256 of 01 and its two children; a tree of n leaves splits at the largest power of two below n.
/// Leaves stand in the order of the accounts' ids, by their bytes.
/// </summary>
internal static class MerkleRoot
{
    /// <returns>32 bytes; of no heads, SHA-256 of nothing.</returns>
    public static byte[] Of(IEnumerable<AccountHead> heads)
    {
        var leaves = heads.OrderBy(head => head.Account, StringComparer.Ordinal).Select(Leaf).ToArray();
        return leaves.Length == 0 ? SHA256.HashData([]) : Of(leaves);
    }

    private static byte[] Of(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var split = 1;
        while (split * 2 < leaves.Length)
        {
            split *= 2;
        }

        return SHA256.HashData([1, .. Of(leaves[..split]), .. Of(leaves[split..])]);
    }

    private static byte[] Leaf(AccountHead head)
    {
        var bytes = new CanonicalBytes();
        bytes.Tag(0);
        bytes.Text(head.Account);
        bytes.Int64(head.Sequence);
        bytes.Raw(head.Hash.Span);
        return SHA256.HashData(bytes.Written);
    }
}
