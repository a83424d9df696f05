using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.SqlClient;
using Rules.Ledger.Storage.SqlServer;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>
/// The server that these tests use: that of <c>RULES_SQLSERVER</c>, whose login may create databases; else the official image, where a container engine
/// answers; else none, and the tests are skipped with the reason. <c>REQUIRE_SQLSERVER=1</c> makes that a failure.
/// </summary>
internal static class SqlServerAtHand
{
    private const string Image = "mcr.microsoft.com/mssql/server:2022-latest";

    private static readonly Lazy<(string? Server, string? Why)> _found = new(Find);

    private static int _databases;

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Missing => _found.Value.Server is null ? _found.Value.Why : null;

    public static bool IsRequired => Environment.GetEnvironmentVariable("REQUIRE_SQLSERVER") is "1" or "true";

    /// <summary>A new, empty database with the settings of a ledger; dropped with the answer.</summary>
    public static async Task<TemporaryDatabase> CreateDatabaseAsync()
    {
        var server = _found.Value.Server ?? throw new InvalidOperationException($"These tests need a SQL Server: {_found.Value.Why}");
        var name = string.Create(CultureInfo.InvariantCulture, $"rules_test_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}");
        await ExecuteAsync(With(server, "master"), $"CREATE DATABASE [{name}]");
        foreach (var batch in SqlServerMigrator.Batches(TSql.Script("Scripts.database").Sql))
        {
            await ExecuteAsync(With(server, name), batch);
        }

        return new TemporaryDatabase(With(server, name), () => ExecuteAsync(With(server, "master"), $"ALTER DATABASE [{name}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{name}]"));
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new SqlConnection(connectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync(sql);
    }

    private static string With(string server, string database) => new SqlConnectionStringBuilder(server) { InitialCatalog = database, Pooling = database != "master" }.ConnectionString;

    private static (string? Server, string? Why) Find()
    {
        if (Environment.GetEnvironmentVariable("RULES_SQLSERVER") is { Length: > 0 } given)
        {
            return (given, null);
        }

        if (Run("docker", "version --format {{.Server.Version}}") is not (0, _))
        {
            return (null, "RULES_SQLSERVER names no server, and no container engine answers.");
        }

        var password = "Aa1!" + Convert.ToHexString(RandomNumberGenerator.GetBytes(12));
        if (Run("docker", $"run -d --rm -e ACCEPT_EULA=Y -e MSSQL_SA_PASSWORD={password} -p 127.0.0.1::1433 {Image}") is not (0, var container))
        {
            return (null, $"RULES_SQLSERVER names no server, and {Image} cannot be started.");
        }

        AppDomain.CurrentDomain.ProcessExit += (_, _) => Run("docker", "stop -t 1 " + container);
        var address = Run("docker", $"port {container} 1433/tcp").Output.Split('\n')[0].Replace(':', ',');
        var server = $"Server={address};Database=master;User ID=sa;Password={password};Encrypt=true;TrustServerCertificate=true;Connect Timeout=5";
        for (var attempt = 0; attempt < 60; attempt++)
        {
            try
            {
                ExecuteAsync(server, "SELECT 1").GetAwaiter().GetResult();
                return (server, null);
            }
            catch (SqlException)
            {
                Thread.Sleep(1000);
            }
        }

        return (null, $"{Image} was started and did not answer within a minute.");
    }

    private static (int ExitCode, string Output) Run(string program, string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output.Trim());
        }
        catch (Win32Exception)
        {
            return (-1, "");
        }
    }
}

internal sealed class TemporaryDatabase(string connectionString, Func<Task> drop) : IAsyncDisposable
{
    public string ConnectionString => connectionString;

    /// <summary>The server's certificate is its own, and the way to it is short.</summary>
    public SqlServerOptions Options => new() { ConnectionString = connectionString, TrustServerCertificate = true, AllowInsecure = true };

    public async ValueTask DisposeAsync()
    {
        SqlConnection.ClearAllPools();
        await drop();
    }
}

/// <summary>A test that needs a server.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlServerFactAttribute : FactAttribute
{
    public SqlServerFactAttribute()
    {
        if (!SqlServerAtHand.IsRequired)
        {
            Skip = SqlServerAtHand.Missing;
        }
    }
}

/// <inheritdoc cref="SqlServerFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlServerTheoryAttribute : TheoryAttribute
{
    public SqlServerTheoryAttribute()
    {
        if (!SqlServerAtHand.IsRequired)
        {
            Skip = SqlServerAtHand.Missing;
        }
    }
}
