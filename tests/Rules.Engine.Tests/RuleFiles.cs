using Rules.Dsl.Text;
using Rules.Engine.Model;
using Shouldly;

namespace Rules.Engine.Tests;

/// <summary>Models from text: the way every test but the table tests gets one.</summary>
internal static class RuleFiles
{
    public static IEnumerable<string> Shipped =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), "*.rules", SearchOption.AllDirectories)
            .Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal);

    public static RulesetModel Load(string fileName)
    {
        var path = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), fileName, SearchOption.AllDirectories).Single();
        return Compile(File.ReadAllText(path), fileName);
    }

    public static RulesetModel Compile(string text, string fileName = "test.v1.rules")
    {
        var compilation = RulesetCompiler.Compile(SourceText.From(text, fileName));
        compilation.Model.ShouldNotBeNull(string.Join('\n', compilation.Diagnostics.Select(d => d.ToString())));
        return compilation.Model;
    }

    public static PublishedRuleset Publish(params RulesetModel[] models) =>
        new(models[0].Name, [.. models.Select(m => new PublishedVersion(m, m.EffectiveAt))]);
}
