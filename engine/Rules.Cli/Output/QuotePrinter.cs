using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Cli.Output;

/// <summary>Prints a quote for people: what it comes to, every step with the rule that made it, and where the credits would come from.</summary>
public sealed class QuotePrinter(TextWriter writer, Palette palette)
{
    /// <summary>Amounts are exact and without trailing zeros; columns of figures are aligned at the point.</summary>
    public void Print(Quote quote, RulesetModel model)
    {
        ArgumentNullException.ThrowIfNull(quote);
        ArgumentNullException.ThrowIfNull(model);
        PrintHead(quote, model.Credit);
        PrintSteps(quote);
        PrintSection("from", quote.Draws.Select(d => new[] { d.Bucket, Amount(d.Amount, quote), $"lot {d.Lot}" }));
        PrintSection("left", quote.Balances.Select(b => new[] { b.Bucket, b.Available is { } left ? Amount(left, quote) : "no limit", "" }));
        PrintSection("alerts", quote.Alerts.Select(static a => new[] { a, "", "" }));
    }

    private void PrintHead(Quote quote, CreditUnit credit)
    {
        var charge = ExactDecimal.FromUnits(quote.Charge, quote.Decimals);
        var outcome = WireNames.Of(quote.Outcome).Replace('-', ' ');
        var head = quote.Outcome switch
        {
            QuoteOutcome.Charged => palette.Good($"{outcome} {Credits(charge, credit)}"),
            QuoteOutcome.Free or QuoteOutcome.Unmetered or QuoteOutcome.NotApplicable => palette.Good($"{outcome}: no charge"),
            _ => palette.Bad($"{outcome}: {Credits(charge, credit)} {(charge == ExactDecimal.One ? "is" : "are")} needed"),
        };
        var details = new List<string>();
        if (quote.Short != 0)
        {
            details.Add($"short of {Amount(quote.Short, quote)}");
        }

        if (quote.Exact != charge && quote.Outcome == QuoteOutcome.Charged)
        {
            details.Add($"exactly {quote.Exact.ToGroupedString()} before rounding");
        }

        if (quote.Listed != quote.Charge)
        {
            details.Add($"listed at {Amount(quote.Listed, quote)}");
        }

        details.Add($"{quote.Ruleset} version {quote.Version}");
        writer.WriteLine($"{head}{palette.Faint(" · " + string.Join(" · ", details))}");
    }

    private void PrintSteps(Quote quote)
    {
        if (quote.Steps.IsEmpty)
        {
            return;
        }

        var amounts = new PointColumn(quote.Steps.Select(PartOf));
        var width = quote.Steps.Max(static s => Printable.Text(s.Text).Length);
        writer.WriteLine();
        foreach (var step in quote.Steps)
        {
            var place = step.Location is { } location ? $"{Printable.Text(location.FileName)}:{location.Line}" : "";
            var text = Printable.Text(step.Text).PadRight(width);
            var amount = amounts.Of(PartOf(step));
            writer.WriteLine($"  {palette.Strong(amount)}  {(step.Applied ? text : palette.Faint(text))}  {palette.Faint(place)}".TrimEnd());
        }
    }

    private void PrintSection(string name, IEnumerable<string[]> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        var widths = Enumerable.Range(0, 2).Select(i => all.Max(r => Printable.Text(r[i]).Length)).ToArray();
        writer.WriteLine();
        writer.WriteLine(palette.Strong(name));
        foreach (var row in all)
        {
            writer.WriteLine($"  {Printable.Text(row[0]).PadRight(widths[0])}  {row[1].PadLeft(widths[1])}  {palette.Faint(row[2])}".TrimEnd());
        }
    }

    // Only parts of the price stand in the column, so that it adds up to the exact amount.
    private static ExactDecimal? PartOf(Step step) => step is { Applied: true, IsPart: true } ? step.Amount : null;

    private static string Amount(long units, Quote quote) => ExactDecimal.FromUnits(units, quote.Decimals).ToGroupedString();

    private static string Credits(ExactDecimal amount, CreditUnit credit) =>
        $"{amount.ToGroupedString()} {Printable.Text(credit.Name)}{(amount == ExactDecimal.One ? "" : "s")}";

    /// <summary>Figures under each other with their points in one column.</summary>
    private sealed class PointColumn
    {
        private readonly int _whole;
        private readonly int _fraction;

        public PointColumn(IEnumerable<ExactDecimal?> figures)
        {
            foreach (var figure in figures)
            {
                var text = figure?.ToGroupedString() ?? "";
                var whole = Whole(text);
                _whole = Math.Max(_whole, whole);
                _fraction = Math.Max(_fraction, text.Length - whole);
            }
        }

        public string Of(ExactDecimal? figure)
        {
            var text = figure?.ToGroupedString() ?? "";
            var whole = Whole(text);
            return new string(' ', _whole - whole) + text + new string(' ', _fraction - (text.Length - whole));
        }

        private static int Whole(string text) => text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? point : text.Length;
    }
}
