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
    private readonly ResolvedFile _file;
    private ResolvedText? _resolved;

    private Compilation(ResolvedFile file, Compilation? baseVersion, BoundRuleset ruleset, ImmutableArray<NameUse> names, ImmutableArray<Diagnostic> diagnostics)
    {
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
    /// added, comments kept. Its first line of rules no longer says what it amends. Of a whole file its own text.
    /// </summary>
    public ResolvedText Resolved => _resolved ??= _file.ToText();

    /// <summary>The texts that something is taken over from, nearest first.</summary>
    public ImmutableArray<SourceText> BuildsOn
    {
        get
        {
            var texts = ImmutableArray.CreateBuilder<SourceText>();
            for (var before = Base; before is not null; before = before.Base)
            {
                texts.Add(before.Tree.Text);
            }

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
        options ??= CompilationOptions.Default;
        var diagnostics = new DiagnosticBag();
        diagnostics.AddRange(tree.Diagnostics);
        if (tree.Root.Header.Amends is null)
        {
            Amendment.ReportRemovals(tree, diagnostics);
            return Bind(ResolvedFile.Whole(tree), null, options, diagnostics, diagnostics);
        }

        var amendment = new Amendment(tree, diagnostics);
        return baseVersion is not null && amendment.Accepts(baseVersion)
            ? Bind(amendment.Resolve(baseVersion, baseVersion._file), baseVersion, options, diagnostics, diagnostics)
            : Bind(ResolvedFile.Whole(tree), null, options, new DiagnosticBag(), amendment.ReportBase(baseVersion));
    }

    private static Compilation Bind(
        ResolvedFile file, Compilation? baseVersion, CompilationOptions options, DiagnosticBag bound, DiagnosticBag reported)
    {
        var binder = new Binder(file, options, bound);
        var ruleset = binder.BindRuleset();
        return new Compilation(file, baseVersion, ruleset, [.. binder.Names], [.. reported.ToImmutable().OrderBy(d => !ReferenceEquals(d.Location.Source, file.Tree.Text))]);
    }
}
