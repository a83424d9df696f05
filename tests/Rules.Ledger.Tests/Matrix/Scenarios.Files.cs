using NodaTime;
using Rules.Ledger.Anchoring;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;

namespace Rules.Ledger.Tests.Matrix;

internal static partial class Scenarios
{
    /// <summary>The log is cut at any byte, or has garbage from there on: every commit before the cut is there, and none in part.</summary>
    public static async Task<string> F5Async(string directory, int cuts)
    {
        var recorded = await RecordAsync(Path.Combine(directory, "whole.db"));
        var random = new Random(5);
        var lost = 0;
        for (var i = 0; i < cuts; i++)
        {
            var cut = random.Next(recorded.Log.Length + 1);
            var log = recorded.Log[..cut];
            if (i % 2 == 1)
            {
                var garbage = new byte[random.Next(1, 9000)];
                random.NextBytes(garbage);
                log = [.. log, .. garbage];
            }

            var database = Path.Combine(directory, Said($"cut{i}.db"));
            await using var store = Restore(database, recorded.Database, log);
            var hashes = await store.HashesAsync();
            hashes.ShouldBe(recorded.Hashes[..hashes.Length], $"cut at {cut}");
            var durable = recorded.Lengths.Count(length => length <= cut);
            hashes.Length.ShouldBeGreaterThanOrEqualTo(durable, $"cut at {cut}");
            lost += recorded.Hashes.Length - hashes.Length;
            if (i % 10 == 0)
            {
                await store.ShouldHoldAsync();
                (await store.RunAsync(BankCommands.Charge("acme", "after", 1, BankCommands.Start))).Status.ShouldBe(
                    hashes.Length < 2 ? hashes.Length == 0 ? CommandStatus.AccountUnknown : CommandStatus.Refused : CommandStatus.Accepted);
            }
        }

        return Said($"{cuts:N0} cuts, {lost:N0} commits behind them gone, none before them and none in part");
    }

    /// <summary>A bit flips in the last commit of the log, or in a page of the file: the start is refused, the proof fails, or nothing that is stored has changed.</summary>
    public static async Task<string> F6Async(string directory, int flips)
    {
        var anchor = Path.Combine(directory, "anchor.log");
        var recorded = await RecordAsync(Path.Combine(directory, "whole.db"), anchor);
        await using (var closed = Restore(Path.Combine(directory, "closed.db"), recorded.Database, recorded.Log))
        {
            await closed.RunAsync(BankCommands.Charge("acme", "never written", 0, BankCommands.Start + Duration.FromDays(-1)));
        }

        var pages = await File.ReadAllBytesAsync(Path.Combine(directory, "closed.db"));
        var content = Dump(Path.Combine(directory, "closed.db"));
        var random = new Random(6);
        var (refused, found, harmless) = (0, 0, 0);
        var silent = new List<string>();
        for (var i = 0; i < flips; i++)
        {
            var database = Path.Combine(directory, Said($"flip{i}.db"));
            var inLog = i % 2 == 0;
            var bytes = inLog ? recorded.Log.ToArray() : pages.ToArray();
            var at = inLog ? random.Next((int)recorded.Lengths[^2], bytes.Length) : random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(database, inLog ? recorded.Database : bytes);
            if (inLog)
            {
                await File.WriteAllBytesAsync(database + "-wal", bytes);
            }

            File.Copy(anchor, database + ".anchor", overwrite: true);
            try
            {
                await using var ledger = await CreditLedger.OpenSqliteAsync(database, new LedgerOptions { AnchorPath = database + ".anchor" }, default);
                if ((await ledger.VerifyAsync(null, null, default)).Holds)
                {
                    inLog.ShouldBeFalse($"bit {at} of the log");
                    harmless++;
                }
                else
                {
                    found++;
                    continue;
                }
            }
            catch (Exception e) when (e is LedgerStartException or StoreException or Microsoft.Data.Sqlite.SqliteException)
            {
                refused++;
                continue;
            }

            if (Dump(database) is var changed && changed != content)
            {
                var (was, now) = content.Split('\n').Zip(changed.Split('\n')).First(pair => pair.First != pair.Second);
                silent.Add($"bit {at} of the file: \"{was}\" became \"{now}\"");
            }
        }

        silent.ShouldBeEmpty();

        return Said($"{flips:N0} flips: {refused:N0} starts refused, {found:N0} found by the proof, {harmless:N0} in bytes that store nothing");
    }

    /// <summary>A disk of three megabytes runs full under charges, and has room again.</summary>
    public static async Task<string> F7Async(TemporaryDirectory directory)
    {
        var disk = Path.Combine(directory.Root, "disk");
        Directory.CreateDirectory(disk);
        if (await RunAsync("mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk) != 0)
        {
            return "left out: it needs the right to mount a disk of its own";
        }

        try
        {
            var filler = Path.Combine(disk, "filler");
            await File.WriteAllBytesAsync(filler, new byte[1024 * 1024]);
            await using var ledger = await OpenAsync(Path.Combine(disk, "rules.db"), new ManualTime(_t0), Path.Combine(disk, "anchor.log"));
            await FundAsync(ledger, "acme", 1_000_000);
            var charged = 0;
            while ((await ledger.ChargeAsync("acme", Use(1), Key(charged), default)).Status == CommandStatus.Accepted)
            {
                charged++;
            }

            for (var i = 0; i < 20; i++)
            {
                (await ledger.ChargeAsync("acme", Use(1), Key(charged), default)).Status.ShouldBe(CommandStatus.OutcomeUnknown);
            }

            File.Delete(filler);
            var began = TimeProvider.System.GetTimestamp();
            (await SendAsync(() => ledger.ChargeAsync("acme", Use(1), Key(charged), default))).Replayed.ShouldBeFalse();
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(1));
            (await AvailableAsync(ledger, "acme")).ShouldBe(1_000_000 - charged - 1);
            await ShouldHoldAsync(ledger);
            return Said($"{charged:N0} charges until the disk was full, refused then, and one after it had room");
        }
        finally
        {
            await RunAsync("umount", disk);
        }
    }

    /// <summary>A copy is taken while clients charge, and put back.</summary>
    public static async Task<string> F18Async(string directory, int charges)
    {
        var database = Path.Combine(directory, "rules.db");
        var anchor = Path.Combine(directory, "anchor.log");
        var copy = Path.Combine(directory, "copy.db");
        long head;
        await using (var ledger = await OpenAsync(database, new ManualTime(_t0), anchor))
        {
            await FundAsync(ledger, "acme", charges);
            var charging = Task.Run(() => SendAllAsync(Enumerable.Range(0, charges), i => ledger.ChargeAsync("acme", Use(1), Key(i), default)));
            while ((await ledger.EntriesAsync(new EntryFilter("acme", Limit: 1), default)).Items[0].Sequence < charges / 4)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }

            using (var source = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Pooling=false;Mode=ReadOnly"))
            using (var target = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={copy};Pooling=false"))
            {
                source.Open();
                target.Open();
                source.BackupDatabase(target);
            }

            await charging;
            head = (await ledger.EntriesAsync(new EntryFilter("acme", Limit: 1), default)).Items[0].Sequence;
        }

        // The copy is a sound history of its own, and shorter than what was anchored: the start names the account and where each ends.
        long copied;
        await using (var alone = await CreditLedger.OpenSqliteAsync(copy, new LedgerOptions { Time = new ManualTime(_t0) }, default))
        {
            await ShouldHoldAsync(alone);
            copied = (await alone.EntriesAsync(new EntryFilter("acme", Limit: 1), default)).Items[0].Sequence;
        }

        copied.ShouldBeInRange(charges / 4, head - 1);
        var refusal = await Should.ThrowAsync<LedgerStartException>(() => CreditLedger.OpenSqliteAsync(copy, new LedgerOptions { AnchorPath = anchor }, default));
        refusal.ExitCode.ShouldBe(78);
        refusal.Message.ShouldContain(Said($"account \"acme\" had come to entry {head}, and ends at {copied} in the database"));
        await AnchorAcceptance.AcceptSqliteAsync(copy, anchor, "the matrix", "restored a copy", new ManualTime(_t0), default);
        await using (var again = await CreditLedger.OpenSqliteAsync(copy, new LedgerOptions { Time = new ManualTime(_t0), AnchorPath = anchor }, default))
        {
            // Whoever sends everything again gets it charged once.
            (await SendAllAsync(Enumerable.Range(0, charges), i => again.ChargeAsync("acme", Use(1), Key(i), default))).ShouldAllBe(result => result.Status == CommandStatus.Accepted);
            (await AvailableAsync(again, "acme")).ShouldBe(0);
            await ShouldHoldAsync(again);
        }

        return Said($"copied at entry {copied:N0} of {head:N0}: sound, told to lie behind its anchor, accepted, and caught up");
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return 127;
        }
    }

    /// <summary>A history of one commit per command, with the length of the log after each.</summary>
    private static async Task<Recorded> RecordAsync(string database, string? anchor = null)
    {
        var store = (ILedgerStore)SqliteLedgerStore.Open(database, new ManualTime(BankCommands.Start));
        if (anchor is not null)
        {
            store = await AnchoredStore.OpenAsync(store, anchor, new ManualTime(BankCommands.Start), default);
        }

        await using (store)
        {
            // The schema is in the log too; what is recorded begins behind it.
            var lengths = new List<long>();
            var at = BankCommands.Start;
            await store.RunAsync(BankCommands.Open("acme", at));
            lengths.Add(LogLength(database));
            await store.RunAsync(BankCommands.Grant("acme", "g", "g", 1000, at));
            lengths.Add(LogLength(database));
            for (var i = 0; i < 30; i++)
            {
                await store.RunAsync(BankCommands.Charge("acme", Key(i), i, at));
                lengths.Add(LogLength(database));
            }

            return new Recorded(await ReadAsync(database), await ReadAsync(database + "-wal"), lengths, await store.HashesAsync());
        }
    }

    private static long LogLength(string database) => new FileInfo(database + "-wal").Length;

    private static async Task<byte[]> ReadAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        await file.ReadExactlyAsync(bytes);
        return bytes;
    }

    private static SqliteLedgerStore Restore(string database, byte[] file, byte[] log)
    {
        File.WriteAllBytes(database, file);
        File.WriteAllBytes(database + "-wal", log);
        return SqliteLedgerStore.Open(database, new ManualTime(BankCommands.Start));
    }

    /// <summary>
    /// Every row of every table and every line of the schema; without what nothing proves: what scopes have counted (a cache, which this bank's
    /// rules do not make), and the hash by which a repeated request is known for the same.
    /// </summary>
    private static string Dump(string database)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={database};Pooling=false");
        connection.Open();
        var text = new System.Text.StringBuilder();
        foreach (var table in new[] { "sqlite_master" }.Concat(Rows(connection, "SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")))
        {
            text.Append(table).AppendLine();
            var columns = table switch
            {
                "scope_state" => "account_id",
                "answer" => "answer_id, account_id, accepted, outcome, body, created_at",
                _ => "*",
            };
            foreach (var row in Rows(connection, $"SELECT {columns} FROM {table}"))
            {
                text.AppendLine(row);
            }
        }

        return text.ToString();
    }

    internal static List<string> Rows(Microsoft.Data.Sqlite.SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount)
                .Select(i => reader.GetValue(i) is byte[] bytes ? Convert.ToHexString(bytes) : Said($"{reader.GetValue(i)}"))));
        }

        return rows;
    }

    /// <param name="Lengths">Of the log after each commit.</param>
    private sealed record Recorded(byte[] Database, byte[] Log, List<long> Lengths, string[] Hashes);
}
