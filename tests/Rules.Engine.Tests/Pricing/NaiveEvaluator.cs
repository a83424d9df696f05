using System.Numerics;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Pricing;

/// <summary>What one event comes to.</summary>
internal sealed record NaiveCharge(Rational Exact, BigInteger Charge, BigInteger Listed);

/// <summary>
/// Language, section 8.3, read line by line over fractions. Nothing is carried from one event to the next: every total, free unit, tier and
/// charge is worked out from all events so far, each time from the first.
/// </summary>
internal sealed class NaiveEvaluator(PriceShape price, string tier, Instant opened)
{
    private static readonly string[] s_closing = ["hour", "day", "cycle"];

    private readonly List<(Instant At, BodyShape Body)> _fees = [];

    private readonly Rational _unit = new(BigInteger.Pow(10, price.Decimals), 1);

    /// <summary>Events that were accepted, oldest first.</summary>
    public List<EventShape> Events { get; } = [];

    /// <summary>Accepts the event and tells its charge; null where it is refused as a negative quantity without corrections.</summary>
    public NaiveCharge? Add(EventShape usage)
    {
        var body = BodyOf(usage);
        if (usage.IsCorrection && body.Corrections is null)
        {
            return null;
        }

        if (body.PostingScope == "event")
        {
            Events.Add(usage);
            var alone = Amount(body, Events.Count - 1, listed: false);
            return new NaiveCharge(alone, Rounded(alone), Rounded(Amount(body, Events.Count - 1, listed: true)));
        }

        var before = Posted(body.PostingScope, usage.At, usage.Run, listed: false);
        var listedBefore = price.HasWaived ? Posted(body.PostingScope, usage.At, usage.Run, listed: true) : before;
        Events.Add(usage);
        var charge = Posted(body.PostingScope, usage.At, usage.Run, listed: false) - before;
        return new NaiveCharge(
            Amount(body, Events.Count - 1, listed: false),
            charge,
            price.HasWaived ? Posted(body.PostingScope, usage.At, usage.Run, listed: true) - listedBefore : charge);
    }

    private BigInteger Rounded(Rational amount) => (amount * _unit).Round(price.Rounding);

    /// <summary>What falls due at the closes after one instant and up to another, by the scope that closes (step 9).</summary>
    public Dictionary<string, BigInteger> Due(Instant after, Instant upTo)
    {
        var closes = new List<(Instant End, string Scope)>();
        foreach (var scope in s_closing.Where(Closes))
        {
            for (var end = EndOf(scope, after); end <= upTo; end = EndOf(scope, end))
            {
                closes.Add((end, scope));
            }
        }

        // What falls due in a day may count in the cycle that ends with it.
        var due = new Dictionary<string, BigInteger>(StringComparer.Ordinal);
        foreach (var (end, scope) in closes.OrderBy(c => c.End).ThenBy(c => Array.IndexOf(s_closing, c.Scope)))
        {
            var last = end - Duration.Epsilon;
            var instance = InstanceOf(scope, last, "");
            var amount = DueAt(scope, instance, last);
            if (amount > 0)
            {
                due.Add($"{scope}:{(scope == "cycle" ? CycleNumber(last) : instance)}", amount);
            }
        }

        return due;
    }

    private bool Closes(string scope) => price.Default.All.Any(b => (b.ScopeLeast is not null && b.BoundScope == scope) || (b.HasFeeAtZero && b.Scope == scope));

    private BigInteger DueAt(string scope, string instance, Instant last)
    {
        var body = BodyOfAccount();
        var inside = Events.Where(e => InstanceOf(scope, e.At, e.Run) == instance).ToList();
        var isUsed = inside.Exists(e => BodyOf(e) is var b && (b.Scope == scope || b.PostingScope == scope))
            || _fees.Exists(f => f.Body.PostingScope == scope && InstanceOf(scope, f.At, "") == instance);
        var posted = Posted(scope, last, "", listed: false);
        if (!isUsed && body.HasFeeAtZero && body.Scope == scope)
        {
            var before = Posted(body.PostingScope, last, "", listed: false);
            _fees.Add((last, body));
            if (body.PostingScope != scope)
            {
                return Posted(body.PostingScope, last, "", listed: false) - before;
            }
        }

        var total = Total(scope, last, "", listed: false);
        if (body.ScopeLeast is { } least && body.BoundScope == scope)
        {
            total = Rational.Max(Rational.Of(least), total);
        }

        return BigInteger.Max(0, Rounded(total) - posted);
    }

    // Step 8: what is posted in a scope is its rounded total, over all bodies that post in it.
    private BigInteger Posted(string scope, Instant at, string run, bool listed) => Rounded(Total(scope, at, run, listed));

    // Step 7.
    private Rational Total(string scope, Instant at, string run, bool listed)
    {
        var total = Rational.Zero;
        foreach (var body in price.Default.All.Where(b => b.PostingScope == scope))
        {
            var sum = Rational.Zero;
            for (var i = 0; i < Events.Count; i++)
            {
                if (BodyOf(Events[i]) == body && InstanceOf(scope, Events[i].At, Events[i].Run) == InstanceOf(scope, at, run))
                {
                    sum += Amount(body, i, listed);
                }
            }

            foreach (var fee in _fees.Where(f => f.Body == body && InstanceOf(scope, f.At, "") == InstanceOf(scope, at, "")))
            {
                sum += Adjusted(body, Sum(body, [], listed));
            }

            total += Cap(body, sum);
        }

        return total;
    }

    private static Rational Cap(BodyShape body, Rational total) => body.ScopeMost is { } most ? Rational.Min(Rational.Of(most), total) : total;

    // Steps 5 and 6: x = E - E before it, then its own bounds.
    private Rational Amount(BodyShape body, int index, bool listed)
    {
        var usage = Events[index];
        var counted = Events.Take(index).Where(e => BodyOf(e) == body && AreTogether(body.Scope ?? "event", e, usage)).ToList();
        var before = counted.Count == 0 ? Rational.Zero : Adjusted(body, Sum(body, counted, listed));
        counted.Add(usage);
        var amount = Adjusted(body, Sum(body, counted, listed)) - before;
        if (IsFree(body, counted))
        {
            return amount;
        }

        return amount.IsNegative && body.Corrections == "allowed" ? -Bound(body, -amount) : Bound(body, amount);
    }

    private static Rational Bound(BodyShape body, Rational amount)
    {
        amount = body.EventLeast is { } least ? Rational.Max(Rational.Of(least), amount) : amount;
        return body.EventMost is { } most ? Rational.Min(Rational.Of(most), amount) : amount;
    }

    private static Rational Adjusted(BodyShape body, Rational sum)
    {
        var percent = Rational.Of(100);
        sum = body.MarkUp is { } up ? sum * (Rational.One + (Rational.Of(up) / percent)) : sum;
        return body.Discount is { } down ? sum * (Rational.One - (Rational.Of(down) / percent)) : sum;
    }

    // Step 4 over all lines, for the events of one instance of the counting scope.
    private Rational Sum(BodyShape body, List<EventShape> events, bool listed)
    {
        var sum = Rational.Zero;
        foreach (var line in body.Lines)
        {
            sum += line.Meter is null ? Each(body, events, _ => line.Tiers[0].Cost, listed)
                : line.Matrix.Count > 0 ? Matrix(body, line, events, listed)
                : Ladder(body, line, events, listed);
        }

        return body.Rows.Count == 0 ? sum : sum + Each(body, events, e => Row(body, e), listed);
    }

    private static Rational Each(BodyShape body, List<EventShape> events, Func<EventShape, CostShape> costOf, bool listed)
    {
        var sum = Rational.Zero;
        for (var i = 0; i < events.Count; i++)
        {
            var cost = costOf(events[i]);
            if (IsFree(body, events[..(i + 1)]) || (cost.IsWaived && !listed))
            {
                continue;
            }

            var amount = Part(cost, Rational.One, Rational.One, null);
            sum += events[i].IsCorrection && body.Corrections == "allowed" ? -amount : amount;
        }

        return sum;
    }

    private static Rational Matrix(BodyShape body, LineShape line, List<EventShape> events, bool listed)
    {
        var sum = Rational.Zero;
        for (var i = 0; i < events.Count; i++)
        {
            var row = (line.Matrix.Find(r => r.Region == events[i].Region) is { Cost: not null } own ? own : line.Matrix.Find(r => r.Region is null)).Cost;
            if (!row.IsWaived || listed)
            {
                sum += row.Rate * (Chargeable(body, line, events[..(i + 1)]) - Chargeable(body, line, events[..i])) / Rational.Of(line.Size);
            }
        }

        return sum;
    }

    private static Rational Ladder(BodyShape body, LineShape line, List<EventShape> events, bool listed)
    {
        var counted = Chargeable(body, line, events);
        if (counted.IsNegative)
        {
            return -Ladder(line, -counted, Absolute(Counted(body, line.TiersBy ?? line.Meter!, events)), listed);
        }

        return Ladder(line, counted, Absolute(Counted(body, line.TiersBy ?? line.Meter!, events)), listed);
    }

    private static Rational Absolute(Rational value) => value.IsNegative ? -value : value;

    private static Rational Ladder(LineShape line, Rational counted, Rational other, bool listed)
    {
        if (line.Mode == "volume")
        {
            var by = line.TiersBy is null ? counted : other;
            var reached = line.Tiers.FindLastIndex(t => Rational.Of(t.Start) < by || (t.IncludesStart && !(by < Rational.Of(t.Start))));
            var tier = line.Tiers[Math.Max(0, reached)];
            return tier.Cost.IsWaived && !listed ? Rational.Zero : Part(tier.Cost, counted, Rational.Of(line.Size), line.Packages);
        }

        var sum = Rational.Zero;
        for (var i = 0; i < line.Tiers.Count; i++)
        {
            var end = i + 1 < line.Tiers.Count ? Rational.Min(counted, Rational.Of(line.Tiers[i + 1].Start)) : counted;
            var width = Rational.Max(Rational.Zero, end - Rational.Of(line.Tiers[i].Start));
            sum += line.Tiers[i].Cost.IsWaived && !listed ? Rational.Zero : Part(line.Tiers[i].Cost, width, Rational.Of(line.Size), line.Packages);
        }

        return sum;
    }

    private static Rational Part(CostShape cost, Rational width, Rational size, string? packages)
    {
        var packs = cost.Package is { } own ? new Rational((width / Rational.Of(own)).Ceiling(), 1)
            : packages == "package of" ? new Rational((width / size).Ceiling(), 1)
            : packages == "complete package of" ? new Rational((width / size).Floor(), 1)
            : width / size;
        var amount = cost.Rate * packs;
        amount = width > Rational.Zero || cost.EvenAtZero ? amount + cost.Fee : amount;
        return cost.Cap is { } cap ? Rational.Min(Rational.Of(cap), amount) : amount;
    }

    private CostShape Row(BodyShape body, EventShape usage)
    {
        string[] values = [.. price.By.Select(f => f == "region" ? usage.Region : usage.Size)];
        return (body.Rows.Find(r => r.Values.SequenceEqual(values)) is { Cost: not null } own ? own : body.Rows.Find(r => r.Values.Length == 0)).Cost;
    }

    // Step 3: C(j) = V(j) - min(V(min(j, N)), A).
    private static Rational Chargeable(BodyShape body, LineShape line, List<EventShape> events)
    {
        var total = Converted(line, Counted(body, line.Meter!, events));
        var units = body.FreeUnits.Where(f => f.Meter == line.Meter).Select(f => (ExactDecimal?)f.Count).FirstOrDefault();
        if (units is null && body.FreeEvents is null)
        {
            return total;
        }

        var ofFreeEvents = body.FreeEvents is { } n ? Converted(line, Counted(body, line.Meter!, [.. events.Take(n)])) : total;
        if (total.IsNegative)
        {
            return total + (units is { } most ? Rational.Min(-ofFreeEvents, Rational.Of(most)) : -ofFreeEvents);
        }

        return total - (units is { } free ? Rational.Min(ofFreeEvents, Rational.Of(free)) : ofFreeEvents);
    }

    /// <param name="events">Of the scope, the one that is asked about last.</param>
    private static bool IsFree(BodyShape body, List<EventShape> events)
    {
        var usage = events[^1];
        var reported = body.FreeUnits.Where(f => usage.Quantities.ContainsKey(f.Meter)).ToList();
        if (body.FreeEvents is null && reported.Count == 0)
        {
            return false;
        }

        return (body.FreeEvents is not { } n || events.Count <= n)
            && reported.TrueForAll(f => Counted(body, f.Meter, events[..^1]) < Rational.Of(f.Count))
            && body.Lines.Where(l => l.Meter is not null).All(l => (Chargeable(body, l, events) - Chargeable(body, l, events[..^1])).IsZero);
    }

    // Step 2.
    private static Rational Converted(LineShape line, Rational total)
    {
        if (line.Rounded is not { } mode)
        {
            return total;
        }

        var step = Rational.Of(line.Step ?? line.Size);
        var steps = Absolute(total) / step;
        var rounded = new Rational(mode == "down" ? steps.Floor() : mode == "up" ? steps.Ceiling() : steps.Round("half up"), 1) * step;
        return total.IsNegative ? -rounded : rounded;
    }

    // Step 1.
    private static Rational Counted(BodyShape body, string meter, IEnumerable<EventShape> events)
    {
        var total = Rational.Zero;
        foreach (var usage in events)
        {
            if (!usage.Quantities.TryGetValue(meter, out var reported))
            {
                continue;
            }

            var quantity = usage.IsCorrection && reported.Sign < 0 && body.Corrections == "cost nothing" ? Rational.Zero : Rational.Of(reported);
            var size = Absolute(quantity);
            foreach (var floor in body.Floors.Where(f => f.Meter == meter))
            {
                size = floor.IsMore ? size + Rational.Of(floor.Quantity) : Rational.Max(size, Rational.Of(floor.Quantity));
            }

            total += quantity.IsNegative ? -size : size;
        }

        return total;
    }

    private BodyShape BodyOf(EventShape usage) => Choose(price.Default, usage);

    private BodyShape Choose(BodyShape body, EventShape? usage)
    {
        foreach (var (fact, value, exception) in body.Exceptions)
        {
            var stated = fact switch
            {
                "tier" => tier,
                "region" => usage?.Region,
                _ => usage?.Size,
            };
            if (stated == value)
            {
                return Choose(exception, usage);
            }
        }

        return body;
    }

    // A close knows only what the account states.
    private BodyShape BodyOfAccount() => Choose(price.Default, null);

    private static bool AreTogether(string scope, EventShape a, EventShape b) =>
        scope == "event" ? ReferenceEquals(a, b) : InstanceOf(scope, a.At, a.Run) == InstanceOf(scope, b.At, b.Run);

    private static string InstanceOf(string scope, Instant at, string run)
    {
        var utc = at.InUtc();
        return scope switch
        {
            "run" => run,
            "hour" => $"{utc.Year:0000}-{utc.Month:00}-{utc.Day:00}T{utc.Hour:00}",
            "day" => $"{utc.Year:0000}-{utc.Month:00}-{utc.Day:00}",
            _ => $"{utc.Year:0000}-{utc.Month:00}",
        };
    }

    private int CycleNumber(Instant at) => ((at.InUtc().Year - opened.InUtc().Year) * 12) + at.InUtc().Month - opened.InUtc().Month;

    private static Instant EndOf(string scope, Instant after)
    {
        var utc = after.InUtc().LocalDateTime;
        var start = new LocalDateTime(utc.Year, utc.Month, utc.Day, utc.Hour, 0);
        return (scope switch
        {
            "hour" => start.PlusHours(1),
            "day" => utc.Date.PlusDays(1).AtMidnight(),
            _ => new LocalDate(utc.Year, utc.Month, 1).PlusMonths(1).AtMidnight(),
        }).InUtc().ToInstant();
    }
}
