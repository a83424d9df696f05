using System.CommandLine;
using Rules.Cli.Output;
using Rules.Ledger;

namespace Rules.Cli.Commands;

/// <summary>Where a ledger's database and its anchor lie, and what a command says when they cannot be used.</summary>
internal static class DatabaseFiles
{
    private const string DatabaseFile = "rules.db";
    private const string AnchorFile = "anchor.log";

    public static Argument<string> Argument() => new("DATABASE") { Description = "The file of a ledger, or the folder with its rules.db (Rules:Home)." };

    /// <summary>A folder stands for the database in it.</summary>
    public static string Database(string given) => Directory.Exists(given) ? Path.Combine(given, DatabaseFile) : given;

    /// <summary>Beside the database unless another place is given.</summary>
    public static string Anchor(string database, string? given) => given switch
    {
        null => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Database(database)))!, AnchorFile),
        _ when Directory.Exists(given) => Path.Combine(given, AnchorFile),
        _ => given,
    };

    /// <summary>Runs a command over a database; what keeps it from opening ends the command in words.</summary>
    public static async Task<int> Guard(Terminal terminal, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (LedgerStartException refusal)
        {
            throw new CommandException(refusal.Code == "database_missing" ? ExitCode.NoInput : refusal.ExitCode, refusal.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, e.Message);
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("rules: stopped.");
            return ExitCode.Stopped;
        }
    }
}
