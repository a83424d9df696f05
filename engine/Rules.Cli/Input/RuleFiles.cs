using System.IO.Enumeration;
using Rules.Dsl.Text;

namespace Rules.Cli.Input;

/// <summary>Finds and reads rule files. What cannot be found or read ends the command with <see cref="ExitCode.NoInput"/>.</summary>
public static class RuleFiles
{
    /// <summary>
    /// A file is taken whatever its name; a folder gives every <c>*.rules</c> below it, without hidden folders and without following
    /// links to folders. Each file once, in the order given, those of a folder by name.
    /// </summary>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths)
    {
        var found = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            foreach (var file in FilesOf(path))
            {
                if (known.Add(Path.GetFullPath(file)))
                {
                    found.Add(file);
                }
            }
        }

        return found;
    }

    /// <summary>Reads one file; of one larger than <see cref="SourceText.MaximumBytes"/> only as much as shows that it is.</summary>
    public static RuleFile Read(string path)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: this is a folder, not a rule file.", "name one file");
        }

        var bytes = BoundedReader.Read(path, SourceText.MaximumBytes + 1);
        return new RuleFile(path, SourceText.FromUtf8(bytes, Path.GetFileName(path)));
    }

    private static List<string> FilesOf(string path)
    {
        if (path.Length > 0 && Directory.Exists(path))
        {
            var files = Below(path);
            return files.Count > 0
                ? files
                : throw new CommandException(ExitCode.NoInput, $"{path}: no *.rules file is in this folder or below it.", "name the folder that holds the rule files");
        }

        return path.Length > 0 && File.Exists(path)
            ? [path]
            : throw new CommandException(ExitCode.NoInput, $"{path}: there is no such file or folder.");
    }

    private static List<string> Below(string folder)
    {
        try
        {
            var files = new FileSystemEnumerable<string>(
                folder,
                static (ref entry) => entry.ToSpecifiedFullPath(),
                new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System })
            {
                ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && entry.FileName.EndsWith(".rules", StringComparison.Ordinal),
                ShouldRecursePredicate = static (ref entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
            };
            return [.. files.Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{folder}: the folder cannot be read: {exception.Message}");
        }
    }
}
