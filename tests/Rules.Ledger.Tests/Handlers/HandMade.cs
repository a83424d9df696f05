using Dapper;
using Microsoft.Data.Sqlite;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;

namespace Rules.Ledger.Tests.Handlers;

/// <summary>Changes to a closed database by its owner, with the chain made to fit.</summary>
internal static class HandMade
{
    public static async Task ChangeAmountAsync(string database, string account, long sequence, long amount)
    {
        byte[] hash;
        await using (var store = SqliteLedgerStore.Open(database, new ManualTime(BankCommands.Start)))
        {
            await using var snapshot = await store.BeginReadAsync(default);
            var entry = (await snapshot.EntryAsync(account, sequence, default))!.Entry;
            hash = EntryHash.Of(entry with { Content = entry.Content with { Amount = amount } });
        }

        using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        connection.Execute("DROP TRIGGER journal_u; DROP TRIGGER head_forward");
        connection.Execute("UPDATE journal SET amount=@amount, hash=@hash WHERE seq=@sequence", new { amount, hash, sequence });
        connection.Execute("UPDATE account_head SET head_hash=@hash", new { hash });
    }

    /// <summary>What follows UPDATE rule_version SET.</summary>
    public static void ChangeRules(string database, string change)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=false");
        connection.Execute("DROP TRIGGER rule_version_u");
        connection.Execute("UPDATE rule_version SET " + change).ShouldBe(1);
    }
}
