namespace Rules.Portal.Startup;

/// <summary>A service that must not start: the message says what stands in the way and how to mend it.</summary>
public sealed class StartRefusedException : Exception
{
    public StartRefusedException(int exitCode, string message, Exception? innerException = null)
        : base(message, innerException) => ExitCode = exitCode;

    public StartRefusedException()
        : this(ExitCodes.Usage, "The service cannot start.")
    {
    }

    public StartRefusedException(string message)
        : this(ExitCodes.Usage, message)
    {
    }

    public StartRefusedException(string message, Exception innerException)
        : this(ExitCodes.Usage, message, innerException)
    {
    }

    public int ExitCode { get; }
}

/// <summary>
/// How the process ends. 75 (the database is in use) and 78 (database, program and rule files do not fit together) come with
/// <see cref="Ledger.LedgerStartException"/>.
/// </summary>
public static class ExitCodes
{
    /// <summary>A setting or address that cannot be used (<c>EX_USAGE</c>).</summary>
    public const int Usage = 64;

    /// <summary>The address is taken (<c>EX_UNAVAILABLE</c>).</summary>
    public const int AddressInUse = 69;
}
