using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Ledger.People;
using Rules.Portal.Drafts;
using Rules.Portal.SignIn;
using Rules.Portal.Web;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>Begins a ruleset: from a template, or with a file from elsewhere. Either way it is a draft of version 1, which goes the road of every other.</summary>
[UploadLimit(Largest)]
public sealed class NewModel(CreditLedger ledger, IClock clock) : PageModel
{
    // Above what a rule file may have, so that one that is too large is told so.
    private const int Largest = 8 * SourceText.MaximumBytes;

    private readonly Dictionary<string, string> _faults = [];

    [BindProperty]
    public string? Name { get; set; }

    /// <summary>Key of one of <see cref="FirstText.Templates"/>.</summary>
    [BindProperty]
    public string? Template { get; set; }

    /// <summary>What an imported file is to be called; empty: as its head says.</summary>
    [BindProperty]
    public string? As { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    /// <summary>Editors begin rulesets.</summary>
    public bool MayBegin => HttpContext.Has(PersonRoles.Editor);

    /// <summary>By field: what is wrong.</summary>
    public IReadOnlyDictionary<string, string> Faults => _faults;

    /// <summary>Why nothing was begun; null where it is at one field.</summary>
    public DraftProblem? Problem { get; private set; }

    /// <summary>A draft that begins a ruleset of the same name already.</summary>
    public Draft? Other { get; private set; }

    public void OnGet()
    {
        Template = FirstText.Templates[0].Key;
    }

    public async Task<IActionResult> OnPostTemplateAsync(CancellationToken cancellationToken)
    {
        var template = FirstText.Templates.FirstOrDefault(known => known.Key == Template);
        var name = Name?.Trim() ?? "";
        if (template is null)
        {
            _faults["template"] = "Choose what to begin with.";
        }

        if (name.Length == 0)
        {
            _faults["name"] = "Give it a name.";
        }

        return _faults.Count > 0 || !RuleFileId.IsName(name)
            ? await BeginAsync("name", name, "", cancellationToken)
            : await BeginAsync("name", name, FirstText.Of(template!, name, clock.GetCurrentInstant().InUtc().Date), cancellationToken);
    }

    public async Task<IActionResult> OnPostImportAsync(IFormFile? file, CancellationToken cancellationToken)
    {
        var written = string.IsNullOrWhiteSpace(Text) ? null : Text;
        if (file is { Length: > 0 })
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content, cancellationToken);
            written = SourceText.FromUtf8(content.ToArray()).ToString();
        }

        if (written is null)
        {
            _faults["file"] = "Choose a file, or paste its text.";
            return await BeginAsync("as", "", "", cancellationToken);
        }

        var asked = As?.Trim() is { Length: > 0 } given ? given : null;
        if (asked is not null && !RuleFileId.IsName(asked))
        {
            return await BeginAsync("as", asked, "", cancellationToken);
        }

        var (name, text, problem) = FirstText.Import(ledger.Rulesets, written, asked);
        if (problem is not null)
        {
            _faults["file"] = problem.Message;
        }

        return await BeginAsync("as", name, text, cancellationToken);
    }

    private async Task<IActionResult> BeginAsync(string field, string name, string text, CancellationToken cancellationToken)
    {
        if (!MayBegin)
        {
            return Forbid();
        }

        if (_faults.Count == 0)
        {
            Other = (await ledger.Drafts.ListAsync(name, open: true, cancellationToken)).FirstOrDefault();
            // The name of a compiled head is what the language takes for one: a word of its own is none.
            var refused = text.Length > 0 && ledger.Rulesets.Compile(SourceText.From(text)).Id.Name != name
                ? new DraftResult(null, new DraftProblem(DraftProblemCodes.NameInvalid, $"\"{name}\" is no name of the language. Begin with a letter."))
                : null;
            var begun = Other is not null && ledger.Rulesets.Versions(name).IsEmpty
                ? new DraftResult(null, new DraftProblem(DraftProblemCodes.NameTaken, $"{Other.Author} has begun \"{name}\" already. Choose another name, or write in that draft."))
                : refused ?? await ledger.Drafts.CreateFirstAsync(name, text, HttpContext.Actor(), cancellationToken);
            if (begun.Draft is { } draft)
            {
                return LocalRedirect($"/rulesets/{draft.Ruleset}/draft/{draft.Id}");
            }

            if (begun.Problem!.Code is DraftProblemCodes.NameInvalid or DraftProblemCodes.NameTaken)
            {
                _faults[field] = begun.Problem.Message;
            }
            else
            {
                Problem = begun.Problem;
            }
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
