using Rules.Cli.Output;
using Rules.LanguageServer;
using Rules.LanguageServer.Transport;
using Rules.LanguageServer.Workspace;

namespace Rules.Cli.Commands;

/// <summary><c>rules lsp</c>: one editor on standard input and output.</summary>
internal static class LspCommand
{
    public static async Task<int> RunAsync(Terminal terminal, string? pages, CancellationToken cancellationToken)
    {
        if (pages is not null && !Uri.TryCreate(pages, UriKind.Absolute, out _))
        {
            throw new CommandException(ExitCode.Usage, $"\"{pages}\" is not an address.", "write it in full, such as https://rules.example/diagnostics/");
        }

        var channel = new StreamChannel(terminal.Input, terminal.OutputBytes);
        var session = new LanguageServerSession(channel, id => pages is null ? InstalledPage(id) : $"{pages.TrimEnd('/')}/{id}", RuleFileNeighbours.Read);
        return await session.RunAsync(cancellationToken);
    }

    /// <summary>The page that is installed beside the program; null where there is none.</summary>
    private static string? InstalledPage(string id)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "diagnostics", id + ".md");
        return File.Exists(path) ? new Uri(path).AbsoluteUri : null;
    }
}
