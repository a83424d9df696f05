using System.Runtime.CompilerServices;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Tests.Syntax;

internal static class TestFiles
{
    public static string Folder { get; } = Path.Combine(Path.GetDirectoryName(ThisFile())!, "Data");

    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetFiles(Folder, "*.rules").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> All => [.. Names];

    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static SyntaxTree Parse(string name) => SyntaxTree.Parse(SourceText.From(Read(name), name));

    /// <summary>The text as the tree holds it: trivia and tokens in the order of a walk from the root.</summary>
    public static string TextOf(SyntaxTree tree) => string.Concat(tree.Root.DescendantTokens.Select(
        token => string.Concat(token.LeadingTrivia.Select(trivia => tree.Text.ToString(trivia.Span))) + token.Text));

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
