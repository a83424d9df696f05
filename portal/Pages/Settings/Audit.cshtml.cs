using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Ledger.Drafts;
using Rules.Ledger.Outbox;
using Rules.Ledger.People;

namespace Rules.Portal.Pages.Settings;

/// <summary>Who did what, in words: with prices, with people, with keys of the interface, or with alerts.</summary>
public sealed class AuditModel(CreditLedger ledger) : PageModel
{
    private const int Lines = 50;

    /// <summary>"people", "keys" or "alerts"; anything else is about prices.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Of { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Ruleset { get; set; }

    /// <summary>An id.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Person { get; set; }

    /// <summary>An id.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Key { get; set; }

    public bool IsOfPeople => Of == "people";

    public bool IsOfKeys => Of == "keys";

    public bool IsOfAlerts => Of == "alerts";

    /// <summary>What the lines are about.</summary>
    public string About => IsOfPeople ? "people" : IsOfKeys ? "keys" : IsOfAlerts ? "alerts" : "prices";

    public bool IsFiltered => !IsOfAlerts && !string.IsNullOrEmpty(IsOfPeople ? Person : IsOfKeys ? Key : Ruleset);

    public ImmutableArray<AuditRecord> OfPrices { get; private set; } = [];

    public ImmutableArray<PersonRecord> OfPeople { get; private set; } = [];

    public ImmutableArray<KeyRecord> OfKeys { get; private set; } = [];

    public ImmutableArray<MuteRecord> OfAlerts { get; private set; } = [];

    /// <summary>Revoked ones too, newest first.</summary>
    public ImmutableArray<ApiKey> AllKeys { get; private set; } = [];

    public bool IsEmpty => OfPrices.IsEmpty && OfPeople.IsEmpty && OfKeys.IsEmpty && OfAlerts.IsEmpty;

    /// <summary>Where the page after this one goes on; null on the last.</summary>
    public long? Next { get; private set; }

    public ImmutableArray<Person> Everybody { get; private set; } = [];

    public IEnumerable<string> Rulesets => ledger.Rulesets.All.Select(ruleset => ruleset.Name);

    public async Task OnGetAsync(long? before, CancellationToken cancellationToken)
    {
        if (IsOfPeople)
        {
            Everybody = await ledger.People.ListAsync(cancellationToken);
            var read = await PeopleAsync(before, Lines + 1, cancellationToken);
            OfPeople = [.. read.Take(Lines)];
            Next = read.Length > Lines ? OfPeople[^1].Position : null;
        }
        else if (IsOfKeys)
        {
            AllKeys = [.. (await ledger.Keys.ListAsync(cancellationToken)).Reverse()];
            var read = await KeysAsync(before, Lines + 1, cancellationToken);
            OfKeys = [.. read.Take(Lines)];
            Next = read.Length > Lines ? OfKeys[^1].Position : null;
        }
        else if (IsOfAlerts)
        {
            var read = await AlertsAsync(before, Lines + 1, cancellationToken);
            OfAlerts = [.. read.Take(Lines)];
            Next = read.Length > Lines ? OfAlerts[^1].Position : null;
        }
        else
        {
            var read = await PricesAsync(before, Lines + 1, cancellationToken);
            OfPrices = [.. read.Take(Lines)];
            Next = read.Length > Lines ? OfPrices[^1].Position : null;
        }
    }

    /// <summary>Everything that the filter shows.</summary>
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellationToken) => IsOfPeople
        ? Csv(AuditCsv.People(await AllAsync(PeopleAsync, record => record.Position, cancellationToken)), "people")
        : IsOfKeys ? Csv(AuditCsv.Keys(await AllAsync(KeysAsync, record => record.Position, cancellationToken)), "keys")
        : IsOfAlerts ? Csv(AuditCsv.Alerts(await AllAsync(AlertsAsync, record => record.Position, cancellationToken)), "alerts")
        : Csv(AuditCsv.Prices(await AllAsync(PricesAsync, record => record.Position, cancellationToken)), "prices");

    /// <summary>The page's own address with its filter.</summary>
    public string Address(string? handler, long? before) => "/settings/audit" + QueryString.Create(new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["of"] = About,
        ["ruleset"] = IsOfPeople || IsOfKeys || IsOfAlerts || string.IsNullOrEmpty(Ruleset) ? null : Ruleset,
        ["person"] = !IsOfPeople || string.IsNullOrEmpty(Person) ? null : Person,
        ["key"] = !IsOfKeys || string.IsNullOrEmpty(Key) ? null : Key,
        ["handler"] = handler,
        ["before"] = before?.ToString(CultureInfo.InvariantCulture),
    }.Where(static part => part.Value is not null));

    private static FileContentResult Csv(byte[] rows, string name) => new(rows, "text/csv; charset=utf-8; header=present") { FileDownloadName = $"audit-{name}.csv" };

    private static async Task<List<T>> AllAsync<T>(Func<long?, int, CancellationToken, ValueTask<ImmutableArray<T>>> read, Func<T, long> position, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        long? before = null;
        while (await read(before, DraftRoad.LargestPage, cancellationToken) is { IsEmpty: false } page)
        {
            all.AddRange(page);
            before = position(page[^1]);
        }

        return all;
    }

    private ValueTask<ImmutableArray<PersonRecord>> PeopleAsync(long? before, int limit, CancellationToken cancellationToken) =>
        ledger.People.LogAsync(string.IsNullOrEmpty(Person) ? null : Person, before, limit, cancellationToken);

    private ValueTask<ImmutableArray<KeyRecord>> KeysAsync(long? before, int limit, CancellationToken cancellationToken) =>
        ledger.Keys.LogAsync(string.IsNullOrEmpty(Key) ? null : Key, before, limit, cancellationToken);

    private ValueTask<ImmutableArray<MuteRecord>> AlertsAsync(long? before, int limit, CancellationToken cancellationToken) => ledger.Mutes.LogAsync(before, limit, cancellationToken);

    private ValueTask<ImmutableArray<AuditRecord>> PricesAsync(long? before, int limit, CancellationToken cancellationToken) =>
        ledger.Drafts.AuditAsync(string.IsNullOrEmpty(Ruleset) ? null : Ruleset, null, before, limit, cancellationToken);
}
