using System.Reflection;
using System.Runtime.CompilerServices;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Tests.Stores;

/// <summary>A snapshot that is asked for everything and gives the entries account by account, in the order of their ids. Public and open, for a proxy derives from it.</summary>
public class SnapshotByAccount : DispatchProxy
{
    private IReadSnapshot _snapshot = null!;

    public static IReadSnapshot Of(IReadSnapshot snapshot)
    {
        var proxy = Create<IReadSnapshot, SnapshotByAccount>();
        ((SnapshotByAccount)(object)proxy)._snapshot = snapshot;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name == nameof(IReadSnapshot.EntryProofsAsync) && args is [null, long after, CancellationToken token]
        ? Sorted(after, token)
        : targetMethod.Invoke(_snapshot, args);

    private async IAsyncEnumerable<EntryProof> Sorted(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var proofs = new List<EntryProof>();
        await foreach (var proof in _snapshot.EntryProofsAsync(null, after, cancellationToken))
        {
            proofs.Add(proof);
        }

        foreach (var proof in proofs.OrderBy(static proof => proof.Entry.Account, StringComparer.Ordinal).ThenBy(static proof => proof.Entry.Sequence))
        {
            yield return proof;
        }
    }
}
