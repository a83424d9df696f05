using System.Collections.Immutable;
using Rules.Engine.Accounts;

namespace Rules.Portal.Display;

/// <summary>All buckets of an account together.</summary>
/// <param name="Available">Smallest units of all buckets; null where no sum can be given, and <paramref name="Word"/> says why.</param>
public readonly record struct Balance(long? Available, string Word)
{
    /// <summary>True where there are buckets and none has anything left.</summary>
    public bool IsEmpty => Available <= 0;

    public static Balance Of(ImmutableArray<BucketBalance> buckets)
    {
        if (buckets.IsEmpty)
        {
            return new Balance(null, "no balance kept");
        }

        var sum = 0L;
        foreach (var bucket in buckets)
        {
            if (bucket.Available is not { } available)
            {
                return new Balance(null, "without limit");
            }

            sum += available;
        }

        return new Balance(sum, "");
    }
}
