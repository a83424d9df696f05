using System.CommandLine;
using Rules.Cli.Commands;
using Rules.Cli.Output;
using Rules.Ledger.Access;

namespace Rules.Cli;

/// <summary>The command line of <c>rules keys</c>.</summary>
internal static class KeysLine
{
    public static Command Build(Terminal terminal, TimeProvider clock, Option<bool> json)
    {
        var home = new Option<string>("--home")
        {
            Description = "The folder of the database, as the service has it in Rules:Home.",
            HelpName = "DIR",
            DefaultValueFactory = static _ => Environment.GetEnvironmentVariable("Rules__Home") is { Length: > 0 } set ? set : ".rules",
        };
        var name = new Argument<string>("NAME") { Description = "For people: what the key is for." };
        var id = new Argument<string>("ID") { Description = "The 16 characters after rk_." };
        var scopes = new Option<string[]>("--scope")
        {
            Description = $"What the key may do: {string.Join(", ", ScopeNames.All)}. Write it once for each.",
            HelpName = "SCOPE",
            Arity = ArgumentArity.OneOrMore,
            Required = true,
        };
        var rulesets = new Option<string[]>("--ruleset") { Description = "Only accounts of this rule set; may be repeated.", HelpName = "NAME" };
        var accounts = new Option<string[]>("--account") { Description = "Only this account; may be repeated.", HelpName = "ID" };
        var rate = new Option<int?>("--rate") { Description = "Requests per second; without it, what the service gives every key.", HelpName = "N" };
        var expires = new Option<string?>("--expires") { Description = "From then on the key is refused, such as 2027-01-01T00:00:00Z.", HelpName = "INSTANT" };
        var overlap = new Option<int>("--overlap")
        {
            Description = "Seconds for which the old secret counts as well; a day where it is left out.",
            HelpName = "SECONDS",
            DefaultValueFactory = static _ => 86_400,
        };

        var create = new Command("create", "Makes a key and shows it, once.") { name, scopes, rulesets, accounts, rate, expires, home, json };
        create.SetAction((line, cancellationToken) => KeysCommand.CreateAsync(
            terminal, clock, line.GetRequiredValue(home), new NewApiKey
            {
                Name = line.GetRequiredValue(name),
                Scopes = KeysCommand.Scopes(line.GetRequiredValue(scopes)),
                Rulesets = [.. line.GetValue(rulesets) ?? []],
                Accounts = [.. line.GetValue(accounts) ?? []],
                Rate = line.GetValue(rate) is { } number
                    ? number >= 1 ? number : throw new CommandException(ExitCode.Usage, "a rate is at least 1 request per second")
                    : null,
                ExpiresAt = KeysCommand.Expiry(line.GetValue(expires), clock),
                CreatedBy = "command",
            }, line.GetValue(json), cancellationToken));

        var list = new Command("list", "Lists all keys, in order of creation, without their secrets.") { home, json };
        list.SetAction((line, cancellationToken) => KeysCommand.ListAsync(terminal, clock, line.GetRequiredValue(home), line.GetValue(json), cancellationToken));

        var rotate = new Command("rotate", "Gives a key a new secret and shows it, once.") { id, overlap, home, json };
        rotate.SetAction((line, cancellationToken) => KeysCommand.RotateAsync(
            terminal, clock, line.GetRequiredValue(home), line.GetRequiredValue(id), line.GetValue(overlap), line.GetValue(json), cancellationToken));

        var revoke = new Command("revoke", "Revokes a key for good.") { id, home };
        revoke.SetAction((line, cancellationToken) => KeysCommand.RevokeAsync(terminal, clock, line.GetRequiredValue(home), line.GetRequiredValue(id), cancellationToken));

        return new Command("keys", "The API keys of a database that no service has open; a running one is asked at /v1/keys.") { create, list, rotate, revoke };
    }
}
