using System.Globalization;

namespace Rules.Dsl.Formatting;

/// <summary>One line of a layout before its columns are known.</summary>
/// <param name="Depth">Levels of indentation.</param>
/// <param name="Cells">Parts that stand under each other within a group, at least one; may hold the breaks of a continued line.</param>
/// <param name="Group">Lines of one group share their columns; 0 stands alone.</param>
internal sealed record LayoutLine(int Depth, IReadOnlyList<string> Cells, int Group)
{
    /// <summary>An empty line.</summary>
    public static LayoutLine Blank { get; } = new(0, [""], 0);

    public bool IsBlank => Cells is [""];

    /// <summary>Columns as people count them: an accent is part of its letter.</summary>
    public static int Width(string cell) => new StringInfo(cell).LengthInTextElements;
}
