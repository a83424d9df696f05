using System.Data;
using Microsoft.Data.SqlClient;
using Microsoft.Data.SqlClient.Server;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage.SqlServer;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>
/// The bytes that are hashed do not depend on the store: what is sent to SQL Server, read back by the columns' names, has the hashes that SQLite stored.
/// </summary>
public sealed class JournalBytesTests
{
    private static readonly string[] _belonging = ["@postings", "@lots", "@account_values", "@periods", "@lot_ends", "@debts", "@debt_lines", "@holds", "@hold_resolutions", "@undones"];

    /// <summary>What a hold's row has of its end and its event.</summary>
    private static readonly HashSet<string> _unsettled = new(StringComparer.Ordinal) { "Kind", "Charged", "Returned", "Asked", "Event" };

    [Fact]
    public async Task What_is_sent_reads_back_with_its_hash()
    {
        var appends = TableTypeTests.History();
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
            }
        }

        // Every kind of row took part, a system entry among them.
        entries.ShouldBeGreaterThan(8);
        appends.SelectMany(append => append.Entries).ShouldContain(entry => entry.Content.SystemKey != null);
        appends.SelectMany(append => append.Answers).ShouldContain(answer => answer.Answer.Sequence == null);
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
