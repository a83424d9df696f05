using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Editing;
using Rules.Dsl.Formatting;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Display;
using Rules.Portal.Drafts;
using Rules.Portal.Web;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>Where a draft is written: its text, and beside it what it means.</summary>
[UploadLimit(Largest)]
public sealed class WorkspaceModel(CreditLedger ledger, DraftImpacts impacts, TimeProvider time) : DraftPageModel(ledger)
{
    // The text and the text that was loaded, each with every character escaped.
    private const int Largest = 6 * SourceText.MaximumBytes;

    /// <summary>Asked for by script: the preview alone.</summary>
    public const string PartHeader = "Rules-Part";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>The text in the editor. A form sends it with other line breaks than it was given.</summary>
    [BindProperty]
    public string? Text { get; set; }

    /// <summary>The text that the editor began with: what both sides of a merge started from.</summary>
    [BindProperty]
    public string? Loaded { get; set; }

    /// <summary>When it is to start, by the clocks of the ruleset's zone; empty: when it is published.</summary>
    [BindProperty]
    public string? Starts { get; set; }

    /// <summary>What stands beside the text.</summary>
    public static ImmutableArray<(string Key, string Name)> Tabs { get; } = [("impact", "Impact"), ("calculator", "Calculator"), ("tests", "Tests"), ("outline", "Outline")];

    /// <summary>Key of one of <see cref="Tabs"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Tab { get; set; }

    /// <summary>The name under which what was worked out is kept.</summary>
    [BindProperty]
    public string? ExampleName { get; set; }

    /// <summary>Null while the text has errors, and on another tab.</summary>
    public Calculator? Calculator { get; private set; }

    /// <summary>The example that was added last, and its line; null where none was.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Kept { get; set; }

    /// <summary>One sentence for whoever does not see the tab change; null where the figures say it.</summary>
    public string? Said => Calculator switch
    {
        { Draft: { Quote: { } quote } price } => $"{price.Outcome ?? "Costs"}: {AmountText.OfUnits(quote.Charge, quote.Decimals)} credits under the draft.",
        { Draft.Error: { } error } => error.Message,
        _ => null,
    };

    private Instant? StartsAt => Starts is { Length: > 0 } && LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(Starts) is { Success: true } parsed
        ? parsed.Value.InZoneLeniently(Zone).ToInstant()
        : null;

    public DraftPreview Preview { get; private set; } = null!;

    /// <summary>What the text would have made of the past; null while it cannot be read whole, and while the past is read.</summary>
    public DraftImpact? Impact { get; private set; }

    /// <summary>The past was not there in time to be shown with the page: whoever asks for the preview waits for it.</summary>
    public bool IsPastBeingRead { get; private set; }

    public bool IsUnsaved => !string.Equals(Text, Draft.Text, StringComparison.Ordinal);

    /// <summary>The newest version that is published or scheduled lies after the draft's base.</summary>
    public bool IsOvertaken { get; private set; }

    /// <summary>Set where somebody else saved meanwhile: how many places both changed.</summary>
    public int? MergeConflicts { get; private set; }

    public async Task<IActionResult> OnGetAsync(string name, string id, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, name, cancellationToken))
        {
            return NotFound();
        }

        // A page never waits long for a past that is not in memory yet; its script asks again, and so does the button.
        await ShowAsync(Draft.Text, PageImpactAsync, cancellationToken);
        return Page();
    }

    /// <summary>Checks and previews what is in the editor; nothing is kept.</summary>
    public async Task<IActionResult> OnPostCheckAsync(string name, string id, CancellationToken cancellationToken)
    {
        if (Request.Headers[PartHeader] != "preview")
        {
            return await WithTextAsync(name, id, text => Task.FromResult<string?>(text), cancellationToken);
        }

        if (!await FindAsync(id, name, cancellationToken))
        {
            return NotFound();
        }

        await ShowAsync(Text is null ? Draft.Text : Lines(Text), static (_, _, _) => Task.FromResult<DraftImpact?>(null), cancellationToken);
        return new PartsResult("_DraftPreview", PreviewsAsync(cancellationToken));
    }

    // The same page at one moment after the other, as the figures come.
    private async IAsyncEnumerable<WorkspaceModel> PreviewsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Tab != Tabs[0].Key || Preview.Check.Compilation.Model is null)
        {
            yield return this;
            yield break;
        }

        await foreach (var impact in impacts.PreviewAsync(Draft, Text!, Zone, estimates: true, cancellationToken))
        {
            Impact = impact;
            yield return this;
        }
    }

    public Task<IActionResult> OnPostFormatAsync(string name, string id, CancellationToken cancellationToken) =>
        WithTextAsync(name, id, text => Task.FromResult<string?>(Formatter.Format(SyntaxTree.Parse(SourceText.From(text)))?.ToString() ?? text), cancellationToken);

    /// <param name="fix">Number of the repair among those that the page offered.</param>
    public Task<IActionResult> OnPostFixAsync(string name, string id, int fix, CancellationToken cancellationToken) => WithTextAsync(name, id, text =>
    {
        var fixes = DraftPreview.Of(Ledger.Rulesets, Draft, text).Fixes;
        return Task.FromResult<string?>(fix >= 0 && fix < fixes.Length ? SourceText.From(text).WithEdits(fixes[fix].Fix.Edits).ToString() : text);
    }, cancellationToken);

    /// <summary>Lets every example that does not hold expect what the rules give. Nothing is saved yet, and the review shows each of these lines.</summary>
    public Task<IActionResult> OnPostExpectAsync(string name, string id, CancellationToken cancellationToken) => WithTextAsync(name, id, text =>
        Task.FromResult<string?>(SourceText.From(text).WithEdits([.. DraftPreview.Of(Ledger.Rulesets, Draft, text).Expectations.SelectMany(static offered => offered.Fix.Edits)]).ToString()), cancellationToken);

    /// <summary>Writes what the calculator worked out behind the text, as an example that holds. Nothing is saved yet.</summary>
    public Task<IActionResult> OnPostKeepAsync(string name, string id, CancellationToken cancellationToken) => WithTextAsync(name, id, text =>
    {
        var preview = DraftPreview.Of(Ledger.Rulesets, Draft, text);
        if (preview.Check.Compilation.Model is not { } model || Worked(model, preview).ToExample(model.Examples.Select(static example => example.Name)) is not { } example)
        {
            Problem = new DraftProblem("example_unpriced", "There is no price to keep: the text has errors, or the event cannot be priced.");
            return Task.FromResult<string?>(text);
        }

        var named = ExampleName?.Trim() is { Length: > 0 and <= 200 } wanted && !model.Examples.Any(other => other.Name == wanted) ? example with { Name = wanted } : example;
        var longer = ExampleWriter.Append(text, named, out var line);
        Kept = line;
        Tab = "tests";
        return Task.FromResult<string?>(longer);
    }, cancellationToken);

    public Task<IActionResult> OnPostSaveAsync(string name, string id, CancellationToken cancellationToken) => WithTextAsync(name, id, async text =>
    {
        if (Take(await Ledger.Drafts.SaveAsync(id, RowVersion, text, Actor, cancellationToken)))
        {
            return null;
        }

        if (Problem!.Code != DraftProblemCodes.Changed)
        {
            return text;
        }

        var merged = TextMerge.Merge(Lines(Loaded), text, Draft.Text);
        MergeConflicts = merged.Conflicts;
        return merged.Text;
    }, cancellationToken);

    /// <summary>Saves what is in the editor, then asks for review.</summary>
    public Task<IActionResult> OnPostReviewAsync(string name, string id, CancellationToken cancellationToken) => WithTextAsync(name, id, async text =>
    {
        if (text != Draft.Text && !Take(await Ledger.Drafts.SaveAsync(id, RowVersion, text, Actor, cancellationToken)))
        {
            return text;
        }

        // Saved, whatever becomes of the review: the next save is over this one.
        (RowVersion, Loaded) = (Draft.RowVersion, Draft.Text);

        // What the review stands on, so that an approval is of these figures too.
        var impact = await ImpactAsync(DraftPreview.Of(Ledger.Rulesets, Draft, text), text, cancellationToken);
        if (Starts is { Length: > 0 } && StartsAt is null)
        {
            Problem = new DraftProblem("start_invalid", "The start is no date and time.");
            return text;
        }

        return Take(await Ledger.Drafts.RequestReviewAsync(id, Draft.RowVersion, StartsAt, impact?.Sha256, Actor, cancellationToken)) ? null : text;
    }, cancellationToken, done: () => $"/reviews/{id}");

    /// <summary>Brings the saved draft onto the newest version.</summary>
    public Task<IActionResult> OnPostMergeAsync(string name, string id, CancellationToken cancellationToken) => WithTextAsync(name, id, async text =>
        Take(await Ledger.Drafts.MergeAsync(id, RowVersion, Actor, cancellationToken)) ? null : text, cancellationToken);

    public Task<IActionResult> OnPostWithdrawAsync(string name, string id, CancellationToken cancellationToken) => WithTextAsync(name, id, async text =>
        Take(await Ledger.Drafts.WithdrawAsync(id, RowVersion, Actor, cancellationToken)) ? null : text, cancellationToken);

    public Task<IActionResult> OnPostDiscardAsync(string name, string id, CancellationToken cancellationToken) => WithTextAsync(name, id, async text =>
        Take(await Ledger.Drafts.DiscardAsync(id, RowVersion, Actor, cancellationToken)) ? null : text, cancellationToken, done: () => $"/rulesets/{name}");

    private async Task<IActionResult> WithTextAsync(
        string name, string id, Func<string, Task<string?>> act, CancellationToken cancellationToken, Func<string>? done = null)
    {
        if (!await FindAsync(id, name, cancellationToken))
        {
            return NotFound();
        }

        var shown = await act(Text is null ? Draft.Text : Lines(Text));
        if (shown is null)
        {
            return LocalRedirect(done?.Invoke() ?? $"/rulesets/{name}/draft/{id}");
        }

        await ShowAsync(shown, ImpactAsync, cancellationToken);
        return Page();
    }

    private async Task ShowAsync(string text, Func<DraftPreview, string, CancellationToken, Task<DraftImpact?>> impactOf, CancellationToken cancellationToken)
    {
        // What the page shows is what it was given now, not what the form brought along.
        ModelState.Clear();
        Text = text;
        Loaded = MergeConflicts is null && Loaded is not null ? Lines(Loaded) : Draft.Text;
        RowVersion = MergeConflicts is null && RowVersion > 0 ? RowVersion : Draft.RowVersion;
        Tab = Tabs.Any(tab => tab.Key == Tab) ? Tab : Tabs[0].Key;
        Preview = DraftPreview.Of(Ledger.Rulesets, Draft, text);
        Impact = Tab == Tabs[0].Key ? await impactOf(Preview, text, cancellationToken) : null;
        Calculator = Tab == "calculator" && Preview.Check.Compilation.Model is { } model ? Worked(model, Preview) : null;
        IsOvertaken = Draft.IsOpen && await Ledger.Drafts.NewestNumberAsync(Draft, cancellationToken) > Draft.Base;
    }

    /// <summary>Where the line of a step stands that the text made; null where no single line made it.</summary>
    public (string Address, string Words, int? Line)? LinkTo(ExplanationStep step) => step.Line is not { } line ? null
        : step.File is null || step.File == Preview.Check.Compilation.Source.FileName ? ($"#L{line}", $"line {line}", line)
        : LinkToFile(step.File, line);

    /// <summary>The same for a step that the version beside the text made.</summary>
    public (string Address, string Words, int? Line)? LinkToPublished(ExplanationStep step) =>
        step.Line is { } line && Preview.Against is { } against ? LinkToFile(step.File ?? against.FileName, line) : null;

    private static (string Address, string Words, int? Line)? LinkToFile(string file, int line) => RuleFileId.OfFileName(file) is { } from
        ? ($"/rulesets/{from.Name}/v/{from.Version}#L{line}", $"version {from.Version}, line {line}", null)
        : null;

    private Calculator Worked(RulesetModel model, DraftPreview preview) =>
        Calculator.Of(model, preview.Against?.Model, field => Request.HasFormContentType && Request.Form.TryGetValue(field, out var values) ? values[0] : null);

    private async Task<DraftImpact?> ImpactAsync(DraftPreview preview, string text, CancellationToken cancellationToken) =>
        preview.Check.Compilation.Model is null ? null : await impacts.OfAsync(Draft, text, Zone, cancellationToken);

    private async Task<DraftImpact?> PageImpactAsync(DraftPreview preview, string text, CancellationToken cancellationToken)
    {
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var impact = ImpactAsync(preview, text, left.Token);
        if (await Task.WhenAny(impact, Task.Delay(_patience, time, left.Token)) == impact)
        {
            return await impact;
        }

        cancellationToken.ThrowIfCancellationRequested();
        await left.CancelAsync();
        IsPastBeingRead = true;
        return null;
    }

    private static string Lines(string? text) => (text ?? "").ReplaceLineEndings("\n");
}
