using System.Data;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>A column of a result set, with the type that the client gives for it.</summary>
internal sealed record ResultColumn(string Name, Type Type, string? Source);

/// <summary>The result sets of a text, worked out from its tree and the schema.</summary>
internal static class ResultSets
{
    private static readonly Dictionary<string, Dictionary<string, Type>> _tables = ReadTables();

    /// <summary>Those SELECTs that answer: the others set variables, or are part of something else.</summary>
    public static List<List<ResultColumn>> Of(TSqlFragment text)
    {
        var variables = text.Find<DeclareVariableElement>().Concat(text.Find<ProcedureParameter>())
            .Where(variable => variable.DataType is SqlDataTypeReference).DistinctBy(variable => variable.VariableName.Value)
            .ToDictionary(variable => variable.VariableName.Value, variable => TypeOf((SqlDataTypeReference)variable.DataType), StringComparer.OrdinalIgnoreCase);
        return [.. text.Find<SelectStatement>().Select(select => First(select.QueryExpression))
            .Where(query => query.SelectElements.All(element => element is SelectScalarExpression))
            .Select(query => query.SelectElements.Cast<SelectScalarExpression>().Select(element => Column(element, query, variables)).ToList())];
    }

    private static QuerySpecification First(QueryExpression query) => query switch
    {
        QuerySpecification one => one,
        BinaryQueryExpression both => First(both.FirstQueryExpression),
        _ => throw new InvalidOperationException(query.Text()),
    };

    private static ResultColumn Column(SelectScalarExpression element, QuerySpecification query, Dictionary<string, Type> variables)
    {
        var name = element.ColumnName?.Value ?? throw new InvalidOperationException($"A column without a name: {element.Text()}");
        var source = (element.Expression as ColumnReferenceExpression)?.MultiPartIdentifier.Identifiers[^1].Value;
        return new ResultColumn(name, TypeOf(element.Expression, query, variables), source);
    }

    private static Type TypeOf(ScalarExpression expression, QuerySpecification query, Dictionary<string, Type> variables) => expression switch
    {
        ColumnReferenceExpression column => TypeOf(column, query),
        VariableReference variable => variables[variable.Name],
        FunctionCall { FunctionName.Value: "DATEDIFF_BIG" or "COUNT_BIG" } => typeof(long),
        FunctionCall { FunctionName.Value: "OBJECT_ID" or "SCHEMA_ID" } => typeof(int),
        FunctionCall { FunctionName.Value: "MIN" or "MAX" or "SUM" } call => TypeOf(call.Parameters[0], query, variables),
        CoalesceExpression coalesce => TypeOf(coalesce.Expressions[0], query, variables),
        UnaryExpression negated => TypeOf(negated.Expression, query, variables),
        BinaryExpression sum => TypeOf(sum.FirstExpression, query, variables),
        SearchedCaseExpression choice => TypeOf(choice.WhenClauses[0].ThenExpression, query, variables),
        StringLiteral => typeof(string),
        IntegerLiteral => typeof(int),
        CastCall cast => TypeOf((SqlDataTypeReference)cast.DataType),
        ScalarSubquery inner => TypeOf(((SelectScalarExpression)First(inner.QueryExpression).SelectElements[0]).Expression, First(inner.QueryExpression), variables),
        ParenthesisExpression inner => TypeOf(inner.Expression, query, variables),
        _ => throw new InvalidOperationException($"The type of {expression.Text()} is not known."),
    };

    private static Type TypeOf(ColumnReferenceExpression column, QuerySpecification query)
    {
        var parts = column.MultiPartIdentifier.Identifiers;
        var alias = parts[0].Value;
        var name = parts[^1].Value;
        foreach (var table in query.FromClause.Find<TableReferenceWithAlias>().Where(table => table.Alias?.Value == alias))
        {
            switch (table)
            {
                case NamedTableReference named when _tables.TryGetValue(named.SchemaObject.Name(), out var columns):
                    return columns[name];
                case NamedTableReference { SchemaObject.SchemaIdentifier.Value: "sys" }:
                    return _catalogue[name];
                case QueryDerivedTable derived:
                    var inner = First(derived.QueryExpression);
                    var element = inner.SelectElements.Cast<SelectScalarExpression>()
                        .Single(candidate => (candidate.ColumnName?.Value ?? ((ColumnReferenceExpression)candidate.Expression).MultiPartIdentifier.Identifiers[^1].Value) == name);
                    return TypeOf(element.Expression, inner, []);
            }
        }

        throw new InvalidOperationException($"{column.Text()} belongs to no table of its statement.");
    }

    // As the server's documentation gives them.
    private static readonly Dictionary<string, Type> _catalogue = new(StringComparer.Ordinal)
    {
        ["is_read_committed_snapshot_on"] = typeof(bool),
        ["snapshot_isolation_state"] = typeof(byte),
        ["delayed_durability"] = typeof(int),
        ["page_verify_option"] = typeof(byte),
        ["compatibility_level"] = typeof(byte),
        ["is_read_only"] = typeof(bool),
        ["collation_name"] = typeof(string),
        ["name"] = typeof(string),
    };

    private static Dictionary<string, Dictionary<string, Type>> ReadTables() =>
        TSql.All.Where(text => !text.Name.StartsWith("Scripts.", StringComparison.Ordinal)).SelectMany(text => text.Script.Find<CreateTableStatement>()).ToDictionary(table => table.SchemaObjectName.Name(),
            table => table.Definition.ColumnDefinitions.ToDictionary(column => column.ColumnIdentifier.Value,
                column => column.DataType is SqlDataTypeReference type ? TypeOf(type) : typeof(bool), StringComparer.Ordinal), StringComparer.Ordinal);

    public static Type TypeOf(SqlDataTypeReference type) => type.SqlDataTypeOption switch
    {
        SqlDataTypeOption.BigInt => typeof(long),
        SqlDataTypeOption.Int => typeof(int),
        SqlDataTypeOption.TinyInt => typeof(byte),
        SqlDataTypeOption.Bit => typeof(bool),
        SqlDataTypeOption.NVarChar or SqlDataTypeOption.Char => typeof(string),
        SqlDataTypeOption.Binary or SqlDataTypeOption.VarBinary => typeof(byte[]),
        _ => throw new InvalidOperationException($"The type {type.Text()} is not one of the product's."),
    };

    /// <summary>A reader over one row of each result set, as the client would give it.</summary>
    /// <param name="value">The value of a column; null for NULL.</param>
    public static DataTableReader Reader(IEnumerable<List<ResultColumn>> sets, Func<ResultColumn, object?> value)
    {
        var tables = sets.Select(set =>
        {
            var table = new DataTable { Locale = System.Globalization.CultureInfo.InvariantCulture };
            foreach (var column in set)
            {
                table.Columns.Add(column.Name, column.Type);
            }

            table.Rows.Add([.. set.Select(column => value(column) ?? DBNull.Value)]);
            return table;
        });
        return new DataTableReader([.. tables]);
    }
}
