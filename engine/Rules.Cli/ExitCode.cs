namespace Rules.Cli;

/// <summary>What the command tells the shell; the figures above 2 are those of sysexits.</summary>
public static class ExitCode
{
    /// <summary>Done; for a quote also where the answer is a refusal.</summary>
    public const int Fine = 0;

    /// <summary>The rules have errors, an example does not hold, a file is not formatted, or a ledger's history is not proved.</summary>
    public const int Problems = 1;

    /// <summary>The command line could not be understood.</summary>
    public const int Usage = 2;

    /// <summary>The event cannot be read or evaluated (EX_DATAERR).</summary>
    public const int BadData = 65;

    /// <summary>A file or folder is not there, cannot be read, or holds no rule file (EX_NOINPUT).</summary>
    public const int NoInput = 66;

    /// <summary>A fault of the command itself (EX_SOFTWARE).</summary>
    public const int Internal = 70;

    /// <summary>Another process has the database (EX_TEMPFAIL).</summary>
    public const int InUse = 75;

    /// <summary>Database, anchor and program do not fit together: somebody has to decide (EX_CONFIG).</summary>
    public const int NeedsDecision = 78;

    /// <summary>Stopped by its user, as shells count it.</summary>
    public const int Stopped = 130;
}
