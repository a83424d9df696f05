namespace Rules.Dsl.Text;

/// <summary>A place for people: line and column both count from one; the column in UTF-16 code units, as editors count.</summary>
public readonly record struct LinePosition(int Line, int Column)
{
    /// <summary><c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}
