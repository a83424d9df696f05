using System.Collections.Immutable;
using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer;

/// <summary>One state of a document that an editor holds open. Immutable; what is known about the text is found when first asked for.</summary>
internal sealed class OpenDocument(string uri, int version, SourceText source)
{
    private readonly Lazy<ImmutableArray<Diagnostic>> _diagnostics = new(() => Diagnose(source));

    private readonly Lazy<SyntaxTree> _tree = new(() => SyntaxTree.Parse(source));

    private Compilation? _compilation;

    public string Uri { get; } = uri;

    public int Version { get; } = version;

    public SourceText Source { get; } = source;

    /// <summary>Of the compiler and, where the text compiles, of its examples; by position.</summary>
    public ImmutableArray<Diagnostic> Diagnostics => _diagnostics.Value;

    public SyntaxTree Tree => _tree.Value;

    /// <summary>The names and rules of the text, whether or not it can be charged by.</summary>
    public Compilation Compilation => _compilation ??= Compilation.Create(Tree);

    public static OpenDocument Open(TextDocumentItem item) => new(item.Uri, item.Version, SourceText.From(item.Text, FileName(item.Uri)));

    /// <summary>Throws <see cref="RpcException"/> where a range lies outside the text.</summary>
    public OpenDocument Change(int version, ImmutableArray<ContentChange> changes)
    {
        var text = Source;
        foreach (var change in changes)
        {
            text = change.Range is { } range
                ? text.WithEdits(new TextEdit(PositionMap.ToSpan(text, range), change.Text))
                : SourceText.From(change.Text, text.FileName);
        }

        return new OpenDocument(Uri, version, text);
    }

    private static ImmutableArray<Diagnostic> Diagnose(SourceText source)
    {
        var compilation = RulesetCompiler.Compile(source);
        if (compilation.Model is not { } model)
        {
            return compilation.Diagnostics;
        }

        var failures = ExampleRunner.Run(model).SelectMany(static r => r.Failures).Select(static f => f.Diagnostic);
        return [.. compilation.Diagnostics.Concat(failures).Concat(PromiseRunner.Broken(model)).OrderBy(static d => d.Location.Span.Start)];
    }

    private static string FileName(string uri)
    {
        var path = uri.AsSpan(uri.LastIndexOf('/') + 1);
        return System.Uri.UnescapeDataString(path);
    }
}
