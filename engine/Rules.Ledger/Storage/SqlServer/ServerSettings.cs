using System.Globalization;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>How a database is set up; checked at each start.</summary>
internal sealed class ServerSettings
{
    private const int Oldest = 150;

    /// <summary>One row. The collation is that of the narrowest key; null before the first migration.</summary>
    public const string Select =
        """
        SELECT d.is_read_committed_snapshot_on AS ReadCommittedSnapshot, d.snapshot_isolation_state AS SnapshotIsolation, d.delayed_durability AS DelayedDurability,
          d.page_verify_option AS PageVerify, d.compatibility_level AS Compatibility, d.is_read_only AS ReadOnly,
          (SELECT MIN(c.collation_name) FROM sys.columns c WHERE c.object_id = OBJECT_ID(N'ledger.journal') AND c.name = N'idem_key') AS KeyCollation
        FROM sys.databases d WHERE d.database_id = DB_ID()
        """;

    public bool ReadCommittedSnapshot { get; set; }

    /// <summary>1: on.</summary>
    public byte SnapshotIsolation { get; set; }

    /// <summary>0: a commit waits for the disk.</summary>
    public int DelayedDurability { get; set; }

    /// <summary>2: checksums.</summary>
    public byte PageVerify { get; set; }

    public byte Compatibility { get; set; }

    public bool ReadOnly { get; set; }

    public string? KeyCollation { get; set; }

    /// <exception cref="LedgerStartException">A setting would lose or mix up what is written; all are named.</exception>
    public void Check(string database)
    {
        var problems = Problems().ToList();
        if (problems.Count > 0)
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_settings",
                $"{database} is not set up for a ledger. {string.Join(' ', problems)} The script Storage/SqlServer/Scripts/database.sql does it; run it in the database as its owner.");
        }
    }

    internal IEnumerable<string> Problems()
    {
        if (ReadOnly)
        {
            yield return "It is read-only.";
        }

        if (Compatibility < Oldest)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"Its compatibility level is {Compatibility}, and SQL Server 2019 is the oldest that will do: ALTER DATABASE CURRENT SET COMPATIBILITY_LEVEL = {Oldest}.");
        }

        if (SnapshotIsolation != 1)
        {
            yield return "Reads of one moment need snapshots: ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON.";
        }

        if (!ReadCommittedSnapshot)
        {
            yield return "Readers would hold up writers: ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE.";
        }

        if (DelayedDurability != 0)
        {
            yield return "Commits are answered before they are on disk: ALTER DATABASE CURRENT SET DELAYED_DURABILITY = DISABLED.";
        }

        if (PageVerify != 2)
        {
            yield return "Pages carry no checksum: ALTER DATABASE CURRENT SET PAGE_VERIFY CHECKSUM.";
        }

        if (KeyCollation?.EndsWith("_BIN2", StringComparison.Ordinal) == false)
        {
            yield return $"Keys compare by {KeyCollation}, which takes some that differ for the same; the schema was not made by this program.";
        }
    }
}
