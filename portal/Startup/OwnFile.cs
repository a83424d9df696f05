namespace Rules.Portal.Startup;

/// <summary>Files and folders that only the service's user may read.</summary>
internal static class OwnFile
{
    public static async Task WriteAsync(string path, string line, CancellationToken cancellationToken)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new StreamWriter(path, options);
        await file.WriteLineAsync(line.AsMemory(), cancellationToken);
    }

    /// <summary>Makes the folder, and takes others' rights from one that is there.</summary>
    public static DirectoryInfo Folder(string path)
    {
        var folder = Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows())
        {
            folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        }

        return folder;
    }
}
