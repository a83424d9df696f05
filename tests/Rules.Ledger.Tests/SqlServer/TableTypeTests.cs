using System.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using NodaTime;
using Rules.Engine.Pricing;
using Rules.Ledger.Outbox;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.SqlServer;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Writing;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

public sealed class TableTypeTests
{
    private static readonly Instant _t0 = BankCommands.Start;

    [Fact]
    public void Every_table_type_is_sent_with_the_columns_of_the_schema_in_their_order()
    {
        var types = TSql.Scripts.SelectMany(script => script.Script.Find<CreateTypeTableStatement>()).ToList();
        TableTypes.All.Select(type => type.Name).Order(StringComparer.Ordinal).ShouldBe(types.Select(type => type.Name.Name()).Order(StringComparer.Ordinal));
        foreach (var type in types)
        {
            TableTypes.All.Single(sent => sent.Name == type.Name.Name()).Columns.Select(column => $"{column.Name} {Text(column.SqlDbType, column.MaxLength)}")
                .ShouldBe(type.Definition.ColumnDefinitions.Select(column => $"{column.ColumnIdentifier.Value} {column.DataType.Text()}"), type.Name.Name());
        }
    }

    [Fact]
    public void The_append_is_sent_with_the_procedures_parameters()
    {
        using var command = new Microsoft.Data.SqlClient.SqlCommand();
        SqlServerWriteTransaction.AddAppend(command, History().Last(append => append.Entries.Count > 0), "zone data");
        var procedure = TSql.Scripts.SelectMany(script => script.Script.Find<CreateProcedureStatement>()).Single(one => one.ProcedureReference.Name.Name() == "ledger.append");
        var parameters = procedure.Parameters.ToDictionary(parameter => parameter.VariableName.Value, parameter => parameter.DataType.Text(), StringComparer.Ordinal);
        foreach (Microsoft.Data.SqlClient.SqlParameter parameter in command.Parameters)
        {
            parameters.ShouldContainKey(parameter.ParameterName);
            var sent = parameter.SqlDbType == SqlDbType.Structured ? parameter.TypeName : Text(parameter.SqlDbType, parameter.Size);
            sent.ShouldBe(parameters[parameter.ParameterName]);
        }

        // Tables without rows are left out; everything else is sent.
        parameters.Where(parameter => !parameter.Value.StartsWith("ledger.", StringComparison.Ordinal)).Select(parameter => parameter.Key)
            .ShouldBeSubsetOf(command.Parameters.Cast<Microsoft.Data.SqlClient.SqlParameter>().Select(parameter => parameter.ParameterName));
    }

    [Fact]
    public void What_an_entry_has_to_tell_is_sent_with_it()
    {
        var append = History().Last(append => append.Entries.Count > 0);
        var sequence = append.Entries[^1].Sequence;
        using var command = new Microsoft.Data.SqlClient.SqlCommand();
        SqlServerWriteTransaction.AddAppend(
            command, append with { Messages = [new NewMessage(sequence, 0, "one"u8.ToArray()), new NewMessage(sequence, 1, "two"u8.ToArray())] }, "zone data");
        var sent = ((IEnumerable<Microsoft.Data.SqlClient.Server.SqlDataRecord>)command.Parameters["@messages"].Value).ToList();
        sent.Select(record => (record.GetInt64(0), record.GetInt32(1))).ShouldBe([(sequence, 0), (sequence, 1)]);
        sent.Select(record => System.Text.Encoding.UTF8.GetString((byte[])record.GetValue(2))).ShouldBe(["one", "two"]);
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused_and_not_cut_off()
    {
        Should.Throw<StoreException>(() => TableTypes.Keys.NewRow().Add(new string('k', 513))).Message.ShouldContain("513");
        TableTypes.Keys.NewRow().Add(new string('k', 512)).Record.GetString(0).Length.ShouldBe(512);
    }

    [Fact]
    public void A_hash_that_is_too_short_is_refused_and_not_filled_up() =>
        Should.Throw<StoreException>(() => TableTypes.ScopeHashes.NewRow().AddHash(new byte[31])).Message.ShouldContain("31");

    [Fact]
    public void A_row_is_sent_whole() => Should.Throw<InvalidOperationException>(() => TableTypes.Postings.NewRow().Add(1L).Record);

    [Fact]
    public void Scopes_that_differ_have_other_hashes() =>
        new[] { new ScopeId("a", "b", "c"), new ScopeId("ab", "", "c"), new ScopeId("a", "", "bc"), new ScopeId("a", "b", "c ") }
            .Select(scope => Convert.ToHexString(TableTypes.HashOf(scope))).Distinct().Count().ShouldBe(4);

    [Theory]
    [InlineData("acme ")]
    [InlineData("")]
    public void What_the_server_would_take_for_another_account_is_no_account(string account) => SqlServerText.IsNoAccount(account).ShouldBeTrue();

    /// <summary>What the writer hands to a store for a history with every kind of row.</summary>
    internal static List<AccountAppend> History()
    {
        var recorder = new AppendRecorder();
        var commands = new List<PendingCommand> { BankCommands.Open("acme", _t0), BankCommands.Grant("acme", "g1", "g1", 500, _t0, Duration.FromHours(1)), BankCommands.Grant("acme", "g2", "g2", 70, _t0) };
        commands.AddRange(Enumerable.Range(1, 9).Select(i => BankCommands.Charge("acme", $"c{i}", i * 31, _t0 + Duration.FromMinutes(i * 10))));
        foreach (var batch in commands.Chunk(4))
        {
            CommandWriter.RunAsync(recorder, batch).GetAwaiter().GetResult();
        }

        return recorder.Appends;
    }

    private static string Text(SqlDbType type, long length) => type switch
    {
        SqlDbType.BigInt => "bigint",
        SqlDbType.Int => "int",
        SqlDbType.TinyInt => "tinyint",
        SqlDbType.Bit => "bit",
        SqlDbType.NVarChar => length < 0 ? "nvarchar(max)" : $"nvarchar({length})",
        SqlDbType.VarBinary when length < 0 => "varbinary(max)",
        SqlDbType.Binary => $"binary({length})",
        _ => type.ToString(),
    };
}
