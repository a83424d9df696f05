using System.CommandLine;
using System.Text;
using Rules.Cli.Output;
using Rules.Ledger;

namespace Rules.Cli.Commands;

/// <summary><c>rules export DATABASE FOLDER</c>: published versions as files, in the layout <c>NAME/NAME.vN.rules</c>, byte for byte.</summary>
internal static class ExportCommand
{
    public static Command Build(Terminal terminal, TimeProvider clock)
    {
        var database = DatabaseFiles.Argument();
        var folder = new Argument<string>("FOLDER") { Description = "Where NAME/NAME.vN.rules are written." };
        var name = new Option<string?>("--name") { Description = "Only the rules of this name.", HelpName = "NAME" };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that differ from what was published." };
        var export = new Command("export", "Writes published versions out of a database into files. Reads only, also while the service runs.") { database, folder, name, overwrite };
        export.SetAction((line, cancellationToken) => DatabaseFiles.Guard(terminal, () => RunAsync(
            terminal, clock, DatabaseFiles.Database(line.GetRequiredValue(database)), line.GetRequiredValue(folder), line.GetValue(name), line.GetValue(overwrite), cancellationToken)));
        return export;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, TimeProvider clock, string database, string folder, string? name, bool overwrite, CancellationToken cancellationToken)
    {
        List<(string Path, byte[] Bytes)> files;
        await using (var ledger = await CreditLedger.OpenSqliteReadOnlyAsync(database, new LedgerOptions { Time = clock }, cancellationToken))
        {
            var rulesets = ledger.Rulesets;
            files =
            [
                .. rulesets.CommonFiles.Select(static file => (file.Id.Name, file.FileName, file.Text))
                    .Concat(rulesets.All.SelectMany(ruleset => rulesets.Versions(ruleset.Name).Reverse()).Select(static version => (version.Model.Name, version.FileName, version.Text)))
                    .Where(file => name is null || file.Name == name)
                    .Select(file => (Path.Combine(folder, file.Name, file.FileName), Encoding.UTF8.GetBytes(file.Text))),
            ];
        }

        if (files.Count == 0)
        {
            throw new CommandException(ExitCode.NoInput, name is null ? $"{database}: nothing is published in it." : $"{database}: no rules named \"{name}\" are published in it.");
        }

        // All or none: a folder that holds something else is told before anything is written.
        var known = files.Select(static file => File.Exists(file.Path) ? File.ReadAllBytes(file.Path) : null).ToList();
        var others = files.Where((file, i) => known[i] is { } bytes && !bytes.AsSpan().SequenceEqual(file.Bytes)).Select(static file => file.Path).ToList();
        if (others.Count > 0 && !overwrite)
        {
            foreach (var path in others)
            {
                terminal.Output.WriteLine($"{Printable.Text(path)}: {terminal.Palette.Bad("differs from what was published")}");
            }

            throw new CommandException(
                ExitCode.Problems, $"{Counted.Of(others.Count, "file")} in {folder} {(others.Count == 1 ? "differs" : "differ")} from what was published; nothing was written.",
                "move them away, export into another folder, or replace them with --overwrite");
        }

        var written = 0;
        for (var i = 0; i < files.Count; i++)
        {
            if (known[i] is { } bytes && bytes.AsSpan().SequenceEqual(files[i].Bytes))
            {
                continue;
            }

            Write(files[i].Path, files[i].Bytes);
            terminal.Output.WriteLine($"{Printable.Text(files[i].Path)}: written");
            written++;
        }

        terminal.Output.WriteLine($"{Counted.Of(files.Count, "file")}, {(written == 0 ? "all there already" : $"{written} written")}");
        return ExitCode.Fine;
    }

    // The file is replaced as a whole: an interruption leaves the old one or the new one.
    private static void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = path + ".exporting";
        File.WriteAllBytes(draft, bytes);
        File.Move(draft, path, overwrite: true);
    }
}
