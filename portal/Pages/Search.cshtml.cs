using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Portal.Display;
using Rules.Portal.Pages.Shared;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages;

/// <summary>
/// Finds pages, rulesets, drafts, accounts and entries by what is typed. The page is the whole answer; the palette of every page asks for its
/// results alone.
/// </summary>
public sealed class SearchModel(CreditLedger ledger) : PageModel
{
    /// <summary>Asked for by script: the results alone.</summary>
    public const string PartHeader = "Rules-Part";

    private const int Most = 8;

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Text { get; set; }

    /// <summary>Without groups that have nothing.</summary>
    public ImmutableArray<FoundGroup> Groups { get; private set; } = [];

    public bool IsEmpty => Groups.IsEmpty;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        Text = Text?.Trim() is { Length: > 0 and <= 200 } asked ? asked : "";
        Groups = [.. new[] { await EntriesAsync(cancellationToken), Pages(), await RulesetsAsync(cancellationToken), await AccountsAsync(cancellationToken) }.Where(static group => !group.Items.IsEmpty)];
        return Request.Headers[PartHeader] == "results" ? Partial("_Found", this) : Page();
    }

    private bool Matches(string text) => Text!.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    private FoundGroup Pages() => new("Pages",
        [.. Navigation.Entries.Where(entry => HttpContext.Has(entry.Role) && Matches(entry.Name)).Select(static entry => new Found(entry.Name, entry.Path, $"g {entry.Key}")),
            .. Matches("You, password, sign out") && Text!.Length > 0 ? [new Found("You", "/you", "password and sign-out")] : ImmutableArray<Found>.Empty,
            .. Matches("API description OpenAPI") && Text!.Length > 0 ? [new Found("API", "/docs", "try the API")] : ImmutableArray<Found>.Empty]);

    private async Task<FoundGroup> RulesetsAsync(CancellationToken cancellationToken)
    {
        var items = ImmutableArray.CreateBuilder<Found>();
        var mayEdit = HttpContext.Actor().May(DraftRights.Edit);
        foreach (var ruleset in ledger.Rulesets.All)
        {
            var newest = ruleset.Versions[^1].Model;
            if (Matches($"ruleset {ruleset.Name} {newest.Title}"))
            {
                items.Add(new Found(newest.Title ?? ruleset.Name, $"/rulesets/{ruleset.Name}", string.Create(CultureInfo.InvariantCulture, $"version {newest.Version}")));
            }

            if (mayEdit && Text!.Length > 0 && Matches($"new draft of {ruleset.Name} {newest.Title}"))
            {
                items.Add(new Found($"New draft of {ruleset.Name}", $"/rulesets/{ruleset.Name}?handler=draft", "begins one") { IsAction = true });
            }
        }

        foreach (var draft in (await ledger.Drafts.ListAsync(null, open: true, cancellationToken)).Where(draft => Matches($"draft {draft.Ruleset} v{draft.Number} {draft.Author}")).Take(Most))
        {
            items.Add(new Found($"Draft of {draft.Ruleset} v{draft.Number}", draft.State is DraftState.Draft or DraftState.Rejected ? $"/rulesets/{draft.Ruleset}/draft/{draft.Id}" : $"/reviews/{draft.Id}",
                $"{DraftWords.Of(draft.State)}, by {draft.Author}"));
        }

        return new FoundGroup("Rulesets and drafts", items.ToImmutable());
    }

    private async Task<FoundGroup> AccountsAsync(CancellationToken cancellationToken)
    {
        var accounts = Text!.Length == 0 ? [] : (await ledger.AccountsAsync(new AccountFilter(Search: Text, Limit: Most), cancellationToken)).Items;
        return new FoundGroup("Accounts", [.. accounts.Select(static account => new Found(account.Id, AccountLinks.Account(account.Id), account.Ruleset))]);
    }

    // An entry is named by its account and its number, or by its idempotency key.
    private async Task<FoundGroup> EntriesAsync(CancellationToken cancellationToken)
    {
        var items = ImmutableArray.CreateBuilder<Found>();
        if (Text.AsSpan().LastIndexOfAny('/', ' ', '#') is var cut and > 0 && long.TryParse(Text.AsSpan(cut + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) && sequence > 0
            && Text![..cut].TrimEnd('/', ' ', '#') is { Length: > 0 } account && IdText.IsValid(account) && await ledger.EntryAsync(account, sequence, cancellationToken) is { } named)
        {
            items.Add(Of(named.Summary));
        }

        if (Text?.Length is > 0 and <= 128)
        {
            items.AddRange((await ledger.EntriesAsync(new EntryFilter(IdempotencyKey: Text, Limit: Most), cancellationToken)).Items.Select(Of));
        }

        return new FoundGroup("Entries", items.ToImmutable());
    }

    private static Found Of(EntrySummary entry) => new(
        string.Create(CultureInfo.InvariantCulture, $"Entry {entry.Sequence} of {entry.Account}"), AccountLinks.Entry(entry.Account, entry.Sequence), EntryText.Name(entry.Kind).ToLowerInvariant());
}

public sealed record FoundGroup(string Name, ImmutableArray<Found> Items);

/// <param name="Words">What it is, in a few words.</param>
public sealed record Found(string Name, string Address, string Words)
{
    /// <summary>It is done by a button, not opened by a link.</summary>
    public bool IsAction { get; init; }
}
