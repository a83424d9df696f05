using System.Runtime.CompilerServices;
using System.Text;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.LanguageServer.Workspace;

namespace Rules.Cli.Input;

/// <summary>
/// The rule files of one command: each is read once and compiled over the versions it builds on, which lie beside it
/// (<see cref="RuleFileNeighbours"/>) or are among the files that were given.
/// </summary>
public sealed class RuleWorkspace
{
    private readonly Dictionary<string, RuleFile> _files = new(StringComparer.Ordinal);
    private readonly ConditionalWeakTable<SourceText, string> _paths = [];
    private readonly Dictionary<string, RulesetLibrary> _libraries = new(StringComparer.Ordinal);
    private readonly RuleFileLookup _given;

    /// <summary>Reads the files that were given; what cannot be read ends the command with <see cref="ExitCode.NoInput"/>.</summary>
    public RuleWorkspace(params IEnumerable<string> paths)
    {
        Given = [.. paths.Select(Read)];
        _given = RulesetLibrary.Among(Given.Select(static f => f.Source));
    }

    /// <summary>In the order given.</summary>
    public IReadOnlyList<RuleFile> Given { get; }

    /// <summary>Compiles one of the files, with its published page where <c>NAME.page.txt</c> lies beside it.</summary>
    public RulesetCompilation Compile(RuleFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var folder = FolderOf(file.Path);
        if (!_libraries.TryGetValue(folder, out var library))
        {
            _libraries.Add(folder, library = new RulesetLibrary(id => Find(folder, id)));
        }

        return library.Compile(file.Source, PageOf(file.Path));
    }

    /// <summary>The path by which a person knows the file of a place.</summary>
    public string PathOf(TextLocation location) => _paths.TryGetValue(location.Source, out var path) ? path : location.FileName;

    private SourceText? Find(string folder, RuleFileId id)
    {
        foreach (var place in RuleFileNeighbours.PlacesOf(folder, id))
        {
            if (_files.TryGetValue(place, out var known))
            {
                return known.Source;
            }

            if (RuleFileNeighbours.Read(place) is { } text)
            {
                return Keep(place, new RuleFile(Shown(place), text)).Source;
            }
        }

        return _given(id);
    }

    private RuleFile Read(string path) =>
        _files.TryGetValue(Path.GetFullPath(path), out var known) ? known : Keep(Path.GetFullPath(path), RuleFiles.Read(path));

    private RuleFile Keep(string fullPath, RuleFile file)
    {
        _files.Add(fullPath, file);
        _paths.AddOrUpdate(file.Source, file.Path);
        return file;
    }

    // Nobody wrote this path, so it is the shortest that leads there.
    private static string Shown(string fullPath) =>
        Path.GetRelativePath(Directory.GetCurrentDirectory(), fullPath) is var near && near.StartsWith("..", StringComparison.Ordinal) ? fullPath : near;

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static string? PageOf(string path)
    {
        var page = RuleFileNeighbours.PageOf(path);
        if (!File.Exists(page))
        {
            return null;
        }

        var bytes = BoundedReader.Read(page, SourceText.MaximumBytes + 1);
        return bytes.Length <= SourceText.MaximumBytes
            ? Encoding.UTF8.GetString(bytes)
            : throw new CommandException(ExitCode.NoInput, $"{page}: the page is larger than 1 MiB.", "keep the part that holds the prices");
    }
}
