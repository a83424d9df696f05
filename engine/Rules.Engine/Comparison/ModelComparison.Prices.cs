using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Comparison;

public sealed partial class ModelComparison
{
    private void ComparePrices(ActionRule old, ActionRule now)
    {
        switch (old.Price, now.Price)
        {
            case (null, { }):
                Add(ChangeKind.Dearer, ChangeSubject.Price, now.Name, $"{now.Name} was free and now costs {ActionPrice(_new, now)}.", old.Location, now.Price.Location, ExactDecimal.Zero);
                break;
            case ({ }, null):
                Add(ChangeKind.Cheaper, ChangeSubject.Price, now.Name, $"{now.Name} is now free; it cost {ActionPrice(_old, old)}.", old.Price.Location, now.Location, null, ExactDecimal.Zero);
                break;
            case ({ } was, { } price):
                new PriceComparison(this, now.Name, was, price, old.Facts, now.Facts, currency: null).Compare();
                break;
        }
    }

    private static string ActionPrice(ComparisonWords words, ActionRule action) =>
        action.Price is { } price ? PriceComparison.InWords(words, price, price.Bodies[0], null) : "nothing (a free action)";

    /// <summary>One price of two versions, body by body: the default, then each exception with the one of the same condition.</summary>
    private sealed partial class PriceComparison(
        ModelComparison all, string name, PriceRule before, PriceRule after, ImmutableArray<Fact> oldFacts, ImmutableArray<Fact> newFacts, string? currency)
    {
        private readonly ComparisonWords _old = all._old;
        private readonly ComparisonWords _new = all._new;

        private ChangeSubject Subject { get; } = currency is null ? ChangeSubject.Price : ChangeSubject.Sale;

        public void Compare() => CompareBodies(before.Bodies[0], after.Bodies[0], name);

        /// <summary>A body in a few words: <c>1 credit each plus 0.01 credits per image</c>.</summary>
        public static string InWords(ComparisonWords words, PriceRule price, PriceBody body, string? currency)
        {
            var parts = body.Lines.Select(line => line switch
            {
                EachLine each => words.Of(each.Cost, null, null, currency) + " each",
                PerLine { Matrix: { } matrix } per => $"a price per {price.Meters[per.Meter].Name} by {matrix.Rows.Length} rows",
                PerLine { Ladder.Tiers: [var only] } per => words.Of(only.Cost, per, price.Meters[per.Meter], currency),
                PerLine per => $"{words.Of(per.Ladder.Tiers[0].Cost, per, price.Meters[per.Meter], currency)} in the first of {per.Ladder.Tiers.Length} tiers",
                _ => throw new InvalidOperationException($"No words for {line.GetType().Name}."),
            }).ToList();
            if (body.Rows is { } rows)
            {
                parts.Add(rows.Rows is [var single] ? words.Of(single.Cost, null, null, currency) : $"by {rows.Rows.Length} rows, the first {words.Of(rows.Rows[0].Cost, null, null, currency)}");
            }

            parts.AddRange(body.Allowances.Select(a => AllowanceWords(price, a)));
            return parts.Count == 0 ? "nothing" : string.Join(", plus ", parts);
        }

        private void CompareBodies(PriceBody old, PriceBody now, string title)
        {
            if (old.CountingScope != now.CountingScope)
            {
                all.Other(Subject, name, $"{title}: quantities add up within each {now.CountingScope.Key} instead of each {old.CountingScope.Key}; what that costs depends on the use before.", old.Location, now.Location);
            }

            if (old.PostingScope != now.PostingScope)
            {
                all.Other(Subject, name, $"{title}: amounts are rounded once per {now.PostingScope.Key} instead of per {old.PostingScope.Key}.", old.Location, now.Location);
            }

            all.Reworded(Subject, name, $"{title}: a negative quantity", ComparisonWords.Of(old.Corrections), ComparisonWords.Of(now.Corrections), old.Location, now.Location);
            CompareLines(old, now, title);
            CompareRows(old.Rows, now.Rows, null, null, title, old.Location, now.Location);
            CompareAdjustments(old, now, title);
            CompareExceptions(old, now, title);
        }

        private void CompareExceptions(PriceBody old, PriceBody now, string title)
        {
            var gone = new List<PriceBody>();
            var come = new List<PriceBody>();
            foreach (var (was, body) in Pair(before.Bodies.Where(b => b.Parent == old.Index), after.Bodies.Where(b => b.Parent == now.Index), WhenOf))
            {
                if (was is not null && body is not null)
                {
                    CompareBodies(was, body, $"{title} when {WhenOf(body)}");
                }
                else if (body is not null)
                {
                    come.Add(body);
                }
                else
                {
                    gone.Add(was!);
                }
            }

            if (gone is [var one] && come is [var other])
            {
                all.Add(ChangeKind.Reordered, Subject, name, $"{title}: the exception holds when {WhenOf(other)}, not when {WhenOf(one)} as before.", one.Location, other.Location);
                CompareBodies(one, other, $"{title} when {WhenOf(other)}");
                return;
            }

            foreach (var body in come)
            {
                all.Add(ChangeKind.Added, Subject, name, $"{title}: a new exception when {WhenOf(body)}: {InWords(_new, after, body, currency)}{Against(old, body, before, after)}.", null, body.Location);
            }

            foreach (var body in gone)
            {
                all.Add(ChangeKind.Removed, Subject, name, $"{title}: the exception when {WhenOf(body)} is gone: {InWords(_new, after, now, currency)} then too{Against(body, now, before, after)}.", body.Location, null);
            }
        }

        // Only two single figures of one kind are compared in a clause.
        private static string Against(PriceBody old, PriceBody now, PriceRule before, PriceRule after) =>
            (old, now) switch
            {
                ({ Lines: [EachLine { Cost: { Rate.Fixed: { } was, IsWaived: false, Fee: null } }], Rows: null }, { Lines: [EachLine { Cost: { Rate.Fixed: { } rate, IsWaived: false, Fee: null } }], Rows: null })
                    when ComparisonWords.Percent(was, rate) is { } percent => $" ({percent} than {was.ToGroupedString()})",
                _ => "",
            };

        private string WhenOf(PriceBody body) =>
            body.When is not { } when ? "" : before.Bodies.Contains(body) ? ComparisonWords.Of(when, oldFacts) : ComparisonWords.Of(when, newFacts);

        private void CompareAdjustments(PriceBody old, PriceBody now, string title)
        {
            Adjustment(old.MarkUp, now.MarkUp, title, "mark-up", 1);
            Adjustment(old.Discount, now.Discount, title, "discount", -1);
            foreach (var (was, bound) in Pair(old.Bounds, now.Bounds, static b => (b.IsMaximum ? "at most, " : "at least, ") + b.Scope.Key))
            {
                var any = bound ?? was!;
                var (from, to) = (was?.Amount.Fixed, bound?.Amount.Fixed);
                var sign = was is null ? (any.IsMaximum ? -1 : 1) : bound is null ? (any.IsMaximum ? 1 : -1) : from is { } f && to is { } t ? t.CompareTo(f) : 0;
                var (limit, other) = (was is null ? "no limit" : _old.Of(was.Amount, currency), bound is null ? null : _new.Of(bound.Amount, currency));
                if (sign != 0 || limit != other)
                {
                    var figure = $"{(any.IsMaximum ? "the most" : "the least")} that {Whole(any.Scope)} costs";
                    Judged(sign == 0 ? null : sign, $"{title}: {(other is null ? $"there is no limit any more to {figure}" : $"{figure} is now {other}")}; before: {limit}.", was?.Location, bound?.Location, from, to);
                }
            }

            var isGraduated = IsGraduated(old) && IsGraduated(now);
            foreach (var (was, allowance) in Pair(old.Allowances, now.Allowances, a => UnitOf(old.Allowances.Contains(a) ? before : after, a)))
            {
                var (from, to) = (was?.Count ?? ExactDecimal.Zero, allowance?.Count ?? ExactDecimal.Zero);
                if (from != to)
                {
                    var unit = allowance is null ? UnitOf(before, was!) : UnitOf(after, allowance);
                    var (units, earlier) = ($"{unit}{ComparisonWords.Each(now.CountingScope)}", was is null ? "none" : allowance is null ? $"the first {from.ToGroupedString()}" : from.ToGroupedString());
                    Judged(isGraduated ? from.CompareTo(to) : null, $"{title}: {(allowance is null ? $"no {units} are free any more" : $"the first {to.ToGroupedString()} {units} are free")}; before: {earlier}{(isGraduated ? "" : "; with volume prices the effect depends on the quantity")}.", was?.Location, allowance?.Location, from, to);
                }
            }

            foreach (var (was, floor) in Pair(old.Floors, now.Floors, f => (f.IsAddition ? "+" : "") + (old.Floors.Contains(f) ? before : after).Meters[f.Meter].Plural))
            {
                var (from, to) = (was?.Quantity ?? ExactDecimal.Zero, floor?.Quantity ?? ExactDecimal.Zero);
                if (from != to)
                {
                    var unit = floor is null ? before.Meters[was!.Meter] : after.Meters[floor.Meter];
                    var words = (floor ?? was!).IsAddition ? "more are counted with" : "are the least counted for";
                    Judged(isGraduated ? to.CompareTo(from) : null, $"{title}: {to.ToGroupedString()} {unit.NameFor(to)} {words} each event; before: {from.ToGroupedString()}{(isGraduated ? "" : "; with volume prices the effect depends on the quantity")}.", was?.Location, floor?.Location, from, to);
                }
            }
        }

        private void Adjustment(PriceAdjustment? was, PriceAdjustment? now, string title, string what, int direction)
        {
            var (from, to) = (was is null ? ExactDecimal.Zero : was.Percent.Fixed, now is null ? ExactDecimal.Zero : now.Percent.Fixed);
            var (old, words) = (was is null ? "none" : _old.Percentage(was.Percent), now is null ? "none" : _new.Percentage(now.Percent));
            if (from is { } f && to is { } t ? f != t : old != words)
            {
                Judged(from is { } a && to is { } b ? direction * b.CompareTo(a) : null, $"{title}: the {what} on the whole price is now {words}; before: {old}.", was?.Location, now?.Location, from, to);
            }
        }

        private static bool IsGraduated(PriceBody body) =>
            body.Lines.OfType<PerLine>().All(static l => l.Ladder.Kind == LadderKind.Graduated && l.Matrix is null);

        private static string UnitOf(PriceRule price, Allowance allowance) => allowance.Meter is { } meter ? price.Meters[meter].Plural : "events";

        private static string AllowanceWords(PriceRule price, Allowance allowance) => $"the first {allowance.Count.ToGroupedString()} {UnitOf(price, allowance)} free";

        /// <param name="sign">Above zero: dearer; null: it depends.</param>
        private void Judged(int? sign, string sentence, TextLocation? oldLocation, TextLocation? newLocation, ExactDecimal? old = null, ExactDecimal? now = null, ChangeSubject? subject = null) =>
            all.Add(
                sign switch { > 0 => ChangeKind.Dearer, < 0 => ChangeKind.Cheaper, null => ChangeKind.Mixed, _ => ChangeKind.Other },
                subject ?? Subject,
                name,
                sentence,
                oldLocation,
                newLocation,
                old,
                now);
    }
}
