using System.CommandLine;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Cli.Commands;

/// <summary>
/// <c>rules publish DATABASE FILE...</c> and <c>rules publish --server URL FILE...</c>: checked files become versions that nobody changes any more. A file stands behind those it builds on,
/// whatever the order given; the first that is refused ends the command, and what stood before it is published.
/// </summary>
internal static class PublishCommand
{
    public static Command Build(Terminal terminal, TimeProvider clock)
    {
        var paths = new Argument<string[]>("DATABASE PATH")
        {
            Description = "The database, or the folder that holds its rules.db; then rule files, or folders that hold *.rules files at any depth. With --server only these.",
            Arity = ArgumentArity.OneOrMore,
        };
        var by = new Option<string?>("--by") { Description = "Who publishes; recorded. Not with --server, where the key says it.", HelpName = "NAME" };
        var anchor = new Option<string?>("--anchor") { Description = "The anchor, or its folder (Rules:AnchorPath); else anchor.log beside the database.", HelpName = "FILE" };
        var server = new Option<string?>("--server") { Description = "Put the files into review at a running service instead.", HelpName = "URL" };
        var key = new Option<string?>("--key") { Description = $"A file with a key of the service that has the scope draft; else the variable {ServerPublication.KeyVariable}.", HelpName = "FILE" };
        var publish = new Command("publish", "Publishes rule files into a database that no service has open, or puts them into review at one that runs. A published version never changes.")
        {
            paths, by, anchor, server, key,
        };
        publish.SetAction((line, cancellationToken) => DatabaseFiles.Guard(terminal, () =>
        {
            var given = line.GetRequiredValue(paths);
            if (line.GetValue(server) is { } address)
            {
                return line.GetValue(by) is null && line.GetValue(anchor) is null
                    ? ServerPublication.RunAsync(terminal, address, line.GetValue(key), given, cancellationToken)
                    : throw new CommandException(ExitCode.Usage, "--by and --anchor are of a database, and --server is none.", "leave them out: the key says who publishes");
            }

            if (given.Length < 2)
            {
                throw new CommandException(ExitCode.Usage, "Name the database, then the rule files.", "rules publish DATABASE FILE... --by NAME, or rules publish FILE... --server URL");
            }

            if (line.GetValue(by) is not { } name)
            {
                throw new CommandException(ExitCode.Usage, "Option '--by' is required.", "give --by NAME");
            }

            return RunAsync(terminal, clock, DatabaseFiles.Database(given[0]), given[1..], name, DatabaseFiles.Anchor(given[0], line.GetValue(anchor)), cancellationToken);
        }));
        return publish;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, TimeProvider clock, string database, IEnumerable<string> paths, string by, string anchor, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(by))
        {
            throw new CommandException(ExitCode.Usage, "Whoever publishes is part of the record.", "give --by NAME");
        }

        var workspace = new RuleWorkspace(RuleFiles.Find(paths));
        if (!File.Exists(database))
        {
            // Opening would make one, and a mistyped path is a likelier wish than an empty ledger.
            throw new CommandException(ExitCode.NoInput, $"{database}: there is no such database.", "name the file, or the folder with its rules.db; the service makes one at its first start");
        }

        var options = new LedgerOptions { Time = clock, AnchorPath = File.Exists(anchor) ? anchor : null };
        await using var ledger = await CreditLedger.OpenSqliteAsync(database, options, cancellationToken);
        var printer = new DiagnosticPrinter(terminal.Output, terminal.Palette, workspace);
        var (published, known) = (0, 0);
        foreach (var file in RulesetCatalogue.InOrder(workspace.Given.Select(static file => new Ledger.RuleFile(file.Path, file.Source.ToString()))))
        {
            var publication = await ledger.Rulesets.PublishAsync(file.FileName, file.Text, by, cancellationToken);
            if (publication is { Version: null, Common: null })
            {
                foreach (var diagnostic in publication.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error))
                {
                    printer.Print(diagnostic);
                }

                throw new CommandException(ExitCode.Problems, $"{file.FileName}: refused{(published == 0 ? "; nothing was published." : $"; {Counted.Of(published, "version")} before it stand published.")}");
            }

            (published, known) = publication.AlreadyPublished ? (published, known + 1) : (published + 1, known);
            var what = publication.Version is { } version
                ? $"{version.Id}: {(publication.AlreadyPublished ? "was published before" : "published")}, active from {InstantText.Format(version.ActiveFrom)}"
                : $"{publication.Common!.Id}: {(publication.AlreadyPublished ? "was published before" : "published")}, for rulesets to include";
            terminal.Output.WriteLine(Printable.Text(what));
        }

        terminal.Output.WriteLine($"{Counted.Of(published + known, "file")}, {published} published");
        return ExitCode.Fine;
    }
}
