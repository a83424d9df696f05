using System.Net;
using Microsoft.Data.SqlClient;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>A connection string that has been checked, and the connections made by it.</summary>
internal sealed class SqlServerDatabase
{
    private readonly string _connectionString;

    private SqlServerDatabase(string connectionString, string name)
    {
        _connectionString = connectionString;
        Name = name;
    }

    /// <summary>Server and database, for messages.</summary>
    public string Name { get; }

    /// <param name="setting">The setting that holds the string, for messages.</param>
    /// <exception cref="LedgerStartException">It cannot be read, or its connection would not be safe.</exception>
    public static SqlServerDatabase Of(string connectionString, string setting, SqlServerOptions options)
    {
        SqlConnectionStringBuilder builder;
        try
        {
            builder = new SqlConnectionStringBuilder(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            // What it says would repeat parts of the string, and one of them is a password; so the cause is left out as well.
            throw Refusal("connection_string_invalid",
                $"{setting} is not a connection string. Write it as Server=HOST;Database=NAME;User ID=USER;Password=PASSWORD;Encrypt=true, with values that hold ; or = in quotation marks.");
        }

        if (string.IsNullOrWhiteSpace(builder.DataSource) || string.IsNullOrWhiteSpace(builder.InitialCatalog))
        {
            throw Refusal("connection_string_invalid", $"{setting} names no {(string.IsNullOrWhiteSpace(builder.DataSource) ? "server: add Server=HOST" : "database: add Database=NAME")}.");
        }

        var local = IsLoopback(builder.DataSource);
        if (SqlConnectionEncryptOption.Optional.Equals(builder.Encrypt) && !(options.AllowInsecure && local))
        {
            throw Refusal("connection_insecure", options.AllowInsecure
                ? $"{setting} asks for a connection without encryption to {builder.DataSource}. That is allowed to this machine only: write Encrypt=true."
                : $"{setting} asks for a connection without encryption. Write Encrypt=true, or Encrypt=strict where the server is 2022 or later.");
        }

        if (builder.TrustServerCertificate && !options.TrustServerCertificate && !(options.AllowInsecure && local))
        {
            throw Refusal("connection_insecure",
                $"{setting} trusts whatever certificate the server shows. Install a certificate that this machine trusts and write TrustServerCertificate=false; or say that you mean it with Rules:TrustServerCertificate=on.");
        }

        builder.TrustServerCertificate |= options.TrustServerCertificate;
        // Half a transaction must never go on over a connection that was made anew.
        builder.ConnectRetryCount = 0;
        builder.MultipleActiveResultSets = false;
        builder.PersistSecurityInfo = false;
        builder.Enlist = false;
        builder.Pooling = true;
        builder.MaxPoolSize = Math.Max(builder.MaxPoolSize, options.Writers + 32);
        builder.ApplicationName = "Rules";
        return new SqlServerDatabase(builder.ConnectionString, $"{builder.DataSource}, database {builder.InitialCatalog}");
    }

    /// <exception cref="StoreException">The server cannot be reached, or refuses the login.</exception>
    public async ValueTask<SqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqlConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch (Exception e)
        {
            await connection.DisposeAsync();
            throw SqlServerErrors.IsStores(e) ? SqlServerErrors.Of(e) : e;
        }
    }

    /// <summary>True for names and addresses of this machine: with an instance, a port or a protocol.</summary>
    internal static bool IsLoopback(string dataSource)
    {
        var server = dataSource.AsSpan().Trim();
        if (server.StartsWith("tcp:", StringComparison.OrdinalIgnoreCase))
        {
            server = server["tcp:".Length..];
        }

        var end = server.IndexOfAny(',', '\\');
        server = (end < 0 ? server : server[..end]).Trim();
        return server is "." or "(local)" or "::1" || server.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(server, out var address) && IPAddress.IsLoopback(address));
    }

    private static LedgerStartException Refusal(string code, string message) => new(LedgerStartException.NeedsDecision, code, message);
}
