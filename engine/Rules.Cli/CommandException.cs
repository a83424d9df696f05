namespace Rules.Cli;

/// <summary>Ends a command with one sentence on standard error and an exit code: the user's mistake, never shown with a stack.</summary>
/// <param name="exitCode">One of <see cref="ExitCode"/>.</param>
/// <param name="message">What is wrong; where is part of it.</param>
/// <param name="help">How to mend it; null where the message says it.</param>
public sealed class CommandException(int exitCode, string message, string? help = null) : Exception(message)
{
    /// <summary>One of <see cref="Cli.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>How to mend it; null where the message says it.</summary>
    public string? Help { get; } = help;
}
