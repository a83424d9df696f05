using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
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

    /// <summary>Number of a version.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Version { get; set; }

    /// <summary>Credits, as the entry has them.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Least { get; set; }

    /// <summary>Credits, as the entry has them.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Most { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? After { get; set; }

    public ImmutableArray<PublishedRuleset> Rulesets { get; private set; } = [];

    public EntriesTable Table { get; private set; } = new("Entries", [], DateTimeZone.Utc, WithAccount: true);

    /// <summary>Address of the following page; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>Query of the first page of the same filter.</summary>
    public QueryString First => Query();

    /// <summary>What the filter finds, added up; null where nothing is filtered.</summary>
    public EntrySums? Sums { get; private set; }

    /// <summary>The filter in words; null where nothing is filtered.</summary>
    public string? Filtered { get; private set; }

    /// <summary>By field: what cannot be used and why. The rest of the filter still holds.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>The address of what is filtered, as a table for a spreadsheet.</summary>
    public string CsvAddress => "/ledger" + Query().Add("handler", "csv");

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var (filter, zone) = await FilterAsync(cancellationToken);
        var page = await ledger.EntriesAsync(filter, cancellationToken);
        Table = new EntriesTable("Entries", page.Items, zone, WithAccount: true);
        Next = page.Next is null ? null : "/ledger" + Query().Add("after", page.Next);
        Filtered = Words(filter.Kind);
        Sums = Filtered is null ? null : await ledger.EntrySumsAsync(filter, cancellationToken);
    }

    /// <summary>Everything that the filter finds, newest first, page by page.</summary>
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellationToken)
    {
        var (filter, _) = await FilterAsync(cancellationToken);
        if (_problems.Count > 0)
        {
            await OnGetAsync(cancellationToken);
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return Page();
        }

        Response.ContentType = "text/csv; charset=utf-8; header=present";
        Response.Headers.ContentDisposition = "attachment; filename=\"entries.csv\"";
        await Response.Body.WriteAsync(EntryCsv.Header(), cancellationToken);
        string? after = null;
        do
        {
            var page = await ledger.EntriesAsync(filter with { After = after, Limit = 500 }, cancellationToken);
            await Response.Body.WriteAsync(EntryCsv.Rows(page.Items), cancellationToken);
            after = page.Next;
        }
        while (after is not null);
        return new EmptyResult();
    }

    private async Task<(EntryFilter Filter, DateTimeZone Zone)> FilterAsync(CancellationToken cancellationToken)
    {
        Rulesets = ledger.Rulesets.All;
        var ruleset = Empty(Ruleset) ?? (Empty(Account) is { } account ? await ledger.RulesetOfAsync(account, cancellationToken) : null);
        var zone = ZoneOf(ruleset);
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

        var decimals = ruleset is null ? null : ledger.Rulesets.Find(ruleset)?.Versions[^1].Model.Credit.Decimals;
        return (new EntryFilter(Empty(Account), Empty(Ruleset), kind, from, to, Empty(Key), Empty(After))
        {
            Version = VersionNumber(),
            AtLeast = Units("least", Least, decimals),
            AtMost = Units("most", Most, decimals),
        }, zone);
    }

    /// <summary>Smallest units of a ruleset's credit, with the sign that its entries of a kind have.</summary>
    public static string Signed(EntrySum sum, int decimals) => new ExactDecimal(EntryText.IsTaken(sum.Kind) ? -sum.Units : sum.Units, decimals).ToString();

    public int Decimals(string ruleset) => ledger.Rulesets.Find(ruleset)?.Versions[^1].Model.Credit.Decimals ?? 0;

    private int? VersionNumber()
    {
        if (Empty(Version) is not { } text)
        {
            return null;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            return number;
        }

        _problems["version"] = $"\"{text}\" is no number of a version.";
        return null;
    }

    private long? Units(string field, string? text, int? decimals)
    {
        if (Empty(text) is not { } amount)
        {
            return null;
        }

        if (decimals is not { } places)
        {
            _problems[field] = "Choose a ruleset or an account first: credits of different rulesets are not the same.";
            return null;
        }

        var plain = amount.Replace(",", "", StringComparison.Ordinal).Replace('−', '-');
        if (plain.Length <= 24 && ExactDecimal.TryParse(plain, out var value) && Scaled(value, places) is { } units)
        {
            return units;
        }

        _problems[field] = $"\"{amount}\" is no number of credits with at most {places.ToString(CultureInfo.InvariantCulture)} decimals.";
        return null;
    }

    // Null where it has more decimals, or is too large for any entry.
    private static long? Scaled(ExactDecimal value, int decimals)
    {
        var plain = value.ToString(decimals);
        var point = plain.IndexOf('.', StringComparison.Ordinal);
        return plain.Length - (point < 0 ? plain.Length : point + 1) == decimals && long.TryParse(plain.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var units)
            ? units : null;
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
        foreach (var (name, value) in new[] { ("account", Account), ("ruleset", Ruleset), ("kind", Kind), ("from", From), ("to", To), ("key", Key), ("version", Version), ("least", Least), ("most", Most) })
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

        foreach (var (name, value) in new[] { ("account", Account), ("ruleset", Ruleset), ("from", From), ("until", To), ("key", Key), ("version", Version), ("at least", Least), ("at most", Most) })
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
