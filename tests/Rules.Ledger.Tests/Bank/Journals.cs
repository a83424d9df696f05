using Rules.Ledger.Storage;
using Rules.Ledger.Verification;
using Rules.Ledger.Writing;
using Shouldly;

namespace Rules.Ledger.Tests.Bank;

/// <summary>What tests ask of a store as a whole.</summary>
internal static class Journals
{
    public static async Task<CommandResult[]> RunAsync(this ILedgerStore store, params PendingCommand[] commands)
    {
        await CommandWriter.RunAsync(store, commands);
        return await Task.WhenAll(commands.Select(command => command.Completion));
    }

    public static async Task<CommandResult> RunAsync(this ILedgerStore store, PendingCommand command) => (await store.RunAsync([command]))[0];

    public static async Task<AccountProof> AccountProofAsync(this ILedgerStore store, string account)
    {
        await using var snapshot = await store.BeginReadAsync(default);
        await foreach (var proof in snapshot.AccountProofsAsync(account, default))
        {
            return proof;
        }

        throw new ShouldAssertException($"There is no account {account}.");
    }

    /// <summary>Account, sequence and hash of every entry, by account and sequence: equal exactly where the journals are equal byte by byte.</summary>
    public static async Task<string[]> HashesAsync(this ILedgerStore store)
    {
        var hashes = new List<(string Account, long Sequence, string Hash)>();
        await using var snapshot = await store.BeginReadAsync(default);
        await foreach (var proof in snapshot.EntryProofsAsync(null, default))
        {
            hashes.Add((proof.Entry.Account, proof.Entry.Sequence, Convert.ToHexStringLower(proof.Entry.Hash.Span)));
        }

        return [.. hashes.OrderBy(h => h.Account, StringComparer.Ordinal).ThenBy(h => h.Sequence).Select(h => $"{h.Account} {h.Sequence} {h.Hash}")];
    }

    public static async Task<VerificationReport> VerifyAsync(this ILedgerStore store, string? account = null)
    {
        await using var snapshot = await store.BeginReadAsync(default);
        return await new Verifier(snapshot, null).VerifyAsync(account, default);
    }

    public static async Task ShouldHoldAsync(this ILedgerStore store)
    {
        var report = await store.VerifyAsync();
        report.Problems.ShouldBeEmpty();
        report.Holds.ShouldBeTrue();
    }
}
