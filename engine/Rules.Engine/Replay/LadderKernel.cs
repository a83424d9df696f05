using System.Runtime.CompilerServices;
using Rules.Engine.Model;

namespace Rules.Engine.Replay;

/// <summary>
/// The hot case of a price in one loop: an event priced on its own, by plain graduated rates and amounts per event, in Int64. A ladder is the
/// sum over its tiers of (rate - next rate) × min(quantity, end), which needs no branch.
/// </summary>
internal sealed class LadderKernel
{
    private readonly long _constant;
    private readonly Term[] _terms;
    private readonly long[] _limit;
    private readonly long _unit;
    private readonly RoundingMode _rounding;
    private readonly long _most;

    private LadderKernel(long constant, Term[] terms, long[] limit, long unit, RoundingMode rounding)
    {
        _constant = constant;
        _terms = terms;
        _limit = limit;
        _unit = unit;
        _rounding = rounding;
        _most = Scaled.AmountLimit * unit;
    }

    private readonly record struct Term(int Column, long End, long Rate);

    /// <param name="columns">By meter: its column; -1 where the shape does not report it.</param>
    /// <param name="factors">By column: what lifts a stored integer to the meter's places.</param>
    /// <param name="limits">By column: the first stored integer that is too large.</param>
    /// <returns>Null where the price is of another form.</returns>
    public static LadderKernel? Of(PriceTable<long> table, BodyTable<long> body, FactValue[] facts, int[] columns, long[] factors, long[] limits)
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

        var terms = new List<Term>();
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

        return new LadderKernel(constant, [.. terms], limits, table.Unit, table.Rounding);
    }

    /// <returns>False where a quantity or the amount is outside its limits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryPrice(ReadOnlySpan<long> quantities, out long charge)
    {
        var limits = _limit;
        for (var i = 0; i < limits.Length; i++)
        {
            if (quantities[i] < 0 || quantities[i] >= limits[i])
            {
                charge = 0;
                return false;
            }
        }

        var exact = _constant;
        foreach (ref readonly var term in _terms.AsSpan())
        {
            // PriceTableBuilder has proved that no total of legal quantities leaves Int64.
            unchecked
            {
                exact += term.Rate * Math.Min(quantities[term.Column], term.End);
            }
        }

        charge = Scaled.Round(exact, _unit, _rounding);
        return exact >= 0 && exact <= _most;
    }

    private static bool TryAddTerms(List<Term> terms, TierTable<long>[] tiers, int column, long factor)
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

                terms.Add(new Term(column, i == tiers.Length - 1 ? long.MaxValue : tiers[i].End / factor, (own - rate) * factor));
            }

            rate = own;
        }

        return true;
    }
}
