using System.Collections.Immutable;
using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>
/// Renames what an author declared, everywhere in a file. The result is read and bound again before it is offered: where any name would then
/// mean something else, or a mistake would appear, the renaming is refused.
/// </summary>
public static class Renamer
{
    /// <summary>The longest new name, in UTF-16 code units.</summary>
    public const int MaximumLength = 200;

    /// <summary>The name at a position that may be renamed; null where there is none.</summary>
    public static NameUse? FindName(Compilation compilation, int position) =>
        NameFinder.FindName(compilation, position) is { } name && ReferenceEquals(name.Declaration.Source, compilation.Tree.Text) ? name : null;

    /// <summary>
    /// The edits that give the name at a position a new one, without quotes; they are written where it needs them. With a meter goes its
    /// plural: the new name with an s, or at a plural the other way round; a stated plural is changed in its clause.
    /// </summary>
    public static Renaming Rename(Compilation compilation, int position, string newName)
    {
        ArgumentNullException.ThrowIfNull(compilation);
        ArgumentNullException.ThrowIfNull(newName);
        if (NameFinder.FindName(compilation, position) is not { } name)
        {
            return Refuse("There is no declared name here.");
        }

        if (!ReferenceEquals(name.Declaration.Source, compilation.Tree.Text))
        {
            return Refuse($"\"{name.Name}\" is declared in an earlier version, whose text stays as it was published.");
        }

        if (RefuseWord(newName) is { } reason)
        {
            return Refuse(reason);
        }

        var uses = NameFinder.FindUses(compilation, name);
        if (Forms(name, uses, newName) is not var (singular, plural))
        {
            return Refuse($"\"{newName}\" is no plural with an s. Rename the meter at a place that writes it in the singular, or state its plural.");
        }

        var edits = uses.Select(u => new TextEdit(u.Location.Span, Write(u, u.IsPlural ? plural : singular)))
            .Where(e => compilation.Tree.Text.ToString(e.Span) != e.NewText).ToImmutableArray();
        return edits.IsEmpty ? new Renaming([], null) : Check(compilation, edits, newName);
    }

    private static Renaming Refuse(string reason) => new([], reason);

    private static string? RefuseWord(string newName) =>
        newName.Length == 0 ? "A name has at least one character."
        : newName.Length > MaximumLength ? $"A name has at most {MaximumLength} characters."
        : newName.Any(static c => char.IsControl(c) || c is '\u2028' or '\u2029') ? "A name stands on one line."
        : newName.Trim().Length != newName.Length ? "A name neither begins nor ends with a space."
        : null;

    // A meter's plural goes along. Where it is stated, only at a plural is it renamed alone.
    private static (string Singular, string Plural)? Forms(NameUse name, ImmutableArray<NameUse> uses, string newName)
    {
        if (name.Symbol is not MeterSymbol meter)
        {
            return (newName, newName);
        }

        var isStated = uses.Any(static u => u is { IsDeclaration: true, IsPlural: true });
        return name.IsPlural
            ? isStated ? (meter.Name, newName) : newName is [.. { Length: > 0 } stem, 's'] ? (stem, newName) : null
            : (newName, newName + "s");
    }

    private static string Write(NameUse use, string name) =>
        use.Location.Text.StartsWith('"') || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.NameToken ? Binder.Quote(name) : Binder.WriteName(name);

    private static Renaming Check(Compilation compilation, ImmutableArray<TextEdit> edits, string newName)
    {
        var before = compilation.With(compilation.Tree);
        var text = compilation.Tree.Text.WithEdits(edits);
        var after = compilation.With(SyntaxTree.Parse(text));
        if (FindNew(before, after) is { } mistake)
        {
            return Refuse($"With the name \"{newName}\" the file would have a mistake: {mistake.Message}");
        }

        var shifts = new Shifts(edits);
        var isSame = before.Names.Length == after.Names.Length;
        for (var i = 0; isSame && i < before.Names.Length; i++)
        {
            var (was, now) = (before.Names[i], after.Names[i]);
            isSame = shifts.Move(was.Location.Span.Start) == now.Location.Span.Start
                && was.IsPlural == now.IsPlural
                && (ReferenceEquals(was.Declaration.Source, compilation.Tree.Text)
                    ? ReferenceEquals(now.Declaration.Source, text) && shifts.Move(was.Declaration.Span.Start) == now.Declaration.Span.Start
                    : NameFinder.IsSame(was.Declaration, now.Declaration));
        }

        return isSame ? new Renaming(edits, null) : Refuse($"\"{newName}\" already means something else in this file.");
    }

    private static Diagnostic? FindNew(Compilation before, Compilation after)
    {
        var known = before.Diagnostics.CountBy(static d => d.Id).ToDictionary(StringComparer.Ordinal);
        foreach (var diagnostic in after.Diagnostics)
        {
            if (known.GetValueOrDefault(diagnostic.Id) is var count && count == 0)
            {
                return diagnostic;
            }

            known[diagnostic.Id] = count - 1;
        }

        return null;
    }

    // Where positions before the edits lie after them.
    private readonly struct Shifts(ImmutableArray<TextEdit> edits)
    {
        public int Move(int position)
        {
            var moved = position;
            foreach (var edit in edits)
            {
                if (edit.Span.Start >= position)
                {
                    break;
                }

                moved += edit.NewText.Length - edit.Span.Length;
            }

            return moved;
        }
    }
}
