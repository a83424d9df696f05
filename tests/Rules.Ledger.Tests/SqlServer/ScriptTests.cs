using Microsoft.SqlServer.Dac.Model;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Rules.Ledger.Storage.SqlServer;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>
/// What can be said of the T-SQL without a server. It is parsed with the grammar of SQL Server 2019; its references are resolved by the model that
/// Microsoft's own tools deploy from; and what the protocol needs of it is read off its tree.
/// </summary>
public sealed class ScriptTests
{
    private static readonly Dictionary<string, CreateProcedureStatement> _procedures =
        TSql.Scripts.SelectMany(script => script.Script.Find<CreateProcedureStatement>()).ToDictionary(p => p.ProcedureReference.Name.Name(), StringComparer.Ordinal);

    public static TheoryData<string> Texts => [.. TSql.All.Select(text => text.Name)];

    public static TheoryData<string> Procedures => [.. _procedures.Keys];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Every_text_keeps_to_what_the_product_allows(string name)
    {
        var script = TSql.All.Single(text => string.Equals(text.Name, name, StringComparison.Ordinal)).Script;
        var bans = new List<string>();
        bans.AddRange(script.Find<MergeStatement>().Select(at => Place(at, "MERGE")));
        bans.AddRange(script.Find<CreateOrAlterProcedureStatement>().Select(at => Place(at, "CREATE OR ALTER")));
        bans.AddRange(script.Find<CreateOrAlterTriggerStatement>().Select(at => Place(at, "CREATE OR ALTER")));
        bans.AddRange(script.Find<CreateOrAlterViewStatement>().Select(at => Place(at, "CREATE OR ALTER")));
        bans.AddRange(script.Find<CreateOrAlterFunctionStatement>().Select(at => Place(at, "CREATE OR ALTER")));
        bans.AddRange(script.Find<SelectStarExpression>().Select(at => Place(at, "SELECT *")));
        bans.AddRange(script.Find<TableHint>().Where(hint => hint.HintKind is TableHintKind.NoLock or TableHintKind.ReadUncommitted or TableHintKind.ReadPast)
            .Select(at => Place(at, "a read without locks")));
        bans.AddRange(script.Find<SqlDataTypeReference>().Where(type => type.SqlDataTypeOption is SqlDataTypeOption.Money or SqlDataTypeOption.SmallMoney
                or SqlDataTypeOption.Float or SqlDataTypeOption.Real or SqlDataTypeOption.Decimal or SqlDataTypeOption.Numeric or SqlDataTypeOption.DateTime
                or SqlDataTypeOption.SmallDateTime or SqlDataTypeOption.Text or SqlDataTypeOption.NText or SqlDataTypeOption.Image or SqlDataTypeOption.Sql_Variant)
            .Select(at => Place(at, "the type " + at.SqlDataTypeOption)));
        bans.AddRange(script.Find<ExecutableStringList>().Select(at => Place(at, "SQL made of text")));
        bans.AddRange(script.Find<InsertSpecification>().Where(insert => insert.Columns.Count == 0).Select(at => Place(at, "INSERT without its columns")));
        bans.ShouldBeEmpty();
    }

    [Fact]
    public void Every_reference_resolves_in_the_schema()
    {
        using var model = new TSqlModel(SqlServerVersion.Sql150, new TSqlModelOptions());
        // The model takes definitions, in one script: an ALTER needs its table there.
        model.AddObjects(string.Join("\nGO\n", TSql.Scripts
            .Where(script => script.Name.StartsWith("Migrations.", StringComparison.Ordinal) || script.Name == "Scripts.least-privilege")
            .SelectMany(script => script.Script.Batches).SelectMany(batch => batch.Statements).Where(statement => statement is not InsertStatement)
            .Select(statement => statement.Text())));
        model.AddObjects("CREATE SCHEMA ledger AUTHORIZATION dbo");
        foreach (var constant in TSql.Constants)
        {
            AddConstant(model, constant);
        }

        Unresolved(model).ShouldBeEmpty();
        model.AddObjects("CREATE PROCEDURE dbo.wrong AS SELECT j.sequence FROM ledger.journal j");
        Unresolved(model).ShouldHaveSingleItem().ShouldContain("[ledger].[journal].[sequence]");
    }

    [Theory]
    [MemberData(nameof(Procedures))]
    public void Every_procedure_aborts_as_a_whole_and_needs_the_callers_transaction(string name)
    {
        var body = Body(name);
        body[0].ShouldBeOfType<PredicateSetStatement>().Options.ShouldBe(SetOptions.NoCount | SetOptions.XactAbort);
        body[0].ShouldBeOfType<PredicateSetStatement>().IsOn.ShouldBeTrue();
        body[1].Text().ShouldBe("SET LOCK_TIMEOUT 5000;");
        body[2].ShouldBeOfType<IfStatement>().Predicate.Text().ShouldBe("@@TRANCOUNT = 0");
        body[2].ShouldBeOfType<IfStatement>().ThenStatement.ShouldBeOfType<ThrowStatement>();
    }

    [Fact]
    public void The_head_is_read_under_its_lock_alone_in_its_statement_and_before_everything_it_guards()
    {
        var body = Body("ledger.lock_and_read");
        var head = body.FindIndex(statement => statement.Find<NamedTableReference>().Any(IsHead));
        var reads = body[head].Find<NamedTableReference>().ToList();
        reads.ShouldHaveSingleItem().TableHints.Select(hint => hint.HintKind).ShouldBe([TableHintKind.UpdLock, TableHintKind.Rowlock]);
        body.Count(statement => statement.Find<NamedTableReference>().Any(IsHead)).ShouldBe(1);
        // Before it stand only the catalogue, whose lock every writer shares, and the account's row, which never changes.
        body.Take(head).SelectMany(statement => statement.Find<NamedTableReference>()).Select(table => table.SchemaObject.Name())
            .ShouldBe(["ledger.catalogue", "ledger.account"]);
        foreach (var table in body.Skip(head + 1).SelectMany(statement => statement.Find<NamedTableReference>()))
        {
            table.TableHints.ShouldContain(hint => hint.HintKind == TableHintKind.ReadCommittedLock, table.SchemaObject.Name());
        }
    }

    [Fact]
    public void The_clock_is_read_after_the_lock()
    {
        var body = Body("ledger.lock_and_read");
        var head = body.FindIndex(statement => statement.Find<NamedTableReference>().Any(IsHead));
        var clock = body.FindIndex(statement => statement.Find<FunctionCall>().Any(call => call.FunctionName.Value == "SYSUTCDATETIME"));
        clock.ShouldBeGreaterThan(head);
    }

    [Fact]
    public void The_fence_comes_before_every_write()
    {
        var body = Body("ledger.append");
        var first = body.FindIndex(statement => statement is UpdateStatement or InsertStatement or DeleteStatement);
        var fence = body[first].ShouldBeOfType<UpdateStatement>().UpdateSpecification;
        ((NamedTableReference)fence.Target).SchemaObject.Name().ShouldBe("ledger.account_head");
        var where = fence.WhereClause.Text();
        foreach (var part in new[] { "account_id = @account_id", "head_seq = @expected_seq", "head_hash = @expected_hash", "last_at <= @new_last_at", "next_lot <= @new_next_lot" })
        {
            where.ShouldContain(part);
        }

        var check = body[first + 1].ShouldBeOfType<IfStatement>();
        check.Predicate.Text().ShouldBe("@@ROWCOUNT <> 1");
        check.ThenStatement.ShouldBeOfType<ThrowStatement>().ErrorNumber.Text().ShouldBe("50012");
        var chain = body[first + 2].ShouldBeOfType<IfStatement>();
        chain.ThenStatement.ShouldBeOfType<ThrowStatement>().ErrorNumber.Text().ShouldBe("50013");
        chain.Predicate.Text().ShouldContain("LAG(n.hash, 1, @expected_hash)");
    }

    [Fact]
    public void An_append_writes_to_one_account_only()
    {
        foreach (var statement in Body("ledger.append"))
        {
            // The number of messages is of all accounts; a row of a message is of one.
            foreach (var update in statement.Find<UpdateSpecification>().Where(update => update.Target.Text() != "ledger.outbox_head"))
            {
                (update.WhereClause?.Text() ?? update.FromClause.Text()).ShouldContain("account_id = @account_id");
            }

            foreach (var insert in statement.Find<InsertSpecification>())
            {
                insert.Columns[0].Text().ShouldBe("account_id");
                ((SelectInsertSource)insert.InsertSource).Select.Text().ShouldStartWith("SELECT @account_id,");
            }
        }
    }

    [Fact]
    public void Messages_are_numbered_under_a_lock_that_is_taken_after_every_other_write()
    {
        var last = Body("ledger.append")[^1].ShouldBeOfType<IfStatement>();
        last.Predicate.ShouldBeOfType<ExistsPredicate>().Text().ShouldContain("FROM @messages m");
        var told = last.ThenStatement.ShouldBeOfType<BeginEndBlockStatement>().StatementList.Statements;
        told[0].ShouldBeOfType<UpdateStatement>().UpdateSpecification.Target.Text().ShouldBe("ledger.outbox_head");
        told[1].ShouldBeOfType<InsertStatement>().InsertSpecification.Target.Text().ShouldBe("ledger.outbox");
        told.Count.ShouldBe(2);
    }

    [Fact]
    public void Every_table_that_grows_is_guarded_against_change()
    {
        var guarded = TSql.All.SelectMany(text => text.Script.Find<CreateTriggerStatement>())
            .SelectMany(trigger => trigger.TriggerActions.Select(action => (trigger.TriggerObject.Name.Name(), action.TriggerActionType)))
            .ToHashSet();
        string[] caches = ["app.api_key", "ledger.account_head", "ledger.lot_state", "ledger.scope_state", "ledger.hold_state", "ledger.debt_state", "ledger.catalogue", "ledger.outbox_head",
            "app.heartbeat", "app.webhook", "app.delivery"];
        string[] deletable = ["ledger.scope_state", "app.past_segment", "app.report_view"];
        foreach (var table in Tables().Select(table => table.SchemaObjectName.Name()).Where(name => !deletable.Contains(name, StringComparer.Ordinal)))
        {
            guarded.ShouldContain((table, TriggerActionType.Delete));
            if (!caches.Contains(table, StringComparer.Ordinal))
            {
                guarded.ShouldContain((table, TriggerActionType.Update));
            }
        }
    }

    [Fact]
    public void Text_that_is_a_key_compares_by_code_unit()
    {
        foreach (var table in Tables())
        {
            var keys = table.Definition.TableConstraints.OfType<UniqueConstraintDefinition>().SelectMany(key => key.Columns).Select(column => column.Column.Text())
                .Concat(table.Definition.ColumnDefinitions.Where(column => column.Constraints.OfType<UniqueConstraintDefinition>().Any()).Select(column => column.ColumnIdentifier.Value))
                .ToHashSet(StringComparer.Ordinal);
            foreach (var column in table.Definition.ColumnDefinitions.Where(column => keys.Contains(column.ColumnIdentifier.Value) && column.DataType?.Text().Contains("char", StringComparison.Ordinal) == true))
            {
                column.Collation?.Value.ShouldBe("Latin1_General_100_BIN2", $"{table.SchemaObjectName.Name()}.{column.ColumnIdentifier.Value}");
            }
        }
    }

    [Fact]
    public void The_services_role_may_call_what_the_store_calls_and_change_nothing()
    {
        var script = TSql.Script("Scripts.least-privilege").Script;
        var granted = script.Find<GrantStatement>().SelectMany(grant => grant.Permissions.Select(permission => permission.Text() + " " + grant.SecurityTargetObject.ObjectName.Text())).ToList();
        var types = TSql.Scripts.SelectMany(text => text.Script.Find<CreateTypeTableStatement>()).Select(type => type.Name.Name());
        granted.Order(StringComparer.Ordinal).ShouldBe(_procedures.Keys.Concat(types).Select(name => "EXECUTE " + name)
            .Concat(["SELECT ledger", "VIEW DEFINITION ledger", "SELECT app", "INSERT app", "UPDATE app", "DELETE app.past_segment", "DELETE app.usage_segment", "DELETE app.report_view"]).Order(StringComparer.Ordinal));
        var denied = script.Find<DenyStatement>().ShouldHaveSingleItem();
        denied.Permissions.Select(permission => permission.Text()).ShouldBe(["INSERT", "UPDATE", "DELETE", "ALTER", "TAKE OWNERSHIP"]);
    }

    [Fact]
    public void The_ledger_tables_of_2022_are_those_of_the_schema_and_are_made_in_one_piece()
    {
        var script = TSql.Script("Scripts.ledger-tables-2022").Script;
        script.Batches.Count.ShouldBe(1);
        script.Batches[0].Statements[1].ShouldBeOfType<BeginTransactionStatement>();
        script.Batches[0].Statements[2].ShouldBeOfType<IfStatement>().ThenStatement.ShouldBeOfType<ThrowStatement>();
        script.Batches[0].Statements[^1].ShouldBeOfType<CommitTransactionStatement>();
        var made = script.Find<CreateTableStatement>().ToList();
        made.Select(table => table.SchemaObjectName.Name()).ShouldBe(["ledger.journal", "ledger.lot", "ledger.posting"]);
        foreach (var table in made)
        {
            var schema = Tables().Single(one => one.SchemaObjectName.Name() == table.SchemaObjectName.Name());
            table.Definition.Text().ShouldBe(schema.Definition.Text());
            table.Options.ShouldNotBeEmpty();
        }

        // Every reference that is dropped with a table is made again, with it or after it.
        var again = script.Find<ForeignKeyConstraintDefinition>().Select(key => key.ConstraintIdentifier.Value).ToList();
        script.Find<AlterTableDropTableElement>().Select(dropped => dropped.Name.Value).ShouldBeSubsetOf(again);
        var kept = TSql.Script("Migrations.0001-ledger").Script.Find<ForeignKeyConstraintDefinition>()
            .Where(key => made.Any(table => table.SchemaObjectName.Name() == key.ReferenceTableName.Name())).Select(key => key.ConstraintIdentifier.Value);
        kept.ShouldBeSubsetOf(again);
        var indexes = TSql.Script("Migrations.0001-ledger").Script.Find<CreateIndexStatement>().Where(index => made.Any(table => table.SchemaObjectName.Name() == index.OnName.Name()));
        indexes.Select(index => index.Text()).ShouldBe(script.Find<CreateIndexStatement>().Select(index => index.Text()), ignoreOrder: true);
    }

    [Fact]
    public void Migrations_are_numbered_without_gaps_and_split_into_batches()
    {
        SqlServerMigrator.Embedded.Select(migration => migration.Id).ShouldBe(Enumerable.Range(1, SqlServerMigrator.Embedded.Length));
        foreach (var migration in SqlServerMigrator.Embedded)
        {
            var batches = SqlServerMigrator.Batches(migration.Sql).ToList();
            batches.Count.ShouldBe(TSql.Parse(migration.Name, migration.Sql).Batches.Count);
            batches.ShouldAllBe(batch => TSql.Parse(migration.Name, batch, null).Batches.Count == 1);
        }
    }

    /// <summary>The model does not hold the server's own procedures and views.</summary>
    private static List<string> Unresolved(TSqlModel model) => [.. model.Validate().Select(message => message.ToString())
        .Where(message => !message.Contains("[sp_", StringComparison.Ordinal) && !message.Contains("[sys].", StringComparison.Ordinal))];

    private static List<TSqlStatement> Body(string procedure) => [.. ((BeginEndBlockStatement)_procedures[procedure].StatementList.Statements.Single()).StatementList.Statements];

    private static bool IsHead(NamedTableReference table) => table.SchemaObject.Name() == "ledger.account_head";

    private static IEnumerable<CreateTableStatement> Tables() =>
        TSql.All.Where(text => !text.Name.StartsWith("Scripts.", StringComparison.Ordinal)).SelectMany(text => text.Script.Find<CreateTableStatement>());

    private static string Place(TSqlFragment at, string what) => $"line {at.StartLine}: {what}";

    /// <summary>A definition as it is; a statement as the body of a procedure whose parameters are its own.</summary>
    private static void AddConstant(TSqlModel model, TSqlText constant)
    {
        var first = constant.Script.Batches[0].Statements[0];
        if (first is CreateTableStatement or CreateTriggerStatement)
        {
            model.AddObjects(constant.Sql);
            return;
        }

        if (first is PredicateSetStatement or CreateSchemaStatement)
        {
            return;
        }

        var declared = constant.Script.Find<DeclareVariableElement>().Select(variable => variable.VariableName.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var tables = constant.Script.Find<VariableTableReference>().Select(table => table.Variable.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // The parameter of a procedure that is called is no variable of the text.
        var named = constant.Script.Find<ExecuteParameter>().Select(parameter => parameter.Variable).ToHashSet();
        var parameters = constant.Script.Find<VariableReference>().Where(variable => !named.Contains(variable)).Select(variable => variable.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase).Where(name => !declared.Contains(name))
            .Select(name => tables.Contains(name) ? $"{name} ledger.{TableType(name)} READONLY" : name + " nvarchar(4000)");
        model.AddObjects($"CREATE PROCEDURE dbo.[{constant.Name}] {string.Join(", ", parameters)} AS {constant.Sql}");
    }

    /// <summary>A table-valued parameter is called as its type, in the plural.</summary>
    private static string TableType(string parameter) =>
        TableTypes.All.Select(type => type.Name["ledger.".Length..^"_list".Length]).Single(name => parameter[1..] == name + "s" || parameter[1..] == name + "es") + "_list";
}
