using System.Collections.Immutable;
using System.Globalization;
using NodaTime.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>What a report means: groups, the accounts that feel it, the rule lines behind it, and whether it stays inside limits.</summary>
public static class ReplayImpact
{
    // Per cent; half-open, from the first to the next. Below the first and above the last there is one bar each.
    private static readonly ImmutableArray<int> s_edges = [-50, -25, -10, -5, 0, 5, 10, 25, 50, 100];

    /// <summary>
    /// The cells added up by one name: <c>action</c>, <c>day</c>, a fact, or a name that charges record where the report was asked for it. Largest
    /// amount under the first candidate first.
    /// </summary>
    public static ImmutableArray<ImpactGroup> Groups(ReplayReport report, string name)
    {
        var groups = new Dictionary<string, (long Events, long[] Charged)>(StringComparer.Ordinal);
        if (report.Records.Any(record => record.Name == name && record.Value.Length > 0))
        {
            return [.. report.Records.Where(record => record.Name == name)
                .Select(record => new ImpactGroup(record.Value, record.Events, record.Charged))
                .OrderByDescending(static group => group.Charged[0]).ThenBy(static group => group.Value, StringComparer.Ordinal)];
        }

        foreach (var cell in report.Cells)
        {
            var value = ValueOf(cell, name);
            if (!groups.TryGetValue(value, out var group))
            {
                group = (0, new long[report.Candidates.Length]);
            }

            for (var i = 0; i < group.Charged.Length; i++)
            {
                group.Charged[i] += cell.Charged[i];
            }

            groups[value] = group with { Events = group.Events + cell.Events };
        }

        var sums = groups.Select(static g => new ImpactGroup(g.Key, g.Value.Events, [.. g.Value.Charged]));
        return name == "day"
            ? [.. sums.OrderBy(static group => group.Value, StringComparer.Ordinal)]
            : [.. sums.OrderByDescending(static group => group.Charged[0]).ThenBy(static group => group.Value, StringComparer.Ordinal)];
    }

    /// <summary>What uses were charged on each day with a use under the first candidate and under another; ascending.</summary>
    /// <param name="candidate">1 or more.</param>
    public static ImmutableArray<ChargedDay> Days(ReplayReport report, int candidate)
    {
        var days = ImmutableArray.CreateBuilder<ChargedDay>();
        foreach (var cell in report.Cells)
        {
            var known = days.Count > 0 && days[^1].Day == cell.Day ? days[^1] : new ChargedDay(cell.Day, 0, 0);
            known = known with { Before = known.Before + cell.Charged[0], After = known.After + cell.Charged[candidate] };
            if (days.Count > 0 && days[^1].Day == cell.Day)
            {
                days[^1] = known;
            }
            else
            {
                days.Add(known);
            }
        }

        return days.ToImmutable();
    }

    /// <summary>The accounts that a candidate changes at all, the largest difference first.</summary>
    /// <param name="candidate">1 or more.</param>
    public static ImmutableArray<AccountImpact> Largest(ReplayReport report, int candidate, int most) =>
        [.. report.Accounts.Where(account => account.IsTouched(candidate))
            .OrderByDescending(account => Math.Abs(account.Change(candidate))).ThenBy(static account => account.Account, StringComparer.Ordinal).Take(most)];

    /// <summary>How many accounts pay how much more or less, in per cent of what they pay under the first candidate; ascending, without empty ends.</summary>
    public static ImmutableArray<HistogramBar> Histogram(ReplayReport report, int candidate)
    {
        var counts = new int[s_edges.Length + 1];
        var (same, fromNothing) = (0, 0);
        foreach (var account in report.Accounts)
        {
            var (before, change) = (account.Results[0].Charged, account.Change(candidate));
            if (change == 0)
            {
                same++;
            }
            else if (before <= 0)
            {
                fromNothing++;
            }
            else
            {
                counts[s_edges.Count(edge => (Int128)change * 100 >= (Int128)before * edge)]++;
            }
        }

        var bars = ImmutableArray.CreateBuilder<HistogramBar>(counts.Length + 2);
        for (var i = 0; i < counts.Length; i++)
        {
            if (i == s_edges.IndexOf(0) + 1)
            {
                bars.Add(new HistogramBar(0, 0, same));
            }

            bars.Add(new HistogramBar(i == 0 ? null : s_edges[i - 1], i == s_edges.Length ? null : s_edges[i], counts[i]));
        }

        bars.Add(new HistogramBar(null, null, fromNothing));
        return bars.ToImmutable();
    }

    /// <summary>
    /// The rule lines that make the differences: each shape of event counts whole for the lines in which the working of its largest difference
    /// differs. Largest sum first; the sums of a candidate add up to what it charges more, but for <see cref="CandidateTotals.Due"/>.
    /// </summary>
    /// <param name="explain">The full evaluation of an event under a candidate: candidate, account, place of the event.</param>
    /// <param name="most">Shapes that are explained per candidate; the others stand together in one cause without lines.</param>
    public static ImmutableArray<ImpactCause> Causes(ReplayReport report, Func<int, string, int, Quote?> explain, int most)
    {
        var causes = new List<ImpactCause>();
        for (var candidate = 1; candidate < report.Candidates.Length; candidate++)
        {
            var place = 0;
            foreach (var difference in report.Differences.Where(d => d.Candidate == candidate))
            {
                var (before, after) = place++ < most
                    ? Lines(explain(0, difference.Account, difference.Index), explain(candidate, difference.Account, difference.Index))
                    : ([], []);
                var known = causes.FindIndex(c => c.Candidate == candidate && c.Before.SequenceEqual(before) && c.After.SequenceEqual(after));
                if (known < 0)
                {
                    causes.Add(new ImpactCause(candidate, before, after, difference.Of, difference.Events, difference));
                }
                else
                {
                    causes[known] = causes[known] with { Of = causes[known].Of + difference.Of, Events = causes[known].Events + difference.Events };
                }
            }
        }

        return [.. causes.OrderBy(static c => c.Candidate).ThenByDescending(static c => Int128.Abs(c.Of))];
    }

    /// <summary>Named checks of one candidate against limits.</summary>
    public static ImmutableArray<GuardRail> GuardRails(ReplayReport report, int candidate, GuardLimits limits)
    {
        var (first, totals) = (report.Totals[0], report.Totals[candidate]);
        var sooner = report.Accounts.Count(account => account.RunsOutSooner(candidate));
        var dearest = report.Accounts.Select(account => Tenths(account.Results[0].Charged, Math.Max(0, account.Change(candidate)))).DefaultIfEmpty().Max();
        var all = Tenths(first.Charged, Int128.Abs(totals.Charged - first.Charged));
        var stopped = totals.Stopped - first.Stopped;
        var unpriced = totals.Uses[0] - first.Uses[0];
        return
        [
            Count("new-zero-prices", "Nothing that cost something is free now", totals.NewZeros, limits.NewZeros),
            Count("new-negative-prices", "Nothing gives credits back that did not", totals.NewNegatives, limits.NewNegatives),
            Count("unpriced-events", "Every event that had a price has one", Math.Max(0, unpriced), 0),
            Count("runs-out-sooner", "No account runs out sooner", sooner, limits.RunsOutSooner),
            Count("stopped-uses", "No more uses are blocked, paused or refused", Math.Max(0, stopped), limits.Stopped),
            Share("largest-increase", "No account pays much more", dearest, limits.IncreasePerCent),
            Share("total-change", "The total stays near what it was", all, limits.TotalPerCent),
        ];

        static GuardRail Count(string name, string text, long figure, long limit) => new(name, text, figure <= limit, Invariant($"{figure:N0}"), Invariant($"{limit:N0}"));

        static GuardRail Share(string name, string text, Int128 tenths, int limit) => new(
            name, text, tenths <= limit * 10L, tenths == Int128.MaxValue ? "from nothing" : Invariant($"{tenths / 10:N0}.{tenths % 10} %"), Invariant($"{limit} %"));

        // Of a per cent, rounded up: what exceeds a limit by a hair is never shown as the limit itself. More than nothing is endlessly many.
        static Int128 Tenths(Int128 before, Int128 change) =>
            change == 0 ? 0 : before <= 0 ? Int128.MaxValue : ((change * 1000) + before - 1) / before;
    }

    private static string ValueOf(UsageCell cell, string name)
    {
        switch (name)
        {
            case "action":
                return cell.Shape.Action;
            case "day":
                return LocalDatePattern.Iso.Format(cell.Day);
            default:
                foreach (var fact in cell.Shape.Facts)
                {
                    if (fact.Name == name)
                    {
                        return fact.Value;
                    }
                }

                return "";
        }
    }

    private static (ImmutableArray<RuleLine> Before, ImmutableArray<RuleLine> After) Lines(Quote? before, Quote? after) =>
        (LinesOf(before, after), LinesOf(after, before));

    /// <summary>
    /// Steps of one explanation that the other does not have: of a use that runs, what adds to its price; of one that does not, what stops it. Compared by what they say and
    /// come to, since a line may have moved and its file have another name.
    /// </summary>
    public static ImmutableArray<Step> Differing(Quote? own, Quote? other)
    {
        if (own is null)
        {
            return [];
        }

        var others = (other?.Steps ?? []).Where(step => Tells(other!, step)).Select(static step => (step.Text, step.Amount)).ToHashSet();
        return [.. own.Steps.Where(step => Tells(own, step) && !others.Contains((step.Text, step.Amount)))];
    }

    private static ImmutableArray<RuleLine> LinesOf(Quote? own, Quote? other)
    {
        var lines = ImmutableArray.CreateBuilder<RuleLine>();
        foreach (var step in Differing(own, other))
        {
            if (step.Location is { Source: not null } location)
            {
                var line = new RuleLine(location.FileName, location.Line, location.Text.Split('\n', 2)[0].Trim());
                if (!lines.Contains(line))
                {
                    lines.Add(line);
                }
            }
        }

        return lines.ToImmutable();
    }

    private static bool Tells(Quote quote, Step step) => quote.Outcome is QuoteOutcome.Blocked or QuoteOutcome.Paused or QuoteOutcome.Refused
        ? step.Applied && !step.IsPart && step is not RoundingStep
        : step.IsPart;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <param name="Value">Empty where events say nothing of the name.</param>
/// <param name="Charged">One per candidate; smallest units, of uses that ran.</param>
public sealed record ImpactGroup(string Value, long Events, ImmutableArray<long> Charged);

/// <param name="From">Per cent, inclusive; null: below all, and with <paramref name="To"/> null: accounts that paid nothing before.</param>
/// <param name="To">Per cent, exclusive; null: above all. The same as <paramref name="From"/>: no change.</param>
public readonly record struct HistogramBar(int? From, int? To, int Accounts);

/// <summary>A line of a rule file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Text">What the rule says, without what surrounds it.</param>
public readonly record struct RuleLine(string File, int Line, string Text);

/// <summary>Rule lines that make a difference.</summary>
/// <param name="Before">Lines of the first candidate; empty where nothing of it is at fault.</param>
/// <param name="Of">Sum of the differences; smallest units.</param>
/// <param name="Events">How many events differ by it.</param>
/// <param name="Example">The difference that shows it best.</param>
public sealed record ImpactCause(int Candidate, ImmutableArray<RuleLine> Before, ImmutableArray<RuleLine> After, Int128 Of, long Events, Difference Example);

/// <summary>A check of what a draft does.</summary>
/// <param name="Name">Never changes: <c>new-zero-prices</c>.</param>
/// <param name="Text">What it asks, as a sentence without its stop.</param>
/// <param name="Figure">What was found.</param>
/// <param name="Limit">What may be.</param>
public sealed record GuardRail(string Name, string Text, bool Holds, string Figure, string Limit);

/// <summary>What a draft may do before a guard rail is red.</summary>
public sealed record GuardLimits
{
    public long NewZeros { get; init; }

    public long NewNegatives { get; init; }

    /// <summary>Accounts.</summary>
    public long RunsOutSooner { get; init; }

    /// <summary>Uses that are blocked, paused or refused beyond those that were.</summary>
    public long Stopped { get; init; }

    /// <summary>Of any one account.</summary>
    public int IncreasePerCent { get; init; } = 25;

    /// <summary>Of all that is charged, up or down.</summary>
    public int TotalPerCent { get; init; } = 10;
}

/// <param name="Before">Under the first candidate; smallest units.</param>
/// <param name="After">Under another.</param>
public readonly record struct ChargedDay(NodaTime.LocalDate Day, Int128 Before, Int128 After);
