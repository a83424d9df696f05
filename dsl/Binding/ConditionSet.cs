using System.Collections.Immutable;

namespace Rules.Dsl.Binding;

/// <summary>
/// The facts for which a condition holds: a finite union of boxes, each a set of values per fact. Intersection and emptiness are
/// exact set operations (language 4.4). A fact that a box does not name may have any value.
/// </summary>
internal sealed class ConditionSet
{
    /// <summary>More boxes than any readable condition has; beyond it PR0603.</summary>
    public const int MaxBoxes = 512;

    private readonly ImmutableArray<Box> _boxes;

    private ConditionSet(ImmutableArray<Box> boxes) => _boxes = boxes;

    public static ConditionSet Everything { get; } = new([Box.Whole]);

    public bool IsEmpty => _boxes.IsEmpty;

    /// <summary>Null when a part of the condition is unknown, so that nothing may be concluded from it; <paramref name="isTooLarge"/> tells the other reason.</summary>
    public static ConditionSet? Of(BoundCondition condition, out bool isTooLarge)
    {
        isTooLarge = false;
        var boxes = Boxes(condition, negated: false, ref isTooLarge);
        return boxes is null ? null : new ConditionSet([.. boxes]);
    }

    /// <summary>Null when the result has more than <see cref="MaxBoxes"/> boxes.</summary>
    public ConditionSet? Intersect(ConditionSet other)
    {
        var boxes = Product([.. _boxes], [.. other._boxes]);
        return boxes is null ? null : new ConditionSet([.. boxes]);
    }

    /// <summary>
    /// One box that both hold for, or null: they exclude each other, or the comparisons left, which this lowers, ran out.
    /// The facts of this set come first.
    /// </summary>
    public Box? Witness(ConditionSet other, ref int comparisonsLeft)
    {
        foreach (var mine in _boxes)
        {
            foreach (var yours in other._boxes)
            {
                if (comparisonsLeft-- <= 0)
                {
                    return null;
                }

                if (mine.Intersect(yours) is { } both)
                {
                    return both;
                }
            }
        }

        return null;
    }

    private static List<Box>? Boxes(BoundCondition condition, bool negated, ref bool isTooLarge)
    {
        switch (condition)
        {
            case BoundNotCondition not:
                return Boxes(not.Operand, !negated, ref isTooLarge);
            case BoundAndCondition and:
                return Combine(and.Operands, isProduct: !negated, negated, ref isTooLarge);
            case BoundOrCondition or:
                return Combine(or.Operands, isProduct: negated, negated, ref isTooLarge);
            default:
                var (fact, set) = SetOf(condition);
                if (fact is null || set is null)
                {
                    return null;
                }

                var values = negated ? set.Complement() : set;
                return values.IsEmpty ? [] : [Box.Whole.With(fact, values)];
        }
    }

    private static List<Box>? Combine(ImmutableArray<BoundCondition> operands, bool isProduct, bool negated, ref bool isTooLarge)
    {
        List<Box> result = isProduct ? [Box.Whole] : [];
        foreach (var operand in operands)
        {
            if (Boxes(operand, negated, ref isTooLarge) is not { } boxes)
            {
                return null;
            }

            if (isProduct)
            {
                result = Product(result, boxes)!;
            }
            else
            {
                result.AddRange(boxes);
            }

            if (result is null || result.Count > MaxBoxes)
            {
                isTooLarge = true;
                return null;
            }
        }

        return result;
    }

    private static List<Box>? Product(List<Box> left, List<Box> right)
    {
        var result = new List<Box>();
        foreach (var a in left)
        {
            foreach (var b in right)
            {
                if (a.Intersect(b) is { } both)
                {
                    result.Add(both);
                    if (result.Count > MaxBoxes)
                    {
                        return null;
                    }
                }
            }
        }

        return result;
    }

    private static (FactSymbol? Fact, ValueSet? Set) SetOf(BoundCondition leaf) => leaf switch
    {
        BoundNameTest { Fact.IsError: false } test => (test.Fact, NameSet.Of(test.Fact.Domain, test.Values)),
        BoundNumberTest { Fact.IsError: false } test => (test.Fact, LineSet.Between(
            isDate: false,
            test.From is { } from ? new Cut(from, !test.IncludesFrom) : null,
            test.To is { } to ? new Cut(to, test.IncludesTo) : null)),
        BoundDateTest { Fact.IsError: false } test => (test.Fact, LineSet.Between(
            isDate: true,
            test.From is { } from ? LineSet.BeforeDay(from) : null,
            test.Before is { } before ? LineSet.BeforeDay(before) : null)),
        _ => (null, null),
    };
}

/// <summary>A non-empty set of values for each fact it names, in the order they were named.</summary>
internal sealed class Box
{
    private readonly ImmutableArray<(FactSymbol Fact, ValueSet Values)> _sides;

    private Box(ImmutableArray<(FactSymbol Fact, ValueSet Values)> sides) => _sides = sides;

    public static Box Whole { get; } = new([]);

    public Box With(FactSymbol fact, ValueSet values) => new(_sides.Add((fact, values)));

    /// <summary>Null when no facts lie in both.</summary>
    public Box? Intersect(Box other)
    {
        // Most pairs of exceptions are apart, so nothing is made before it is known that two are not.
        ImmutableArray<(FactSymbol Fact, ValueSet Values)>.Builder? sides = null;
        foreach (var (fact, values) in other._sides)
        {
            var index = IndexOf(fact);
            if (index < 0)
            {
                (sides ??= _sides.ToBuilder()).Add((fact, values));
                continue;
            }

            var both = _sides[index].Values.Intersect(values);
            if (both.IsEmpty)
            {
                return null;
            }

            (sides ??= _sides.ToBuilder())[index] = (fact, both);
        }

        return sides is null ? this : new Box(sides.ToImmutable());
    }

    /// <summary>As a person would say it: "bulk-agreement is yes, created before 2026-03-28".</summary>
    public string Describe()
    {
        var said = _sides.Where(s => !s.Values.IsFull).Select(s => s.Fact.Name + " " + s.Values.Describe()).ToList();
        return said.Count == 0 ? "always" : string.Join(", ", said);
    }

    private int IndexOf(FactSymbol fact)
    {
        for (var i = 0; i < _sides.Length; i++)
        {
            if (ReferenceEquals(_sides[i].Fact, fact))
            {
                return i;
            }
        }

        return -1;
    }
}
