using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Replay;
using Rules.Ledger;
using Rules.Ledger.Replays;
using Rules.Portal.Replays;

namespace Rules.Portal.Pages.Replays;

/// <summary>One account of a kept replay, day by day: its past is priced again under the same texts, which are found by their hashes.</summary>
public sealed class AccountModel(CreditLedger ledger, PastReplays pasts) : PageModel
{
    public string Id { get; private set; } = "";

    public string Account { get; private set; } = "";

    public StoredReplay Kept { get; private set; } = null!;

    public AskedReplay Asked { get; private set; } = null!;

    /// <summary>Drafts whose text is kept nowhere any more, by name.</summary>
    public ImmutableArray<string> Gone { get; private set; } = [];

    /// <summary>Null where there is nothing to show; <see cref="Refusal"/> may say why.</summary>
    public ReplayReport? Report { get; private set; }

    public ReplayRefusal? Refusal { get; private set; }

    /// <summary>Days with a use, ascending.</summary>
    public ImmutableArray<ImpactGroup> Days { get; private set; } = [];

    public DateTimeZone Zone => ledger.Rulesets.Versions(Kept.Ruleset) is [var newest, ..] ? newest.Model.Zone : DateTimeZone.Utc;

    /// <summary>What uses came to on a day, exact.</summary>
    public string Plain(long units) => new ExactDecimal((BigInteger)units, Report!.Decimals).ToString();

    /// <summary>The charges of a day, each of which can be priced with a draft.</summary>
    public string Charges(string day) =>
        "/ledger" + QueryString.Create("account", Account).Add("kind", "charge").Add("from", day).Add("to", day);

    public async Task<IActionResult> OnGetAsync(string id, string account, CancellationToken cancellationToken)
    {
        if (await ledger.Replays.FindAsync(id, cancellationToken) is not { } kept
            || (kept.Account is { } only && only != account))
        {
            return NotFound();
        }

        (Id, Account, Kept, Asked) = (id, account, kept, ReplayView.AskedOf(kept));
        if (Asked.Source == PastSource.Ledger && await ledger.RulesetOfAsync(account, cancellationToken) != kept.Ruleset)
        {
            return NotFound();
        }

        var texts = await TextsAsync(cancellationToken);
        Gone = [.. Asked.Drafts.Where(draft => !texts.ContainsKey(draft.Sha256)).Select(static draft => draft.Name)];
        if (Gone.Length == Asked.Drafts.Length)
        {
            return Page();
        }

        var outcome = await pasts.RunAsync(
            new ReplayRequest(kept.Ruleset, Asked.Window, [.. Asked.Drafts.Where(draft => texts.ContainsKey(draft.Sha256)).Select(draft => new DraftText(draft.Name, texts[draft.Sha256]))])
            {
                Account = account,
                Source = Asked.Source,
                Against = Asked.Against,
            },
            null, cancellationToken);
        (Report, Refusal) = (outcome.Report, outcome.Refusal);
        Days = Report is null ? [] : ReplayImpact.Groups(Report, "day");
        return Page();
    }

    // Drafts that are open or ended, and published versions.
    private async Task<Dictionary<string, string>> TextsAsync(CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var draft in await ledger.Drafts.ListAsync(Kept.Ruleset, open: false, cancellationToken))
        {
            texts[Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(draft.Text)))] = draft.Text;
        }

        foreach (var version in ledger.Rulesets.Versions(Kept.Ruleset))
        {
            texts[version.Sha256] = version.Text;
        }

        return texts;
    }
}
