using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Client;
using Rules.Dsl.Text;

namespace Rules.Cli.Commands;

/// <summary><c>rules publish --server URL FILE...</c>: each file goes into review at a running service, where people approve and publish it.</summary>
internal static class ServerPublication
{
    /// <summary>The variable that holds the key where no file is named.</summary>
    public const string KeyVariable = "RULES_API_KEY";

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);

    public static async Task<int> RunAsync(Terminal terminal, string server, string? keyFile, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(server.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
        {
            throw new CommandException(ExitCode.Usage, $"--server: \"{server}\" is no address.", "write it as https://rules.example");
        }

        if (address.Scheme == "http" && !address.IsLoopback)
        {
            throw new CommandException(ExitCode.Usage, "--server: a key is sent over https only, but to this machine.", $"write https://{address.Authority}");
        }

        var workspace = new RuleWorkspace(RuleFiles.Find(paths));
        using var http = new HttpClient { BaseAddress = address, Timeout = _patience };
        var client = new RulesClient(http, await KeyAsync(keyFile, cancellationToken));
        var sent = 0;
        foreach (var file in Ledger.RulesetCatalogue.InOrder(workspace.Given.Select(static file => new Ledger.RuleFile(file.Path, file.Source.ToString()))))
        {
            try
            {
                var answer = await client.CreateDraftAsync(new NewDraft { Text = file.Text }, cancellationToken);
                if (!answer.Succeeded)
                {
                    var before = sent == 0 ? "nothing was put into review." : $"{Counted.Of(sent, "file")} before it went into review.";
                    throw new CommandException(
                        answer.Status == 503 ? ExitCode.InUse : ExitCode.Problems, $"{file.FileName}: {answer.Problem.Code}: {answer.Problem.Detail ?? answer.Problem.Title} {Upper(before)}", answer.Problem.Help);
                }

                sent++;
                var draft = answer.Value;
                terminal.Output.WriteLine(Printable.Text($"{new RuleFileId(draft.Ruleset, draft.Version)}: {draft.State}, {new Uri(address, draft.ReviewUrl.TrimStart('/'))}"));
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new CommandException(ExitCode.InUse, $"{address}: the service does not answer: {exception.Message}", "sent again, the same file finds the draft that is under way");
            }
        }

        terminal.Output.WriteLine($"{Counted.Of(sent, "file")} in review; people approve and publish there");
        return ExitCode.Fine;
    }

    private static string Upper(string sentence) => char.ToUpperInvariant(sentence[0]) + sentence[1..];

    private static async Task<string> KeyAsync(string? file, CancellationToken cancellationToken)
    {
        var text = file is null ? Environment.GetEnvironmentVariable(KeyVariable) : await File.ReadAllTextAsync(file, cancellationToken);
        return text?.Trim() is { Length: > 0 } key && key.StartsWith("rk_", StringComparison.Ordinal) && !key.Any(char.IsWhiteSpace)
            ? key
            : throw new CommandException(ExitCode.Usage, file is null ? $"the service asks for a key: {KeyVariable} holds none." : $"{file}: this holds no key.", "name a file with a key of the scope draft: --key FILE");
    }
}
