using System.Globalization;
using System.Numerics;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Periods;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// Phase 2: postpaid use of the ending cycle becomes a bill, one per bucket, and its lot ends. A bucket that is billed monthly in a longer
    /// cycle is also billed at each month of it; use after that opens another lot, and the limit goes on counting both.
    /// </summary>
    private static EvaluationError? BillUse(Journal journal, RulesetModel model, in Due due, bool endsCycle)
    {
        var state = journal.State;
        var cycle = state.Cycle?.Number ?? 0;
        foreach (var lot in state.Lots)
        {
            if (!IsOpenUse(lot, cycle) || model.FindBucket(lot.Lot.Bucket) is not { PostpaidRate: { } rate, PostpaidMoney: { } money } bucket)
            {
                continue;
            }

            var month = endsCycle ? null : MonthAt(model, state, bucket, due);
            if (!endsCycle && month is null)
            {
                continue;
            }

            // A price that the account has not agreed bills credits without an amount: time cannot wait for it.
            var price = AccountReading.AmountAt(model, state, rate, due.At, out var perCredit) is null ? perCredit : null;
            var exact = (price ?? default) * ExactDecimal.FromUnits(lot.Spent, model.Credit.Decimals);
            journal.Post(new Entry
            {
                Kind = EntryKind.PostpaidBill,
                SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:bill:{bucket.Name}:{cycle}{(month is { } number ? $":{number}" : "")}"),
                Amount = lot.Spent,
                OccurredAt = due.At,
                EndedLots = [new LotEnd(lot.Lot.Number, Successor: null)],
                Bill = new Bill(bucket.Name, cycle, money.Name, money.Decimals, Rounded(exact, money), exact, price, bucket.Billed?.To),
                Version = model.Version,
            });
        }

        return null;
    }

    /// <summary>When a bucket that is billed monthly is next billed inside a longer cycle, at most at <paramref name="upTo"/>.</summary>
    private static Instant? NextBill(RulesetModel model, AccountState state, Instant upTo)
    {
        if (state.Cycle is not { } cycle)
        {
            return null;
        }

        Instant? next = null;
        foreach (ref readonly var lot in state.Lots.AsSpan())
        {
            if (IsOpenUse(lot, cycle.Number) && model.FindBucket(lot.Lot.Bucket) is { Billed.IsMonthly: true } && Months(model, state) is { } months)
            {
                SoonerAfter(ref next, months.Boundary(months.NumberAt(state.LastAt) + 1), state.LastAt, upTo);
            }
        }

        return next < cycle.End ? next : null;
    }

    private static bool IsOpenUse(in LotState lot, int cycle) =>
        lot.Lot.Origin == LotOrigin.Postpaid && lot.Lot.Cycle == cycle && !lot.IsEnded && lot.Spent > 0;

    private static int? MonthAt(RulesetModel model, AccountState state, BucketRule bucket, in Due due)
    {
        if (bucket.Billed is not { IsMonthly: true } || Months(model, state) is not { } months)
        {
            return null;
        }

        var number = months.NumberAt(due.At);
        return months.Boundary(number) == due.At && due.At > due.Since ? number : null;
    }

    // Null where the cycle is a month or shorter.
    private static Recurrence? Months(RulesetModel model, AccountState state) =>
        PlanGrants.CycleRecurrence(model, state) is { Interval: { Unit: CalendarUnit.Year } or { Unit: CalendarUnit.Month, Count: > 1 } } recurrence
            ? recurrence with { Interval = CalendarSpan.Month }
            : null;

    private static long Rounded(ExactDecimal exact, CreditUnit money)
    {
        var scaled = exact.Mantissa * BigInteger.Pow(10, money.Decimals);
        var units = Scaled.Round(scaled, BigInteger.Pow(10, exact.Scale), money.Rounding);
        return (long)BigInteger.Min(units, long.MaxValue);
    }
}
