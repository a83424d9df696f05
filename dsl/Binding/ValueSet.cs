using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>A set of values of one fact, with exact intersection and complement.</summary>
internal abstract class ValueSet
{
    public abstract bool IsEmpty { get; }

    /// <summary>Every value the fact may have.</summary>
    public abstract bool IsFull { get; }

    public abstract ValueSet Intersect(ValueSet other);

    public abstract ValueSet Complement();

    /// <summary>As the language writes it after the fact's name: "is yes", "before 2026-03-28".</summary>
    public abstract string Describe();

    public static ValueSet Full(FactDomain domain) =>
        domain.IsEnumeration ? new NameSet(domain, NameSet.All(domain)) : new LineSet(domain.Kind == FactDomainKind.Date, startsInside: true, []);
}

/// <summary>Members of a closed enumeration: bit i stands for the domain's value i.</summary>
internal sealed class NameSet(FactDomain domain, BigInteger members) : ValueSet
{
    private readonly BigInteger _members = members;

    public override bool IsEmpty => _members.IsZero;

    public override bool IsFull => _members == All(domain);

    public static BigInteger All(FactDomain domain) => (BigInteger.One << domain.Values.Length) - 1;

    public static NameSet Of(FactDomain domain, ImmutableArray<string> values)
    {
        var members = BigInteger.Zero;
        foreach (var value in values)
        {
            var index = domain.Values.IndexOf(value);
            if (index >= 0)
            {
                members |= BigInteger.One << index;
            }
        }

        return new NameSet(domain, members);
    }

    public override ValueSet Intersect(ValueSet other) => new NameSet(domain, _members & ((NameSet)other)._members);

    public override ValueSet Complement() => new NameSet(domain, All(domain) & ~_members);

    public override string Describe()
    {
        var names = domain.Values.Where((_, i) => !(_members >> i).IsEven).ToList();
        return names.Count == 1 ? "is " + names[0] : "is one of " + string.Join(", ", names);
    }
}

/// <summary>A place between two values of a line: just before <see cref="Value"/>, or just after it.</summary>
internal readonly record struct Cut(ExactDecimal Value, bool IsAfter)
{
    public static int Compare(Cut a, Cut b)
    {
        var byValue = a.Value.CompareTo(b.Value);
        return byValue != 0 ? byValue : a.IsAfter.CompareTo(b.IsAfter);
    }
}

/// <summary>A union of intervals of numbers, or of days by their day number. Invariant: cuts ascend strictly; each one enters or leaves the set.</summary>
internal sealed class LineSet(bool isDate, bool startsInside, ImmutableArray<Cut> cuts) : ValueSet
{
    private readonly ImmutableArray<Cut> _cuts = cuts;
    private readonly bool _startsInside = startsInside;

    public override bool IsEmpty => !_startsInside && _cuts.IsEmpty;

    public override bool IsFull => _startsInside && _cuts.IsEmpty;

    /// <summary>The interval between two cuts; null is without end.</summary>
    public static LineSet Between(bool isDate, Cut? from, Cut? to)
    {
        if (from is { } a && to is { } b && Cut.Compare(a, b) >= 0)
        {
            return new LineSet(isDate, startsInside: false, []);
        }

        var ends = ImmutableArray.CreateBuilder<Cut>(2);
        if (from is { } first)
        {
            ends.Add(first);
        }

        if (to is { } last)
        {
            ends.Add(last);
        }

        return new LineSet(isDate, from is null, ends.ToImmutable());
    }

    public static Cut BeforeDay(DateOnly day) => new(day.DayNumber, IsAfter: false);

    public override ValueSet Intersect(ValueSet other)
    {
        var that = (LineSet)other;
        var inThis = _startsInside;
        var inThat = that._startsInside;
        var both = inThis && inThat;
        var inside = both;
        var result = ImmutableArray.CreateBuilder<Cut>(0);
        for (int i = 0, j = 0; i < _cuts.Length || j < that._cuts.Length;)
        {
            var order = i == _cuts.Length ? 1 : j == that._cuts.Length ? -1 : Cut.Compare(_cuts[i], that._cuts[j]);
            var cut = order <= 0 ? _cuts[i] : that._cuts[j];
            if (order <= 0)
            {
                inThis = !inThis;
                i++;
            }

            if (order >= 0)
            {
                inThat = !inThat;
                j++;
            }

            if ((inThis && inThat) != inside)
            {
                inside = !inside;
                result.Add(cut);
            }
        }

        return new LineSet(isDate, both, result.ToImmutable());
    }

    public override ValueSet Complement() => new LineSet(isDate, !_startsInside, _cuts);

    /// <summary>The first interval of the set; one is enough for a witness.</summary>
    public override string Describe()
    {
        if (_startsInside)
        {
            return _cuts.IsEmpty ? "is anything" : Upper(_cuts[0]);
        }

        if (_cuts.Length == 1)
        {
            return Lower(_cuts[0]);
        }

        var (from, to) = (_cuts[0], _cuts[1]);
        var isOneDay = isDate && (to.Value - from.Value).Equals(ExactDecimal.One);
        if (isOneDay || (!isDate && from.Value.Equals(to.Value)))
        {
            return "is " + Write(from.Value);
        }

        return Lower(from) + " and " + Upper(to);
    }

    private string Lower(Cut cut) => (isDate ? "on or after " : cut.IsAfter ? "over " : "at least ") + Write(cut.Value);

    private string Upper(Cut cut) => (isDate ? "before " : cut.IsAfter ? "not over " : "under ") + Write(cut.Value);

    private string Write(ExactDecimal value) =>
        isDate && value.TryToUnits(0, out var day)
            ? DateOnly.FromDayNumber((int)day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : value.ToGroupedString();
}
