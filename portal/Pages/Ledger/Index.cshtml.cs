using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Portal.Display;
using Rules.Portal.Pages.Shared;

namespace Rules.Portal.Pages.Ledger;

/// <summary>Journal entries of all accounts, newest first. Filters and place are in the address.</summary>
public sealed class IndexModel(CreditLedger ledger) : PageModel
{
    private static readonly LocalDatePattern Day = LocalDatePattern.Iso;
    private readonly Dictionary<string, string> _problems = [];

    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Ruleset { get; set; }

    /// <summary>A word of <see cref="WireNames"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    /// <summary>A day of the page's zone, inclusive.</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    /// <summary>A day of the page's zone, inclusive.</summary>
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Key { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public ImmutableArray<PublishedRuleset> Rulesets { get; private set; } = [];

    public EntriesTable Table { get; private set; } = new("Entries", [], DateTimeZone.Utc, WithAccount: true);

    /// <summary>Address of the following page; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>Query of the first page of the same filter.</summary>
    public QueryString First => Query();

    /// <summary>The filter in words; null where nothing is filtered.</summary>
    public string? Filtered { get; private set; }

    /// <summary>By field: what cannot be used and why. The rest of the filter still holds.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        Rulesets = ledger.Rulesets.All;
        var zone = ZoneOf(Ruleset);
        var kind = WireNames.EntryKind(Kind);
        var from = Start("from", From, zone, 0);
        var to = Start("to", To, zone, 1);
        if (!string.IsNullOrEmpty(Kind) && kind is null)
        {
            _problems["kind"] = $"There is no kind of entry called \"{Kind}\".";
        }

        if (from >= to)
        {
            _problems["to"] = "This day lies before the first.";
            to = null;
        }

        var filter = new EntryFilter(Empty(Account), Empty(Ruleset), kind, from, to, Empty(Key), Empty(After));
        var page = await ledger.EntriesAsync(filter, cancellationToken);
        Table = new EntriesTable("Entries", page.Items, zone, WithAccount: true);
        Next = page.Next is null ? null : "/ledger" + Query().Add("after", page.Next);
        Filtered = Words(kind);
    }

    private DateTimeZone ZoneOf(string? ruleset) =>
        Empty(ruleset) is { } name && ledger.Rulesets.Find(name) is { } found ? found.Versions[^1].Model.Zone : DateTimeZone.Utc;

    private Instant? Start(string field, string? text, DateTimeZone zone, int plusDays)
    {
        if (Empty(text) is not { } day)
        {
            return null;
        }

        var parsed = Day.Parse(day);
        if (!parsed.Success)
        {
            _problems[field] = $"\"{day}\" is not a day; write it as 2026-05-01.";
            return null;
        }

        return zone.AtStartOfDay(parsed.Value.PlusDays(plusDays)).ToInstant();
    }

    private QueryString Query()
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in new[] { ("account", Account), ("ruleset", Ruleset), ("kind", Kind), ("from", From), ("to", To), ("key", Key) })
        {
            if (Empty(value) is { } given)
            {
                query = query.Add(name, given);
            }
        }

        return query;
    }

    private string? Words(EntryKind? kind)
    {
        var words = new List<string>();
        if (kind is { } wanted)
        {
            words.Add($"kind {EntryText.Name(wanted).ToLowerInvariant()}");
        }

        foreach (var (name, value) in new[] { ("account", Account), ("ruleset", Ruleset), ("from", From), ("until", To), ("key", Key) })
        {
            if (Empty(value) is { } given)
            {
                words.Add($"{name} {given}");
            }
        }

        return words.Count == 0 ? null : string.Join(", ", words);
    }

    private static string? Empty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
