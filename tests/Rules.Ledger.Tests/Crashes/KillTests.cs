using System.Diagnostics;
using System.Globalization;
using Rules.Engine.Accounts;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Crashes;

public sealed class KillTests : IDisposable
{
    private const int Charges = 1000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task F4_a_process_killed_in_the_middle_of_a_thousand_charges_loses_none_and_doubles_none()
    {
        var acknowledged = new Dictionary<int, string>();
        for (var kill = 1; kill <= 5; kill++)
        {
            // Each process is killed a hundred new acknowledgements further on, wherever it then is.
            await RunAsync(acknowledged, killAfter: 100 * kill);
        }

        var beforeTheLast = acknowledged.Count;
        beforeTheLast.ShouldBeInRange(300, Charges - 1);
        (await RunAsync(acknowledged, killAfter: null)).ShouldBe(0);
        acknowledged.Count.ShouldBe(Charges);

        await using var ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions(), default);
        var keys = new List<string>();
        string? cursor = null;
        do
        {
            var page = await ledger.EntriesAsync(new EntryFilter(ChargingProcess.Account, Kind: EntryKind.Charge, After: cursor, Limit: 500), default);
            keys.AddRange(page.Items.Select(entry => entry.IdempotencyKey));
            cursor = page.Next;
        }
        while (cursor is not null);
        keys.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Charges).Select(ChargingProcess.Key).Order(StringComparer.Ordinal));
        var balance = await ledger.BalanceAsync(ChargingProcess.Account, null, default);
        balance.ShouldNotBeNull().Buckets.ShouldBe([new BucketBalance("allotment", 2000 - Charges)]);
        (await ledger.VerifyAsync(null, null, default)).Problems.ShouldBeEmpty();
    }

    /// <summary>Runs the process until it ends or has acknowledged that many charges, and then kills it outright.</summary>
    /// <param name="acknowledged">Every answer seen so far, by number; an answer that differs from an earlier one fails the test.</param>
    private async Task<int> RunAsync(Dictionary<int, string> acknowledged, int? killAfter)
    {
        using var process = Process.Start(new ProcessStartInfo
        {
            FileName = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ArgumentList = { typeof(KillTests).Assembly.Location, "charge", _directory.Database, Charges.ToString(CultureInfo.InvariantCulture) },
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
