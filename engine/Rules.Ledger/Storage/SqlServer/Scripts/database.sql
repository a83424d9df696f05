-- The settings that a ledger needs of its database; run once in it by whoever owns it, with no other connection open.
-- Snapshots serve reads of one moment, and neither wait for writers nor hold them up. A commit is on disk before it is answered.
ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON;
GO
ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON WITH ROLLBACK IMMEDIATE;
GO
ALTER DATABASE CURRENT SET DELAYED_DURABILITY = DISABLED;
GO
ALTER DATABASE CURRENT SET PAGE_VERIFY CHECKSUM;
GO
