using System.Collections.Immutable;
using Rules.Dsl.Binding;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>Finds where a name is declared and written.</summary>
public static class NameFinder
{
    /// <summary>The declared name that a position touches, its end included; null where there is none.</summary>
    public static NameUse? FindName(Compilation compilation, int position)
    {
        ArgumentNullException.ThrowIfNull(compilation);
        NameUse? touched = null;
        foreach (var name in compilation.Names)
        {
            if (name.Location.Span.Contains(position))
            {
                return name;
            }

            touched = name.Location.Span.End == position ? name : touched;
        }

        return touched;
    }

    /// <summary>The declaration of the name at a position; in an amendment it may lie in the file of an earlier version. Null where there is no declared name.</summary>
    public static TextLocation? FindDeclaration(Compilation compilation, int position) => FindName(compilation, position)?.Declaration;

    /// <summary>Every place that writes the name at a position, its own included, singular and plural, by position; of an amendment only its own text.</summary>
    public static ImmutableArray<NameUse> FindUses(Compilation compilation, int position) =>
        FindName(compilation, position) is { } name ? FindUses(compilation, name) : [];

    internal static ImmutableArray<NameUse> FindUses(Compilation compilation, NameUse name) =>
        [.. compilation.Names.Where(n => IsSame(n.Declaration, name.Declaration))];

    internal static bool IsSame(TextLocation left, TextLocation right) => ReferenceEquals(left.Source, right.Source) && left.Span == right.Span;
}
