using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Ledger;
using Rules.Ledger.Drafts;

namespace Rules.Portal.Drafts;

/// <summary>What a new ruleset begins with: a small commented text that compiles and proves itself, or a file from elsewhere.</summary>
public static class FirstText
{
    private const string Folder = "Rules.Portal.Drafts.Templates.";

    /// <summary>The simplest first.</summary>
    public static ImmutableArray<RulesetTemplate> Templates { get; } =
    [
        Read("per-unit", "A price per unit", "Pages, hours or gigabytes, cheaper after the first hundred; credits are bought ahead."),
        Read("per-model", "A price per model", "Tokens in and out, each model at its own rate; credits are bought ahead."),
        Read("plan", "Plans with an allotment", "Credits every month by plan, packs on top, an alert before they are used up."),
    ];

    /// <summary>A template as version 1 of a ruleset that begins on a day.</summary>
    /// <param name="name">One that <see cref="RuleFileId.IsName"/> accepts.</param>
    public static string Of(RulesetTemplate template, string name, LocalDate day)
    {
        ArgumentNullException.ThrowIfNull(template);
        var text = SourceText.From(template.Text);
        var header = SyntaxTree.Parse(text).Root.Header;
        return text.WithEdits([new TextEdit(header.Name.Span, name), new TextEdit(header.EffectiveDate.Span, LocalDatePattern.Iso.Format(day))]).ToString();
    }

    /// <summary>A file of any version as version 1 of a new ruleset; everything but its head stays as it is.</summary>
    /// <param name="name">Null: the one in its head.</param>
    /// <returns>The text with the name that it then has, or why it begins no ruleset.</returns>
    public static (string Name, string Text, DraftProblem? Problem) Import(RulesetCatalogue rulesets, string file, string? name)
    {
        ArgumentNullException.ThrowIfNull(rulesets);
        ArgumentNullException.ThrowIfNull(file);
        var text = SourceText.From(file.ReplaceLineEndings("\n"));
        if (text.IsTooLarge)
        {
            return Refuse(DraftProblemCodes.TextTooLarge, string.Create(CultureInfo.InvariantCulture, $"A rule file has at most {SourceText.MaximumBytes / 1024} KiB; this one has more."));
        }

        var compilation = rulesets.Compile(text);
        var header = SyntaxTree.Parse(text).Root.Header;
        if (header.IsCommon)
        {
            return Refuse(DraftProblemCodes.OtherVersion, "This is a common file, which rulesets include. It is published from a file: see rules publish.");
        }

        if (header.Amends is { } amends)
        {
            return Refuse(DraftProblemCodes.OtherVersion, $"This file amends version {amends.Version.Text} of \"{header.Name.ValueText}\" and is not whole without it. Bring the whole text.");
        }

        if (compilation.Id.Name.Length == 0)
        {
            return Refuse(DraftProblemCodes.TextHasErrors, $"Its head names no ruleset and version: {compilation.Diagnostics.FirstOrDefault()}");
        }

        var named = name is null ? text : text.WithEdits(new TextEdit(header.Name.Span, name));
        return (name ?? compilation.Id.Name, rulesets.Compile(named).As(1), null);
    }

    private static (string Name, string Text, DraftProblem? Problem) Refuse(string code, string message) => ("", "", new DraftProblem(code, message));

    private static RulesetTemplate Read(string key, string title, string words)
    {
        using var stream = typeof(FirstText).Assembly.GetManifestResourceStream(Folder + key + ".rules")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new RulesetTemplate(key, title, words, reader.ReadToEnd());
    }
}

/// <param name="Key">In forms.</param>
/// <param name="Words">One sentence.</param>
/// <param name="Text">Under the name <c>template</c>.</param>
public sealed record RulesetTemplate(string Key, string Title, string Words, string Text);
