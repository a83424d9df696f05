using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Handlers;

namespace Rules.Ledger.Tests.Crashes;

/// <summary>
/// A host of the ledger as bare as can be: it opens the file, then charges one credit under each of the keys <c>k0</c>, <c>k1</c> … from a number on, sixteen at a
/// time, and says on its output which were answered. It is never more than <see cref="Ahead"/> answers ahead of the lines it is sent in return,
/// so that a kill falls in the middle however slowly its output is read. Started again, it does the same again.
/// </summary>
internal static class ChargingProcess
{
    public const string Account = "acme";

    private const int Clients = 16;
    private const int Ahead = 64;

    public static async Task<int> RunAsync(string database, int from, int count)
    {
        await using var ledger = await CreditLedger.OpenSqliteAsync(database, new LedgerOptions { AnchorPath = database + ".anchor" }, default);
        await ledger.Rulesets.LoadAsync([RuleFiles.Bookbag], default);
        var now = SystemClock.Instance.GetCurrentInstant();
        await ledger.OpenAccountAsync(new OpenAccount(Account, "bookbag", now) { TimedOnArrival = true, Plan = "Hobby" }, "open", default);
        var room = new SemaphoreSlim(Ahead);
        _ = Task.Run(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
                room.Release();
            }
        });
        await ledger.GrantAsync(Account, new GrantCredits("fund", "allotment", 1_000_000_000, now) { TimedOnArrival = true }, "fund", default);
        var next = from - 1;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next))
            {
                await room.WaitAsync();
                var usage = new UsageEvent
                {
                    OccurredAt = SystemClock.Instance.GetCurrentInstant(),
                    TimedOnArrival = true,
                    Action = "reply",
                    Facts = [new("model", "GPT-4o mini")],
                    Record = [new("agent", "a-1"), new("conversation", string.Create(CultureInfo.InvariantCulture, $"c-{i}"))],
                };
                var result = await ledger.ChargeAsync(Account, usage, Key(i), default);
                Say(i, result);
            }
        })));
        return 0;
    }

    public static string Key(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number}");

    private static void Say(int number, CommandResult result)
    {
        var answer = result.Status == CommandStatus.Accepted ? Convert.ToHexStringLower(SHA256.HashData(result.Body.Span)) : result.Status + " " + result.Error;
        lock (Console.Out)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number} {(result.Replayed ? "again" : "first")} {answer}"));
            Console.Out.Flush();
        }
    }
}
