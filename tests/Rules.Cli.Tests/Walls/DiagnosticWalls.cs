using System.Reflection;
using System.Text.RegularExpressions;
using Rules.Dsl.Diagnostics;

namespace Rules.Cli.Tests.Walls;

public sealed partial class DiagnosticWalls
{
    public static IEnumerable<DiagnosticDescriptor> Descriptors => DiagnosticDescriptors.All;

    [Fact]
    public void Ids_are_unique_and_well_formed()
    {
        var fields = typeof(DiagnosticDescriptors).GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Where(static f => f.FieldType == typeof(DiagnosticDescriptor)).Select(static f => ((DiagnosticDescriptor)f.GetValue(null)!).Id);
        var properties = typeof(DiagnosticDescriptors).GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)
            .Where(static p => p.PropertyType == typeof(DiagnosticDescriptor)).Select(static p => ((DiagnosticDescriptor)p.GetValue(null)!).Id);
        var ids = fields.Concat(properties).Distinct(StringComparer.Ordinal).ToList();
        Descriptors.Select(static d => d.Id).ShouldBe(ids, ignoreOrder: true);
        Descriptors.Where(static d => !IdPattern().IsMatch(d.Id)).Select(static d => d.Id).ShouldBeNone("An id is PR and four digits:");
    }

    [Fact]
    public void Messages_speak_the_authors_language()
    {
        string[] foreign = ["token", "syntax", "parse", "grammar", "null", "Int32", "Int64", "String"];
        var violations = from descriptor in Descriptors
                         from text in new[] { descriptor.MessageFormat, descriptor.HelpFormat ?? "" }
                         from word in foreign
                         where Regex.IsMatch(text, $@"\b{word}\b", RegexOptions.None, TimeSpan.FromSeconds(1))
                         select $"{descriptor.Id} says \"{word}\": {text}";
        violations.ShouldBeNone("Messages never name the machinery behind them:");
    }

    [Fact]
    public void Messages_are_sentences_and_help_is_not()
    {
        var messages = from descriptor in Descriptors
                       where !SentencePattern().IsMatch(descriptor.MessageFormat)
                       select $"{descriptor.Id}: {descriptor.MessageFormat}";
        var help = from descriptor in Descriptors
                   where descriptor.HelpFormat is { } text && (text.EndsWith('.') || text.Contains('\n', StringComparison.Ordinal))
                   select $"{descriptor.Id}: {descriptor.HelpFormat}";
        messages.Concat(help).ShouldBeNone("A message is one or two sentences with their stops; help has none:");
    }

    [Fact]
    public void Every_diagnostic_has_a_test()
    {
        var tests = string.Concat(SourceTree.Files
            .Where(static f => f.StartsWith("tests/", StringComparison.Ordinal) && Path.GetExtension(f) is (".cs" or ".txt" or ".rules")).Select(SourceTree.Read));
        Descriptors.Where(d => !tests.Contains(d.Id, StringComparison.Ordinal)).Select(static d => $"{d.Id} {d.Title}")
            .ShouldBeNone("A diagnostic that no test names may never have been seen:");
    }

    [Fact]
    public void Every_diagnostic_has_a_page()
    {
        // The pages come all at once; until their folder exists there is nothing to compare.
        if (!Directory.Exists(SourceTree.PathOf("dsl/diagnostics")))
        {
            return;
        }

        var pages = SourceTree.Files.Where(static f => f.StartsWith("dsl/diagnostics/PR", StringComparison.Ordinal))
            .Select(static f => Path.GetFileNameWithoutExtension(f)).ToHashSet(StringComparer.Ordinal);
        var ids = Descriptors.Select(static d => d.Id).ToHashSet(StringComparer.Ordinal);
        ids.Except(pages).Select(static id => $"{id} has no page")
            .Concat(pages.Except(ids).Select(static id => $"{id}.md has no diagnostic"))
            .ShouldBeNone("A page for each diagnostic, and no other:");
    }

    [GeneratedRegex(@"^PR\d{4}$", RegexOptions.None, 1000)]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"[.?]""?$|[.?] \{\d+\}$", RegexOptions.None, 1000)]
    private static partial Regex SentencePattern();
}
