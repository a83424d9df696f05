using System.Data;
using Microsoft.Data.SqlClient;
using Microsoft.Data.SqlClient.Server;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.SqlServer;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>
/// The bytes that are hashed do not depend on the store: what is sent to SQL Server, read back by the columns' names, has the hashes that SQLite stored.
/// </summary>
public sealed class JournalBytesTests
{
    private static readonly string[] _belonging = ["@postings", "@lots", "@account_values", "@periods", "@lot_ends", "@debts", "@debt_lines", "@holds", "@hold_resolutions", "@undones", "@bills"];

    /// <summary>What a hold's row has of its end and its event.</summary>
    private static readonly HashSet<string> _unsettled = new(StringComparer.Ordinal) { "Kind", "Charged", "Returned", "Asked", "Event" };

    [Fact]
    public async Task What_is_sent_reads_back_with_its_hash()
    {
        // Every kind of row takes part, a system entry among them.
        var appends = TableTypeTests.History();
        (await ReadBackAsync(appends)).ShouldBeGreaterThan(8);
        appends.SelectMany(append => append.Entries).ShouldContain(entry => entry.Content.SystemKey != null);
        appends.SelectMany(append => append.Answers).ShouldContain(answer => answer.Answer.Sequence == null);
    }

    [Fact]
    public async Task Rollover_recurring_grants_add_ons_plans_that_wait_and_bills_read_back_with_their_hash()
    {
        var appends = await MonthsAsync();
        await ReadBackAsync(appends);
        var entries = appends.SelectMany(append => append.Entries).Select(entry => entry.Content).ToList();
        var lots = entries.SelectMany(entry => entry.NewLots).ToList();
        lots.ShouldContain(lot => lot.Rollover != null && lot.Rollover.Kind == RolloverKind.Carries);
        lots.ShouldContain(lot => lot.Rollover != null && lot.Rollover.Kind == RolloverKind.Own && lot.Rollover.Maximum != null);
        lots.ShouldContain(lot => lot.Series != null && lot.Series.Adds);
        entries.ShouldContain(entry => entry.Bill != null && entry.Bill.Price != null);
        entries.ShouldContain(entry => !entry.Addons.IsEmpty);
        entries.ShouldContain(entry => entry.PlanFrom != null);
    }

    private static async Task<int> ReadBackAsync(List<AccountAppend> appends)
    {
        var entries = 0;
        foreach (var append in appends)
        {
            using var command = new SqlCommand();
            SqlServerWriteTransaction.AddAppend(command, append, "zone data");
            using var reader = new DataTableReader([.. Tables(command)]);
            foreach (var (proof, written) in (await SqlServerReadSnapshot.ReadProofsAsync(reader, append.Before.State.Id, default)).Zip(append.Entries))
            {
                entries++;
                EntryHash.Of(proof.Entry).ShouldBe(written.Hash.ToArray());
                proof.Entry.Hash.ToArray().ShouldBe(written.Hash.ToArray());
                proof.KeyResolves.ShouldBeTrue();
                proof.TraceResolves.ShouldBeTrue();
                proof.Entry.Content.SystemKey.ShouldBe(written.Content.SystemKey);
                proof.Entry.BalanceAfter.ShouldBe(written.BalanceAfter);
                proof.Entry.Outcome.ShouldBe(written.Outcome);
                proof.Entry.Content.NewLots.ShouldBe(written.Content.NewLots);
                proof.Entry.Content.Addons.ShouldBe(written.Content.Addons);
                proof.Entry.Content.Bill.ShouldBe(written.Content.Bill);
            }
        }

        return entries;
    }

    private static async Task<List<AccountAppend>> MonthsAsync()
    {
        const string text = """
            language 1
            ruleset months version 1 effective 2026-01-01
            credit "credit" to 2 decimals
            currency USD to 2 decimals
            meter page whole
            action scan
              measures page
            price scan
              per page 1 credit
            bucket included from plan
              unused rolls over up to 50 credits for 2 cycles
            bucket kept from grant
              unused rolls over up to 30 credits, at least 5 credits, for its own life
            bucket flex postpaid at 0.05 USD
            consume included, then kept, then flex
            cycle calendar month
              plan change waits for renewal
            plan Team grants 100 credits every month into included
            plan Big grants 200 credits every month into included
            at zero
              block scan until renewal
              if short refuse
            """;
        var time = new ManualTime(BankCommands.Start);
        var recorder = new AppendRecorder();
        await using var ledger = await CreditLedger.OpenAsync(recorder, new LedgerOptions { Time = time }, default);
        await ledger.Rulesets.LoadAsync([new RuleFile("months.v1.rules", text + "\n")], default);
        var opening = new OpenAccount("acme", "months", time.Now) { Plan = "Team", Addons = [new Addon(7, "included")] };
        (await ledger.OpenAccountAsync(opening, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        var weekly = new GrantCredits("weekly", "kept", 10, time.Now) { Every = new CalendarSpan(1, CalendarUnit.Week), Adds = true, ExpiresAt = time.Now + Duration.FromDays(40) };
        (await ledger.GrantAsync("acme", weekly, "g1", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await ledger.GrantAsync("acme", new GrantCredits("kept", "kept", 20, time.Now), "g2", default)).Status.ShouldBe(CommandStatus.Accepted);
        for (var month = 0; month < 3; month++)
        {
            var use = new UsageEvent { OccurredAt = time.Now, Action = "scan", Quantities = [new MeteredQuantity("page", month == 1 ? 400 : 40)] };
            (await ledger.ChargeAsync("acme", use, $"c{month}", default)).Status.ShouldBe(CommandStatus.Accepted);
            if (month == 1)
            {
                (await ledger.ChangePlanAsync("acme", new ChangePlan("Big"), "big", default)).Status.ShouldBe(CommandStatus.Accepted);
            }

            time.Now += Duration.FromDays(31);
        }

        return recorder.Appends;
    }

    /// <summary>The result sets of the proof's text, filled from the parameters' rows by the names of the columns they come from.</summary>
    private static IEnumerable<DataTable> Tables(SqlCommand command)
    {
        var sets = ResultSets.Of(TSql.Constants.Single(text => text.Name == "SqlServerReadSnapshot.SelectProofs").Script);
        var events = Records(command, "@usage_events").ToDictionary(record => Value<long>(record, "seq"));
        var requests = Records(command, "@requests").ToDictionary(record => Value<long>(record, "seq"));
        var answers = Records(command, "@answers").Where(record => Value(record, "seq") is long).ToDictionary(record => Value<string>(record, "idem_key"), StringComparer.Ordinal);
        yield return Table(sets[0], Records(command, "@entries"), (record, column) => column.Name switch
        {
            "Position" => 1L,
            "Request" => requests.TryGetValue(Value<long>(record, "seq"), out var request) ? Value(request, "content") : null,
            "Event" => events.TryGetValue(Value<long>(record, "seq"), out var usage) ? Value(usage, "content") : null,
            "Answer" => Value(answers[Value<string>(record, "idem_key")], "body"),
            "KeySequence" => Value(answers[Value<string>(record, "idem_key")], "seq"),
            _ => Value(record, column.Source!),
        });
        foreach (var (set, parameter) in sets.Skip(1).Zip(_belonging))
        {
            yield return Table(set, Records(command, parameter), (record, column) => parameter == "@holds" && _unsettled.Contains(column.Name) ? null : Value(record, column.Source!));
        }

        // Checkpoints come later, and not with the entries.
        yield return Table(sets[^1], [], static (_, _) => null);
    }

    private static DataTable Table(List<ResultColumn> set, IEnumerable<SqlDataRecord> records, Func<SqlDataRecord, ResultColumn, object?> value)
    {
        var table = new DataTable { Locale = System.Globalization.CultureInfo.InvariantCulture };
        set.ForEach(column => table.Columns.Add(column.Name, column.Type));
        foreach (var record in records)
        {
            table.Rows.Add([.. set.Select(column => value(record, column) ?? DBNull.Value)]);
        }

        return table;
    }

    private static IEnumerable<SqlDataRecord> Records(SqlCommand command, string parameter) =>
        command.Parameters.Contains(parameter) ? (IEnumerable<SqlDataRecord>)command.Parameters[parameter].Value : [];

    private static object? Value(SqlDataRecord record, string column) => record.GetValue(record.GetOrdinal(column)) is var value and not DBNull ? value : null;

    private static T Value<T>(SqlDataRecord record, string column) => (T)record.GetValue(record.GetOrdinal(column));
}
