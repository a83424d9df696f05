using System.Globalization;
using System.Numerics;
using System.Text;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Pricing;

/// <summary>One event as the naive evaluator sees it.</summary>
internal sealed record NaiveEvent(ExactDecimal Images, ExactDecimal Hours, string Region, string? Run);

/// <summary>
/// A price made at random, with its rule text for the engine and its own naive reading: rational arithmetic over the whole list of events of
/// a scope, each time from the start.
/// </summary>
internal sealed class RandomPrice
{
    private readonly Random _random;
    private readonly List<Line> _lines = [];
    private readonly List<Line> _exceptional = [];
    private readonly bool _isScoped;
    private readonly bool _hasException;
    private readonly bool _isSmall;
    private readonly int _decimals;
    private readonly string _rounding;

    public RandomPrice(int seed)
    {
        _random = new Random(seed);
        _isScoped = _random.Next(3) > 0;
        _hasException = _random.Next(2) == 0;
        _isSmall = _random.Next(3) == 0;
        _decimals = _random.Next(0, _isSmall ? 4 : 7);
        _rounding = new[] { "half up", "half even", "up", "down" }[_random.Next(4)];
        AddLines(_lines);
        if (_hasException)
        {
            AddLines(_exceptional);
        }
    }

    public bool IsScoped => _isScoped;

    public string Text
    {
        get
        {
            var text = new StringBuilder();
            text.AppendLine(CultureInfo.InvariantCulture, $"""
                language 1
                ruleset random version 1 effective 2026-01-01
                credit "credit" to {_decimals} decimals, rounding {_rounding}
                account shop
                meter image whole
                meter hour fractional
                action work keyed by run
                  measures image, hour
                  has region one of north, south, normally north
                price work
                """);
            Write(text, _lines, "  ");
            if (_hasException)
            {
                text.AppendLine("  except when region is south");
                Write(text, _exceptional, "    ");
            }

            return text.ToString().ReplaceLineEndings("\n");
        }
    }

    public NaiveEvent NextEvent()
    {
        var images = _random.Next(4) == 0 ? _random.Next(0, 5) : _random.Next(0, 20_000);
        var places = _random.Next(0, 10);
        var hours = new ExactDecimal(_random.NextInt64(0, 10_000L * (long)BigInteger.Pow(10, places)), places);
        return new NaiveEvent(images, hours, _random.Next(2) == 0 ? "north" : "south", _isScoped ? $"r{_random.Next(3)}" : "r");
    }

    /// <summary>The exact amount of the last of some events of one scope.</summary>
    public Rational Exact(IReadOnlyList<NaiveEvent> scope) => Total(scope) - Total([.. scope.Take(scope.Count - 1)]);

    /// <summary>Smallest units that some events of one scope come to.</summary>
    public BigInteger Posted(IReadOnlyList<NaiveEvent> scope) => (Total(scope) * new Rational(BigInteger.Pow(10, _decimals), 1)).Round(_rounding);

    private Rational Total(IReadOnlyList<NaiveEvent> scope)
    {
        if (_hasException)
        {
            return Body(_lines, [.. scope.Where(e => e.Region == "north")]) + Body(_exceptional, [.. scope.Where(e => e.Region == "south")]);
        }

        return Body(_lines, scope);
    }

    private static Rational Body(List<Line> lines, IReadOnlyList<NaiveEvent> events)
    {
        var total = Rational.Zero;
        foreach (var line in lines)
        {
            if (line.Meter is null)
            {
                total += new Rational(events.Count, 1) * Rational.Of(line.Tiers[0].Rate);
                continue;
            }

            var quantities = events.Select(e => Rational.Of(line.Meter == "image" ? e.Images : e.Hours));
            total += line.IsVolume
                ? quantities.Aggregate(Rational.Zero, (sum, q) => sum + line.Volume(q))
                : line.Graduated(quantities.Aggregate(Rational.Zero, (sum, q) => sum + q));
        }

        return total;
    }

    private static void Write(StringBuilder text, List<Line> lines, string indent)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            lines[i].Write(text, indent, i > 0);
        }
    }

    private void AddLines(List<Line> lines)
    {
        lines.Add(NextLine("image"));
        if (!_isSmall && _random.Next(2) == 0)
        {
            lines.Add(NextLine("hour"));
        }

        if (_random.Next(2) == 0)
        {
            lines.Add(new Line(null, IsVolume: false, [new(0, NextRate())], null));
        }
    }

    private Line NextLine(string meter)
    {
        var count = _random.Next(1, 5);
        var tiers = new List<NaiveTier>();
        var start = 0;
        for (var i = 0; i < count; i++)
        {
            tiers.Add(new NaiveTier(start, NextRate()));
            start += _random.Next(1, 4000);
        }

        // A volume ladder prices each event alone, so it cannot stand in a body that counts a scope.
        var isVolume = !_isScoped && count > 1;
        return new Line(meter, isVolume, tiers, _isScoped ? "run" : null);
    }

    private ExactDecimal NextRate() =>
        _isSmall ? new ExactDecimal(_random.Next(1, 100), 3) : new ExactDecimal(_random.Next(1, 100_000), _random.Next(3, 9));

    internal sealed record NaiveTier(int Start, ExactDecimal Rate);

    internal sealed record Line(string? Meter, bool IsVolume, List<NaiveTier> Tiers, string? Scope)
    {
        public Rational Graduated(Rational total)
        {
            var sum = Rational.Zero;
            for (var i = 0; i < Tiers.Count; i++)
            {
                var from = new Rational(Tiers[i].Start, 1);
                var to = i + 1 < Tiers.Count ? Rational.Min(total, new Rational(Tiers[i + 1].Start, 1)) : total;
                sum += Rational.Max(Rational.Zero, to - from) * Rational.Of(Tiers[i].Rate);
            }

            return sum;
        }

        public Rational Volume(Rational quantity)
        {
            var tier = Tiers[0];
            foreach (var candidate in Tiers)
            {
                tier = new Rational(candidate.Start, 1) < quantity ? candidate : tier;
            }

            return quantity * Rational.Of(tier.Rate);
        }

        public void Write(StringBuilder text, string indent, bool isPlus)
        {
            var plus = isPlus ? "plus " : "";
            if (Meter is null)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{indent}{plus}each {Tiers[0].Rate} credits");
                return;
            }

            if (Tiers.Count == 1 && Scope is null)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"{indent}{plus}per {Meter} {Tiers[0].Rate} credits");
                return;
            }

            var scope = Scope is null ? "" : $" within each {Scope}";
            text.AppendLine(CultureInfo.InvariantCulture, $"{indent}{plus}per {Meter}, {(IsVolume ? "volume" : "graduated")}{scope}");
            foreach (var tier in Tiers)
            {
                var start = tier.Start == 0 ? "base" : $"over {tier.Start.ToString("#,0", CultureInfo.InvariantCulture)}";
                text.AppendLine(CultureInfo.InvariantCulture, $"{indent}  {start} {tier.Rate} credits");
            }
        }
    }
}
