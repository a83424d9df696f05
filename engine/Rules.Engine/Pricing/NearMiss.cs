namespace Rules.Engine.Pricing;

/// <summary>Finds the name that a mistyped one was meant to be: at most a third of its letters away.</summary>
internal static class NearMiss
{
    // A longer name is not worth a quadratic comparison: hostile input meets a limit.
    private const int LongestName = 64;

    public static string? Find(string written, IEnumerable<string> candidates)
    {
        if (written.Length is < 2 or > LongestName)
        {
            return null;
        }

        var limit = Math.Max(1, written.Length / 3);
        string? best = null;
        foreach (var candidate in candidates)
        {
            if (candidate.Length > LongestName || Math.Abs(candidate.Length - written.Length) > limit)
            {
                continue;
            }

            var distance = Distance(written, candidate);
            if (distance <= limit)
            {
                best = candidate;
                limit = distance - 1;
            }
        }

        return best;
    }

    private static int Distance(string a, string b)
    {
        Span<int> row = stackalloc int[LongestName + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1;
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + same);
                diagonal = row[j];
                row[j] = cost;
            }
        }

        return row[b.Length];
    }
}
