using Rules.Dsl.Text;

namespace Rules.LanguageServer.Workspace;

/// <summary>
/// Finds on a disk what a rule file builds on: <c>NAME.vN.rules</c> in the file's own folder, in a folder <c>NAME</c> in it, or in one beside it.
/// Names are those that <see cref="RuleFileId.IsName"/> accepts, and links are not followed, so that no name leads elsewhere.
/// </summary>
public static class RuleFileNeighbours
{
    /// <summary>The places that are looked at for a version, in this order.</summary>
    /// <param name="folder">The folder of the file that builds on it.</param>
    /// <param name="id">Its name may come from anyone.</param>
    public static IEnumerable<string> PlacesOf(string folder, RuleFileId id)
    {
        if (!RuleFileId.IsName(id.Name))
        {
            return [];
        }

        var own = Path.GetFullPath(folder);
        string?[] folders = [own, Path.Combine(own, id.Name), Path.GetDirectoryName(own) is { } root ? Path.Combine(root, id.Name) : null];
        return folders.OfType<string>().Select(place => Path.Combine(place, id.FileName)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>The published page that belongs to a rule file: <c>x.page.txt</c> beside <c>x.rules</c>.</summary>
    public static string PageOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        const string Extension = ".rules";
        return (path.EndsWith(Extension, StringComparison.Ordinal) ? path[..^Extension.Length] : path) + ".page.txt";
    }

    /// <summary>
    /// The text of a file; null where there is none, it cannot be read, or it or its folder is a link. Of one larger than
    /// <see cref="SourceText.MaximumBytes"/> only as much is read as shows that it is.
    /// </summary>
    public static SourceText? Read(string path)
    {
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists || file.LinkTarget is not null || file.Directory is { LinkTarget: not null })
            {
                return null;
            }

            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[(int)Math.Min(stream.Length, SourceText.MaximumBytes) + 1];
            return SourceText.FromUtf8(bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)), file.Name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
