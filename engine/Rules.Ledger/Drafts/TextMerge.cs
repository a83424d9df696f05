using System.Collections.Immutable;

namespace Rules.Ledger.Drafts;

/// <summary>Brings two changes of one text together, line by line.</summary>
public static class TextMerge
{
    // Above this many pairs of lines the changed middle counts as changed whole: the work of comparing grows with the pairs.
    private const int MostPairs = 4_000_000;

    /// <summary>
    /// What either side changed is changed in the result; where both changed the same lines differently both stand there, between lines of
    /// <c>&lt;&lt;&lt;&lt;&lt;&lt;&lt;</c>, <c>=======</c> and <c>&gt;&gt;&gt;&gt;&gt;&gt;&gt;</c>, which are no rules.
    /// </summary>
    public static MergedText Merge(string original, string mine, string theirs)
    {
        var (o, a, b) = (Lines(original), Lines(mine), Lines(theirs));
        var (toA, toB) = (Match(o, a), Match(o, b));
        var merged = new List<string>();
        var conflicts = 0;
        var (i, ia, ib) = (0, 0, 0);
        while (i < o.Length || ia < a.Length || ib < b.Length)
        {
            // The next line that all three have.
            var next = i;
            while (next < o.Length && (toA[next] < ia || toB[next] < ib))
            {
                next++;
            }

            var (endA, endB) = next < o.Length ? (toA[next], toB[next]) : (a.Length, b.Length);
            conflicts += Add(merged, o.AsSpan(i..next), a.AsSpan(ia..endA), b.AsSpan(ib..endB));
            if (next < o.Length)
            {
                merged.Add(o[next]);
            }

            (i, ia, ib) = (next + 1, endA + 1, endB + 1);
        }

        return new MergedText(string.Join('\n', merged), conflicts);
    }

    /// <summary>The lines that both texts have, in their order: what two texts without an original are merged from.</summary>
    public static string Common(string mine, string theirs) =>
        string.Join('\n', Diff(mine, theirs).Where(static line => line is { Before: not null, After: not null }).Select(static line => line.Text));

    /// <summary>Both texts line by line: what went before what came in its place.</summary>
    public static ImmutableArray<DiffLine> Diff(string before, string after)
    {
        var (from, to) = (Lines(before), Lines(after));
        var match = Match(from, to);
        var lines = ImmutableArray.CreateBuilder<DiffLine>(Math.Max(from.Length, to.Length));
        var next = 0;
        for (var i = 0; i < from.Length; i++)
        {
            if (match[i] < 0)
            {
                lines.Add(new DiffLine(i + 1, null, from[i]));
                continue;
            }

            while (next < match[i])
            {
                lines.Add(new DiffLine(null, next + 1, to[next++]));
            }

            lines.Add(new DiffLine(i + 1, ++next, from[i]));
        }

        while (next < to.Length)
        {
            lines.Add(new DiffLine(null, next + 1, to[next++]));
        }

        return lines.ToImmutable();
    }

    /// <summary>Every line of a text, as one that came.</summary>
    public static ImmutableArray<DiffLine> Added(string text) => [.. Lines(text).Select(static (line, index) => new DiffLine(null, index + 1, line))];

    private static int Add(List<string> merged, ReadOnlySpan<string> original, ReadOnlySpan<string> mine, ReadOnlySpan<string> theirs)
    {
        if (mine.SequenceEqual(original) || mine.SequenceEqual(theirs))
        {
            merged.AddRange(theirs);
            return 0;
        }

        if (theirs.SequenceEqual(original))
        {
            merged.AddRange(mine);
            return 0;
        }

        merged.Add("<<<<<<< yours");
        merged.AddRange(mine);
        merged.Add("=======");
        merged.AddRange(theirs);
        merged.Add(">>>>>>> the other text");
        return 1;
    }

    /// <summary>For each line of the first the line of the second that it became, ascending; -1 for one that is gone.</summary>
    private static int[] Match(ImmutableArray<string> from, ImmutableArray<string> to)
    {
        var matches = new int[from.Length];
        Array.Fill(matches, -1);
        var start = 0;
        while (start < from.Length && start < to.Length && from[start] == to[start])
        {
            matches[start] = start;
            start++;
        }

        var (endFrom, endTo) = (from.Length, to.Length);
        while (endFrom > start && endTo > start && from[endFrom - 1] == to[endTo - 1])
        {
            matches[--endFrom] = --endTo;
        }

        var (rows, columns) = (endFrom - start, endTo - start);
        if (rows == 0 || columns == 0 || (long)rows * columns > MostPairs)
        {
            return matches;
        }

        // Lengths of the longest common subsequences of what is left of both.
        var longest = new int[rows + 1, columns + 1];
        for (var r = rows - 1; r >= 0; r--)
        {
            for (var c = columns - 1; c >= 0; c--)
            {
                longest[r, c] = from[start + r] == to[start + c] ? longest[r + 1, c + 1] + 1 : Math.Max(longest[r + 1, c], longest[r, c + 1]);
            }
        }

        for (var (r, c) = (0, 0); r < rows && c < columns;)
        {
            if (from[start + r] == to[start + c])
            {
                matches[start + r++] = start + c++;
            }
            else if (longest[r + 1, c] >= longest[r, c + 1])
            {
                r++;
            }
            else
            {
                c++;
            }
        }

        return matches;
    }

    private static ImmutableArray<string> Lines(string text) => [.. text.ReplaceLineEndings("\n").Split('\n')];
}

/// <param name="Conflicts">How many places both sides changed differently.</param>
public sealed record MergedText(string Text, int Conflicts);

/// <summary>A line of one text or of both.</summary>
/// <param name="Before">Its number in the first; null where it came.</param>
/// <param name="After">Its number in the second; null where it went.</param>
public readonly record struct DiffLine(int? Before, int? After, string Text);
