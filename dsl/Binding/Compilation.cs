using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Binding;

/// <summary>One rule file, parsed and bound. A pure function of the text and the options; never throws for what a file says.</summary>
public sealed class Compilation
{
    private Compilation(SyntaxTree tree, BoundRuleset ruleset, ImmutableArray<Diagnostic> diagnostics)
    {
        Tree = tree;
        Ruleset = ruleset;
        Diagnostics = diagnostics;
        HasErrors = diagnostics.Any(static d => d.Severity == DiagnosticSeverity.Error);
    }

    /// <summary>The tree that was bound.</summary>
    public SyntaxTree Tree { get; }

    /// <summary>Always there; only a rule set without errors may be compiled into a model.</summary>
    public BoundRuleset Ruleset { get; }

    /// <summary>Those of the tree and those of binding, by position; one mistake makes one.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; }

    /// <summary>At least one diagnostic is an error.</summary>
    public bool HasErrors { get; }

    /// <summary>Binds a tree.</summary>
    public static Compilation Create(SyntaxTree tree, CompilationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        var diagnostics = new DiagnosticBag();
        diagnostics.AddRange(tree.Diagnostics);
        var ruleset = new Binder(tree, options ?? CompilationOptions.Default, diagnostics).BindRuleset();
        return new Compilation(tree, ruleset, diagnostics.ToImmutable());
    }
}
