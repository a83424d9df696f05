namespace Rules.Dsl.Text;

/// <summary>Finds what a misspelt word may have meant.</summary>
public static class Spelling
{
    private const int LongestWord = 64;

    /// <summary>
    /// The candidate nearest to a word, if it is near: at most a third of the word's letters (at least one) are added, lost, changed or
    /// swapped with their neighbour; letter case is free. Null where none is near or the word is longer than 64 letters; the first of
    /// equally near ones. The word itself is no candidate.
    /// </summary>
    public static string? Nearest(string word, params IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(candidates);
        string? nearest = null;
        var limit = Limit(word);
        foreach (var candidate in candidates)
        {
            var distance = Distance(word, candidate, limit);
            if (distance <= limit && candidate != word)
            {
                nearest = candidate;
                limit = distance - 1;
            }
        }

        return nearest;
    }

    /// <summary>True where <see cref="Nearest"/> would find the candidate.</summary>
    public static bool IsNear(ReadOnlySpan<char> word, ReadOnlySpan<char> candidate) => Distance(word, candidate, Limit(word)) <= Limit(word);

    private static int Limit(ReadOnlySpan<char> word) => word.Length < 2 ? 0 : Math.Max(1, word.Length / 3);

    // Damerau-Levenshtein in its restricted form; stops where the limit is passed.
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit) =>
        Math.Abs(a.Length - b.Length) > limit || a.Length > LongestWord || b.Length > LongestWord ? int.MaxValue : Measure(a, b, limit);

    private static int Measure(ReadOnlySpan<char> a, ReadOnlySpan<char> b, int limit)
    {
        Span<int> before = stackalloc int[LongestWord + 1];
        Span<int> above = stackalloc int[LongestWord + 1];
        Span<int> row = stackalloc int[LongestWord + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            above[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            var least = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var change = above[j - 1] + (IsSameLetter(a[i - 1], b[j - 1]) ? 0 : 1);
                var value = Math.Min(change, Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && IsSameLetter(a[i - 1], b[j - 2]) && IsSameLetter(a[i - 2], b[j - 1]))
                {
                    value = Math.Min(value, before[j - 2] + 1);
                }

                row[j] = value;
                least = Math.Min(least, value);
            }

            if (least > limit)
            {
                return int.MaxValue;
            }

            var spare = before;
            before = above;
            above = row;
            row = spare;
        }

        return above[b.Length];
    }

    private static bool IsSameLetter(char a, char b) => a == b || char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
