using System.Collections.Immutable;
using System.Text.Json;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Replay;
using Rules.Engine.Wire;

namespace Rules.Portal.Replays;

/// <summary>What a replay came to, as JSON. Amounts are exact decimal text; lists with an item per candidate are in the order of the candidates.</summary>
internal static class ReplayJson
{
    /// <summary>Accounts that a result names: those with the largest effect. The totals have all.</summary>
    private const int MostAccounts = 500;

    /// <summary>Shapes of events that are explained for each draft.</summary>
    private const int MostExplained = 40;

    private const int MostGroups = 200;

    /// <param name="by">Names to group by.</param>
    public static byte[] Write(ReplayOutcome outcome, ImmutableArray<string> by) => WireWriter.Write((outcome, by), static (json, it) =>
    {
        var report = it.outcome.Report!;
        json.WriteStartObject();
        json.WriteBoolean("partial"u8, report.IsPartial);
        json.WriteNumber("events"u8, report.Events);
        json.WriteNumber("accounts"u8, report.Accounts.Length);
        WriteBinding(json, it.outcome.Binding!);
        WriteCandidates(json, it.outcome, report);
        WriteAccounts(json, report);
        WriteGroups(json, report, it.by);
        json.WriteStartArray("stuck"u8);
        foreach (var stuck in it.outcome.Stuck)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, stuck.Account);
            json.WriteNumber("entry"u8, stuck.Sequence);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteBinding(Utf8JsonWriter json, ReplayBinding binding)
    {
        json.WriteStartObject("binding"u8);
        json.WriteStartArray("texts"u8);
        foreach (var text in binding.Texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteString("past"u8, binding.Past);
        json.WriteString("published"u8, binding.Published);
        json.WriteString("engine"u8, binding.Engine);
        json.WriteEndObject();
    }

    private static void WriteCandidates(Utf8JsonWriter json, ReplayOutcome outcome, ReplayReport report)
    {
        var causes = ReplayImpact.Causes(report, outcome.ExplainEvent, MostExplained);
        json.WriteStartArray("candidates"u8);
        for (var i = 0; i < report.Candidates.Length; i++)
        {
            var totals = report.Totals[i];
            json.WriteStartObject();
            json.WriteString("name"u8, report.Candidates[i]);
            json.WriteString("charged"u8, Exact(report, totals.Charged));
            json.WriteString("minimums"u8, Exact(report, totals.Due));
            json.WriteString("postpaid"u8, Exact(report, totals.Postpaid));
            json.WriteString("granted"u8, Exact(report, totals.Granted));
            json.WriteString("lapsed"u8, Exact(report, totals.Lapsed));
            json.WriteString("rollover_lost"u8, Exact(report, totals.RolloverLost));
            WriteBilled(json, totals.Billed);
            json.WriteStartObject("uses"u8);
            foreach (var kind in Enum.GetValues<QuoteOutcome>())
            {
                json.WriteNumber(WireNames.Of(kind), totals.Uses[(int)kind]);
            }

            json.WriteNumber("invalid"u8, totals.Uses[0]);
            json.WriteEndObject();
            json.WriteNumber("accounts_stopped"u8, totals.AccountsStopped);
            json.WriteStartObject("alerts"u8);
            foreach (var (alert, count) in totals.AlertsByName)
            {
                json.WriteNumber(alert, count);
            }

            json.WriteEndObject();
            if (i > 0)
            {
                WriteComparison(json, report, i, causes, outcome.Guards);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteComparison(Utf8JsonWriter json, ReplayReport report, int candidate, ImmutableArray<ImpactCause> causes, GuardLimits limits)
    {
        var totals = report.Totals[candidate];
        json.WriteStartObject("against_first"u8);
        json.WriteString("change"u8, Exact(report, totals.Charged - report.Totals[0].Charged));
        json.WriteNumber("events_changed"u8, totals.Changed);
        json.WriteNumber("new_zeros"u8, totals.NewZeros);
        json.WriteNumber("new_negatives"u8, totals.NewNegatives);
        json.WriteNumber("accounts_changed"u8, report.Accounts.Count(a => a.IsTouched(candidate)));
        json.WriteNumber("accounts_sooner"u8, report.Accounts.Count(a => a.RunsOutSooner(candidate)));
        json.WriteStartArray("guard_rails"u8);
        foreach (var rail in ReplayImpact.GuardRails(report, candidate, limits))
        {
            json.WriteStartObject();
            json.WriteString("name"u8, rail.Name);
            json.WriteString("text"u8, rail.Text);
            json.WriteBoolean("holds"u8, rail.Holds);
            json.WriteString("figure"u8, rail.Figure);
            json.WriteString("limit"u8, rail.Limit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("histogram"u8);
        foreach (var bar in ReplayImpact.Histogram(report, candidate))
        {
            json.WriteStartObject();
            if (bar.From is { } from)
            {
                json.WriteNumber("from"u8, from);
            }

            if (bar.To is { } to)
            {
                json.WriteNumber("to"u8, to);
            }

            json.WriteNumber("accounts"u8, bar.Accounts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("causes"u8);
        foreach (var cause in causes.Where(c => c.Candidate == candidate))
        {
            json.WriteStartObject();
            json.WriteString("difference"u8, Exact(report, cause.Of));
            json.WriteNumber("events"u8, cause.Events);
            WriteLines(json, "before"u8, cause.Before);
            WriteLines(json, "after"u8, cause.After);
            json.WriteStartObject("example"u8);
            json.WriteString("account"u8, cause.Example.Account);
            json.WriteNumber("event"u8, cause.Example.Index);
            json.WriteString("action"u8, cause.Example.Shape.Action);
            json.WriteString("before"u8, Exact(report, cause.Example.Before));
            json.WriteString("after"u8, Exact(report, cause.Example.After));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLines(Utf8JsonWriter json, ReadOnlySpan<byte> name, ImmutableArray<RuleLine> lines)
    {
        json.WriteStartArray(name);
        foreach (var line in lines)
        {
            json.WriteStartObject();
            json.WriteString("file"u8, line.File);
            json.WriteNumber("line"u8, line.Line);
            json.WriteString("text"u8, line.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAccounts(Utf8JsonWriter json, ReplayReport report)
    {
        var named = Enumerable.Range(1, report.Candidates.Length - 1)
            .SelectMany(candidate => ReplayImpact.Largest(report, candidate, MostAccounts)).DistinctBy(static account => account.Account).Take(MostAccounts);
        json.WriteStartArray("largest"u8);
        foreach (var account in named)
        {
            json.WriteStartObject();
            json.WriteString("account"u8, account.Account);
            if (account.Plan is { } plan)
            {
                json.WriteString("plan"u8, plan);
            }

            json.WriteNumber("events"u8, account.Events);
            json.WriteStartArray("results"u8);
            for (var i = 0; i < account.Results.Length; i++)
            {
                Write(json, report, account, i);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ReplayReport report, AccountImpact account, int candidate)
    {
        var result = account.Results[candidate];
        json.WriteStartObject();
        json.WriteString("charged"u8, Exact(report, result.Charged));
        json.WriteNumber("blocked"u8, result.Blocked);
        json.WriteNumber("paused"u8, result.Paused);
        json.WriteNumber("refused"u8, result.Refused);
        if (result.RanOutAt is { } at)
        {
            json.WriteString("ran_out_at"u8, InstantText.Format(at));
        }

        if (candidate > 0 && account.DaysLater(candidate) is { } days)
        {
            json.WriteNumber("days_later"u8, days);
        }

        json.WriteString("postpaid"u8, Exact(report, result.Postpaid));
        json.WriteString("lapsed"u8, Exact(report, result.Lapsed));
        json.WriteString("rollover_lost"u8, Exact(report, result.RolloverLost));
        WriteBilled(json, result.Billed);
        json.WriteNumber("alerts"u8, result.Alerts);
        json.WriteEndObject();
    }

    private static void WriteBilled(Utf8JsonWriter json, ImmutableArray<BilledMoney> billed)
    {
        json.WriteStartArray("billed"u8);
        foreach (var money in billed)
        {
            json.WriteStartObject();
            json.WriteString("currency"u8, money.Currency);
            json.WriteString("amount"u8, new ExactDecimal(money.Amount, money.Decimals).ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteGroups(Utf8JsonWriter json, ReplayReport report, ImmutableArray<string> by)
    {
        json.WriteStartArray("by"u8);
        foreach (var name in by)
        {
            var groups = ReplayImpact.Groups(report, name);
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteNumber("left_out"u8, Math.Max(0, groups.Length - MostGroups));
            json.WriteStartArray("groups"u8);
            foreach (var group in groups.Take(MostGroups))
            {
                json.WriteStartObject();
                json.WriteString("value"u8, group.Value);
                json.WriteNumber("events"u8, group.Events);
                json.WriteStartArray("charged"u8);
                foreach (var charged in group.Charged)
                {
                    json.WriteStringValue(Exact(report, charged));
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Exact(ReplayReport report, Int128 units) => new ExactDecimal(units, report.Decimals).ToString();
}
