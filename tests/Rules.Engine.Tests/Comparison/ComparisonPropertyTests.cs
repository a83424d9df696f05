using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Comparison;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Comparison;

/// <summary>Claims of a comparison against charges of the engine, over random pairs of rule texts and random events.</summary>
public sealed class ComparisonPropertyTests
{
    private const int Pairs = 400;
    private static readonly Instant s_at = Instant.FromUtc(2026, 2, 1, 0, 0);

    [Fact]
    public void Claims_hold_for_random_prices_and_events()
    {
        var (same, cheaper, dearer, mixed) = (0, 0, 0, 0);
        for (var seed = 0; seed < Pairs; seed++)
        {
            var random = new Random(seed);
            var price = new Figures(random);
            var before = RuleFiles.Compile(price.Text(random.Next(2) == 0));
            var edited = price.Edit(random);
            var after = RuleFiles.Compile(edited.Text(random.Next(2) == 0));
            var kinds = ModelComparison.Compare(before, after).Select(c => c.Kind).ToHashSet();
            var (isBelow, isAbove) = (false, false);
            for (var i = 0; i < 12; i++)
            {
                // One event alone, or several of one run.
                var run = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Figures.NextEvent(random)).ToList();
                var (old, now) = (Charge(before, run), Charge(after, run));
                isBelow |= now < old;
                isAbove |= now > old;
            }

            if (kinds.Count == 0)
            {
                same++;
                (isBelow || isAbove).ShouldBeFalse($"seed {seed}: nothing changed, but a charge did\n{price.Text(false)}\n{edited.Text(false)}");
            }
            else if (kinds.SetEquals([ChangeKind.Cheaper]))
            {
                cheaper++;
                isAbove.ShouldBeFalse($"seed {seed}: only cheaper, but a charge is higher\n{price.Text(false)}\n{edited.Text(false)}");
            }
            else if (kinds.SetEquals([ChangeKind.Dearer]))
            {
                dearer++;
                isBelow.ShouldBeFalse($"seed {seed}: only dearer, but a charge is lower\n{price.Text(false)}\n{edited.Text(false)}");
            }
            else
            {
                mixed++;
            }
        }

        // A run without one of the four would prove nothing about it.
        same.ShouldBeGreaterThan(10);
        cheaper.ShouldBeGreaterThan(30);
        dearer.ShouldBeGreaterThan(30);
        mixed.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Break_even_is_exact()
    {
        var before = RuleFiles.Compile(Ladder("volume", "    base       3 credits\n    over 100  2 credits\n"));
        var after = RuleFiles.Compile(Ladder("graduated", "    base       3 credits\n    over 100  1.5 credits\n"));
        var change = ModelComparison.Compare(before, after).Single(c => c.Subject == ChangeSubject.Tier);
        change.Kind.ShouldBe(ChangeKind.Mixed);

        // 300 + 1.5 (q - 100) is 2 q at 300.
        change.Sentence.ShouldEndWith("an event then costs the same up to 100 images, more from 101 to 299 images and less above (break-even at 300 images).");
        foreach (var (quantity, sign) in new[] { (100, 0), (101, 1), (299, 1), (300, 0), (301, -1) })
        {
            var usage = Event(quantity, 0, "north");
            Math.Sign(Charge(after, usage) - Charge(before, usage)).ShouldBe(sign);
        }
    }

    private static string Ladder(string kind, string tiers) =>
        $"{Figures.Head(1)}price work\n  per image, {kind} within each event\n{tiers}";

    private static UsageEvent Event(int images, int hours, string region) => new()
    {
        OccurredAt = s_at,
        Action = "work",
        Quantities = [new("image", images), new("hour", hours)],
        Facts = [new("region", region)],
        Keys = [new("run", "r")],
    };

    private static long Charge(RulesetModel model, params IEnumerable<UsageEvent> run)
    {
        var published = RuleFiles.Publish(model);
        var state = Bookkeeper.Open(published, new OpenAccount("a", model.Name, s_at)).State;
        var total = 0L;
        foreach (var usage in run)
        {
            var booking = Bookkeeper.Charge(published, state, usage, s_at);
            booking.Error.ShouldBeNull();
            total += booking.Answer!.Charge;
            state = booking.State;
        }

        return total;
    }

    /// <summary>The figures of one price, which may be written in either order.</summary>
    private sealed record Figures(ImmutableArray<(int Start, int Rate)> Images, int Hour, int Each, int? Exception, int? MarkUp, int? Free, int? Most)
    {
        public Figures(Random random)
            : this(Tiers(random), random.Next(1, 9), random.Next(1, 9), random.Next(2) == 0 ? random.Next(1, 9) : null, random.Next(3) == 0 ? random.Next(1, 5) * 10 : null, random.Next(3) == 0 ? random.Next(1, 50) : null, random.Next(4) == 0 ? random.Next(100, 900) : null)
        {
        }

        public static string Head(int decimals) => $"""
            language 1
            ruleset random version 1 effective 2026-01-01
            credit "credit" to {decimals} decimals, rounding half up
            account shop
            meter image whole
            meter hour whole
            action work keyed by run
              measures image, hour
              has region one of north, south, normally north

            """.ReplaceLineEndings("\n");

        public Figures Edit(Random random) => random.Next(11) switch
        {
            0 => this,
            1 => this with { Hour = random.Next(1, 9) },
            2 => this with { Each = random.Next(1, 9) },
            3 => this with { Exception = random.Next(1, 9) },
            4 => this with { MarkUp = random.Next(1, 5) * 10 },
            5 => this with { Free = random.Next(1, 50) },
            6 => this with { Most = random.Next(100, 900) },
            7 => this with { Images = Images.SetItem(0, (0, random.Next(1, 20))) },
            8 => this with { Images = Images.SetItem(Images.Length - 1, (Images[^1].Start, random.Next(1, 20))) },

            // A tier cut in two of one rate charges the same.
            9 => this with { Images = Images.Add((Images[^1].Start + 10, Images[^1].Rate)) },
            _ => this with { Images = Tiers(random) },
        };

        public string Text(bool isReversed)
        {
            var text = new StringBuilder(Head(1));
            text.Append("price work\n");
            string[] lines = [string.Create(CultureInfo.InvariantCulture, $"per hour {Hour * 0.1m:0.0} credits\n"), $"each {Each} credits\n", Ladder()];
            var ordered = isReversed ? lines.Reverse().ToArray() : lines;
            for (var i = 0; i < ordered.Length; i++)
            {
                text.Append("  ").Append(i > 0 ? "plus " : "").Append(ordered[i]);
            }

            Append(Free, "  first {0} images free within each run\n");
            Append(MarkUp, "  marked up {0}%\n");
            Append(Most, "  at most {0} credits within each run\n");
            Append(Exception, "  except when region is south\n    each {0} credits\n");
            return text.ToString();

            void Append(int? figure, string line)
            {
                if (figure is { } number)
                {
                    text.Append(string.Format(CultureInfo.InvariantCulture, line, number));
                }
            }
        }

        public static UsageEvent NextEvent(Random random) => Event(random.Next(0, 400), random.Next(0, 50), random.Next(2) == 0 ? "north" : "south");

        private string Ladder() => "per image, graduated within each run\n" + string.Concat(Images.Select(t =>
            $"    {(t.Start == 0 ? "base" : $"over {t.Start}")}  {(t.Rate * 0.1m).ToString("0.0", CultureInfo.InvariantCulture)} credits\n"));

        private static ImmutableArray<(int Start, int Rate)> Tiers(Random random)
        {
            var count = random.Next(1, 4);
            var start = 0;
            var tiers = ImmutableArray.CreateBuilder<(int, int)>();
            for (var i = 0; i < count; i++)
            {
                tiers.Add((start, random.Next(1, 20)));
                start += random.Next(1, 150);
            }

            return tiers.ToImmutable();
        }
    }
}
