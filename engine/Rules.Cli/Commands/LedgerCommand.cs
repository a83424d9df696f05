using System.CommandLine;
using Rules.Cli.Output;
using Rules.Ledger;
using Rules.Ledger.Anchoring;

namespace Rules.Cli.Commands;

/// <summary><c>rules ledger …</c>: commands over a database, beside the service that runs on it.</summary>
internal static class LedgerCommand
{
    public static Command Build(Terminal terminal, TimeProvider clock, Option<bool> json)
    {
        var database = new Argument<string>("DATABASE") { Description = "The file of a ledger, or the folder with its rules.db (Rules:Home)." };
        var account = new Option<string?>("--account") { Description = "Only this account.", HelpName = "ID" };
        var anchor = new Option<string?>("--anchor") { Description = "The anchor, or its folder (Rules:AnchorPath); else anchor.log beside the database.", HelpName = "FILE" };
        var fromCheckpoints = new Option<bool>("--from-checkpoints")
        {
            Description = "Begins at the newest checkpoint of each account, which the service wrote after it had proved the entries before it; those are not looked at again.",
        };
        var verify = new Command("verify", "Proves the history of every account from its own rows. Reads only, also while the service runs.") { database, account, anchor, fromCheckpoints, json };
        verify.SetAction((line, cancellationToken) => DatabaseFiles.Guard(terminal, () =>
            VerifyCommand.RunAsync(terminal, clock, DatabaseFiles.Database(line.GetRequiredValue(database)), line.GetValue(account), DatabaseFiles.Anchor(line.GetRequiredValue(database), line.GetValue(anchor)),
                line.GetValue(fromCheckpoints), line.GetValue(json), cancellationToken)));

        var by = new Option<string>("--by") { Description = "Who decides; recorded.", HelpName = "NAME", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why, in a sentence; recorded.", HelpName = "TEXT", Required = true };
        var accept = new Command("accept", "Makes a database that lies behind its anchor the history from now on, such as a restored backup, and records who decided it and why.")
        {
            database, anchor, by, reason,
        };
        accept.SetAction((line, cancellationToken) => DatabaseFiles.Guard(terminal, () => AcceptAsync(terminal, clock, DatabaseFiles.Database(line.GetRequiredValue(database)),
            DatabaseFiles.Anchor(line.GetRequiredValue(database), line.GetValue(anchor)), line.GetRequiredValue(by), line.GetRequiredValue(reason), cancellationToken)));

        return new Command("ledger", "Proves and reads the history in a database.") { verify, JournalExportCommand.Build(terminal, clock, database, account), accept, Segments(terminal, clock, database) };
    }

    private static Command Segments(Terminal terminal, TimeProvider clock, Argument<string> database)
    {
        var ruleset = new Option<string?>("--ruleset") { Description = "Only accounts of this ruleset.", HelpName = "NAME" };
        var rebuild = new Option<bool>("--rebuild") { Description = "Removes what is there first; else only what is missing or damaged is made." };
        var segments = new Command("segments", "Puts past usage into columns beside the entries, from which replays are read fast. Not while the service runs, which does so itself.")
        {
            database, ruleset, rebuild,
        };
        segments.SetAction((line, cancellationToken) => DatabaseFiles.Guard(terminal, async () =>
        {
            var file = DatabaseFiles.Database(line.GetRequiredValue(database));
            if (!File.Exists(file))
            {
                throw new CommandException(ExitCode.NoInput, $"{file}: there is no such database.", "name the file, or the folder with its rules.db; the service makes one at its first start");
            }

            await using var ledger = await CreditLedger.OpenSqliteAsync(file, new LedgerOptions { Time = clock }, cancellationToken);
            var name = line.GetValue(ruleset);
            if (name is not null && ledger.Rulesets.Find(name) is null)
            {
                throw new CommandException(ExitCode.Problems, $"No published ruleset is called \"{name}\".", "publish it first, or mend --ruleset");
            }

            foreach (var known in ledger.Rulesets.All.Where(known => name is null || known.Name == name))
            {
                var uses = line.GetValue(rebuild)
                    ? await ledger.Segments.RebuildAsync(known.Name, cancellationToken)
                    : await ledger.Segments.BuildAsync(known.Name, fewest: 1, cancellationToken);
                await terminal.Output.WriteLineAsync(Printable.Text($"{known.Name}: {Counted.Of(uses, "use")} put into columns"));
            }

            return ExitCode.Fine;
        }));
        return segments;
    }

    private static async Task<int> AcceptAsync(Terminal terminal, TimeProvider clock, string database, string anchor, string by, string reason, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(by) || string.IsNullOrWhiteSpace(reason))
        {
            throw new CommandException(ExitCode.Usage, "Whoever decides and why are part of the record.", "give --by NAME and --reason TEXT");
        }

        var accepted = await AnchorAcceptance.AcceptSqliteAsync(database, anchor, by, reason, clock, cancellationToken);
        if (accepted.Damage is { } damage)
        {
            await terminal.Output.WriteLineAsync(Printable.Text(damage));
        }

        foreach (var contradiction in accepted.Contradictions)
        {
            await terminal.Output.WriteLineAsync($"given up: {Printable.Text(contradiction)}");
        }

        await terminal.Output.WriteLineAsync($"{Counted.Of(accepted.Accounts, "account")} anchored as the database has them. The decision is in {Printable.Text(accepted.Decisions)}"
            + (accepted.FormerAnchor is { } former ? $"; the anchor of before is {Printable.Text(former)}." : "."));
        return ExitCode.Fine;
    }
}
