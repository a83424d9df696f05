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
        var texts = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), "*.rules", SearchOption.AllDirectories)
            .Select(p => SourceText.From(File.ReadAllText(p), Path.GetFileName(p))).ToList();
        return ModelOf(RulesetLibrary.Of(texts).Compile(texts.Single(t => t.FileName == fileName)));
    }

    public static string Text(string fileName) =>
        File.ReadAllText(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "rules"), fileName, SearchOption.AllDirectories).Single());

    public static RulesetModel Compile(string text, string fileName = "test.v1.rules") => ModelOf(RulesetCompiler.Compile(SourceText.From(text, fileName)));

    public static PublishedRuleset Publish(params RulesetModel[] models) =>
        new(models[0].Name, [.. models.Select(m => new PublishedVersion(m, m.EffectiveAt))]);

    private static RulesetModel ModelOf(RulesetCompilation compilation)
    {
        compilation.Model.ShouldNotBeNull(string.Join('\n', compilation.Diagnostics.Select(d => d.ToString())));
        return compilation.Model;
    }
}
