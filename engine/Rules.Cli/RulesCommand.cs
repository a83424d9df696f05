using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Rules.Cli.Commands;
using Rules.Cli.Output;

namespace Rules.Cli;

/// <summary>The command line of <c>rules</c>: what may be written, and which command it means.</summary>
public static class RulesCommand
{
    private const string Description = """
        Checks, tests and prices with rule files.

        Exit codes: 0 done; 1 the rules have errors, an example does not hold, or a file is not formatted; 2 the command line is wrong;
        65 the event cannot be read or priced, or a line of a story cannot be read; 66 a file is not there or cannot be read; 70 a fault of rules
        itself; 130 stopped. For a ledger also: 1 its history is not proved; 75 another process has it open; 78 database, anchor and program do
        not fit together.
        """;

    /// <summary>Runs one command line and gives its <see cref="ExitCode"/>. Writes to the terminal only; never throws for a user's mistake.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Terminal terminal, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(terminal);
        ArgumentNullException.ThrowIfNull(clock);
        try
        {
            // A path may begin with @ or be a directive's name in brackets: neither means anything but itself.
            var line = Build(terminal, clock, afterDashes: arguments.Contains("--", StringComparer.Ordinal)).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (line.Errors.Count > 0 && line.Action is ParseErrorAction or null)
            {
                return Refuse(terminal, line);
            }

            return await line.InvokeAsync(new InvocationConfiguration
            {
                Output = terminal.Output,
                Error = terminal.Error,
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (CommandException exception)
        {
            await terminal.Error.WriteLineAsync($"rules: {Printable.Text(exception.Message)}");
            if (exception.Help is { } help)
            {
                await terminal.Error.WriteLineAsync($"  help: {Printable.Text(help)}");
            }

            return exception.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("rules: stopped.");
            return ExitCode.Stopped;
        }
        catch (Exception exception)
        {
            await terminal.Error.WriteLineAsync("rules: this is a fault of the command, not of your files. Please report it with the lines below.");
            await terminal.Error.WriteLineAsync(exception.ToString());
            return ExitCode.Internal;
        }
    }

    private static RootCommand Build(Terminal terminal, TimeProvider clock, bool afterDashes)
    {
        var json = new Option<bool>("--json") { Description = "Write one JSON document instead of text." };
        var paths = new Argument<string[]>("PATH")
        {
            Description = "Rule files, or folders that hold *.rules files at any depth.",
            Arity = ArgumentArity.OneOrMore,
        };
        var file = new Argument<string>("FILE") { Description = "A rule file." };
        var usage = new Argument<string>("EVENT") { Description = "A file with one event as JSON, or - for standard input." };
        var pages = new Option<string?>("--pages")
        {
            Description = "Address under which a diagnostic's page is found, such as https://rules.example/diagnostics/; without it, the pages installed with the program.",
            HelpName = "URL",
        };

        var story = new Argument<string[]>("FILE... STORY")
        {
            Description = "Rule files, or folders that hold them; then the story, one step a line as JSON, or - for standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var before = new Argument<string>("BEFORE") { Description = "The rule file as it was." };
        var after = new Argument<string>("AFTER") { Description = "The rule file as it is to be." };
        var past = new Argument<string?>("USAGE") { Description = "A file with past events as JSON Lines, each with account and at, or - for standard input. None with --database.", Arity = ArgumentArity.ZeroOrOne };
        if (!afterDashes)
        {
            foreach (var argument in new Argument[] { paths, file, usage, story, before, after, past })
            {
                argument.Validators.Add(RefuseOptions);
            }
        }

        var assumptions = new Option<bool>("--assumptions") { Description = "List every assume as well: what the files decide and their pages do not." };
        var check = new Command("check", "Reports every problem in rule files, with its line and how to mend it.") { paths, assumptions, json };
        check.SetAction(line => CheckCommand.Run(terminal, line.GetRequiredValue(paths), line.GetValue(assumptions), line.GetValue(json)));

        var onlyCheck = new Option<bool>("--check") { Description = "Change nothing; exit with 1 where a file is not formatted." };
        var fmt = new Command("fmt", "Lays rule files out in the one way; words, figures and comments stay as they are.") { paths, onlyCheck };
        fmt.SetAction(line => FormatCommand.Run(terminal, line.GetRequiredValue(paths), line.GetValue(onlyCheck)));

        var coverage = new Option<bool>("--coverage") { Description = "List the figures that could change by one step and nothing in the file would notice. The exit code stays." };
        var test = new Command("test", "Runs the examples in rule files and shows the working of those that do not hold.") { paths, coverage, json };
        test.SetAction(line => TestCommand.Run(terminal, line.GetRequiredValue(paths), line.GetValue(coverage), line.GetValue(json)));

        var quote = new Command("quote", "Prices one event and explains the price. Nothing is recorded.") { file, usage, json };
        quote.SetAction(line => QuoteCommand.Run(terminal, clock, line.GetRequiredValue(file), line.GetRequiredValue(usage), line.GetValue(json)));

        var run = new Command("run", "Runs the dated steps of a story against an account that is gone afterwards; one JSON result a line.") { story };
        run.SetAction((line, cancellationToken) => RunCommand.RunAsync(terminal, line.GetRequiredValue(story), cancellationToken));

        var diff = new Command("diff", "Says what changes from one rule file to another: what is dearer, cheaper, new or gone.") { before, after, json };
        diff.SetAction(line => DiffCommand.Run(terminal, line.GetRequiredValue(before), line.GetRequiredValue(after), line.GetValue(json)));

        var rules = new Option<string>("--rules") { Description = "The rules as they are. With --database it may be left out: what was published, each version in its time.", HelpName = "FILE" };
        var against = new Option<string[]>("--against") { Description = "The rules as they might be; up to five files.", HelpName = "FILE", Required = true, Arity = ArgumentArity.OneOrMore };
        var by = new Option<string[]>("--by") { Description = "Group by what events record, such as project; up to four names.", HelpName = "NAME" };
        var top = new Option<int>("--top") { Description = "How many accounts and differences to show.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var csv = new Option<bool>("--csv") { Description = "Write a row per account and rules as CSV." };
        var ofDatabase = new Option<string?>("--database") { Description = "The past of a ledger in place of a file; a folder stands for its rules.db. Reads only, also while the service runs.", HelpName = "DATABASE" };
        var imported = new Option<bool>("--imported") { Description = "Of a database: usage that was imported, in place of what was charged." };
        var account = new Option<string?>("--account") { Description = "Of a database: only this account.", HelpName = "ID" };
        var from = new Option<string?>("--from") { Description = "Of a database: recorded at or after; 30 days before the end where it is left out.", HelpName = "INSTANT" };
        var to = new Option<string?>("--to") { Description = "Of a database: recorded before; now where it is left out.", HelpName = "INSTANT" };
        var replay = new Command("replay", "Says what past usage would have come to under other rules: totals, whom it touches, who runs out sooner, and why.")
        {
            past, rules, against, ofDatabase, from, to, account, imported, by, top, json, csv,
        };
        replay.SetAction((line, cancellationToken) => ReplayCommand.RunAsync(
            terminal,
            clock,
            new ReplayCommand.Request(
                line.GetValue(rules),
                [.. line.GetRequiredValue(against)],
                line.GetValue(past),
                [.. line.GetValue(by) ?? []],
                Math.Clamp(line.GetValue(top), 1, 1000),
                line.GetValue(json),
                line.GetValue(csv))
            {
                Database = line.GetValue(ofDatabase),
                IsImported = line.GetValue(imported),
                Account = line.GetValue(account),
                From = line.GetValue(from),
                To = line.GetValue(to),
            },
            cancellationToken));

        var lsp = new Command("lsp", "Serves editors: the language server protocol on standard input and output.") { pages };
        lsp.SetAction((line, cancellationToken) => LspCommand.RunAsync(terminal, line.GetValue(pages), cancellationToken));

        return new RootCommand(Description) { check, fmt, test, quote, run, diff, replay, ExportCommand.Build(terminal, clock), PublishCommand.Build(terminal, clock), LedgerCommand.Build(terminal, clock, json), UsageCommand.Build(terminal, clock, json), lsp, KeysLine.Build(terminal, clock, json) };
    }

    // The parser takes an option it does not know for a path.
    private static void RefuseOptions(ArgumentResult result)
    {
        foreach (var token in result.Tokens.Where(static t => t.Value is ['-', _, ..]))
        {
            result.AddError($"\"{token.Value}\" is not an option; a path that begins with a dash is written after --.");
        }
    }

    private static IEnumerable<string> Names(SymbolResult? result)
    {
        for (; result is CommandResult { Command: var command }; result = result.Parent)
        {
            yield return command is RootCommand ? "rules" : command.Name;
        }
    }

    private static int Refuse(Terminal terminal, ParseResult line)
    {
        var atRoot = line.CommandResult.Command is RootCommand;
        var words = atRoot && line.UnmatchedTokens is [var word, ..]
            ? [$"\"{word}\" is not a command; the commands are {string.Join(", ", line.CommandResult.Command.Subcommands.Select(static c => c.Name))}."]
            : line.Errors.Select(static e => e.Message).Distinct(StringComparer.Ordinal);
        foreach (var error in words)
        {
            terminal.Error.WriteLine($"rules: {Printable.Text(error)}");
        }

        var command = string.Join(' ', Names(line.CommandResult).Reverse());
        terminal.Error.WriteLine($"  help: {command} --help");
        return ExitCode.Usage;
    }
}
