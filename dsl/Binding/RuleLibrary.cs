using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>
/// Compiles versions over the files they build on, which are found by name and number when a file asks for them. What a version builds on is
/// compiled once and kept, so a look-up must give the same text each time it is asked. Safe to use from several threads.
/// </summary>
/// <param name="find">Gives the text of a version; null where there is none.</param>
/// <param name="options">Of every file; a page's text is not among them, as each version has its own.</param>
public sealed class RuleLibrary(RuleFileLookup find, CompilationOptions? options = null)
{
    private readonly CompilationOptions _options = options ?? CompilationOptions.Default;
    private readonly Dictionary<RuleFileId, Compilation> _compiled = [];
    private readonly Lock _gate = new();

    /// <summary>Holds no file: a version that builds on another does not find it.</summary>
    public static RuleLibrary Empty { get; } = new(static _ => null);

    /// <summary>
    /// Finds versions among texts by what their heads say, whatever their order and file names; of two with one number the first counts. The
    /// texts are looked at when a version is first asked for.
    /// </summary>
    public static RuleFileLookup Among(IEnumerable<SourceText> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var byId = new Lazy<Dictionary<RuleFileId, SourceText>>(() =>
        {
            var found = new Dictionary<RuleFileId, SourceText>();
            foreach (var text in texts)
            {
                found.TryAdd(IdOf(SyntaxTree.Parse(text)), text);
            }

            return found;
        });
        return id => byId.Value.GetValueOrDefault(id);
    }

    /// <summary>What the head of a file says; an empty name and 0 where it could not be read.</summary>
    public static RuleFileId IdOf(SyntaxTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return new RuleFileId(tree.Root.Header.Name.ValueText, tree.Root.Header.Version.IntegerValue);
    }

    /// <summary>
    /// Binds a tree over the version it amends, which may be an amendment itself, and over the common files it includes. A version that is not found is
    /// PR0907, one with errors PR0908; a common file PR0910 to PR0917.
    /// </summary>
    /// <param name="tree">The version; it need not be in the library, and is not kept.</param>
    /// <param name="pageText">The published page of this version; null: not known.</param>
    public Compilation Compile(SyntaxTree tree, string? pageText = null)
    {
        ArgumentNullException.ThrowIfNull(tree);
        // A chain that closes on itself is known by a number that it has met.
        var met = new HashSet<RuleFileId> { IdOf(tree) };
        var chain = new Stack<(RuleFileId Id, SyntaxTree Tree)>([(IdOf(tree), tree)]);
        Compilation? before = null;
        while (BaseOf(chain.Peek().Tree) is { } id && met.Add(id) && RuleFileId.IsName(id.Name))
        {
            before = Known(id);
            if (before is not null || find(id) is not { } text)
            {
                break;
            }

            chain.Push((id, SyntaxTree.Parse(text)));
        }

        while (chain.Count > 1)
        {
            var (id, next) = chain.Pop();
            before = Keep(id, Create(next, before, _options));
        }

        return Create(tree, before, _options with { PageText = pageText });
    }

    private Compilation Create(SyntaxTree tree, Compilation? before, CompilationOptions options) =>
        Compilation.Create(tree, before, options, new Includes(Tree, IsSound), this);

    private SyntaxTree? Tree(RuleFileId id) => Known(id)?.Tree ?? (find(id) is { } text ? SyntaxTree.Parse(text) : null);

    // Alone: what the file includes is followed by the one that includes it.
    private bool IsSound(RuleFileId id, SyntaxTree tree) =>
        (Known(id) ?? Keep(id, Compilation.Create(tree, null, _options, Includes.Ignored, this))) is { HasErrors: false };

    private static RuleFileId? BaseOf(SyntaxTree tree) => tree.Root.Header is { Amends: { } amends } header
        ? new RuleFileId(header.Name.ValueText, amends.Version.IntegerValue)
        : null;

    private Compilation? Known(RuleFileId id)
    {
        lock (_gate)
        {
            return _compiled.GetValueOrDefault(id);
        }
    }

    // One with errors may lack what is there the next time.
    private Compilation Keep(RuleFileId id, Compilation compilation)
    {
        if (!compilation.HasErrors && IdOf(compilation.Tree) == id)
        {
            lock (_gate)
            {
                _compiled[id] = compilation;
            }
        }

        return compilation;
    }
}
