using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Rules.Client;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Ledger.Drafts;
using Rules.Portal.Access;
using Rules.Portal.Drafts;

namespace Rules.Portal.Api;

/// <summary>Puts texts into review for programs. From there the road is the one of the pages: people approve and publish.</summary>
internal static class DraftApi
{
    private const int MostBytes = 4 * 1024 * 1024;

    public static void MapDrafts(this RouteGroupBuilder api)
    {
        api.MapPost("/drafts", CreateAsync).WithName("create-draft").WithTags("Rule sets").Needs(KeyScopes.Draft)
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .WithSummary("Put the text of a next version, or of a new rule set, into review")
            .WithDescription("The text is checked with its examples and promises; one with errors is refused and leaves nothing behind. People approve and publish the draft, not keys. "
                + "A text of version 1 under a name that is not published yet begins a rule set. "
                + "The same text sent again answers with the draft that is under way.")
            .Takes<NewDraft>(ApiExamples.NewDraft).Answers<Client.Draft>(ApiExamples.Draft).Refuses(400, 404, 409, 413, 415, 422, 503);

        api.MapGet("/drafts/{draft}", GetAsync).WithName("draft").WithTags("Rule sets").Needs(KeyScopes.Draft)
            .WithSummary("How far a draft has come").Answers<Client.Draft>(ApiExamples.Draft).Refuses(400, 404, 503);

        api.RefuseOthers("/drafts", HttpMethods.Post);
        api.RefuseOthers("/drafts/{draft}", HttpMethods.Get);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, CreditLedger ledger, DraftImpacts impacts)
    {
        var body = await RequestBody.ReadAsync(context, MostBytes);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var read = SettingsBody.Read(body.Json, "text", "starts");
        var text = (read.Lines("text", SourceText.MaximumBytes) ?? "").ReplaceLineEndings("\n");
        var starts = read.Time("starts");
        if (read.Problem is { } problem)
        {
            return new ProblemBody(problem);
        }

        var head = ledger.Rulesets.Compile(SourceText.From(text, "draft.rules"));
        var id = head.Id;
        if (string.IsNullOrEmpty(id.Name))
        {
            return Refused(new DraftProblem(DraftProblemCodes.TextHasErrors, $"The head of the text names no rule set and version: {head.Diagnostics.FirstOrDefault(static d => d.Severity == DiagnosticSeverity.Error)}"));
        }

        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        if (!caller.MayUseAllOf(id.Name))
        {
            return new ProblemBody(new Problem(ProblemKinds.KeyRestricted, Help: "Use a key of this rule set without accounts of its own."));
        }

        var cancellationToken = context.RequestAborted;
        var sha256 = DraftHash.OfText(text);
        var known = (await ledger.Drafts.ListAsync(id.Name, open: true, cancellationToken))
            .FirstOrDefault(draft => draft.Number == id.Version && draft.State is DraftState.Review or DraftState.Approved or DraftState.Scheduled && DraftHash.OfText(draft.Text).AsSpan().SequenceEqual(sha256));
        if (known is not null)
        {
            return Answer(known);
        }

        if (head.Common is not null)
        {
            return Refused(new DraftProblem(DraftProblemCodes.OtherVersion, $"The text is the common file {id}. Common files are published into the database: see rules publish."));
        }

        var isFirst = ledger.Rulesets.Versions(id.Name).IsEmpty;
        if (isFirst && id.Version != 1)
        {
            return Refused(new DraftProblem(DraftProblemCodes.RulesetUnknown, $"There is no rule set \"{id.Name}\" that version {id.Version} could follow. A rule set begins with version 1."));
        }

        // Checked before a draft is begun, so that nothing is left of a text that cannot be reviewed.
        var check = ledger.Rulesets.Check(id.FileName, text);
        if (check.Diagnostics.FirstOrDefault(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error) is { } error)
        {
            return Refused(new DraftProblem(DraftProblemCodes.TextHasErrors, error.ToString()) { Diagnostics = check.Diagnostics });
        }

        // Nobody who is called as a key is approves what it wrote.
        var by = new DraftActor(caller.Name, DraftRights.Edit);
        var begun = isFirst ? await ledger.Drafts.CreateFirstAsync(id.Name, text, by, cancellationToken) : await ledger.Drafts.CreateAsync(id.Name, by, cancellationToken);
        if (begun.Draft is not { } draft)
        {
            return Refused(begun.Problem!);
        }

        var asked = isFirst ? begun : draft.Number == id.Version
            ? await ledger.Drafts.SaveAsync(draft.Id, draft.RowVersion, text, by, cancellationToken)
            : new DraftResult(draft, new DraftProblem(DraftProblemCodes.Conflict, $"The text is version {id.Version}; the next one of \"{id.Name}\" is {draft.Number}. Version {draft.Base} is published or scheduled."));
        if (asked.Succeeded)
        {
            var zone = (ledger.Rulesets.Versions(id.Name).FirstOrDefault()?.Model ?? check.Compilation.Model!).Zone;
            var impact = await impacts.OfAsync(asked.Draft!, text, zone, cancellationToken);
            asked = await ledger.Drafts.RequestReviewAsync(draft.Id, asked.Draft!.RowVersion, starts, impact.Sha256, by, cancellationToken);
        }

        if (asked.Succeeded)
        {
            return Answer(asked.Draft!);
        }

        await ledger.Drafts.DiscardAsync(draft.Id, asked.Draft?.RowVersion ?? draft.RowVersion, by, CancellationToken.None);
        return Refused(asked.Problem!);
    }

    private static async Task<IResult> GetAsync(string draft, HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var caller = context.Features.GetRequiredFeature<ApiCaller>();
        return await ledger.Drafts.FindAsync(draft, context.RequestAborted) is { } found && caller.MayUseAllOf(found.Ruleset)
            ? Answer(found)
            : new ProblemBody(new Problem(ProblemKinds.DraftUnknown, $"There is no draft \"{WireText.Shown(draft)}\".", "Use the id that its making answered with."));
    }

    private static ProblemBody Refused(DraftProblem problem) => new(new Problem(
        problem.Code switch
        {
            DraftProblemCodes.RulesetUnknown => ProblemKinds.RulesetNotFound,
            DraftProblemCodes.NameTaken or DraftProblemCodes.Conflict or DraftProblemCodes.Changed or DraftProblemCodes.State => ProblemKinds.ChangeConflicts,
            _ => ProblemKinds.TextHasErrors,
        },
        problem.Message, "Run rules check on the file, and write the version after the newest into its head."));

    private static JsonBody Answer(Ledger.Drafts.Draft draft) => new(WireWriter.Write(draft, static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteString("id"u8, it.Id);
        json.WriteString("ruleset"u8, it.Ruleset);
        json.WriteNumber("version"u8, it.Number);
        json.WriteNumber("base"u8, it.Base);
        json.WriteString("state"u8, DraftWords.Of(it.State));
        json.WriteStartArray("authors"u8);
        foreach (var author in it.Authors)
        {
            json.WriteStringValue(author);
        }

        json.WriteEndArray();
        if (it.EffectiveAt is { } starts)
        {
            json.WriteString("starts"u8, InstantText.Format(starts));
        }

        json.WriteString("sha256"u8, Convert.ToHexStringLower(DraftHash.OfText(it.Text)));
        if (it.Approval is { } approval)
        {
            json.WriteString("approved_by"u8, approval.By);
        }

        json.WriteString("review_url"u8, $"/reviews/{it.Id}");
        json.WriteEndObject();
    }));
}
