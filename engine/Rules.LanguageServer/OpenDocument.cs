using System.Collections.Immutable;
using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Rules.LanguageServer.Protocol;
using Rules.LanguageServer.Workspace;

namespace Rules.LanguageServer;

/// <summary>One state of a document that an editor holds open. Immutable; what is known about the text is found when first asked for.</summary>
internal sealed class OpenDocument(string uri, int version, SourceText source, DocumentNeighbours neighbours)
{
    private ImmutableArray<Diagnostic>? _diagnostics;

    private readonly Lazy<SyntaxTree> _tree = new(() => SyntaxTree.Parse(source));

    private Compilation? _compilation;

    public string Uri { get; } = uri;

    public int Version { get; } = version;

    public SourceText Source { get; } = source;

    /// <summary>Where the document lies on a disk; null for one that lies on none.</summary>
    public string? Path { get; } = PathOf(uri);

    /// <summary>The other texts that the document is read with.</summary>
    public DocumentNeighbours Neighbours { get; } = neighbours;

    /// <summary>
    /// Of the compiler and, where the text compiles, of its examples, by position; behind them those in texts that the document builds on.
    /// </summary>
    public ImmutableArray<Diagnostic> Diagnostics => _diagnostics ??= Diagnose();

    public SyntaxTree Tree => _tree.Value;

    /// <summary>The names and rules of the text, whether or not it can be charged by.</summary>
    public Compilation Compilation => _compilation ??= new RuleLibrary(Find).Compile(Tree);

    /// <summary>Other texts decide on what this one means.</summary>
    public bool BuildsOnOthers => Tree.Root.Header.Amends is not null || Tree.Root.Header.Includes.Any();

    /// <summary>The words that say on what the document builds.</summary>
    public TextSpan BuildsOnSpan => Tree.Root.Header.Amends?.Span ?? Tree.Root.Header.Includes.FirstOrDefault()?.Span ?? Tree.Root.Header.Name.Span;

    public static OpenDocument Open(TextDocumentItem item, DocumentNeighbours neighbours) =>
        new(item.Uri, item.Version, SourceText.From(item.Text, FileName(item.Uri)), neighbours);

    /// <summary>The same text, about which nothing is known yet: another text has changed.</summary>
    public OpenDocument Again() => new(Uri, Version, Source, Neighbours);

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

        return new OpenDocument(Uri, version, text, Neighbours);
    }

    private SourceText? Find(RuleFileId id) => Neighbours.Find(this, id);

    private ImmutableArray<Diagnostic> Diagnose()
    {
        var compilation = new RulesetLibrary(Find).Compile(Source, Neighbours.PageOf(this));
        if (compilation.Model is not { } model)
        {
            return compilation.Diagnostics;
        }

        var failures = ExampleRunner.Run(model).SelectMany(static r => r.Failures).Select(static f => f.Diagnostic);
        return [.. compilation.Diagnostics.Concat(failures).Concat(PromiseRunner.Broken(model))
            .OrderBy(d => !ReferenceEquals(d.Location.Source, Source)).ThenBy(static d => d.Location.Span.Start)];
    }

    private static string? PathOf(string uri) =>
        System.Uri.TryCreate(uri, UriKind.Absolute, out var address) && address is { IsFile: true, IsUnc: false } ? address.LocalPath : null;

    private static string FileName(string uri)
    {
        var path = uri.AsSpan(uri.LastIndexOf('/') + 1);
        return System.Uri.UnescapeDataString(path);
    }
}
