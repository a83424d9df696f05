using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>
/// Compiles versions over the files they build on: the version that an amendment names, and so on. They are looked for by name and number,
/// only when a file asks for them, and compiled once: a look-up must give the same text each time. Safe to use from several threads.
/// </summary>
/// <param name="find">Gives the text of a version; null where there is none.</param>
public sealed class RulesetLibrary(RuleFileLookup find)
{
    private readonly ModelCompiler.Files _files = new(find);

    /// <summary>Holds no file: enough for one that builds on no other.</summary>
    public static RulesetLibrary Empty { get; } = new(static _ => null);

    /// <summary>Holds these texts, found by what their heads say; of two with one number the first counts.</summary>
    public static RulesetLibrary Of(params IEnumerable<SourceText> texts) => new(Among(texts));

    /// <summary>A look-up among texts by what their heads say, whatever they are called. They are looked at when a version is first asked for.</summary>
    public static RuleFileLookup Among(IEnumerable<SourceText> texts) => ModelCompiler.Files.Among(texts);

    /// <summary>Parses, binds, checks and compiles one version. Never throws for what a file says. Time zones are those of the bundled TZDB.</summary>
    /// <param name="source">The version; it is not kept, and need not be in the library.</param>
    /// <param name="pageText">The published page as text, in which every <c>says</c> should stand (PR0703); null: not known.</param>
    public RulesetCompilation Compile(SourceText source, string? pageText = null) => _files.Compile(this, source, pageText);
}
