using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Tests.Binding;
using Shouldly;
using Xunit.Abstractions;

namespace Rules.Dsl.Tests.Syntax;

public sealed class RandomEditTests(ITestOutputHelper output)
{
    private const int EditsPerFile = 1_300;
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789 ,.\"%-#()\n;é€\t";

    public static TheoryData<string> Files => TestFiles.All;

    [Theory]
    [MemberData(nameof(Files))]
    public void Edited_file_is_read_whole_and_without_an_exception(string name)
    {
        var random = new Random(20260901);
        var original = TestFiles.Read(name);
        for (var i = 0; i < EditsPerFile; i++)
        {
            var text = original;
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                text = Edit(text, random.Next(EditKinds), random);
            }

            var tree = SyntaxTree.Parse(text);
            TestFiles.TextOf(tree).ShouldBe(text);
            string.Concat(tree.Tokens.Select(token => text[token.FullSpan.Start..token.FullSpan.End])).ShouldBe(text);
        }
    }

    // All that checking says, not only what reading does: a mistake of writing must not breed others further on.
    [Fact]
    public void Three_of_four_mistakes_are_reported_exactly_once()
    {
        const int edits = 10_000;
        var random = new Random(42);
        var (errors, single) = (new int[EditKinds], new int[EditKinds]);
        var files = TestFiles.Names.Select(TestFiles.Read).Select(text => (Text: text, Before: Diagnosed(text))).ToList();
        for (var i = 0; i < edits; i++)
        {
            var kind = i % EditKinds;
            var (text, before) = files[i / EditKinds % files.Count];
            var after = Diagnosed(Edit(text, kind, random));
            var isErroneous = after.Exists(static d => d.Severity == DiagnosticSeverity.Error);
            errors[kind] += isErroneous ? 1 : 0;
            single[kind] += isErroneous && after.Count - before.Count <= 1 ? 1 : 0;
        }

        for (var kind = 0; kind < EditKinds; kind++)
        {
            output.WriteLine($"edit {kind,2}: {errors[kind],5} erroneous, {100m * single[kind] / Math.Max(errors[kind], 1):0.0} % reported once");
        }

        var share = 100m * single.Sum() / errors.Sum();
        output.WriteLine($"all: {errors.Sum()} erroneous of {edits}, {share:0.0} % reported once");
        share.ShouldBeGreaterThanOrEqualTo(75m);
    }

    private static List<Diagnostic> Diagnosed(string text) => [.. RuleFile.Compile(text).Diagnostics];

    private const int EditKinds = 12;

    internal static string Edit(string text, int kind, Random random)
    {
        if (text.Length < 2)
        {
            return text;
        }

        var at = random.Next(text.Length - 1);
        switch (kind)
        {
            case 0:
                return text.Remove(at, 1);
            case 1:
                return text.Insert(at, Letters[random.Next(Letters.Length)].ToString());
            case 2:
                return text.Remove(at, 1).Insert(at, Letters[random.Next(Letters.Length)].ToString());
            case 3:
                return $"{text[..at]}{text[at + 1]}{text[at]}{text[(at + 2)..]}";
            case 4:
                var (wordStart, wordEnd) = WordAt(text, at);
                return text.Remove(wordStart, wordEnd - wordStart);
            case 5:
                (wordStart, wordEnd) = WordAt(text, at);
                return text.Insert(wordEnd, " " + text[wordStart..wordEnd]);
            case 6:
                (wordStart, wordEnd) = WordAt(text, at);
                var (otherStart, otherEnd) = WordAt(text, random.Next(text.Length - 1));
                return text.Remove(wordStart, wordEnd - wordStart).Insert(wordStart, text[otherStart..otherEnd]);
            case 7:
                var lineStart = text.LastIndexOf('\n', at) + 1;
                var lineEnd = text.IndexOf('\n', at);
                return lineEnd < 0 ? text : text.Remove(lineStart, lineEnd + 1 - lineStart);
            case 8:
                var lineBreak = text.IndexOf('\n', at);
                return lineBreak < 0 ? text : text.Remove(lineBreak, 1);
            case 9:
                var space = text.IndexOf(' ', at);
                return space < 0 ? text : text.Insert(space, "\n");
            case 10:
                var indented = text.IndexOf("\n  ", at, StringComparison.Ordinal);
                return indented < 0 ? text : text.Remove(indented + 1, random.Next(1, 3));
            default:
                var content = text.IndexOf('\n', at);
                return content < 0 ? text : text.Insert(content + 1, new string(' ', random.Next(1, 4)));
        }
    }

    private static (int Start, int End) WordAt(string text, int at)
    {
        while (at < text.Length - 1 && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        var (start, end) = (at, at);
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
        {
            start--;
        }

        while (end < text.Length && !char.IsWhiteSpace(text[end]))
        {
            end++;
        }

        return (start, end);
    }
}
