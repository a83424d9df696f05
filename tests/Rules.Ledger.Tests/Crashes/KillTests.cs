using System.Diagnostics;
using System.Globalization;
using Rules.Engine.Accounts;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Crashes;

public sealed class KillTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task F4_a_process_killed_twenty_five_times_loses_nothing_and_doubles_nothing() => KillAsync(_directory.Database, kills: 25, chargesPerKill: 40);

    /// <summary>A process that charges is killed outright and started again, until it has charged everything.</summary>
    /// <param name="chargesPerKill">Each process is killed so many new acknowledgements further on, wherever it then is.</param>
    public static async Task<string> KillAsync(string database, int kills, int chargesPerKill)
    {
        var charges = (kills + 2) * chargesPerKill;
        var acknowledged = new Dictionary<int, string>();
        for (var kill = 1; kill <= kills; kill++)
        {
            await RunAsync(database, charges, acknowledged, killAfter: chargesPerKill * kill);
        }

        acknowledged.Count.ShouldBeInRange(chargesPerKill * kills, charges - 1);
        (await RunAsync(database, charges, acknowledged, killAfter: null)).ShouldBe(0);
        acknowledged.Count.ShouldBe(charges);

        await using var ledger = await CreditLedger.OpenSqliteAsync(database, new LedgerOptions { AnchorPath = database + ".anchor" }, default);
        var keys = new List<string>();
        long spent = 0;
        string? cursor = null;
        do
        {
            var page = await ledger.EntriesAsync(new EntryFilter(ChargingProcess.Account, Kind: EntryKind.Charge, After: cursor, Limit: 500), default);
            keys.AddRange(page.Items.Select(entry => entry.IdempotencyKey));
            spent += page.Items.Sum(entry => entry.Amount);
            cursor = page.Next;
        }
        while (cursor is not null);
        keys.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, charges).Select(ChargingProcess.Key).Order(StringComparer.Ordinal));
        spent.ShouldBe(charges);
        (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
        return $"{kills.ToString("N0", CultureInfo.InvariantCulture)} kills, {charges.ToString("N0", CultureInfo.InvariantCulture)} charges, none lost, none double";
    }

    /// <summary>Runs the process until it ends or has acknowledged that many charges, and then kills it outright.</summary>
    /// <param name="acknowledged">Every answer seen so far, by number; an answer that differs from an earlier one fails the test.</param>
    private static async Task<int> RunAsync(string database, int charges, Dictionary<int, string> acknowledged, int? killAfter)
    {
        // From a little before the first that nobody has heard of: what was answered is answered again.
        var from = 0;
        while (acknowledged.ContainsKey(from))
        {
            from++;
        }

        from = Math.Max(0, from - 32);
        using var process = Process.Start(new ProcessStartInfo
        {
            FileName = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ArgumentList = { typeof(KillTests).Assembly.Location, "charge", database, from.ToString(CultureInfo.InvariantCulture), charges.ToString(CultureInfo.InvariantCulture) },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        try
        {
            // What was written before the kill is still read after it: an answer that reached the pipe was given.
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                if (line.Split(' ', 3) is not [var number, var time, var answer])
                {
                    continue;
                }

                var i = int.Parse(number, CultureInfo.InvariantCulture);
                if (acknowledged.TryGetValue(i, out var first))
                {
                    answer.ShouldBe(first);
                    time.ShouldBe("again");
                }
                else
                {
                    acknowledged.Add(i, answer);
                }

                if (acknowledged.Count >= killAfter)
                {
                    process.Kill();
                    continue;
                }

                try
                {
                    await process.StandardInput.WriteLineAsync();
                    await process.StandardInput.FlushAsync();
                }
                catch (IOException)
                {
                    // It has written its last answers and gone; they are still read.
                }
            }

            await process.WaitForExitAsync();
            return process.ExitCode;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
