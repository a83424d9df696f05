namespace Rules.Ledger;

/// <summary>
/// A ledger that must not start: the message says what stands in the way and how to mend it. The host ends with
/// <see cref="ExitCode"/>.
/// </summary>
public sealed class LedgerStartException : Exception
{
    /// <summary>Another process has the database (<c>EX_TEMPFAIL</c>): starting again later may do.</summary>
    public const int TemporarilyUnavailable = 75;

    /// <summary>Database, program and rule files do not fit together (<c>EX_CONFIG</c>): somebody has to decide.</summary>
    public const int NeedsDecision = 78;

    public LedgerStartException(int exitCode, string code, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        ExitCode = exitCode;
        Code = code;
    }

    public LedgerStartException()
        : this(NeedsDecision, "start_refused", "The ledger cannot start.")
    {
    }

    public LedgerStartException(string message)
        : this(NeedsDecision, "start_refused", message)
    {
    }

    public LedgerStartException(string message, Exception innerException)
        : this(NeedsDecision, "start_refused", message, innerException)
    {
    }

    /// <summary>Exit code of the process: 75 or 78.</summary>
    public int ExitCode { get; }

    /// <summary>Stable code: <c>database_in_use</c>, <c>database_newer</c>, <c>migration_changed</c>, <c>database_foreign</c>, <c>PR0905</c> …</summary>
    public string Code { get; }
}
