using System.Numerics;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Pricing;

/// <summary>A price of every form of language section 8, and streams of events for it, made from a seed.</summary>
internal sealed class RandomPrice
{
    private static readonly string[] s_meters = ["image", "hour", "USD"];
    private static readonly string[] s_regions = ["north", "south", "west"];
    private static readonly string[] s_sizes = ["small", "large"];
    private static readonly string[] s_scopes = ["event", "run", "hour", "day", "cycle"];
    private static readonly int[] s_exactSizes = [2, 4, 5, 8, 10, 20, 25, 40];

    private readonly Random _random;

    // Sizes of shares alone: the other figures stay those of the seed.
    private readonly Random _shares;
    private readonly bool _isLarge;

    public RandomPrice(int seed)
    {
        _random = new Random(seed);
        _shares = new Random(~seed);
        _isLarge = _random.Next(5) == 0;
        string[][] by = [[], [], [], ["region"], ["size"], ["region", "size"]];
        var rows = by[_random.Next(by.Length)];
        var decimals = _random.Next(0, 7);
        var rounding = new[] { "half up", "half even", "up", "down" }[_random.Next(4)];
        Shape = new PriceShape(decimals, rounding, rows, Body(rows, onAccount: true, depth: 0));
        Text = PriceWriter.Write(Shape);
        Tier = Chance(2) ? "gold" : "basic";
    }

    public PriceShape Shape { get; }

    public string Text { get; }

    /// <summary>The account's own fact.</summary>
    public string Tier { get; }

    /// <summary>The next stream, none like another.</summary>
    public List<EventShape> NextStream(Instant opened)
    {
        var events = new List<EventShape>();
        var at = opened;
        for (var count = _random.Next(2, 8); count > 0; count--)
        {
            at += NextGap();
            events.Add(new EventShape(at, NextQuantities(), Pick(s_regions), Pick(s_sizes), Pick(["a", "b"])));
        }

        return events;
    }

    /// <summary>From one event to the next: often the same scope, sometimes its very end.</summary>
    public Duration NextGap()
    {
        var closing = Shape.Default.All.SelectMany(b => new[] { b.Scope, b.BoundScope }).ToHashSet();
        var unit = closing.Contains("hour") ? Duration.FromMinutes(10) : closing.Contains("day") ? Duration.FromHours(4) : Duration.FromHours(60);
        return unit * _random.Next(0, 9);
    }

    private Dictionary<string, ExactDecimal> NextQuantities()
    {
        var isCorrection = _random.Next(8) == 0;
        var quantities = new Dictionary<string, ExactDecimal>(StringComparer.Ordinal);
        foreach (var meter in s_meters)
        {
            if (_random.Next(4) > 0)
            {
                var quantity = NextQuantity(meter);
                quantities.Add(meter, isCorrection ? -quantity : quantity);
            }
        }

        return quantities;
    }

    private ExactDecimal NextQuantity(string meter)
    {
        var most = _isLarge && Chance(3) ? 2_000_000 : Chance(4) ? 4 : 60;
        if (meter == "image")
        {
            return new ExactDecimal(_random.Next(0, most));
        }

        var places = _random.Next(0, 4) * (_isLarge ? 3 : 1);
        return new ExactDecimal(_random.NextInt64(0, most * (long)BigInteger.Pow(10, places)), places);
    }

    private BodyShape Body(string[] by, bool onAccount, int depth)
    {
        var scope = Chance(4) ? null : s_scopes[_random.Next(s_scopes.Length)];
        var body = new BodyShape(scope);
        if (scope is not null)
        {
            // Some line says so, whatever the others are.
            body.Lines.Add(ScopedLine(scope));
        }

        if (by.Length > 0 && _random.Next(3) > 0)
        {
            AddRows(body, by);
        }

        for (var count = _random.Next(body.Rows.Count + body.Lines.Count > 0 ? 0 : 1, 3); count > 0; count--)
        {
            body.Lines.Add(Line(scope));
        }

        AddEventLines(body);
        AddScopeBounds(body, onAccount);
        if (depth < 2 && Chance(depth == 0 ? 2 : 4))
        {
            AddExceptions(body, by, onAccount, depth);
        }

        return body;
    }

    private void AddExceptions(BodyShape body, string[] by, bool onAccount, int depth)
    {
        (string Fact, string Value)[][] choices = depth == 0
            ? [[("region", "south")], [("region", "south"), ("region", "west")], [("tier", "gold")]]
            : [[("size", "large")]];
        foreach (var (fact, value) in choices[_random.Next(choices.Length)])
        {
            body.Exceptions.Add((fact, value, Body(by, onAccount && fact == "tier", depth + 1)));
        }
    }

    private void AddRows(BodyShape body, string[] by)
    {
        var combinations = by.Length == 1
            ? (by[0] == "region" ? s_regions : s_sizes).Select(v => new[] { v })
            : s_regions.SelectMany(r => s_sizes.Select(s => new[] { r, s }));
        var isPartial = Chance(2);
        foreach (var values in combinations)
        {
            if (!isPartial || Chance(2))
            {
                body.Rows.Add((values, WaivedSometimes(Rate())));
            }
        }

        if (isPartial)
        {
            body.Rows.Add(([], WaivedSometimes(Rate())));
        }
    }

    private void AddEventLines(BodyShape body)
    {
        if (body.Scope is not null && Chance(3))
        {
            body.FreeEvents = _random.Next(1, 4);
        }

        foreach (var meter in s_meters)
        {
            if (body.Scope is not null && Chance(6))
            {
                // Whole shares of a rounded total are free (PR0307).
                var shares = body.Lines.Where(l => l.Meter == meter && l.Packages is null && !l.Size.HasFiniteReciprocal).Aggregate(ExactDecimal.One, static (product, l) => product * l.Size);
                var count = Count(meter, 30);
                body.FreeUnits.Add((meter, shares == ExactDecimal.One ? count : shares * new ExactDecimal(_shares.Next(1, 4))));
            }

            if (Chance(6))
            {
                body.Floors.Add((meter, Count(meter, 20), Chance(2)));
            }
        }

        body.MarkUp = Chance(5) ? Figure(1, 2500) : null;
        body.Discount = Chance(5) ? Figure(0, 99) : null;
        body.EventLeast = Chance(5) ? Figure(0, 2000) : null;
        body.EventMost = Chance(5) ? (body.EventLeast ?? ExactDecimal.Zero) + Figure(0, 9000) : null;
        body.Corrections = Chance(3) ? Chance(3) || body.FreeEvents is not null ? "cost nothing" : "allowed" : null;
    }

    // A bound's scope is at least as wide as the one that counts: of a key the key itself or the cycle.
    private void AddScopeBounds(BodyShape body, bool onAccount)
    {
        if (!Chance(3))
        {
            return;
        }

        var first = Array.IndexOf(s_scopes, body.Scope ?? "event");
        string[] wide = body.Scope == "run" ? ["run", "cycle"] : [.. s_scopes[Math.Max(1, first)..]];
        body.BoundScope = Pick(wide);
        body.ScopeLeast = onAccount && body.BoundScope != "run" && Chance(2) ? Figure(0, 5000) : null;
        body.ScopeMost = body.ScopeLeast is null || Chance(2) ? (body.ScopeLeast ?? ExactDecimal.Zero) + Figure(0, 20_000) : null;
    }

    private LineShape Line(string? scope)
    {
        if (Chance(4))
        {
            return new LineShape(null) { Tiers = { new TierShape("", ExactDecimal.Zero, IncludesStart: false, WaivedSometimes(Rate())) } };
        }

        var line = new LineShape(Pick(s_meters)) { Size = Chance(3) ? new ExactDecimal(s_exactSizes[_random.Next(s_exactSizes.Length)]) : ExactDecimal.One };
        if (scope is not null && Chance(4))
        {
            line.Packages = Chance(2) ? "package of" : "complete package of";
            line.Size = new ExactDecimal(_random.Next(1, 13));
        }

        if (scope is not null && Chance(5))
        {
            line.Rounded = Pick(["up", "down", "half up"]);
            line.Step = Chance(2) ? new ExactDecimal(_random.Next(1, 12)) : null;
            if (line.Packages is null && _shares.Next(2) == 0)
            {
                // A share of any size is exact where the total is rounded to whole ones.
                line.Size = new ExactDecimal(_shares.Next(1, 13));
                line.Step = _shares.Next(2) == 0 ? line.Size * new ExactDecimal(_shares.Next(1, 4)) : null;
            }
        }

        if (line.Packages is null && Chance(6))
        {
            AddMatrix(line);
            return line;
        }

        line.Mode = Chance(3) ? null : scope is null ? "volume" : Chance(2) ? "graduated" : "volume";
        line.Reprices = line.Mode == "volume" && scope is not (null or "event");
        line.TiersBy = line.Mode == "volume" && Chance(4) ? Pick(s_meters) : null;
        AddTiers(line, canPack: line.Mode is not null || scope is not null);
        return line;
    }

    private LineShape ScopedLine(string scope)
    {
        var line = Line(scope);
        while (line.Packages is null && line.Rounded is null && line.Mode is null)
        {
            line = Line(scope);
        }

        return line;
    }

    private void AddMatrix(LineShape line)
    {
        var isPartial = Chance(2);
        foreach (var region in s_regions)
        {
            if (!isPartial || Chance(2))
            {
                line.Matrix.Add((region, WaivedSometimes(RateOf(line))));
            }
        }

        if (isPartial)
        {
            line.Matrix.Add((null, WaivedSometimes(RateOf(line))));
        }
    }

    private void AddTiers(LineShape line, bool canPack)
    {
        var limits = line.TiersBy ?? line.Meter!;
        var isWhole = limits == "image";
        var count = line.Mode is null ? 1 : _random.Next(1, 5);
        var spelling = _random.Next(4);
        var start = ExactDecimal.Zero;
        for (var i = 0; i < count; i++)
        {
            // A started package must not stand across a limit (PR0111), of the line's size or of the tier's own; nor may a share of a rounded total (PR0307).
            var own = canPack && line.Packages is null && Chance(6) ? new ExactDecimal(_random.Next(2, 9)) : (ExactDecimal?)null;
            own = line.Size.HasFiniteReciprocal ? own : null;
            var step = line.Packages == "package of" || !line.Size.HasFiniteReciprocal ? line.Size : line.Mode == "graduated" ? own ?? ExactDecimal.One : ExactDecimal.One;
            var end = start + (step * new ExactDecimal(_random.Next(isWhole && spelling == 1 && i == 0 ? 2 : 1, step == ExactDecimal.One ? 30 : 5)));
            if (!isWhole && line.Packages is null && own is null && Chance(3) && line.Size.HasFiniteReciprocal)
            {
                end += new ExactDecimal(_random.Next(1, 1000), 3);
            }

            var isLast = i + 1 == count;
            var bound = line.Mode is null ? "" : Bound(spelling, start, end, isWhole, isLast);
            line.Tiers.Add(new TierShape(bound, start, spelling == 1 && !isWhole && i > 0, Cost(line, own, isFirst: i == 0)));
            start = end;
        }
    }

    private static string Bound(int spelling, ExactDecimal start, ExactDecimal end, bool isWhole, bool isLast)
    {
        var first = isWhole ? (start + ExactDecimal.One).ToGroupedString() : start.ToGroupedString();
        return spelling switch
        {
            0 => start.IsZero ? "base" : $"over {start.ToGroupedString()}",
            1 => $"from {first}",
            2 => isLast ? $"{first} and up" : $"{first} to {end.ToGroupedString()}",
            _ => isLast ? "rest" : $"next {(end - start).ToGroupedString()}",
        };
    }

    private CostShape Cost(LineShape line, ExactDecimal? own, bool isFirst)
    {
        var cost = RateOf(line);
        var evenAtZero = isFirst && Chance(2);
        var fee = Chance(4) ? Figure(0, 3000) : (ExactDecimal?)null;
        if (fee is { } due)
        {
            var flat = $"{due.ToGroupedString()} credits flat{(evenAtZero ? " even at zero" : "")}";
            cost = Chance(3) && own is null
                ? new CostShape(flat, Rational.Zero) { Fee = Rational.Of(due), EvenAtZero = evenAtZero }
                : cost with { Text = $"{Packed(cost.Text, own)} plus {flat}", Fee = Rational.Of(due), EvenAtZero = evenAtZero, Package = own };
        }
        else
        {
            cost = cost with { Text = Packed(cost.Text, own), Package = own };
        }

        if (Chance(6))
        {
            var cap = Figure(1, 4000);
            cost = cost with { Text = $"{cost.Text}, at most {cap.ToGroupedString()} credits", Cap = cap };
        }

        return WaivedSometimes(cost);
    }

    private static string Packed(string text, ExactDecimal? own) => own is { } size ? $"{text} per package of {size.ToGroupedString()}" : text;

    private CostShape RateOf(LineShape line)
    {
        if (line.Meter != "USD" || Chance(3))
        {
            return Rate();
        }

        var percent = new ExactDecimal(_random.Next(1, 1000), 1);
        var of = Figure(1, 300);
        return new CostShape($"{percent}% of {of.ToGroupedString()} credits", Rational.Of(percent) / Rational.Of(100) * Rational.Of(of));
    }

    private CostShape Rate()
    {
        var rate = _isLarge ? new ExactDecimal(_random.Next(1, 1_000_000), _random.Next(3, 9)) : Figure(0, 400);
        return new CostShape($"{rate} credits", Rational.Of(rate));
    }

    private CostShape WaivedSometimes(CostShape cost) => Chance(10) ? cost with { Text = cost.Text + ", waived", IsWaived = true } : cost;

    private ExactDecimal Count(string meter, int most) =>
        meter != "image" && Chance(3) ? new ExactDecimal(_random.Next(1, most * 100), 2) : new ExactDecimal(_random.Next(1, most));

    private ExactDecimal Figure(int least, int mostHundredths) =>
        Chance(3) ? new ExactDecimal(_random.Next(least, Math.Max(least + 1, mostHundredths / 100))) : new ExactDecimal(_random.Next(Math.Max(1, least), mostHundredths), 2);

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;
}
