using Rules.Cli.Output;
using Rules.LanguageServer;
using Rules.LanguageServer.Transport;

namespace Rules.Cli.Commands;

/// <summary><c>rules lsp</c>: one editor on standard input and output.</summary>
internal static class LspCommand
{
    public static async Task<int> RunAsync(Terminal terminal, string? pages, CancellationToken cancellationToken)
    {
        Uri? address = null;
        if (pages is not null && !Uri.TryCreate(pages, UriKind.Absolute, out address))
        {
            throw new CommandException(ExitCode.Usage, $"\"{pages}\" is not an address.", "write it in full, such as https://rules.example/diagnostics/");
        }

        await using var channel = new StreamChannel(terminal.Input, terminal.OutputBytes);
        var session = new LanguageServerSession(channel, id => address is null ? null : new Uri(address, id).AbsoluteUri);
        return await session.RunAsync(cancellationToken);
    }
}
