namespace Rules.Ledger.Storage.SqlServer;

/// <summary>How a ledger in SQL Server is reached. A connection string is a secret: it enters no message and no log.</summary>
public sealed record SqlServerOptions
{
    /// <summary>Of the service's login, which needs the role <c>ledger_app</c> and no more.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>Of a login that owns the database, used for migrations at start and for nothing else; null: the service's login migrates.</summary>
    public string? OwnerConnectionString { get; init; }

    /// <summary>Takes the server's certificate without checking who issued it. The connection is encrypted, but not proof against somebody in between.</summary>
    public bool TrustServerCertificate { get; init; }

    /// <summary>Allows a connection without encryption, to this machine only.</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Write transactions at once, each of another account; 1 to 256.</summary>
    public int Writers { get; init; } = 16;

    /// <summary>Without its secrets.</summary>
    public override string ToString() => "SQL Server";
}
