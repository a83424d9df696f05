using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;

namespace Rules.Benchmarks;

/// <summary>
/// A month of past events under two versions: two ladders and a price per model, drawn from included, prepaid and flex. The hand-written loop
/// does the same work on the same columns and must come to the same sums.
/// </summary>
internal static class ReplayBenchmarks
{
    internal const string Rules = """
        language 1
        ruleset work version 1 effective 2026-01-01
        credit "credit" to 5 decimals, rounding half up
        currency USD to 2 decimals
        account company
        list model
          small
          medium
          large
        meter image whole
        meter crop whole
        action analysis
          measures image, crop
        action reply
          has model from model
        price analysis
          per image, graduated within each event
            base 0.001 credits
            over 1,000 0.0004 credits
            over 5,000 0.0002 credits
          plus per crop, graduated within each event
            base 0.0002 credits
            over 5,000 0.00005 credits
            over 100,000 0.00002 credits
        price reply by model
          small 1 credit
          medium 2 credits
          large 5 credits
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

        """;

    /// <summary>Where every past begins; it ends 28 days later.</summary>
    internal static readonly Instant Start = Instant.FromUtc(2026, 5, 1, 0, 0);

    public static void Run(int events, int accounts)
    {
        var (published, draft) = Rulesets();
        var histories = Make(published, events, accounts);
        GC.Collect();
        var best = (Hand: TimeSpan.MaxValue, Ours: TimeSpan.MaxValue);
        for (var round = 0; round < 25; round++)
        {
            var watch = Stopwatch.StartNew();
            var hand = HandWritten(histories);
            var handTime = watch.Elapsed;
            watch.Restart();
            var ours = Ours(histories, published, draft);
            var ourTime = watch.Elapsed;
            if (hand != ours)
            {
                throw new InvalidOperationException("A candidate gives another answer.");
            }

            best = (TimeSpan.FromTicks(Math.Min(best.Hand.Ticks, handTime.Ticks)), TimeSpan.FromTicks(Math.Min(best.Ours.Ticks, ourTime.Ticks)));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"hand {best.Hand.TotalMilliseconds:0} ms, replay {best.Ours.TotalMilliseconds:0} ms, ratio {best.Ours / best.Hand:0.00}"));
        NodePeers.Preview(histories, HandWritten(histories), best.Hand, Console.Out);
    }

    /// <summary>What is published, and a draft with one rate changed.</summary>
    internal static (PublishedRuleset Published, PublishedRuleset Draft) Rulesets() =>
        (Publish(Rules), Publish(Rules.Replace("over 5,000 0.0002 credits", "over 5,000 0.0003 credits", StringComparison.Ordinal)));

    private static PublishedRuleset Publish(string text)
    {
        var model = RulesetCompiler.Compile(SourceText.From(text, "work.v1.rules")).Model!;
        return new PublishedRuleset(model.Name, [new PublishedVersion(model, model.EffectiveAt)]);
    }

    private static List<AccountHistory> Make(PublishedRuleset ruleset, int events, int accounts)
    {
        var random = new Random(7);
        var shapes = new UsageShapes();
        var histories = new List<AccountHistory>(accounts);
        for (var a = 0; a < accounts; a++)
        {
            var opening = Open(ruleset, "a" + a.ToString(CultureInfo.InvariantCulture), random.Next(1000, 100_000));
            histories.Add(new AccountHistory(opening with { Scopes = [] }, [], Uses(shapes, random, events / accounts), []));
        }

        return histories;
    }

    internal static AccountState Open(PublishedRuleset ruleset, string id, int bought)
    {
        var opened = Bookkeeper.Open(ruleset, new OpenAccount(id, "work", Start) { Plan = "Team" });
        return Bookkeeper.Buy(ruleset, opened.State, new BuyCredits("b", "prepaid", bought, Start), Start).State;
    }

    internal static UsageColumns Uses(UsageShapes shapes, Random random, int count)
    {
        string[] models = ["small", "medium", "large"];
        var builder = new UsageColumnsBuilder(shapes);
        var step = Duration.FromDays(28) / count;
        for (var i = 0; i < count; i++)
        {
            var at = Start + (step * i);
            builder.Add(random.Next(2) == 0
                ? new UsageEvent { OccurredAt = at, Action = "analysis", Quantities = [new("crop", random.Next(0, 400_000)), new("image", random.Next(1, 20_000))] }
                : new UsageEvent { OccurredAt = at, Action = "reply", Facts = [new("model", models[random.Next(3)])] }, at);
        }

        return builder.ToColumns();
    }

    internal static (long, long, long) HandWritten(IEnumerable<AccountHistory> histories)
    {
        var a = 0L;
        var b = 0L;
        var changed = 0L;
        foreach (var history in histories)
        {
            var usage = history.Usage;
            var isAnalysis = new bool[usage.Shapes.Count];
            var perModel = new long[usage.Shapes.Count];
            for (var i = 0; i < perModel.Length; i++)
            {
                isAnalysis[i] = usage.Shapes[i].Meters.Length == 2;
                perModel[i] = isAnalysis[i] ? 0 : usage.Shapes[i].Facts[0].Value switch { "small" => 100_000, "medium" => 200_000, _ => 500_000 };
            }

            Span<long> room = [history.Opening.Lots[0].Available, history.Opening.Lots[1].Available, long.MaxValue / 4];
            Span<long> roomDraft = [history.Opening.Lots[0].Available, history.Opening.Lots[1].Available, long.MaxValue / 4];
            for (var i = 0; i < usage.Count; i++)
            {
                var shape = usage.Shape[i];
                var first = perModel[shape];
                var second = first;
                if (isAnalysis[shape])
                {
                    var crops = usage.Quantities[i * usage.Stride];
                    var images = usage.Quantities[(i * usage.Stride) + 1];
                    var c = (Math.Min(crops, 5000) * 15) + (Math.Min(crops, 100_000) * 3) + (crops * 2);
                    first = (Math.Min(images, 1000) * 60) + (Math.Min(images, 5000) * 20) + (images * 20) + c;
                    second = (Math.Min(images, 1000) * 60) + (Math.Min(images, 5000) * 10) + (images * 30) + c;
                }

                a += Draw(room, first);
                b += Draw(roomDraft, second);
                changed += first == second ? 0 : 1;
            }
        }

        return (a, b, changed);
    }

    private static long Draw(Span<long> room, long amount)
    {
        var left = amount;
        for (var j = 0; j < 3 && left > 0; j++)
        {
            var part = Math.Min(left, room[j]);
            room[j] -= part;
            left -= part;
        }

        return amount - left;
    }

    private static (long, long, long) Ours(List<AccountHistory> histories, PublishedRuleset published, PublishedRuleset draft)
    {
        var window = new ReplayWindow(Start, Start + Duration.FromDays(28));
        var report = ReplayRun.Run(
            [new ReplayCandidate("published", published), new ReplayCandidate("draft", draft)],
            histories,
            histories[0].Usage.Shapes,
            window,
            new ReplayOptions(),
            CancellationToken.None);
        return ((long)report.Totals[0].Charged, (long)report.Totals[1].Charged, report.Totals[1].Changed);
    }
}
