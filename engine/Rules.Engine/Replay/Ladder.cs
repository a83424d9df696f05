using Rules.Engine.Model;

namespace Rules.Engine.Replay;

/// <summary>
/// The hot case of a price in its shortest form: an event priced on its own, by plain graduated rates and amounts per event, in Int64. A ladder is the
/// sum over its tiers of (rate - next rate) × min(quantity, end), which needs no branch.
/// </summary>
/// <param name="Constant">In units of the price.</param>
/// <param name="Limits">By column: the first stored integer that is too large.</param>
/// <param name="Unit">Units of the price in the smallest unit of the credit.</param>
internal sealed record Ladder(long Constant, LadderTerm[] Terms, long[] Limits, long Unit, RoundingMode Rounding)
{
    /// <param name="columns">By meter: its column; -1 where the shape does not report it.</param>
    /// <param name="factors">By column: what lifts a stored integer to the meter's places.</param>
    /// <param name="limits">By column: the first stored integer that is too large.</param>
    /// <returns>Null where the price is of another form.</returns>
    public static Ladder? Of(PriceTable<long> table, BodyTable<long> body, FactValue[] facts, int[] columns, long[] factors, long[] limits)
    {
        if (!body.IsPlain || body.HasAllowance || body.Floors is not null || body.ScopeMost is not null || body.Body.CountingScope.Kind != ScopeKind.Event)
        {
            return null;
        }

        var constant = 0L;
        if (body.Body.Rows is { } rows && body.Rows[rows.Find(facts)] is { IsWaived: false } row)
        {
            constant += row.Part(1);
        }

        var terms = new List<LadderTerm>();
        foreach (var line in body.Lines)
        {
            if (line.Form == LineForm.Each)
            {
                constant += line.Tiers[0].IsWaived ? 0 : line.Tiers[0].Part(1);
                continue;
            }

            if (line.Form != LineForm.PlainGraduated || line.Step != 0)
            {
                return null;
            }

            if (columns[line.Meter] is var column and >= 0 && !TryAddTerms(terms, line.Tiers, column, factors[column]))
            {
                return null;
            }
        }

        return new Ladder(constant, [.. terms], limits, table.Unit, table.Rounding);
    }

    private static bool TryAddTerms(List<LadderTerm> terms, TierTable<long>[] tiers, int column, long factor)
    {
        var rate = 0L;
        for (var i = tiers.Length - 1; i >= 0; i--)
        {
            var own = tiers[i].IsWaived ? 0 : tiers[i].Rate;
            if (own != rate)
            {
                if (i < tiers.Length - 1 && tiers[i].End % factor != 0)
                {
                    return false;
                }

                terms.Add(new LadderTerm(column, i == tiers.Length - 1 ? long.MaxValue : tiers[i].End / factor, (own - rate) * factor));
            }

            rate = own;
        }

        return true;
    }
}

/// <param name="End">Stored integers from here on count as this many.</param>
internal readonly record struct LadderTerm(int Column, long End, long Rate);
