namespace Rules.Dsl.Text;

/// <summary>A half-open range <c>[Start, End)</c> of one text, in UTF-16 code units counted from zero.</summary>
public readonly record struct TextSpan(int Start, int Length) : IComparable<TextSpan>
{
    /// <summary>The first position after the span.</summary>
    public int End => Start + Length;

    /// <summary>True for a span between two characters, as a missing word has.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The span from <paramref name="start"/> up to, not including, <paramref name="end"/>.</summary>
    public static TextSpan FromBounds(int start, int end) => new(start, end - start);

    /// <summary>True where <c>Start &lt;= position &lt; End</c>; never for an empty span.</summary>
    public bool Contains(int position) => position >= Start && position < End;

    /// <summary>True where the two share at least one character.</summary>
    public bool Overlaps(TextSpan other) => Start < other.End && other.Start < End;

    /// <summary>By start, then by length.</summary>
    public int CompareTo(TextSpan other) => Start != other.Start ? Start.CompareTo(other.Start) : Length.CompareTo(other.Length);

    /// <summary>True where the span comes before the other in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator <(TextSpan left, TextSpan right) => left.CompareTo(right) < 0;

    /// <summary>True where the span does not come after the other in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator <=(TextSpan left, TextSpan right) => left.CompareTo(right) <= 0;

    /// <summary>True where the span comes after the other in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator >(TextSpan left, TextSpan right) => left.CompareTo(right) > 0;

    /// <summary>True where the span does not come before the other in the order of <see cref="CompareTo"/>.</summary>
    public static bool operator >=(TextSpan left, TextSpan right) => left.CompareTo(right) >= 0;

    /// <summary><c>[start..end)</c>, for debugging.</summary>
    public override string ToString() => $"[{Start}..{End})";
}
