namespace Rules.Ledger.Storage.Sqlite;

/// <summary>Keeps a database off file systems whose locks and shared memory are not this machine's own: two writers there corrupt a file.</summary>
internal static class NetworkFileSystem
{
    // What .NET does not count among network drives by itself: shared folders of virtual machines and user-space mounts over a network.
    private static readonly string[] _others = ["v9fs", "9p", "fuse.sshfs", "afs", "ceph", "gfs", "gfs2", "lustre", "gpfs", "vboxsf", "vmhgfs"];

    /// <exception cref="LedgerStartException">The database would lie on a network file system.</exception>
    public static void Refuse(string path)
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(Path.GetFullPath(path))!);
        while (!folder.Exists && folder.Parent is { } parent)
        {
            folder = parent;
        }

        try
        {
            // A drive's name is its mount point on Unix, and any folder below it answers for it.
            var drive = new DriveInfo(folder.FullName);
            Refuse(path, drive.DriveType, drive.DriveFormat);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // What the system does not say is not held against it; opening the file tells the rest.
        }
    }

    internal static void Refuse(string path, DriveType type, string format)
    {
        if (type == DriveType.Network || _others.Contains(format, StringComparer.OrdinalIgnoreCase))
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_on_network",
                $"The database {path} lies on a network file system ({format}), where file locks do not keep a second writer out. "
                + "Put it on a disk of this machine (Rules:Home), use SQL Server (Rules:Database), or force it: Rules:AllowNetworkFileSystem=on.");
        }
    }
}
