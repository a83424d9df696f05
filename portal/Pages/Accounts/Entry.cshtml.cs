using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Editing;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Display;
using Rules.Portal.Drafts;
using Rules.Portal.Replays;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Accounts;

/// <summary>
/// One entry. A charge is shown as its own evaluation told it: the steps on the left, and on the right the source of the version that
/// priced it, whatever version is in force by now.
/// </summary>
public sealed class EntryModel(CreditLedger ledger, RuleSources sources) : PageModel
{
    /// <summary>Asked for by script: what is priced again, alone.</summary>
    public const string PartHeader = "Rules-Part";

    /// <summary>The step lit from the start.</summary>
    [BindProperty(SupportsGet = true)]
    public int? Step { get; set; }

    /// <summary>Other values are tried.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Try { get; set; }

    /// <summary>Id of the draft that prices it too; null for none.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Draft { get; set; }

    public EntryDetail Detail { get; private set; } = null!;

    /// <summary>Drafts of the ruleset that are open.</summary>
    public ImmutableArray<Draft> Drafts { get; private set; } = [];

    /// <summary>The charge evaluated again; null where nobody asked for it.</summary>
    public PricedAgain? Again { get; private set; }

    /// <summary>Why the last step was refused; null where it was not.</summary>
    public DraftProblem? Problem { get; private set; }

    /// <summary>A plain charge: it can be priced again.</summary>
    public bool CanBePricedAgain => Entry.Kind == EntryKind.Charge && Detail.Event is not null;

    public bool MayKeep => HttpContext.Actor().May(DraftRights.Edit);

    public EntrySummary Entry => Detail.Summary;

    public RulesetVersion? Version { get; private set; }

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    /// <summary>Null for entries that priced nothing.</summary>
    public Explanation? Explanation { get; private set; }

    public ImmutableArray<ExplanationFact> Facts { get; private set; } = [];

    /// <summary>Null where the entry names no version.</summary>
    public SourceView? Source { get; private set; }

    /// <summary>Smallest units of all buckets before the entry; null for a ruleset without buckets.</summary>
    public long? BalanceBefore => Entry.BalanceAfter - Detail.Postings.Sum(posting => posting.Available);

    public bool HasNext { get; private set; }

    public async Task<IActionResult> OnGetAsync(string id, long sequence, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, sequence, cancellationToken))
        {
            return NotFound();
        }

        if (CanBePricedAgain && (Try || Draft is { Length: > 0 }))
        {
            Again = await PriceAgainAsync(Request.Query, cancellationToken);
        }

        return Request.Headers[PartHeader] == "again" ? Partial("_PricedAgain", this) : Page();
    }

    /// <summary>Writes the charge, or what is tried in its place, into a draft as an example that holds.</summary>
    public async Task<IActionResult> OnPostKeepAsync(string id, long sequence, CancellationToken cancellationToken)
    {
        if (!await FindAsync(id, sequence, cancellationToken))
        {
            return NotFound();
        }

        if (await PastCharge.ReadAsync(ledger, Detail, cancellationToken) is not { } charge)
        {
            return Refuse(new DraftProblem("charge_unrepeatable", "What this entry stands on cannot be evaluated again, so there is nothing to keep."));
        }

        var draft = string.IsNullOrEmpty(Draft)
            ? await ledger.Drafts.CreateAsync(Entry.Ruleset, HttpContext.Actor(), cancellationToken)
            : new DraftResult(Drafts.FirstOrDefault(open => open.Id == Draft), null);
        if (draft.Draft is not { } target)
        {
            return Refuse(draft.Problem ?? new DraftProblem(DraftProblemCodes.Unknown, "Choose a draft that is open."));
        }

        var usage = Try && FieldsOf(charge, Request.Query) is { IsEmpty: false } fields ? Calculator.Read(charge.Usage, fields) : charge.Usage;
        var model = ledger.Rulesets.Check(new RuleFileId(target.Ruleset, target.Number).FileName, target.Text).Compilation.Model;
        var name = FormattableString.Invariant($"{charge.Usage.Action}, as in entry {Entry.Sequence} of {Entry.Account}");
        if (usage is null || model is null || KeptExample.OfCharge(model, usage, charge.Account, charge.Under(null, usage), name) is not { } example)
        {
            return Refuse(new DraftProblem("example_unpriced", "The draft cannot price this: its text has errors, or it does not know what was used."));
        }

        var text = ExampleWriter.Append(target.Text, example, out var line);
        if (ledger.Rulesets.Check(new RuleFileId(target.Ruleset, target.Number).FileName, text).Examples.FirstOrDefault(result => result.Name == example.Name) is not { Holds: true })
        {
            return Refuse(new DraftProblem("example_unpriced", "As an example this does not hold under the draft, so it was not added."));
        }

        var saved = await ledger.Drafts.SaveAsync(target.Id, target.RowVersion, text, HttpContext.Actor(), cancellationToken);
        return saved.Succeeded
            ? LocalRedirect(FormattableString.Invariant($"/rulesets/{target.Ruleset}/draft/{target.Id}?tab=tests&kept={line}"))
            : Refuse(saved.Problem!);
    }

    private PageResult Refuse(DraftProblem problem)
    {
        Problem = problem;
        Response.StatusCode = problem.Code == DraftProblemCodes.RightMissing ? StatusCodes.Status403Forbidden : StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private async Task<PricedAgain> PriceAgainAsync(IQueryCollection asked, CancellationToken cancellationToken)
    {
        var charge = await PastCharge.ReadAsync(ledger, Detail, cancellationToken);
        if (charge is null)
        {
            return new PricedAgain([], null, [], "What this entry stands on cannot be evaluated again.");
        }

        var draft = Draft is null ? null : await ledger.Drafts.FindAsync(Draft, cancellationToken) is { } found && found.Ruleset == Entry.Ruleset ? found : null;
        var model = draft is null ? null : ledger.Rulesets.Check(new RuleFileId(draft.Ruleset, draft.Number).FileName, draft.Text).Compilation.Model;
        var fields = Try ? FieldsOf(charge, asked) : [];
        var other = Try && !fields.IsEmpty ? Calculator.Read(charge.Usage, fields) : null;
        var columns = ImmutableArray.CreateBuilder<PricedColumn>();
        if (other is not null)
        {
            columns.Add(Column("With other values", null, charge, other, null));
        }

        if (draft is not null)
        {
            columns.Add(model is null
                ? new PricedColumn($"Under draft {draft.Number}", null, "The draft's text has errors.", draft)
                : Column($"Under draft {draft.Number}", model, charge, other, draft));
        }

        return new PricedAgain(fields, draft, columns.ToImmutable(), Try && fields.IsEmpty ? "The event states its amount: there are no values to try." : null);
    }

    private PricedColumn Column(string name, RulesetModel? model, PastCharge charge, UsageEvent? usage, Draft? draft)
    {
        if (charge.Under(model, usage) is { } quote)
        {
            return new PricedColumn(name, MadeUpPrice.Of(quote), null, draft);
        }

        // A replay says only that it cannot be priced; the same event on a new account says why.
        var pricing = model ?? Version?.Model;
        var error = pricing is null ? null
            : StatedQuote.Of(pricing, new StatedEvent(null, (usage ?? charge.Usage) with { OccurredAt = pricing.EffectiveAt, Keys = [] }, new StatedAccount(null, [], KeptExample.SampleTerms(pricing), []))).Error;
        return new PricedColumn(name, null, error is null ? "It cannot be priced." : $"{error.Message} {error.Help}", draft);
    }

    /// <summary>What the address asks for, for a handler of the same page.</summary>
    public QueryString WithHandler(string handler) => QueryString.Create(
        Request.Query.Where(static asked => asked.Key is "try" or "draft" || asked.Key.StartsWith(Calculator.Prefix, StringComparison.Ordinal))
            .Select(static asked => KeyValuePair.Create<string, string?>(asked.Key, asked.Value[0])).Append(KeyValuePair.Create<string, string?>("handler", handler)));

    /// <summary>Where the line of a step that was priced again stands; null where no single line made it.</summary>
    public (string Address, string Words, int? Line)? LinkTo(PricedColumn column, ExplanationStep step)
    {
        if (step.Line is not { } line)
        {
            return null;
        }

        if (column.Draft is { } draft && (step.File is null || step.File == new RuleFileId(draft.Ruleset, draft.Number).FileName))
        {
            return ($"/rulesets/{draft.Ruleset}/draft/{draft.Id}#L{line}", $"draft {draft.Number}, line {line}", null);
        }

        return RuleFileId.OfFileName(step.File ?? Version?.FileName ?? "") is { } from ? ($"/rulesets/{from.Name}/v/{from.Version}#L{line}", $"version {from.Version}, line {line}", null) : null;
    }

    private ImmutableArray<CalculatorField> FieldsOf(PastCharge charge, IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> asked)
    {
        var sent = asked.ToDictionary(static field => field.Key, static field => field.Value, StringComparer.Ordinal);
        return Version?.Model.FindAction(charge.Usage.Action) is { } action && charge.Usage.Amount is null
            ? Calculator.FieldsOf(action, name => sent.TryGetValue(name, out var values) ? values[0] : Calculator.ValueOf(charge.Usage, name))
            : [];
    }

    private async Task<bool> FindAsync(string id, long sequence, CancellationToken cancellationToken)
    {
        if (await ledger.EntryAsync(id, sequence, cancellationToken) is not { } detail)
        {
            return false;
        }

        Detail = detail;
        HasNext = await ledger.EntryAsync(id, sequence + 1, cancellationToken) is not null;
        Version = ledger.Rulesets.Versions(Entry.Ruleset).FirstOrDefault(version => version.Model.Version == Entry.Version);
        Zone = Version?.Model.Zone ?? DateTimeZone.Utc;
        Explanation = detail.Answer is { } answer && Entry.Kind is EntryKind.Charge or EntryKind.Correction or EntryKind.Hold ? Explanation.Read(answer) : null;
        Facts = detail.Event is { } usage ? Explanation.ReadFacts(usage) : [];
        if (Version is not null && Explanation is not null)
        {
            Source = sources.View(Version).WithSteps(Explanation.Steps, Step).Build($"{Entry.Ruleset} version {Version.Model.Version}");
        }

        Drafts = CanBePricedAgain ? await ledger.Drafts.ListAsync(Entry.Ruleset, open: true, cancellationToken) : [];
        return true;
    }

    /// <summary>The stored answer, byte for byte.</summary>
    public async Task<IActionResult> OnGetJsonAsync(string id, long sequence, CancellationToken cancellationToken) =>
        await ledger.EntryAsync(id, sequence, cancellationToken) is { Answer: { } answer }
            ? File(answer.ToArray(), "application/json")
            : NotFound();

    /// <summary>Numbers of the lines that the step's line belongs to, outermost first, with spaces between.</summary>
    public string HeadsOf(ExplanationStep step) =>
        LineOf(step) is { } line ? string.Join(' ', Source!.HeadsOf(line.Number)) : "";

    /// <summary>The line that made the step, as the source shows it; null where no single line did.</summary>
    public SourceLine? LineOf(ExplanationStep step) => step.Line is { } written ? Source?.Find(step.File == Version?.FileName ? null : step.File, written) : null;

    /// <summary>Digits that the explanation keeps under each other: the most that any step has.</summary>
    public int Places => Math.Max(Entry.Decimals, Explanation?.Places ?? 0);
}

/// <summary>A charge evaluated again.</summary>
/// <param name="Fields">Of the values that are tried; empty where none are.</param>
/// <param name="Draft">That prices it too; null for none.</param>
/// <param name="Fault">Why it cannot be; null where it can.</param>
public sealed record PricedAgain(ImmutableArray<CalculatorField> Fields, Draft? Draft, ImmutableArray<PricedColumn> Columns, string? Fault);

/// <param name="Price">Null where it cannot be priced; <paramref name="Fault"/> then says why.</param>
/// <param name="Draft">Null for the version that priced it then.</param>
public sealed record PricedColumn(string Name, MadeUpPrice? Price, string? Fault, Draft? Draft);
