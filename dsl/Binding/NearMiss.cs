namespace Rules.Dsl.Binding;

/// <summary>Finds the declared name a mistyped one was meant to be.</summary>
internal static class NearMiss
{
    /// <summary>Longer names are not compared: the work grows with the square of the length.</summary>
    private const int MaxLength = 80;

    /// <summary>
    /// The closest candidate whose edit distance (insertions, deletions, substitutions and swaps of neighbours; letter case is free) is at
    /// most a third of the length written; of equal ones the first in ordinal order. Null when there is none.
    /// </summary>
    public static string? Find(string written, IEnumerable<string> candidates)
    {
        var limit = written.Length / 3;
        if (limit == 0 || written.Length > MaxLength)
        {
            return null;
        }

        string? best = null;
        var bestDistance = limit + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - written.Length) > limit || candidate == written)
            {
                continue;
            }

            var distance = Distance(written, candidate);
            if (distance < bestDistance || (distance == bestDistance && best is not null && string.CompareOrdinal(candidate, best) < 0))
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    private static int Distance(string a, string b)
    {
        var beforeLast = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            last[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
                }
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }
}
