using System.Diagnostics;
using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;

namespace Rules.Benchmarks;

/// <summary>
/// How a replay of two versions grows with events, with accounts and with rules, on one thread: the best of several rounds, per event. What should be
/// level is level if it stays within the noise of the machine.
/// </summary>
internal static class Growth
{
    public static void Run(TextWriter output)
    {
        Row(TextWriter.Null, 1_000_000, 1000, 3, ReplayBenchmarks.Rulesets(), ReplayBenchmarks.Uses);
        output.WriteLine("| events | accounts | prices in the file | replay and report, ms | ns per event |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (var events in new[] { 10_000, 100_000, 1_000_000, 10_000_000 })
        {
            Row(output, events, 1000, 3, ReplayBenchmarks.Rulesets(), ReplayBenchmarks.Uses);
        }

        foreach (var accounts in new[] { 10, 100, 10_000, 100_000 })
        {
            Row(output, 1_000_000, accounts, 3, ReplayBenchmarks.Rulesets(), ReplayBenchmarks.Uses);
        }

        foreach (var prices in new[] { 1, 10, 100, 1000 })
        {
            Row(output, 1_000_000, 100, prices, (Publish(prices, "0.0002"), Publish(prices, "0.0003")), (shapes, random, count) => Uses(shapes, random, count, prices));
        }
    }

    private static void Row(
        TextWriter output,
        int events,
        int accounts,
        int prices,
        (PublishedRuleset Published, PublishedRuleset Draft) rulesets,
        Func<UsageShapes, Random, int, UsageColumns> uses)
    {
        var random = new Random(11);
        var shapes = new UsageShapes();
        var histories = new List<AccountHistory>(accounts);
        for (var a = 0; a < accounts; a++)
        {
            var opening = ReplayBenchmarks.Open(rulesets.Published, "a" + a.ToString(CultureInfo.InvariantCulture), random.Next(1000, 100_000));
            histories.Add(new AccountHistory(opening with { Scopes = [] }, [], uses(shapes, random, events / accounts), []));
        }

        GC.Collect();
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 7; round++)
        {
            var watch = Stopwatch.StartNew();
            var report = ReplayRun.Run(
                [new ReplayCandidate("published", rulesets.Published), new ReplayCandidate("draft", rulesets.Draft)],
                histories,
                shapes,
                new ReplayWindow(ReplayBenchmarks.Start, ReplayBenchmarks.Start + Duration.FromDays(28)),
                new ReplayOptions(),
                CancellationToken.None);
            var elapsed = watch.Elapsed;
            if (report.Events != events || report.Totals[0].Charged >= report.Totals[1].Charged)
            {
                throw new InvalidOperationException("The replay gives another answer: the draft is dearer, for every event.");
            }

            best = elapsed < best ? elapsed : best;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {events:N0} | {accounts:N0} | {prices:N0} | {best.TotalMilliseconds:0.0} | {best.TotalNanoseconds / events:0.0} |"));
    }

    private static UsageColumns Uses(UsageShapes shapes, Random random, int count, int prices)
    {
        var builder = new UsageColumnsBuilder(shapes);
        var step = Duration.FromDays(28) / count;
        for (var i = 0; i < count; i++)
        {
            var at = ReplayBenchmarks.Start + (step * i);
            var action = "job-" + random.Next(prices).ToString(CultureInfo.InvariantCulture);
            builder.Add(new UsageEvent { OccurredAt = at, Action = action, Quantities = [new("page", random.Next(1, 20_000))] }, at);
        }

        return builder.ToColumns();
    }

    private static PublishedRuleset Publish(int prices, string lastRate)
    {
        var text = new StringBuilder(
            """
            language 1
            ruleset work version 1 effective 2026-01-01
            credit "credit" to 5 decimals, rounding half up
            currency USD to 2 decimals
            account company
            meter page whole

            """);
        for (var i = 0; i < prices; i++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"""
                action job-{i}
                  measures page
                price job-{i}
                  per page, graduated within each event
                    base 0.001 credits
                    over {i + 10} 0.0004 credits
                    over {i + 5000} {lastRate} credits

                """);
        }

        text.Append(
            """
            bucket included from plan
              unused expires at cycle end
            bucket prepaid from purchase
              unused never expires
            bucket flex postpaid at 0.02 USD
            consume included, then prepaid, then flex
            cycle monthly
            plan Team grants 2,000 credits every month into included
            at zero
              if short refuse

            """);
        var compiled = RulesetCompiler.Compile(SourceText.From(text.ToString(), "work.v1.rules"));
        var model = compiled.Model ?? throw new InvalidOperationException(string.Join('\n', compiled.Diagnostics));
        return new PublishedRuleset(model.Name, [new PublishedVersion(model, model.EffectiveAt)]);
    }
}
