using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Portal.Imports;

namespace Rules.Portal.Pages.Reports;

/// <summary>One bill beside what the ledger charged in the same days. All but the file is in the address.</summary>
public sealed class BillModel(CreditLedger ledger, [FromKeyedServices(UploadStore.Bills)] UploadStore bills, IClock clock) : PageModel
{
    /// <summary>Rows of the table; the export has them all.</summary>
    public const int MostShown = 200;

    /// <summary>Stands for no column.</summary>
    public const string None = "-";

    private static readonly LocalDatePattern _day = LocalDatePattern.Iso;
    private readonly Dictionary<string, string> _problems = [];

    public UploadedUsage Upload { get; private set; } = null!;

    /// <summary>What the values of <see cref="Value"/> are: a key of <see cref="Names"/>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? By { get; set; }

    /// <summary>The column with the values.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Value { get; set; }

    /// <summary>The column with the amounts.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Amount { get; set; }

    /// <summary>The column with the days; <see cref="None"/>: every row belongs to the window.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Day { get; set; }

    /// <summary>What the bill asks for a credit; empty: it is in credits.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Price { get; set; }

    /// <summary>First day, inclusive.</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    /// <summary>Last day, inclusive.</summary>
    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    /// <summary>Names by which the ledger's side can be grouped, with what they are called.</summary>
    public ImmutableArray<(string Key, string Name)> Names { get; private set; } = [];

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    public LocalDate First { get; private set; }

    public LocalDate Last { get; private set; }

    /// <summary>By field: what cannot be used and why. Nothing is compared where there is any.</summary>
    public IReadOnlyDictionary<string, string> Problems => _problems;

    /// <summary>What the file says; null where it was not read.</summary>
    public ReadBill? Bill { get; private set; }

    /// <summary>Null where the bill has mistakes, or nothing could be read.</summary>
    public Reconciliation? Result { get; private set; }

    /// <summary>Decimals of the longest amount.</summary>
    public int Decimals { get; private set; }

    public string ByName => Names.First(name => name.Key == By).Name;

    public bool MayDiscard => BillsModel.MayChange(HttpContext);

    public static string AddressOf(string id) => "/reports/bills/" + id;

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancellationToken) =>
        await ReadAsync(id, cancellationToken) ? Page() : NotFound();

    /// <summary>All rows, exact.</summary>
    public async Task<IActionResult> OnGetCsvAsync(string id, CancellationToken cancellationToken)
    {
        if (!await ReadAsync(id, cancellationToken) || Result is not { } result)
        {
            return NotFound();
        }

        var rows = result.Rows.Select(static row => (IEnumerable<string?>)
            [row.Value, row.Billed?.ToString(), row.Charged?.ToString(), row.Difference.ToString(), row.Billed is null ? "not on the bill" : row.Charged is null ? "not in the ledger" : "both"]);
        return File(ReportJson.Table([By, "billed", "charged", "difference", "stands"], rows), "text/csv; charset=utf-8", $"bill-{Upload.Ruleset}-{_day.Format(First)}-{_day.Format(Last)}.csv");
    }

    public IActionResult OnPostDiscard(string id)
    {
        if (bills.Find(id) is null)
        {
            return NotFound();
        }

        if (!MayDiscard)
        {
            return Forbid();
        }

        bills.Discard(id);
        return LocalRedirect("/reports/bills");
    }

    /// <summary>The address of what is shown, with a handler of it.</summary>
    public string Address(string? handler)
    {
        var query = QueryString.Create(new (string Name, string? Value)[]
        {
            ("by", By), ("value", Value), ("amount", Amount), ("day", Day), ("price", Price), ("from", _day.Format(First)), ("to", _day.Format(Last)), ("handler", handler),
        }.Where(static part => !string.IsNullOrEmpty(part.Value)).Select(static part => KeyValuePair.Create(part.Name, part.Value)));
        return AddressOf(Upload.Id) + query;
    }

    /// <summary>The entries that the ledger's side of a row is made of; null where no filter of the ledger names them.</summary>
    public string? Entries(ReconciledRow row) => By == "account" && row is { Value: { } account, Charged: not null }
        ? "/ledger" + QueryString.Create("ruleset", Upload.Ruleset).Add("from", _day.Format(First)).Add("to", _day.Format(Last)).Add("account", account)
        : null;

    private async Task<bool> ReadAsync(string id, CancellationToken cancellationToken)
    {
        if (bills.Find(id) is not { } file || ledger.Rulesets.Find(file.Ruleset) is not { } ruleset)
        {
            return false;
        }

        Upload = file;
        var model = ruleset.Versions[^1].Model;
        Zone = model.Zone;
        Names = ReportNames.Of(model);
        Guess();
        (First, Last) = ReportWindow.Read(From, To, Zone, clock.GetCurrentInstant(), ReportWindow.UsualDays, _problems);
        var price = ExactDecimal.One;
        if (Price?.Trim() is { Length: > 0 } written && (written.Length > BillReader.MostDigits || !ExactDecimal.TryParse(written, out price) || price.Sign <= 0))
        {
            _problems["price"] = "Write what a credit costs on the bill as 0.02, or leave the field empty.";
        }

        if (Value is null || Amount is null || _problems.Count > 0)
        {
            return true;
        }

        await using var content = bills.Open(file);
        Bill = await BillReader.ReadAsync(content, new BillMapping(Value, Amount, Day), First, Last, Zone, cancellationToken);
        if (Bill.MistakeCount > 0)
        {
            return true;
        }

        var charged = await ledger.TotalsAsync(
            new UsageTotalsFilter(Zone.AtStartOfDay(First).ToInstant(), Zone.AtStartOfDay(Last.PlusDays(1)).ToInstant(), file.Ruleset, Zone, [By!]), cancellationToken);
        if (charged.Fault == UsageFault.TooManyGroups)
        {
            _problems["from"] = $"More than {Display.AmountText.Count(UsageTotals.MostRows)} days and values would have to be told apart. Choose fewer days, or another name.";
            return true;
        }

        Result = Reconciliation.Of(Bill, charged, price);
        Decimals = Result.Rows.SelectMany(static row => new[] { row.Billed, row.Charged }).OfType<ExactDecimal>().Select(static amount => amount.Scale).DefaultIfEmpty().Max();
        return true;
    }

    // What the address leaves open is guessed from the names of the columns.
    private void Guess()
    {
        Amount = Known(Amount) ?? ColumnGuess.Amount(Upload.Columns);
        Day = Day == None ? null : Known(Day) ?? (Value is null ? Upload.Columns.FirstOrDefault(static column => ColumnGuess.Of(column) == "at") : null);
        var guessed = Upload.Columns.Select(column => (Column: column, By: NameOf(ColumnGuess.Of(column)) ?? NameOf(column))).FirstOrDefault(static guess => guess.By is not null);
        By = Names.Any(name => name.Key == By) ? By : guessed.By ?? "account";
        Value = Known(Value) ?? guessed.Column ?? Upload.Columns.FirstOrDefault(column => column != Amount && column != Day);
    }

    private string? Known(string? column) => column is not null && Upload.Columns.Contains(column) ? column : null;

    private string? NameOf(string member)
    {
        var name = member[(member.LastIndexOf('.') + 1)..];
        return Names.FirstOrDefault(known => known.Key == name).Key;
    }
}
