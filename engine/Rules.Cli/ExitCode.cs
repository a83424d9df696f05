namespace Rules.Cli;

/// <summary>What the command tells the shell; the figures above 2 are those of sysexits.</summary>
public static class ExitCode
{
    /// <summary>Done; for a quote also where the answer is a refusal.</summary>
    public const int Fine = 0;

    /// <summary>The rules have errors, an example does not hold, or a file is not formatted.</summary>
    public const int Problems = 1;

    /// <summary>The command line could not be understood.</summary>
    public const int Usage = 2;

    /// <summary>The event cannot be read or evaluated (EX_DATAERR).</summary>
    public const int BadData = 65;

    /// <summary>A file or folder is not there, cannot be read, or holds no rule file (EX_NOINPUT).</summary>
    public const int NoInput = 66;

    /// <summary>A fault of the command itself (EX_SOFTWARE).</summary>
    public const int Internal = 70;
}
