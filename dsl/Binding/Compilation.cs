using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>
/// One version of a rule set, parsed and bound: a whole file, or an amendment over the version it amends. A pure function of the texts and
/// the options; never throws for what a file says.
/// </summary>
public sealed class Compilation
{
    private readonly RuleLibrary _library;
    private readonly ResolvedFile _file;
    private ResolvedText? _resolved;

    private Compilation(
        RuleLibrary library, ResolvedFile file, Compilation? baseVersion, BoundRuleset ruleset, ImmutableArray<NameUse> names, ImmutableArray<Diagnostic> diagnostics)
    {
        _library = library;
        _file = file;
        Base = baseVersion;
        Ruleset = ruleset;
        Names = names;
        Diagnostics = diagnostics;
        HasErrors = diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>The tree that was bound; of an amendment only its own.</summary>
    public SyntaxTree Tree => _file.Tree;

    /// <summary>The version that is amended; null for a whole file, and where it was not given.</summary>
    public Compilation? Base { get; }

    /// <summary>
    /// Always there; only a rule set without errors may be compiled into a model. Of an amendment everything that holds: what it takes over
    /// is located in the files of earlier versions.
    /// </summary>
    public BoundRuleset Ruleset { get; }

    /// <summary>
    /// Those of the tree and those of binding, by position; one mistake makes one. An amendment may make a rule it takes over wrong: such an
    /// error follows the others and is located in the earlier file, without a repair, because published text is not edited.
    /// </summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>Where the tree writes names that are declared, declarations included, by position. A misspelt name is not among them.</summary>
    public ImmutableArray<NameUse> Names { get; }

    /// <summary>At least one diagnostic is an error.</summary>
    public bool HasErrors { get; }

    /// <summary>
    /// Every <c>assume</c> that holds, on whatever line, also where the file has errors: the version's own in their order, then those it
    /// takes over, located in the files of earlier versions.
    /// </summary>
    public ImmutableArray<BoundRemark> Assumptions =>
        [.. _file.Remarks.Where(static r => r.Keyword.Kind == SyntaxKind.AssumeKeyword).Select(Binder.BindRemark)];

    /// <summary>
    /// One whole file that means the same, and where each line was written: of an amendment the text of its base with items replaced, removed and
    /// added, comments kept. Its first line of rules no longer says what it amends. Lists, meters and currencies
    /// that are included stand in it. Of a whole file that includes nothing its own text.
    /// </summary>
    public ResolvedText Resolved => _resolved ??= _file.ToText();

    /// <summary>The texts that something is taken over from, nearest first: the versions that are amended, then the common files that are included.</summary>
    public ImmutableArray<SourceText> BuildsOn
    {
        get
        {
            var texts = ImmutableArray.CreateBuilder<SourceText>();
            for (var before = Base; before is not null; before = before.Base)
            {
                texts.Add(before.Tree.Text);
            }

            texts.AddRange(_file.Included.Reverse().Select(static f => f.Tree.Text));
            return texts.ToImmutable();
        }
    }

    /// <summary>Binds a tree. One that amends a version needs that version; without it this is PR0907.</summary>
    public static Compilation Create(SyntaxTree tree, CompilationOptions? options = null) => Create(tree, baseVersion: null, options);

    /// <summary>
    /// Binds a tree over the version it amends, which may be an amendment itself. A base of another name or number is PR0907, one with errors
    /// PR0908; then the tree is bound alone and nothing is said about what it lacks. A tree that amends nothing does not look at the base.
    /// </summary>
    public static Compilation Create(SyntaxTree tree, Compilation? baseVersion, CompilationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return Create(tree, baseVersion, options ?? CompilationOptions.Default, Includes.None, RuleLibrary.Empty);
    }

    internal static Compilation Create(SyntaxTree tree, Compilation? baseVersion, CompilationOptions options, Includes includes, RuleLibrary library)
    {
        var header = tree.Root.Header;
        var diagnostics = new DiagnosticBag();
        diagnostics.AddRange(tree.Diagnostics);
        if (!header.HasError && !RuleFileId.IsName(header.Name.ValueText))
        {
            Binder.ReportFileName(diagnostics, header.Name);
        }

        if (header.Amends is null)
        {
            Amendment.ReportRemovals(tree, diagnostics);
            var (whole, isComplete) = Follow(includes, tree, [], diagnostics);
            return Bind(library, ResolvedFile.Whole(tree, whole, diagnostics), null, options, isComplete ? diagnostics : new DiagnosticBag(), diagnostics);
        }

        var amendment = new Amendment(tree, diagnostics);
        if (baseVersion is null || !amendment.Accepts(baseVersion))
        {
            var alone = ResolvedFile.Whole(tree, NothingBrought, new DiagnosticBag());
            return Bind(library, alone, null, options, new DiagnosticBag(), amendment.ReportBase(baseVersion));
        }

        var (own, isFound) = Follow(includes, tree, baseVersion._file.IncludedWithout(header.Includes), diagnostics);
        var file = amendment.Resolve(baseVersion, baseVersion._file, own);
        return Bind(library, file, baseVersion, options, isFound ? diagnostics : new DiagnosticBag(), diagnostics);
    }

    /// <summary>Binds another text of this version, over the same files.</summary>
    internal Compilation With(SyntaxTree tree) => _library.Compile(tree);

    private static ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> NothingBrought { get; } =
        ImmutableDictionary.Create<IncludeLineSyntax, ImmutableArray<IncludedFile>>(ReferenceEqualityComparer.Instance);

    // Nothing is said about names that a file which was not found would declare.
    private static (ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> Brought, bool IsComplete) Follow(
        Includes includes, SyntaxTree tree, ImmutableArray<IncludedFile> kept, DiagnosticBag diagnostics)
    {
        if (!tree.Root.Header.Includes.Any())
        {
            return (NothingBrought, true);
        }

        var found = new DiagnosticBag();
        var brought = includes.Follow(tree, kept, found);
        diagnostics.AddRange(found.ToImmutable());
        return (brought, found.Count == 0);
    }

    private static Compilation Bind(
        RuleLibrary library, ResolvedFile file, Compilation? baseVersion, CompilationOptions options, DiagnosticBag bound, DiagnosticBag reported)
    {
        var binder = new Binder(file, options, bound);
        var ruleset = binder.BindRuleset();
        return new Compilation(library, file, baseVersion, ruleset, [.. binder.Names], [.. reported.ToImmutable().OrderBy(d => !ReferenceEquals(d.Location.Source, file.Tree.Text))]);
    }
}
