using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.Engine.Comparison;

public sealed partial class ModelComparison
{
    private sealed partial class PriceComparison
    {
        private void CompareLines(PriceBody old, PriceBody now, string title)
        {
            foreach (var (was, line) in Pair(Named(before, old), Named(after, now), static l => l.Name, static l => l.Line))
            {
                switch (was, line)
                {
                    case (null, EachLine each):
                        Judged(1, $"{title} now also costs {_new.Of(each.Cost, null, null, currency)} each.", null, each.Location);
                        break;
                    case (null, PerLine per):
                        Judged(1, $"{title} now also charges for {after.Meters[per.Meter].Plural}: {LineWords(_new, after, per)}.", null, per.Location);
                        break;
                    case (EachLine each, null):
                        Judged(-1, $"{title} no longer costs {_old.Of(each.Cost, null, null, currency)} each.", each.Location, null);
                        break;
                    case (PerLine per, null):
                        Judged(-1, $"{title} no longer charges for {before.Meters[per.Meter].Plural}: {LineWords(_old, before, per)}.", per.Location, null);
                        break;
                    case (EachLine each, EachLine other):
                        CompareCosts(each.Cost, other.Cost, null, null, title, "costs", Subject, each.Location, other.Location);
                        break;
                    case (PerLine per, PerLine other):
                        ComparePer(per, other, old, now, title);
                        break;
                }
            }
        }

        // A second line of one meter is told apart by its place among them.
        private static IEnumerable<(string Name, PriceLine Line)> Named(PriceRule price, PriceBody body) =>
            body.Lines.GroupBy(l => l is PerLine per ? "per " + price.Meters[per.Meter].Name : "each", StringComparer.Ordinal)
                .SelectMany(static g => g.Select((line, i) => ($"{g.Key} #{i}", line)));

        private string LineWords(ComparisonWords words, PriceRule price, PerLine line) =>
            line.Matrix is { } matrix ? $"by {matrix.Rows.Length} rows"
            : line.Ladder.Tiers is [var only] ? words.Of(only.Cost, line, price.Meters[line.Meter], currency)
            : string.Join(", ", line.Ladder.Tiers.Select(t => $"{words.Of(t.Cost, line, price.Meters[line.Meter], currency)} {ComparisonWords.Range(t, price.Meters[line.Meter])}"));

        private void ComparePer(PerLine old, PerLine now, PriceBody oldBody, PriceBody body, string title)
        {
            var meter = after.Meters[now.Meter];
            var units = $"{title}: {meter.Plural}";
            if (old.Matrix is not null || now.Matrix is not null)
            {
                CompareRows(old.Matrix, now.Matrix, old, now, units, old.Location, now.Location);
                return;
            }

            all.Reworded(Subject, name, $"{units}{ComparisonWords.Each(body.CountingScope)} are", ComparisonWords.Of(old.Conversion), ComparisonWords.Of(now.Conversion), old.Conversion?.Location ?? old.Location, now.Conversion?.Location ?? now.Location);
            all.Reworded(Subject, name, $"{units}: the tier is", "chosen " + Chooser(before, old), "chosen " + Chooser(after, now), old.Ladder.Location, now.Ladder.Location);
            all.Reworded(Subject, name, $"{units}: reaching a tier", Repricing(old), Repricing(now), old.Ladder.Location, now.Ladder.Location);
            var hasFree = HasFree(before, oldBody, old) || HasFree(after, body, now);
            if (old.Ladder.Kind == now.Ladder.Kind && Limits(old).SequenceEqual(Limits(now)))
            {
                CompareTiers(old, now, meter, body.CountingScope, units, hasFree);
            }
            else if (LadderCurve.Fits(old) && LadderCurve.Fits(now))
            {
                CompareCurves(old, now, meter, body.CountingScope, units, hasFree);
            }
            else
            {
                Judged(null, $"{units}: the tiers change, and what is dearer depends on the quantity: {Kind(now)} {LineWords(_new, after, now)}; before: {Kind(old)} {LineWords(_old, before, old)}.", old.Ladder.Location, now.Ladder.Location, subject: ChangeSubject.Tier);
            }
        }

        // Tiers begin behind the free units: their figures are not those of what was reported.
        private static bool HasFree(PriceRule price, PriceBody body, PerLine line) =>
            body.Allowances.Any(a => a.Meter is { } meter && price.Meters[meter].Name == price.Meters[line.Meter].Name);

        private static string Uncounted(bool hasFree, Meter meter) => hasFree ? $"; free {meter.Plural} are not counted" : "";

        private static IEnumerable<(ExactDecimal, bool)> Limits(PerLine line) => line.Ladder.Tiers.Select(static t => (t.Start, t.IncludesStart));

        private static string Chooser(PriceRule price, PerLine line) =>
            line.Ladder.TiersBy is { } meter ? "by " + price.Meters[meter].Plural : "by the counted quantity";

        private static string Repricing(PerLine line) => line.Ladder.RepricesEarlierUnits ? "re-prices earlier units" : "leaves earlier units as charged";

        private static string Kind(PerLine line) => line.Ladder.Tiers.Length == 1 ? "one price," : line.Ladder.Kind == LadderKind.Graduated ? "graduated," : "volume,";

        private void CompareTiers(PerLine old, PerLine now, Meter meter, Scope scope, string units, bool hasFree)
        {
            var signs = new HashSet<int?>();
            for (var i = 0; i < now.Ladder.Tiers.Length; i++)
            {
                var (was, tier) = (old.Ladder.Tiers[i], now.Ladder.Tiers[i]);
                var isTier = now.Ladder.Tiers.Length > 1;
                var range = !isTier
                    ? units
                    : (now.Ladder.Kind == LadderKind.Volume ? $"{units[..^meter.Plural.Length]}all {meter.Plural} of an event {ComparisonWords.Range(tier, meter)}" : $"{units[..^meter.Plural.Length]}{Placed(tier, meter)}{ComparisonWords.Each(scope)}")
                        + (hasFree ? ", free ones not counted," : "");
                signs.Add(CompareCosts(was.Cost, tier.Cost, (old, before.Meters[old.Meter]), (now, meter), range, "cost", isTier ? ChangeSubject.Tier : Subject, isTier ? was.Location : old.Location, isTier ? tier.Location : now.Location));
            }

            if (now.Ladder.Kind == LadderKind.Graduated && signs.Contains(1) && signs.Contains(-1) && LadderCurve.Fits(old) && LadderCurve.Fits(now))
            {
                var ranges = new LadderCurve(now).Against(new LadderCurve(old), meter.IsWhole);
                Judged(Sign(ranges), $"{units}: taken together, {Whole(scope)} costs {ComparisonWords.Ranges(ranges, meter)}{Uncounted(hasFree, meter)}.", old.Ladder.Location, now.Ladder.Location, subject: ChangeSubject.Tier);
            }
        }

        private static string Placed(Tier tier, Meter meter)
        {
            var range = ComparisonWords.Range(tier, meter);
            return range.StartsWith("from ", StringComparison.Ordinal) || range.StartsWith("up to ", StringComparison.Ordinal) || range.StartsWith("over ", StringComparison.Ordinal)
                ? $"{meter.Plural} {(range.EndsWith(" on", StringComparison.Ordinal) ? range.Replace(" " + meter.Plural, "", StringComparison.Ordinal) : range[..range.LastIndexOf(' ')])}"
                : range;
        }

        private static string Whole(Scope scope) => scope.Kind == ScopeKind.Event ? "an event" : $"{(scope.Key[0] is 'a' or 'e' or 'i' or 'o' or 'u' or 'h' ? "an" : "a")} {scope.Key}";

        private static int? Sign(ImmutableArray<QuantityRange> ranges)
        {
            var (dearer, cheaper) = (ranges.Any(static r => r.Sign > 0), ranges.Any(static r => r.Sign < 0));
            return dearer && cheaper ? null : dearer ? 1 : cheaper ? -1 : 0;
        }

        private void CompareCurves(PerLine old, PerLine now, Meter meter, Scope scope, string units, bool hasFree)
        {
            var (was, curve) = (new LadderCurve(old), new LadderCurve(now));
            var ranges = curve.Against(was, meter.IsWhole);
            var sign = Sign(ranges);
            if (sign == 0)
            {
                return;
            }

            var against = scope.Kind != ScopeKind.Event && sign is { } one && curve.AnyUnitAgainst(was, one)
                ? $" A single event late in {Whole(scope)} can still cost {(one > 0 ? "less" : "more")}."
                : "";
            Judged(sign, $"{units}: {Steps(old, now, meter)}; {Whole(scope)} then costs {ComparisonWords.Ranges(ranges, meter)}{Uncounted(hasFree, meter)}.{against}", old.Ladder.Location, now.Ladder.Location, subject: ChangeSubject.Tier);
        }

        // New tiers, tiers that are gone, and those that kept their start with another end or price.
        private string Steps(PerLine old, PerLine now, Meter meter)
        {
            var texts = new List<string>();
            if (old.Ladder.Kind != now.Ladder.Kind && old.Ladder.Tiers.Length > 1 && now.Ladder.Tiers.Length > 1)
            {
                texts.Add(now.Ladder.Kind == LadderKind.Volume ? "the tier that is reached now prices all units (volume, not graduated)" : "each tier now prices only its own units (graduated, not volume)");
            }

            var (gone, come) = (old.Ladder.Tiers.Except(now.Ladder.Tiers, SameStart.Instance).ToList(), now.Ladder.Tiers.Except(old.Ladder.Tiers, SameStart.Instance).ToList());
            foreach (var tier in gone.ToList())
            {
                var cost = _old.Of(tier.Cost, old, meter, currency);
                if (come.FirstOrDefault(t => _new.Of(t.Cost, now, meter, currency) == cost) is { } moved)
                {
                    gone.Remove(tier);
                    come.Remove(moved);
                    texts.Add($"the tier at {cost} begins {Begin(moved)} instead of {Begin(tier)}");
                }
            }

            texts.AddRange(come.Select(t => $"a new tier {ComparisonWords.Range(t, meter)} at {_new.Of(t.Cost, now, meter, currency)}"));
            texts.AddRange(gone.Select(t => $"no tier of its own {ComparisonWords.Range(t, meter)} any more (it was {_old.Of(t.Cost, old, meter, currency)})"));
            foreach (var tier in now.Ladder.Tiers)
            {
                if (old.Ladder.Tiers.FirstOrDefault(t => SameStart.Instance.Equals(t, tier)) is { } kept && _old.Of(kept.Cost, old, meter, currency) is var cost && cost != _new.Of(tier.Cost, now, meter, currency))
                {
                    texts.Add($"{ComparisonWords.Range(tier, meter)} at {_new.Of(tier.Cost, now, meter, currency)} instead of {cost}");
                }
            }

            return ComparisonWords.And(texts);

            string Begin(Tier tier) => meter.IsWhole && !tier.IncludesStart ? $"at {(tier.Start + ExactDecimal.One).ToGroupedString()}" : $"{(tier.IncludesStart ? "at" : "over")} {tier.Start.ToGroupedString()}";
        }

        /// <summary>Cells of one pair of rows together; a combination of values that only one version has is new or gone.</summary>
        private void CompareRows(RowTable? old, RowTable? now, PerLine? oldLine, PerLine? newLine, string title, TextLocation oldLocation, TextLocation newLocation)
        {
            if (old is null && now is null)
            {
                return;
            }

            if (old is null || now is null || !NamesOf(old, oldFacts).SequenceEqual(NamesOf(now, newFacts), StringComparer.Ordinal))
            {
                var (was, by) = (By(old, oldFacts), By(now, newFacts));
                Judged(null, $"{title} is now priced {by}; before: {was}.", oldLocation, newLocation, subject: ChangeSubject.Row);
                return;
            }

            var pairs = new Dictionary<(int Old, int New), List<string>>();
            foreach (var (values, cell) in Cells(now, newFacts))
            {
                Collect(pairs, (CellOf(old, oldFacts, values), now.Cells[cell]), values);
            }

            foreach (var (values, cell) in Cells(old, oldFacts))
            {
                if (CellOf(now, newFacts, values) < 0)
                {
                    Collect(pairs, (old.Cells[cell], -1), values);
                }
            }

            foreach (var ((from, to), values) in pairs)
            {
                var label = $"{title} with {string.Join(", ", values.Take(4))}{(values.Count > 4 ? $" and {((ExactDecimal)(values.Count - 4)).ToGroupedString()} more" : "")}";
                if (from < 0 || to < 0)
                {
                    var isNew = from < 0;
                    if (isNew && to < 0)
                    {
                        continue;
                    }

                    var cost = isNew ? CostWords(_new, now.Rows[to].Cost, newLine, after) : CostWords(_old, old.Rows[from].Cost, oldLine, before);
                    all.Add(isNew ? ChangeKind.Added : ChangeKind.Removed, ChangeSubject.Row, name, $"{label} {(isNew ? "is new: " + cost : "is gone; it cost " + cost)}.", isNew ? null : old.Rows[from].Location, isNew ? now.Rows[to].Location : null);
                    continue;
                }

                CompareCosts(
                    old.Rows[from].Cost,
                    now.Rows[to].Cost,
                    oldLine is null ? null : (oldLine, before.Meters[oldLine.Meter]),
                    newLine is null ? null : (newLine, after.Meters[newLine.Meter]),
                    label,
                    newLine is null ? "costs" : "cost",
                    ChangeSubject.Row,
                    old.Rows[from].Location,
                    now.Rows[to].Location);
            }
        }

        private string CostWords(ComparisonWords words, Cost cost, PerLine? line, PriceRule price) => words.Of(cost, line, line is null ? null : price.Meters[line.Meter], currency);

        private static void Collect(Dictionary<(int Old, int New), List<string>> pairs, (int Old, int New) pair, ImmutableArray<string> values)
        {
            if (!pairs.TryGetValue(pair, out var list))
            {
                pairs.Add(pair, list = []);
            }

            list.Add(string.Join(" / ", values.Select(ComparisonWords.Quoted)));
        }

        private static string By(RowTable? table, ImmutableArray<Fact> facts) => table is null ? "alike for all" : "by " + string.Join(", ", NamesOf(table, facts));

        private static IEnumerable<string> NamesOf(RowTable table, ImmutableArray<Fact> facts) => table.Facts.Select(f => facts[f].Name);

        private static IEnumerable<(ImmutableArray<string> Values, int Cell)> Cells(RowTable table, ImmutableArray<Fact> facts)
        {
            for (var cell = 0; cell < table.Cells.Length; cell++)
            {
                var values = new string[table.Facts.Length];
                for (int i = values.Length - 1, rest = cell; i >= 0; rest /= table.Sizes[i], i--)
                {
                    values[i] = facts[table.Facts[i]].Values[rest % table.Sizes[i]];
                }

                yield return ([.. values], cell);
            }
        }

        // The place of the row for some values; -1 where a value is not known or has no row.
        private static int CellOf(RowTable table, ImmutableArray<Fact> facts, ImmutableArray<string> values)
        {
            var cell = 0;
            for (var i = 0; i < values.Length; i++)
            {
                var place = facts[table.Facts[i]].Values.IndexOf(values[i]);
                if (place < 0)
                {
                    return -1;
                }

                cell = (cell * table.Sizes[i]) + place;
            }

            return table.Cells[cell];
        }

        /// <summary>Says what changed of one cost, and gives its direction; null: it depends on the quantity.</summary>
        private int? CompareCosts(
            Cost old, Cost now, (PerLine Line, Meter Meter)? was, (PerLine Line, Meter Meter)? per, string what, string verb, ChangeSubject subject, TextLocation oldLocation, TextLocation newLocation)
        {
            (oldLocation, newLocation) = (old.RateElsewhere ?? oldLocation, now.RateElsewhere ?? newLocation);
            var sign = Direction(old, was?.Line, now, per?.Line);
            var (before, after) = (_old.Of(old, was?.Line, was?.Meter, currency), _new.Of(now, per?.Line, per?.Meter, currency));
            if (sign == 0)
            {
                if (old.IsWaived && now.IsWaived && before != after)
                {
                    all.Other(subject, name, $"{what} still {verb} nothing, but the listed price changes: {after}; before: {before}.", oldLocation, newLocation);
                }

                return sign;
            }

            var (from, to) = (Single(old), Single(now));
            var isOneFigure = from is not null && to is not null && (!old.IsWaived && !now.IsWaived) && UnitWords(old, was) == UnitWords(now, per);
            var percent = isOneFigure ? ComparisonWords.Percent(from!.Value, to!.Value) : null;
            var sentence = percent is not null
                ? $"{what} {verb} {percent}: {from!.Value.ToGroupedString()} → {after}."
                : sign is null
                    ? $"{what} {verb} {after} instead of {before}; which is more depends on {(IsFixed(old) && IsFixed(now) ? "the quantity" : "the terms of the account")}."
                    : $"{what} {verb} {(sign > 0 ? "more" : "less")}: {before} → {after}.";
            Judged(sign, sentence, oldLocation, newLocation, old.IsWaived ? ExactDecimal.Zero : from, now.IsWaived ? ExactDecimal.Zero : to, subject);
            return sign;
        }

        private static string UnitWords(Cost cost, (PerLine Line, Meter Meter)? per) => per is { } p ? ComparisonWords.UnitOf(cost, p.Line, p.Meter) : "";

        private static ExactDecimal? Single(Cost cost) => cost is { Fee: null, AtMost: null } ? cost.Rate?.Fixed : null;

        // Each part of a cost only ever adds: all parts in one direction are a direction of the whole.
        private int? Direction(Cost old, PerLine? oldLine, Cost now, PerLine? newLine)
        {
            if (old.IsWaived && now.IsWaived)
            {
                return 0;
            }

            if (old.IsWaived || now.IsWaived)
            {
                return IsNothing(old.IsWaived ? now : old) ? 0 : old.IsWaived ? 1 : -1;
            }

            var isStraight = oldLine is null or { Counting: UnitCounting.Exact } && newLine is null or { Counting: UnitCounting.Exact }
                && old.PackageSize is null && now.PackageSize is null;
            var isAlike = oldLine?.Counting == newLine?.Counting && oldLine?.Size == newLine?.Size && old.PackageSize == now.PackageSize;
            if ((!isStraight && !isAlike) || !IsFixed(old) || !IsFixed(now))
            {
                return _old.Of(old, oldLine, oldLine is null ? null : before.Meters[oldLine.Meter], currency)
                    == _new.Of(now, newLine, newLine is null ? null : after.Meters[newLine.Meter], currency) ? 0 : null;
            }

            var fee = Figure(now.Fee).CompareTo(Figure(old.Fee));
            int[] signs =
            [
                (Figure(now.Rate) / (newLine?.Size ?? ExactDecimal.One)).CompareTo(Figure(old.Rate) / (oldLine?.Size ?? ExactDecimal.One)),
                fee,
                Figure(now.Fee).Sign > 0 && now.FeeEvenAtZero != old.FeeEvenAtZero && fee == 0 ? (now.FeeEvenAtZero ? 1 : -1) : 0,
                (old.AtMost?.Fixed, now.AtMost?.Fixed) switch { (null, null) => 0, (null, _) => -1, (_, null) => 1, ({ } a, { } b) => b.CompareTo(a) },
            ];
            var (up, down) = (signs.Any(static s => s > 0), signs.Any(static s => s < 0));
            return up && down ? null : up ? 1 : down ? -1 : 0;
        }

        private static bool IsNothing(Cost cost) => Figure(cost.Rate).Sign == 0 && Figure(cost.Fee).Sign == 0 && IsFixed(cost);

        private static bool IsFixed(Cost cost) =>
            (cost.Rate is null || cost.Rate.Fixed is not null) && (cost.Fee is null || cost.Fee.Fixed is not null) && (cost.AtMost is null || cost.AtMost.Fixed is not null);

        private static Fraction Figure(Amount? amount) => amount?.Fixed is { } figure ? figure : Fraction.Zero;

        private sealed class SameStart : IEqualityComparer<Tier>
        {
            public static SameStart Instance { get; } = new();

            public bool Equals(Tier? x, Tier? y) => x?.Start == y?.Start && x?.IncludesStart == y?.IncludesStart;

            public int GetHashCode(Tier obj) => HashCode.Combine(obj.Start, obj.IncludesStart);
        }
    }
}
