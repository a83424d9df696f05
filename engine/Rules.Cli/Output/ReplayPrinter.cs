using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Cli.Input;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Rules.Engine.Wire;

namespace Rules.Cli.Output;

/// <summary>An event that two rulesets charge differently, with both explanations.</summary>
/// <param name="Before">Null where the first rules cannot price it.</param>
internal sealed record ExplainedDifference(Difference Difference, Instant At, Quote? Before, Quote? After);

/// <summary>Events that some rules cannot price, and why they cannot price the first.</summary>
internal sealed record UnpricedReason(UnpricedEvents Events, Instant At, EvaluationError? Error);

/// <summary>Prints what a replay came to: for people, as JSON, as CSV with a row per account.</summary>
internal sealed class ReplayPrinter(Terminal terminal, RulesetModel model, ReplayReport report, RuleWorkspace workspace)
{
    private readonly TextWriter _writer = terminal.Output;

    public void Print(int top, ImmutableArray<ExplainedDifference> differences, ImmutableArray<UnpricedReason> unpriced)
    {
        var names = report.Candidates;
        _writer.WriteLine($"{terminal.Palette.Strong(Printable.Text(model.Name))}: {string.Join(" against ", names.Select(Printable.Text))}");
        _writer.WriteLine(Invariant($"{Counted.Of(report.Events, "event")} of {Counted.Of(report.Accounts.Length, "account")}, {Day(report.Window.From)} to {Day(report.Window.Until)}, {model.Zone.Id}"));
        if (report.IsPartial)
        {
            _writer.WriteLine(terminal.Palette.Warn("Stopped before all accounts were done: every figure is of the accounts above."));
        }

        _writer.WriteLine();
        PrintTotals();
        PrintUnpriced(unpriced);
        PrintAccounts(top);
        PrintDifferences(differences);
        PrintGuardRails();
        PrintRecords();
    }

    public void WriteJson(ImmutableArray<UnpricedReason> unpriced) => JsonReport.Write(_writer, writer =>
    {
        writer.WriteString("ruleset", model.Name);
        writer.WriteString("from", InstantText.Format(report.Window.From));
        writer.WriteString("until", InstantText.Format(report.Window.Until));
        writer.WriteBoolean("partial", report.IsPartial);
        writer.WriteNumber("events", report.Events);
        writer.WriteStartArray("candidates");
        for (var i = 0; i < report.Candidates.Length; i++)
        {
            var totals = report.Totals[i];
            writer.WriteStartObject();
            writer.WriteString("name", report.Candidates[i]);
            writer.WriteString("charged", Exact(totals.Charged).ToString());
            writer.WriteString("postpaid", Exact(totals.Postpaid).ToString());
            writer.WriteString("lapsed", Exact(totals.Lapsed).ToString());
            writer.WriteStartObject("uses");
            foreach (var outcome in Enum.GetValues<QuoteOutcome>())
            {
                writer.WriteNumber(WireNames.Of(outcome), totals.Uses[(int)outcome]);
            }

            writer.WriteNumber("invalid", totals.Uses[0]);
            writer.WriteEndObject();
            writer.WriteNumber("accounts_stopped", totals.AccountsStopped);
            writer.WriteNumber("alerts", totals.Alerts);
            writer.WriteNumber("changed", totals.Changed);
            writer.WriteNumber("new_zeros", totals.NewZeros);
            writer.WriteNumber("new_negatives", totals.NewNegatives);
            writer.WriteStartArray("billed");
            foreach (var money in totals.Billed)
            {
                writer.WriteStartObject();
                writer.WriteString("currency", money.Currency);
                writer.WriteString("amount", Exact(money).ToString());
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("guard_rails");
            foreach (var rail in i == 0 ? [] : ReplayImpact.GuardRails(report, i, new GuardLimits()))
            {
                writer.WriteStartObject();
                writer.WriteString("name", rail.Name);
                writer.WriteBoolean("holds", rail.Holds);
                writer.WriteString("figure", rail.Figure);
                writer.WriteString("limit", rail.Limit);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("accounts");
        foreach (var account in report.Accounts)
        {
            writer.WriteStartObject();
            writer.WriteString("account", account.Account);
            writer.WriteString("plan", account.Plan);
            writer.WriteNumber("events", account.Events);
            writer.WriteStartArray("results");
            foreach (var result in account.Results)
            {
                writer.WriteStartObject();
                writer.WriteString("charged", Exact(result.Charged).ToString());
                writer.WriteNumber("stopped", result.Stopped);
                writer.WriteString("ran_out_at", result.RanOutAt is { } at ? InstantText.Format(at) : null);
                writer.WriteString("postpaid", Exact(result.Postpaid).ToString());
                writer.WriteString("lapsed", Exact(result.Lapsed).ToString());
                writer.WriteNumber("alerts", result.Alerts);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("days");
        foreach (var cells in report.Cells.GroupBy(static cell => (cell.Day, ShapeText(cell.Shape))).Select(static alike => alike.ToList()))
        {
            var cell = cells[0];
            writer.WriteStartObject();
            writer.WriteString("day", NodaTime.Text.LocalDatePattern.Iso.Format(cell.Day));
            writer.WriteString("action", cell.Shape.Action);
            writer.WriteStartObject("facts");
            foreach (var fact in cell.Shape.Facts)
            {
                writer.WriteString(fact.Name, fact.Value);
            }

            writer.WriteEndObject();
            writer.WriteNumber("events", cells.Sum(static c => c.Events));
            WriteAmounts(writer, [.. cell.Charged.Select((_, i) => cells.Sum(c => c.Charged[i]))]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("records");
        foreach (var cell in report.Records)
        {
            writer.WriteStartObject();
            writer.WriteString("name", cell.Name);
            writer.WriteString("value", cell.Value);
            writer.WriteNumber("events", cell.Events);
            WriteAmounts(writer, cell.Charged);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("unpriced");
        foreach (var (events, at, error) in unpriced)
        {
            writer.WriteStartObject();
            writer.WriteString("rules", report.Candidates[events.Candidate]);
            writer.WriteString("action", events.Shape.Action);
            writer.WriteStartObject("facts");
            foreach (var fact in events.Shape.Facts)
            {
                writer.WriteString(fact.Name, fact.Value);
            }

            writer.WriteEndObject();
            writer.WriteNumber("events", events.Events);
            writer.WriteString("account", events.Account);
            writer.WriteString("at", InstantText.Format(at));
            if (error is not null)
            {
                writer.WriteString("code", error.Code);
                writer.WriteString("message", error.Message);
                writer.WriteString("help", error.Help);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    /// <summary>A row per account and candidate (RFC 4180); a text that a spreadsheet would take for a formula begins with an apostrophe.</summary>
    public void WriteCsv()
    {
        _writer.Write("account,plan,events,rules,charged,stopped,ran_out_at,postpaid,lapsed,alerts\r\n");
        foreach (var account in report.Accounts)
        {
            for (var i = 0; i < account.Results.Length; i++)
            {
                var result = account.Results[i];
                string[] cells =
                [
                    Cell(account.Account), Cell(account.Plan ?? ""), Invariant($"{account.Events}"), Cell(report.Candidates[i]), Exact(result.Charged).ToString(),
                    Invariant($"{result.Stopped}"), result.RanOutAt is { } at ? InstantText.Format(at) : "", Exact(result.Postpaid).ToString(),
                    Exact(result.Lapsed).ToString(), Invariant($"{result.Alerts}"),
                ];
                _writer.Write(string.Join(',', cells) + "\r\n");
            }
        }
    }

    private void PrintTotals()
    {
        List<string> head = ["", .. report.Candidates];
        if (report.Candidates.Length == 2)
        {
            head.Add("change");
        }

        var rows = new List<string[]> { head.ToArray() };
        AddRow(rows, $"{model.Credit.Name}s charged", t => Exact(t.Charged));
        AddRow(rows, "of these postpaid", t => Exact(t.Postpaid));
        foreach (var currency in report.Totals.SelectMany(static t => t.Billed).Select(static m => m.Currency).Distinct(StringComparer.Ordinal))
        {
            AddRow(rows, $"{Printable.Text(currency)} billed for postpaid use", t => t.Billed.Where(m => m.Currency == currency).Aggregate(ExactDecimal.Zero, static (sum, money) => sum + Exact(money)));
        }

        AddRow(rows, "lapsed unused", t => Exact(t.Lapsed));
        AddRow(rows, "of these not carried over at renewals", t => Exact(t.RolloverLost));
        AddRow(rows, "uses blocked, paused or refused", t => t.Uses[(int)QuoteOutcome.Blocked] + t.Uses[(int)QuoteOutcome.Paused] + t.Uses[(int)QuoteOutcome.Refused]);
        AddRow(rows, "accounts that run out", t => t.AccountsStopped);
        AddRow(rows, "alerts", t => t.Alerts);
        AddRow(rows, "events that cannot be priced", t => t.Uses[0]);
        AddRow(rows, "events that cost nothing any more", t => t.NewZeros);
        AddRow(rows, "events that give credits back now", t => t.NewNegatives);
        PrintTable(rows);
    }

    private void AddRow(List<string[]> rows, string label, Func<CandidateTotals, ExactDecimal> figure)
    {
        var figures = report.Totals.Select(figure).ToList();
        if (figures.TrueForAll(f => f.IsZero))
        {
            return;
        }

        var row = new List<string> { label };
        row.AddRange(figures.Select(f => f.ToGroupedString()));
        if (figures.Count == 2)
        {
            row.Add(Change(figures[0], figures[1]));
        }

        rows.Add([.. row]);
    }

    private void PrintAccounts(int top)
    {
        for (var i = 1; i < report.Candidates.Length; i++)
        {
            var place = i;
            var changed = report.Accounts
                .Where(a => a.IsTouched(place))
                .OrderByDescending(a => Math.Abs(a.Results[place].Charged - a.Results[0].Charged)).ThenBy(a => a.Account, StringComparer.Ordinal)
                .ToList();
            var others = report.Accounts.Where(a => !a.IsTouched(place)).Select(a => Others(a, place)).Where(static row => row.Length > 1)
                .OrderByDescending(static row => row.Length).ThenBy(static row => row[0], StringComparer.Ordinal).ToList();
            _writer.WriteLine();
            if (changed.Count == 0 && others.Count == 0)
            {
                _writer.WriteLine($"Nothing changes for any account under {Printable.Text(report.Candidates[i])}.");
                continue;
            }

            if (changed.Count > 0)
            {
                _writer.WriteLine(terminal.Palette.Strong(Invariant(
                    $"{report.Candidates[i]} touches {changed.Count:N0} of {Counted.Of(report.Accounts.Length, "account")}{(changed.Count > top ? Invariant($"; the {top} it touches most") : "")}")));
                var rows = changed.Take(top).Select(a => new[]
                {
                    Printable.Text(a.Account), Exact(a.Results[0].Charged).ToGroupedString(), "→ " + Exact(a.Results[place].Charged).ToGroupedString(),
                    Change(Exact(a.Results[0].Charged), Exact(a.Results[place].Charged)), RunsOut(a.Results[0].RanOutAt, a.Results[place].RanOutAt),
                });
                PrintTable([.. rows], figures: 3);
            }

            if (others.Count > 0)
            {
                _writer.WriteLine(terminal.Palette.Strong(Printable.Text(Invariant(
                    $"{(changed.Count > 0 ? "Without another charge" : $"No account is charged otherwise under {report.Candidates[i]};")} for {others.Count:N0} of {Counted.Of(report.Accounts.Length, "account")} other figures change{(others.Count > top ? Invariant($"; {top} of them") : "")}"))));
                PrintTable([.. others.Take(top)], figures: 0);
            }
        }
    }

    /// <summary>The account, and what of it is another although its charges are the same: what it lost, has left, owes and was told.</summary>
    private string[] Others(AccountImpact account, int candidate)
    {
        var (before, after) = (account.Results[0], account.Results[candidate]);
        var row = new List<string> { Printable.Text(account.Account) };
        Say("stopped uses", before.Stopped, after.Stopped);
        Say("lapsed", Exact(before.Lapsed), Exact(after.Lapsed));
        Say("postpaid", Exact(before.Postpaid), Exact(after.Postpaid));
        foreach (var currency in before.Billed.Concat(after.Billed).Select(static bill => (bill.Currency, bill.Decimals)).Distinct())
        {
            Say($"billed {currency.Currency}", Billed(before, currency), Billed(after, currency));
        }

        foreach (var bucket in before.Balances.Concat(after.Balances).Select(static balance => balance.Bucket).Distinct())
        {
            SayText($"left in {bucket}", Left(before, bucket), Left(after, bucket));
        }

        Say("alerts", before.Alerts, after.Alerts);
        return [.. row];

        void Say(string what, ExactDecimal was, ExactDecimal now) => SayText(what, was.ToGroupedString(), now.ToGroupedString());

        void SayText(string what, string was, string now)
        {
            if (was != now)
            {
                row.Add(Printable.Text($"{what} {was} → {now}"));
            }
        }
    }

    private string Left(AccountResult result, string bucket) => result.Balances.FirstOrDefault(balance => balance.Bucket == bucket) switch
    {
        { Bucket: null } => "none",
        { Available: { } available } => Exact(available).ToGroupedString(),
        _ => "no limit",
    };

    private static ExactDecimal Billed(AccountResult result, (string Currency, int Decimals) currency) =>
        result.Billed.Where(bill => (bill.Currency, bill.Decimals) == currency).Aggregate(ExactDecimal.Zero, static (sum, bill) => sum + new ExactDecimal(bill.Amount, bill.Decimals));

    private void PrintDifferences(ImmutableArray<ExplainedDifference> differences)
    {
        if (differences.IsEmpty)
        {
            return;
        }

        _writer.WriteLine();
        _writer.WriteLine(terminal.Palette.Strong("What makes the difference"));
        foreach (var (difference, at, before, after) in differences)
        {
            _writer.WriteLine(Printable.Text($"{ShapeText(difference.Shape)}: {Signed(Exact(difference.Of))} in all under {report.Candidates[difference.Candidate]}"));
            _writer.WriteLine(terminal.Palette.Faint(Printable.Text(
                $"  most: account {difference.Account} at {InstantText.Format(at)}, {Charged(before, difference.Before)} → {Charged(after, difference.After)}")));
            PrintSteps("-", before, after);
            PrintSteps("+", after, before);
        }
    }

    private void PrintGuardRails()
    {
        for (var i = 1; i < report.Candidates.Length; i++)
        {
            var rails = ReplayImpact.GuardRails(report, i, new GuardLimits());
            _writer.WriteLine();
            _writer.WriteLine(terminal.Palette.Strong(Printable.Text($"checks of {report.Candidates[i]}")));
            PrintTable([.. rails.Select(static rail => new[] { (rail.Holds ? "✓ " : "✗ ") + rail.Text, rail.Figure, "of " + rail.Limit })]);
        }
    }

    private void PrintSteps(string mark, Quote? own, Quote? other)
    {
        foreach (var step in ReplayImpact.Differing(own, other))
        {
            var place = step.Location is { Source: not null } location ? $"  {workspace.PathOf(location)}:{location.Line}" : "";
            _writer.WriteLine($"  {mark} {Printable.Text(step.Text)}{terminal.Palette.Faint(Printable.Text(place))}");
        }
    }

    // Once for events that differ in the precision of their figures only, and for rules that fail in the same way.
    private void PrintUnpriced(ImmutableArray<UnpricedReason> reasons)
    {
        if (reasons.IsEmpty)
        {
            return;
        }

        _writer.WriteLine();
        _writer.WriteLine(terminal.Palette.Strong("What cannot be priced"));
        foreach (var alike in reasons.GroupBy(static r => (Text: ShapeText(r.Events.Shape), r.Error)))
        {
            var first = alike.MinBy(static r => r.At)!;
            var counts = alike.GroupBy(static r => r.Events.Candidate).OrderBy(static r => r.Key)
                .Select(r => $"{Counted.Of(r.Sum(static reason => reason.Events.Events), "event")} under {report.Candidates[r.Key]}");
            _writer.WriteLine(Printable.Text($"{alike.Key.Text}: {string.Join(", ", counts)}"));
            _writer.WriteLine(terminal.Palette.Faint(Printable.Text($"  first: account {first.Events.Account} at {InstantText.Format(first.At)}")));
            if (first.Error is { } error)
            {
                _writer.WriteLine(Printable.Text($"  {error.Code}: {error.Message}"));
                _writer.WriteLine(Printable.Text($"  help: {error.Help}"));
            }
        }
    }

    /// <summary>The action and its facts; shapes that differ in their meters alone have one text.</summary>
    public static string ShapeText(UsageShape shape) => shape.Action + string.Concat(shape.Facts.Select(static fact => $", {fact.Name} {fact.Value}"));

    private void PrintRecords()
    {
        foreach (var group in report.Records.GroupBy(static r => r.Name, StringComparer.Ordinal))
        {
            _writer.WriteLine();
            _writer.WriteLine(terminal.Palette.Strong(Printable.Text($"by {group.Key}")));
            PrintTable([.. group.Select(r => new[] { Printable.Text(r.Value.Length == 0 ? "(none)" : r.Value) }.Concat(r.Charged.Select(c => Exact(c).ToGroupedString())).ToArray())]);
        }
    }

    // The first column is words, so many after it are figures, and what comes behind them is words again.
    private void PrintTable(List<string[]> rows, int figures = int.MaxValue)
    {
        var widths = new int[rows.Max(static r => r.Length)];
        foreach (var row in rows)
        {
            for (var i = 0; i < row.Length; i++)
            {
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        }

        foreach (var row in rows)
        {
            var cells = row.Select((cell, i) => i == 0 || i > figures ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            _writer.WriteLine(("  " + string.Join("   ", cells)).TrimEnd());
        }
    }

    private string Charged(Quote? quote, long charged) =>
        quote is { Outcome: QuoteOutcome.Blocked or QuoteOutcome.Paused or QuoteOutcome.Refused } stopped ? WireNames.Of(stopped.Outcome) : Exact(charged).ToGroupedString();

    private static string RunsOut(Instant? before, Instant? after)
    {
        if (before is not { } first)
        {
            return after is { } now ? $"runs out on {Day(now)}, did not before" : "";
        }

        if (after is not { } then)
        {
            return $"does not run out any more, did on {Day(first)}";
        }

        var days = (then - first).Days;
        return days == 0 ? "" : Invariant($"runs out {Counted.Of(Math.Abs(days), "day")} {(days < 0 ? "sooner" : "later")}, on {Day(then)}");
    }

    private static string Change(ExactDecimal before, ExactDecimal after)
    {
        var change = after - before;
        if (change.IsZero || before.IsZero)
        {
            return Signed(change);
        }

        var twentieths = (change.Mantissa * System.Numerics.BigInteger.Pow(10, before.Scale) * 2000) / (before.Mantissa * System.Numerics.BigInteger.Pow(10, change.Scale));
        var tenths = (twentieths + twentieths.Sign) / 2;
        return $"{Signed(change)} ({Signed(new ExactDecimal(tenths, 1))} %)";
    }

    private static string Signed(ExactDecimal value) => value.IsZero ? "±0" : value.IsNegative ? "−" + (-value).ToGroupedString() : "+" + value.ToGroupedString();

    private static string Day(Instant at) => at.InUtc().Date.ToString("uuuu'-'MM'-'dd", CultureInfo.InvariantCulture);

    private static ExactDecimal Exact(BilledMoney money) => new(money.Amount, money.Decimals);

    private ExactDecimal Exact(Int128 units) => new(units, report.Decimals);

    private void WriteAmounts(System.Text.Json.Utf8JsonWriter writer, ImmutableArray<long> charged)
    {
        writer.WriteStartArray("charged");
        foreach (var units in charged)
        {
            writer.WriteStringValue(Exact(units).ToString());
        }

        writer.WriteEndArray();
    }

    private static string Cell(string text)
    {
        var guarded = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\uFF1D' ? "'" + text : text;
        return guarded.AsSpan().IndexOfAny("\",\r\n") < 0 ? guarded : $"\"{guarded.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
