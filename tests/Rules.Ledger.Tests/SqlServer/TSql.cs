using System.Collections.Immutable;
using System.Reflection;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Rules.Ledger.Storage.SqlServer;
using Shouldly;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>Every T-SQL text of the product, parsed with the grammar of SQL Server 2019: the embedded scripts and the constants of the store.</summary>
internal static class TSql
{
    private const string Folder = "Rules.Ledger.Storage.SqlServer.";

    /// <summary>Scripts for SQL Server 2022 and later.</summary>
    private static readonly HashSet<string> _later = new(StringComparer.Ordinal) { "Scripts.ledger-tables-2022" };

    /// <summary>First words of a text that is a statement.</summary>
    private static readonly HashSet<string> _verbs =
        new(StringComparer.Ordinal) { "SELECT", "INSERT", "UPDATE", "DELETE", "DECLARE", "EXEC", "SET", "CREATE", "ALTER", "DROP", "GRANT", "DENY", "WITH", "BEGIN", "IF" };

    public static ImmutableArray<TSqlText> Scripts { get; } = [.. ReadScripts()];

    public static ImmutableArray<TSqlText> Constants { get; } = [.. ReadConstants()];

    public static IEnumerable<TSqlText> All => Scripts.Concat(Constants);

    public static TSqlText Script(string name) => Scripts.Single(script => string.Equals(script.Name, name, StringComparison.Ordinal));

    public static IEnumerable<T> Find<T>(this TSqlFragment fragment)
        where T : TSqlFragment
    {
        var finder = new Finder<T>();
        fragment.Accept(finder);
        return finder.Found;
    }

    /// <summary>The text of a fragment as it stands in its script.</summary>
    public static string Text(this TSqlFragment fragment) =>
        string.Concat(fragment.ScriptTokenStream.Skip(fragment.FirstTokenIndex).Take(fragment.LastTokenIndex - fragment.FirstTokenIndex + 1).Select(token => token.Text));

    public static string Name(this SchemaObjectName name) => string.Join('.', name.Identifiers.Select(part => part.Value));

    public static TSqlScript Parse(string name, string sql, TSqlParser? parser = null)
    {
        var script = (parser ?? new TSql150Parser(initialQuotedIdentifiers: true)).Parse(new StringReader(sql), out var errors);
        errors.Select(error => $"{name}({error.Line},{error.Column}): {error.Message}").ShouldBeEmpty();
        return (TSqlScript)script;
    }

    private static IEnumerable<TSqlText> ReadScripts()
    {
        var assembly = typeof(SqlServerMigrator).Assembly;
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            var name = resource[Folder.Length..^".sql".Length];
            var sql = reader.ReadToEnd();
            yield return new TSqlText(name, sql, Parse(name, sql, _later.Contains(name) ? new TSql160Parser(initialQuotedIdentifiers: true) : null));
        }
    }

    private static IEnumerable<TSqlText> ReadConstants()
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        foreach (var type in typeof(SqlServerMigrator).Assembly.GetTypes().Where(type => type.Namespace == typeof(SqlServerMigrator).Namespace))
        {
            foreach (var field in type.GetFields(Any).Where(field => field is { IsLiteral: true } && field.FieldType == typeof(string)))
            {
                var text = (string)field.GetRawConstantValue()!;
                // Parts of texts begin with a space or a comma; messages and names of procedures are no statements.
                if (_verbs.Contains(text.Split(' ', '\n')[0]))
                {
                    var name = $"{type.Name}.{field.Name}";
                    yield return new TSqlText(name, text, Parse(name, text));
                }
            }
        }
    }

    private sealed class Finder<T> : TSqlFragmentVisitor
        where T : TSqlFragment
    {
        public List<T> Found { get; } = [];

        public override void Visit(TSqlFragment node)
        {
            if (node is T found)
            {
                Found.Add(found);
            }
        }
    }
}

/// <param name="Name">Folder and name of a script, or class and name of a constant.</param>
internal sealed record TSqlText(string Name, string Sql, TSqlScript Script)
{
    public override string ToString() => Name;
}
