using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Rules.Engine.Replay;

namespace Rules.Benchmarks;

/// <summary>
/// More events than a service keeps in memory: they lie packed as imported usage does, and are unpacked one range of accounts after the other while they
/// are replayed on every processor. The hand-written loop reads the same bytes, on one processor, and must come to the same sums.
/// </summary>
internal static class LargeReplay
{
    private const int EventsOfAccount = 1000;

    private const int AccountsOfRange = 64;

    public static void Run(long events, TextWriter output)
    {
        var (published, draft) = ReplayBenchmarks.Rulesets();
        var watch = Stopwatch.StartNew();
        var ranges = new byte[events / (EventsOfAccount * AccountsOfRange)][];
        Parallel.For(0, ranges.Length, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, range => ranges[range] = Pack(range));
        events = (long)ranges.Length * AccountsOfRange * EventsOfAccount;
        var bytes = ranges.Sum(static range => (long)range.Length);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events packed in {bytes:N0} bytes, {watch.Elapsed.TotalSeconds:0.0} s"));

        // Every shape is in every range; a replay knows them before it begins.
        var shapes = new UsageShapes();
        UsageSegment.Read(ranges[0], shapes);
        watch.Restart();
        var report = ReplayRun.Run(
            [new ReplayCandidate("published", published), new ReplayCandidate("draft", draft)],
            Histories(ranges, shapes, published),
            shapes,
            new ReplayWindow(ReplayBenchmarks.Start, ReplayBenchmarks.Start + Duration.FromDays(28)),
            new ReplayOptions { Threads = Environment.ProcessorCount },
            CancellationToken.None);
        var ours = watch.Elapsed;
        using var process = Process.GetCurrentProcess();
        var peak = process.PeakWorkingSet64;
        watch.Restart();
        var hand = ReplayBenchmarks.HandWritten(Histories(ranges, shapes, published));
        if (hand != ((long)report.Totals[0].Charged, (long)report.Totals[1].Charged, report.Totals[1].Changed) || report.Events != events)
        {
            throw new InvalidOperationException("The hand-written loop gives another answer.");
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"replay: {ours.TotalSeconds:0.0} s on {Environment.ProcessorCount} processors, {events / ours.TotalSeconds / 1_000_000:0.0} M events/s, at most {peak / 1_048_576:N0} MiB of memory"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"hand-written loop over the same bytes, on one: {watch.Elapsed.TotalSeconds:0.0} s, the same sums"));
    }

    private static byte[] Pack(int range)
    {
        var random = new Random(range);
        var shapes = new UsageShapes();
        return UsageSegment.Write([.. Enumerable.Range(range * AccountsOfRange, AccountsOfRange).Select(account => new AccountUsage(
            "a" + account.ToString(CultureInfo.InvariantCulture), null, ReplayBenchmarks.Uses(shapes, random, EventsOfAccount)))]);
    }

    private static IEnumerable<AccountHistory> Histories(byte[][] ranges, UsageShapes shapes, Engine.Model.PublishedRuleset ruleset)
    {
        for (var range = 0; range < ranges.Length; range++)
        {
            var random = new Random(~range);
            foreach (var account in UsageSegment.Read(ranges[range], shapes))
            {
                var opening = ReplayBenchmarks.Open(ruleset, account.Account, random.Next(1000, 100_000));
                yield return new AccountHistory(opening with { Scopes = [] }, [], account.Usage, []);
            }
        }
    }
}
