using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>A common file that a version includes, itself or through another one.</summary>
internal readonly record struct IncludedFile(RuleFileId Id, SyntaxTree Tree);

/// <summary>
/// Follows the <c>include</c> lines of one file: each common file once, those it includes before it. What stands in the way is reported at
/// the line of the file itself that leads there, once a line.
/// </summary>
/// <param name="find">Gives the text of a common file; null where there is none.</param>
/// <param name="isSound">The file has no errors of its own.</param>
internal sealed class Includes(Func<RuleFileId, SyntaxTree?> find, Func<RuleFileId, SyntaxTree, bool> isSound)
{
    /// <summary>The most common files of one version.</summary>
    public const int MaximumFiles = 64;

    /// <summary>The longest chain of files that include each other, the version's own apart.</summary>
    public const int MaximumDepth = 8;

    private readonly Dictionary<string, IncludedFile> _loaded = new(StringComparer.Ordinal);
    private readonly List<RuleFileId> _path = [];
    private readonly List<IncludedFile> _files = [];
    private DiagnosticBag _diagnostics = new();
    private int _asked;
    private bool _isIgnored;
    private IncludeLineSyntax _line = null!;

    /// <summary>Finds no file.</summary>
    public static Includes None => new(static _ => null, static (_, _) => true);

    /// <summary>Does not look for files: another one that includes this file does.</summary>
    public static Includes Ignored => new(static _ => null, static (_, _) => true) { _isIgnored = true };

    /// <summary>What each of the file's own lines brings in, as far as it could be followed.</summary>
    /// <param name="tree">The file.</param>
    /// <param name="kept">Files that an amendment takes over: they are brought in already, in these versions.</param>
    /// <param name="diagnostics">Takes PR0910 to PR0915, PR0917 and PR0919.</param>
    public ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> Follow(SyntaxTree tree, ImmutableArray<IncludedFile> kept, DiagnosticBag diagnostics)
    {
        _diagnostics = diagnostics;
        foreach (var file in kept)
        {
            _loaded.Add(file.Id.Name, file);
        }

        _asked = kept.Length;
        _path.Add(RuleLibrary.IdOf(tree));
        if (tree.Root.Header.Includes.Skip(MaximumFiles).FirstOrDefault() is { } beyond)
        {
            _line = beyond;
            Fail(DiagnosticDescriptors.TooManyIncluded, MaximumFiles);
            return ImmutableDictionary.Create<IncludeLineSyntax, ImmutableArray<IncludedFile>>(ReferenceEqualityComparer.Instance);
        }

        var brought = ImmutableDictionary.CreateBuilder<IncludeLineSyntax, ImmutableArray<IncludedFile>>(ReferenceEqualityComparer.Instance);
        foreach (var line in tree.Root.Header.Includes.Where(l => !l.HasError && !_isIgnored))
        {
            _line = line;
            _files.Clear();
            Visit(line, "this file");
            brought.Add(line, [.. _files]);
            if (_asked > MaximumFiles)
            {
                break;
            }
        }

        return brought.ToImmutable();
    }

    // False where something stood in the way, which was reported.
    private bool Visit(IncludeLineSyntax line, string includer)
    {
        var id = new RuleFileId(line.Name.ValueText, line.Version.IntegerValue);
        if (!RuleFileId.IsName(id.Name))
        {
            return ReferenceEquals(line, _line) ? Binder.ReportFileName(_diagnostics, line.Name) : Fail(DiagnosticDescriptors.IncludedHasErrors, includer, _path[^1].FileName);
        }

        if (_path.IndexOf(id) is var first and >= 0)
        {
            return Fail(DiagnosticDescriptors.IncludesInCircle, string.Join(", ", _path.Skip(first).Append(id)));
        }

        if (_loaded.TryGetValue(id.Name, out var known))
        {
            return known.Id == id || Fail(DiagnosticDescriptors.IncludedInTwoVersions, id.Name, known.Id.Version, id.Version);
        }

        if (_path.Count > MaximumDepth)
        {
            return Fail(DiagnosticDescriptors.IncludedTooDeep, MaximumDepth, string.Join(", ", _path.Append(id)));
        }

        if (++_asked > MaximumFiles)
        {
            return Fail(DiagnosticDescriptors.TooManyIncluded, MaximumFiles);
        }

        if (find(id) is not { } tree || RuleLibrary.IdOf(tree) != id)
        {
            return Fail(DiagnosticDescriptors.IncludedMissing, id, includer, id.FileName, id.Name);
        }

        if (!tree.Root.Header.IsCommon)
        {
            return Fail(DiagnosticDescriptors.NotACommonFile, id);
        }

        _loaded.Add(id.Name, new IncludedFile(id, tree));
        return VisitNested(id, tree);
    }

    private bool VisitNested(RuleFileId id, SyntaxTree tree)
    {
        _path.Add(id);
        foreach (var nested in tree.Root.Header.Includes)
        {
            if (nested.HasError || !Visit(nested, id.ToString()))
            {
                return nested.HasError && Fail(DiagnosticDescriptors.IncludedHasErrors, id, id.FileName);
            }
        }

        _path.RemoveAt(_path.Count - 1);
        if (!isSound(id, tree))
        {
            return Fail(DiagnosticDescriptors.IncludedHasErrors, id, id.FileName);
        }

        _files.Add(new IncludedFile(id, tree));
        return true;
    }

    private bool Fail(DiagnosticDescriptor descriptor, params ReadOnlySpan<object?> arguments)
    {
        _diagnostics.Report(descriptor, _line.Name.Location with { Span = TextSpan.FromBounds(_line.IncludeKeyword.Span.Start, _line.Version.Span.End) }, arguments);
        _path.RemoveRange(1, _path.Count - 1);
        return false;
    }
}
