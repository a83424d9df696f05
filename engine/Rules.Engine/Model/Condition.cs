using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>A condition over facts, by their index.</summary>
/// <param name="Location">The words of the condition, which an explanation repeats.</param>
public abstract record Condition(TextLocation Location)
{
    /// <param name="facts">Values by <see cref="Fact.Index"/>.</param>
    public abstract bool Holds(ReadOnlySpan<FactValue> facts);

    /// <summary>Adds the index of every fact that is read, in written order, each once.</summary>
    public abstract void CollectFacts(IList<int> indexes);

    /// <inheritdoc/>
    public sealed override string ToString() => Location.Text;
}

/// <summary>All hold; two or more.</summary>
public sealed record AllOf(ImmutableArray<Condition> Operands, TextLocation Location) : Condition(Location)
{
    public override bool Holds(ReadOnlySpan<FactValue> facts)
    {
        foreach (var operand in Operands)
        {
            if (!operand.Holds(facts))
            {
                return false;
            }
        }

        return true;
    }

    public override void CollectFacts(IList<int> indexes)
    {
        foreach (var operand in Operands)
        {
            operand.CollectFacts(indexes);
        }
    }
}

/// <summary>At least one holds; two or more.</summary>
public sealed record AnyOf(ImmutableArray<Condition> Operands, TextLocation Location) : Condition(Location)
{
    public override bool Holds(ReadOnlySpan<FactValue> facts)
    {
        foreach (var operand in Operands)
        {
            if (operand.Holds(facts))
            {
                return true;
            }
        }

        return false;
    }

    public override void CollectFacts(IList<int> indexes)
    {
        foreach (var operand in Operands)
        {
            operand.CollectFacts(indexes);
        }
    }
}

/// <summary>Holds where its operand does not.</summary>
public sealed record NotCondition(Condition Operand, TextLocation Location) : Condition(Location)
{
    public override bool Holds(ReadOnlySpan<FactValue> facts) => !Operand.Holds(facts);

    public override void CollectFacts(IList<int> indexes) => Operand.CollectFacts(indexes);
}

/// <summary>The fact is one of some members of its enumeration.</summary>
/// <param name="Members">One flag per value of the fact's domain.</param>
public sealed record NameTest(int Fact, ImmutableArray<bool> Members, TextLocation Location) : Condition(Location)
{
    public override bool Holds(ReadOnlySpan<FactValue> facts)
    {
        var value = facts[Fact];
        return !value.IsMissing && Members[(int)value.Code];
    }

    public override void CollectFacts(IList<int> indexes) => AddOnce(indexes, Fact);

    internal static void AddOnce(IList<int> indexes, int fact)
    {
        if (!indexes.Contains(fact))
        {
            indexes.Add(fact);
        }
    }
}

/// <summary>The number or day lies between two values, both included; a null end is open.</summary>
/// <param name="From">
/// In the fact's own code. An exclusive limit of a number is the next billionth, which is exact because no number has more places.
/// </param>
public sealed record RangeTest(int Fact, Int128? From, Int128? To, TextLocation Location) : Condition(Location)
{
    public override bool Holds(ReadOnlySpan<FactValue> facts)
    {
        var value = facts[Fact];
        return !value.IsMissing && (From is not { } from || value.Code >= from) && (To is not { } to || value.Code <= to);
    }

    public override void CollectFacts(IList<int> indexes) => NameTest.AddOnce(indexes, Fact);
}
