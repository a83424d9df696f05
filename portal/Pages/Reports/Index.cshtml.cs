using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.Burn;
using Rules.Portal.Display;
using Rules.Portal.Drafts;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Reports;

/// <summary>What was used in a window, by day and by up to two of what charges record. Everything that is asked for is in the address.</summary>
public sealed class IndexModel(CreditLedger ledger, BurnCache burn, IClock clock) : PageModel
{
    /// <summary>Rows of the table; an export has them all.</summary>
    public const int MostShown = 200;

    private const string Path = "/reports";
    private const string Credits = "credits";
    private const string Events = "events";
    private static readonly LocalDatePattern _day = LocalDatePattern.Iso;
    private readonly Dictionary<string, string> _problems = [];

    [BindProperty(SupportsGet = true)]
    public string? Ruleset { get; set; }

    /// <summary>First day, inclusive.</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    /// <summary>Last day, inclusive.</summary>
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    /// <summary>IANA id; empty: the ruleset's.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Zone { get; set; }

    /// <summary><c>credits</c>, <c>events</c>, or the name of a meter.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Metric { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? By { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Then { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    /// <summary>Days up to today, where no day is named; a view that moves along says it so.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Recent { get; set; }

    /// <summary>The window of the same length before stands beside it.</summary>
    [BindProperty(SupportsGet = true)]
    public bool Compare { get; set; }

    /// <summary>The reports that whoever reads this keeps, by name.</summary>
    public ImmutableArray<ReportView> Views { get; private set; } = [];

    /// <summary>Why a view is not kept; null where nothing was refused.</summary>
    public string? ViewProblem { get; private set; }

    /// <summary>The name that was refused.</summary>
    public string? ViewName { get; private set; }

    /// <summary>What is shown, with its days, as a view keeps it.</summary>
    public string Fixed => Address()[Path.Length..].TrimStart('?');

    /// <summary>What is shown, with as many days up to the day on which it is opened.</summary>
    public string Moving => Address(("from", null), ("to", null), ("recent", (Period.DaysBetween(First, Last) + 1).ToString(CultureInfo.InvariantCulture)))[Path.Length..].TrimStart('?');

    public ImmutableArray<PublishedRuleset> Rulesets { get; private set; } = [];

    /// <summary>Metrics with what they are called.</summary>
    public ImmutableArray<(string Key, string Name)> Metrics { get; private set; } = [];

    /// <summary>Names by which it may be grouped.</summary>
    public ImmutableArray<(string Key, string Name)> Names { get; private set; } = [];

    public DateTimeZone Days { get; private set; } = DateTimeZone.Utc;

    public LocalDate First { get; private set; }

    public LocalDate Last { get; private set; }

    /// <summary>Its last day is not over.</summary>
    public bool EndsToday { get; private set; }

    /// <summary>Null where there is nothing to report.</summary>
    public Report? Result { get; private set; }

    public UsageFault Fault { get; private set; }

    /// <summary>By field: what cannot be used and why. The rest still holds.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    public IEnumerable<string> Grouped => new[] { By, Then }.OfType<string>();

    public string MetricName => Metrics.FirstOrDefault(metric => metric.Key == Metric).Name;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await ReadViewsAsync(cancellationToken);
        return Page();
    }

    /// <summary>Keeps what the address asks for under a name of the reader's own.</summary>
    /// <param name="moving">With as many days up to the day on which it is opened; otherwise with the days that it shows.</param>
    public async Task<IActionResult> OnPostKeepAsync(string? name, bool moving, CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        var problem = await ledger.People.KeepViewAsync(HttpContext.Person()!.Id, name ?? "", moving ? Moving : Fixed, cancellationToken);
        if (problem is null)
        {
            return LocalRedirect(Path + "?" + (moving ? Moving : Fixed));
        }

        (ViewProblem, ViewName) = (problem.Message, name);
        ModelState.Clear();
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        await ReadViewsAsync(cancellationToken);
        return Page();
    }

    /// <summary>Deletes a view of the reader's; the report that is shown stays.</summary>
    public async Task<IActionResult> OnPostForgetAsync(string? view, CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        await ledger.People.RemoveViewAsync(HttpContext.Person()!.Id, view ?? "", cancellationToken);
        return LocalRedirect(Address());
    }

    /// <summary>All rows, exact: group values, figure, and the figure of the window before where that was asked for.</summary>
    public async Task<IActionResult> OnGetCsvAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        if (Result is not { } report)
        {
            return NotFound();
        }

        IEnumerable<string?> head = [.. Grouped, MetricName, .. Compare ? ["before"] : Array.Empty<string>()];
        var rows = report.Rows.Select(row => (IEnumerable<string?>)[.. row.Values, report.Plain(row.Now), .. Compare ? [report.Plain(row.Before)] : Array.Empty<string>()]);
        return File(ReportJson.Table(head, rows), "text/csv; charset=utf-8", $"report-{Ruleset}-{_day.Format(First)}-{_day.Format(Last)}.csv");
    }

    /// <inheritdoc cref="OnGetCsvAsync"/>
    public async Task<IActionResult> OnGetJsonAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(cancellationToken);
        if (Result is not { } report)
        {
            return NotFound();
        }

        return File(WireWriter.Write((page: this, report), static (json, it) => it.page.Write(json, it.report)), "application/json");
    }

    /// <summary>The address of this report with some of it changed; null takes a part away.</summary>
    public string Address(params ReadOnlySpan<(string Name, string? Value)> changed)
    {
        var query = QueryString.Empty;
        foreach (var (name, value) in new (string, string?)[]
        {
            ("ruleset", Ruleset), ("from", _day.Format(First)), ("to", _day.Format(Last)), ("zone", Zone), ("metric", Metric), ("by", By), ("then", Then), ("account", Account),
            ("compare", Compare ? "true" : null), ("recent", null), ("handler", null),
        })
        {
            var written = value;
            foreach (var (other, given) in changed)
            {
                written = other == name ? given : written;
            }

            query = string.IsNullOrEmpty(written) ? query : query.Add(name, written);
        }

        return Path + query;
    }

    /// <summary>The entries that a day or a row is made of.</summary>
    public string Entries(string? account, LocalDate from, LocalDate to)
    {
        var query = QueryString.Create("ruleset", Ruleset!).Add("from", _day.Format(from)).Add("to", _day.Format(to));
        return "/ledger" + (string.IsNullOrEmpty(account) ? query : query.Add("account", account));
    }

    private async Task ReadViewsAsync(CancellationToken cancellationToken) => Views = await ledger.People.ViewsAsync(HttpContext.Person()!.Id, cancellationToken);

    // Whoever names none sees figures, where there are any.
    private async Task<PublishedRuleset?> MostUsedAsync(CancellationToken cancellationToken)
    {
        var used = await burn.ReadAsync(cancellationToken);
        var events = used.Quarters.GroupBy(static quarter => quarter.Ruleset).ToDictionary(static quarters => quarters.Key, static quarters => quarters.Sum(static quarter => quarter.Events), StringComparer.Ordinal);
        return Rulesets.MaxBy(ruleset => events.GetValueOrDefault(ruleset.Name));
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        Rulesets = ledger.Rulesets.All;
        if ((ledger.Rulesets.Find(Ruleset ?? "") ?? await MostUsedAsync(cancellationToken)) is not { } ruleset)
        {
            return;
        }

        var model = ruleset.Versions[^1].Model;
        Ruleset = ruleset.Name;
        Account = Account?.Trim() is { Length: > 0 } account ? account : null;
        Metrics = [(Credits, "Credits"), (Events, "Events"), .. model.Actions.SelectMany(static action => action.Meters).DistinctBy(static meter => meter.Name).Select(static meter => (meter.Name, meter.Plural))];
        Names = ReportNames.Of(model);
        Metric = Metrics.Any(metric => metric.Key == Metric) ? Metric : Credits;
        By = Names.Any(name => name.Key == By) ? By : By is null ? "account" : null;
        Then = By is not null && Then != By && Names.Any(name => name.Key == Then) ? Then : null;
        Days = ZoneOf(model.Zone);
        var recent = int.TryParse(Recent, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is >= 1 and <= ReportWindow.MostDays ? days : ReportWindow.UsualDays;
        (First, Last) = ReportWindow.Read(From, To, Days, clock.GetCurrentInstant(), recent, _problems);
        var count = Period.DaysBetween(First, Last) + 1;
        EndsToday = Last == clock.GetCurrentInstant().InZone(Days).Date;
        var now = await TotalsAsync(First, Last, cancellationToken);
        var before = Compare ? await TotalsAsync(First.PlusDays(-count), First.PlusDays(-1), cancellationToken) : null;
        Fault = now.Fault != UsageFault.None ? now.Fault : before?.Fault ?? UsageFault.None;
        if (Fault == UsageFault.None && !(now.Rows.IsEmpty && before?.Rows.IsEmpty != false))
        {
            Result = Report.Of(now, before, Metric!, First, count);
        }
    }

    private Task<UsageTotals> TotalsAsync(LocalDate first, LocalDate last, CancellationToken cancellationToken) => ledger.TotalsAsync(
        new UsageTotalsFilter(
            Days.AtStartOfDay(first).ToInstant(), Days.AtStartOfDay(last.PlusDays(1)).ToInstant(), Ruleset!, Days, [.. Grouped], Metric is Credits or Events ? null : Metric, Account),
        cancellationToken);

    private DateTimeZone ZoneOf(DateTimeZone usual)
    {
        Zone = Zone?.Trim() is { Length: > 0 } asked ? asked : null;
        if (Zone is null)
        {
            return usual;
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(Zone) is { } zone)
        {
            return zone;
        }

        _problems["zone"] = "Write a zone as Europe/Berlin.";
        return usual;
    }

    private void Write(Utf8JsonWriter json, Report report)
    {
        json.WriteStartObject();
        json.WriteString("ruleset"u8, Ruleset);
        json.WriteString("from"u8, _day.Format(First));
        json.WriteString("to"u8, _day.Format(Last));
        json.WriteString("zone"u8, Days.Id);
        json.WriteString("metric"u8, Metric);
        json.WriteString("total"u8, report.Plain(report.Now));
        json.WriteStartArray("rows"u8);
        foreach (var row in report.Rows)
        {
            json.WriteStartObject();
            json.WriteStartObject("values"u8);
            foreach (var (name, value) in Grouped.Zip(row.Values))
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
            json.WriteString("now"u8, report.Plain(row.Now));
            if (Compare)
            {
                json.WriteString("before"u8, report.Plain(row.Before));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("days"u8);
        foreach (var day in report.Chart.Days)
        {
            json.WriteStartObject();
            json.WriteString("day"u8, _day.Format(day.Day));
            json.WriteString("now"u8, report.Plain(day.After));
            if (Compare)
            {
                json.WriteString("before"u8, report.Plain(day.Before));
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>One figure added up by values and by day, now and in the window of the same length before.</summary>
/// <param name="Decimals">Of all figures.</param>
/// <param name="Rows">The largest first.</param>
public sealed record Report(int Decimals, Int128 Now, Int128 Before, ImmutableArray<ReportRow> Rows, DayChart Chart)
{
    /// <summary>The first day of the window before on which something was used, where it is not that window's first; null otherwise, and where nothing is compared.</summary>
    public LocalDate? BeforeFrom { get; init; }

    /// <param name="before">Null where nothing is compared.</param>
    /// <param name="metric"><c>credits</c>, <c>events</c>, or a meter.</param>
    /// <param name="count">Days of the window.</param>
    public static Report Of(UsageTotals now, UsageTotals? before, string metric, LocalDate first, int count)
    {
        var earlier = before?.Rows ?? [];
        var decimals = metric switch
        {
            "credits" => now.Decimals,
            "events" => 0,
            _ => now.Rows.Concat(earlier).Select(static row => row.Quantity.Scale).DefaultIfEmpty().Max(),
        };
        Int128 Figure(UsageTotal row) => metric switch
        {
            "credits" => row.Units,
            "events" => row.Events,
            _ => (Int128)(row.Quantity.Mantissa * BigInteger.Pow(10, decimals - row.Quantity.Scale)),
        };
        var rows = new Dictionary<string, ReportRow>(StringComparer.Ordinal);
        var days = new Dictionary<LocalDate, (Int128 Before, Int128 After)>();
        foreach (var row in now.Rows)
        {
            Add(row, row.Day, 0, Figure(row));
        }

        foreach (var row in earlier)
        {
            Add(row, row.Day.PlusDays(count), Figure(row), 0);
        }

        void Add(UsageTotal row, LocalDate day, Int128 was, Int128 figure)
        {
            var key = string.Join('\0', row.Values.Select(static value => value is null ? "-" : "+" + value));
            var known = rows.GetValueOrDefault(key) ?? new ReportRow(row.Values, 0, 0);
            rows[key] = known with { Now = known.Now + figure, Before = known.Before + was };
            var sum = days.GetValueOrDefault(day);
            days[day] = (sum.Before + was, sum.After + figure);
        }

        var sorted = rows.Values.OrderByDescending(static row => row.Now).ThenByDescending(static row => row.Before).ThenBy(static row => string.Join('\0', row.Values), StringComparer.Ordinal).ToImmutableArray();
        return new Report(
            decimals,
            sorted.Aggregate(Int128.Zero, static (sum, row) => sum + row.Now),
            sorted.Aggregate(Int128.Zero, static (sum, row) => sum + row.Before),
            sorted,
            DayChart.Of(first, first.PlusDays(Math.Max(1, count - 1)), days, decimals, DayChart.Whole))
        {
            BeforeFrom = earlier.IsEmpty || earlier.Min(static row => row.Day) is var used && used == first.PlusDays(-count) ? null : used,
        };
    }

    /// <summary>In plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((BigInteger)units, Decimals).ToString();

    /// <summary>A row's part of the whole in per cent with one decimal; empty where there is no whole.</summary>
    public string Share(ReportRow row) => PercentText.Share(row.Now, Now);

    /// <summary>Width of a row's bar, of <paramref name="widest"/>.</summary>
    public int Bar(ReportRow row, int widest) => Rows is [{ Now: var most }, ..] && most > 0 && row.Now > 0 ? (int)(row.Now * widest / most) : 0;
}

/// <param name="Values">Null where events say nothing.</param>
public sealed record ReportRow(ImmutableArray<string?> Values, Int128 Now, Int128 Before);
