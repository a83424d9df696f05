using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;

namespace Rules.Engine.Proof;

/// <summary>
/// Checks the promises of a version (language, section 7). Conditions fall into boxes: every value of an enumeration, and of a date or number
/// the two sides of each limit. Within a box prices are linear between the limits of the tiers, so each limit, one smallest unit either side
/// of it and the largest bundle decide every size. Terms stand at their normal value, else at their sample.
/// </summary>
public static class PromiseRunner
{
    // A file whose conditions make more boxes than this would not be checked within a keystroke.
    private const int MostBoxes = 100_000;

    /// <summary>Results in file order.</summary>
    public static ImmutableArray<PromiseResult> Run(RulesetModel model) => [.. model.Promises.Select(p => new Trial(model, p).Run())];

    /// <summary>PR0801 for each promise that does not hold, in file order.</summary>
    public static IEnumerable<Diagnostic> Broken(RulesetModel model) => Run(model).Select(static p => p.Broken).OfType<Diagnostic>();

    private sealed class Trial(RulesetModel model, PromiseRule promise)
    {
        private static readonly ExactDecimal s_tenth = new(1, 1);

        private readonly ExactDecimal _step = new(1, model.Credit.Decimals);
        private readonly Dictionary<PriceRule, PriceTable> _tables = [];
        private readonly AccountState _account = new()
        {
            Id = "promise",
            Ruleset = model.Name,
            OpenedAt = model.EffectiveAt,
            LastAt = model.EffectiveAt,
            NextLot = 1,
            Terms = SampleTerms(model),
        };

        private int _checks;

        public PromiseResult Run()
        {
            var facts = Facts();
            var values = facts.Select(Values).ToList();
            var diagnostic = values.Aggregate(1L, (n, v) => Math.Min(MostBoxes + 1, n * v.Count)) > MostBoxes
                ? Broken("more combinations of facts than can be checked", "?", "?")
                : Search(facts, values);
            return new PromiseResult(promise.Name, promise.Location, _checks, diagnostic);
        }

        private Diagnostic? Search(List<int> facts, List<List<FactValue>> values)
        {
            var box = new FactValue[model.AccountFacts.Length];
            Array.Fill(box, FactValue.Missing);
            foreach (var fact in model.AccountFacts)
            {
                box[fact.Index] = fact.Normally ?? FactValue.Missing;
            }

            var places = new int[facts.Count];
            while (true)
            {
                for (var i = 0; i < places.Length; i++)
                {
                    box[facts[i]] = values[i][places[i]];
                }

                if ((promise.When is not { } when || when.Holds(box)) && InBox(facts, box) is { } broken)
                {
                    return broken;
                }

                var next = places.Length - 1;
                while (next >= 0 && ++places[next] == values[next].Count)
                {
                    places[next--] = 0;
                }

                if (next < 0)
                {
                    return null;
                }
            }
        }

        private Diagnostic? InBox(List<int> facts, FactValue[] box)
        {
            foreach (var size in promise.IsFromSizeUp ? Sizes().Append(Largest(box)) : Sizes())
            {
                if (Price(promise.Left, box, size) is not { } left || Price(promise.Right, box, size) is not { } right)
                {
                    return Broken(Counterexample(facts, box, size), "no price", "no price");
                }

                _checks++;
                var holds = promise.Relation switch
                {
                    PromiseRelation.Under => left < right,
                    PromiseRelation.Over => left > right,
                    _ => left == right,
                };
                if (!holds)
                {
                    return Broken(Counterexample(facts, box, size), PerCredit(left, size), PerCredit(right, size));
                }
            }

            return null;
        }

        private Diagnostic Broken(string example, string left, string right) => new(
            DiagnosticDescriptors.PromiseBroken,
            promise.Inherited?.Location ?? promise.Location,
            [promise.Name, example, model.Buckets[promise.Left].Name, left, model.Buckets[promise.Right].Name, right],
            []);

        private string Counterexample(List<int> facts, FactValue[] box, ExactDecimal size)
        {
            var parts = facts.Select(f => $"{model.AccountFacts[f].Name} {model.AccountFacts[f].Write(box[f])}");
            return string.Join(", ", parts.Prepend("a bundle of " + CreditText.Of(size)));
        }

        // Shown to people: six decimals are more than any price per credit has.
        private static string PerCredit(ExactDecimal total, ExactDecimal size)
        {
            var numerator = total.Mantissa * System.Numerics.BigInteger.Pow(10, size.Scale + 6);
            var denominator = size.Mantissa * System.Numerics.BigInteger.Pow(10, total.Scale);
            return new ExactDecimal(Scaled.Round(numerator, denominator, RoundingMode.HalfUp), 6).ToGroupedString();
        }

        /// <summary>Exact price of a bundle, in money; null where it has none.</summary>
        private ExactDecimal? Price(int bucket, FactValue[] box, ExactDecimal size)
        {
            var at = model.EffectiveAt;
            if (model.SellOf(bucket) is { } sell)
            {
                if (!_tables.TryGetValue(sell.Price, out var table))
                {
                    if (TermFigures.TableFor(model, _account, sell.Price, body: null, sell.Money, at, out var made) is not null)
                    {
                        return null;
                    }

                    table = made!;
                    _tables.Add(sell.Price, table);
                }

                return Purchases.PriceOf(model, sell, table, box, size, at, out var price) is null ? price!.Exact : null;
            }

            return model.Buckets[bucket].PostpaidRate is { } rate && AccountReading.AmountAt(model, _account, rate, at, out var perCredit) is null
                ? perCredit * size
                : null;
        }

        private List<ExactDecimal> Sizes()
        {
            if (AccountReading.AmountAt(model, _account, promise.Size, model.EffectiveAt, out var stated) is not null || stated is not { } first)
            {
                return [];
            }

            if (!promise.IsFromSizeUp)
            {
                return [first];
            }

            var limits = new SortedSet<ExactDecimal> { first };
            void Add(ExactDecimal size)
            {
                foreach (var near in new[] { size - _step, size, size + _step })
                {
                    if (near >= first)
                    {
                        limits.Add(near);
                    }
                }
            }

            Add(first);
            foreach (var bucket in new[] { promise.Left, promise.Right })
            {
                foreach (var line in (model.SellOf(bucket)?.Price.Bodies ?? []).SelectMany(b => b.Lines).OfType<PerLine>())
                {
                    AddLimits(line, Add);
                }

                foreach (var body in model.SellOf(bucket)?.Price.Bodies ?? [])
                {
                    foreach (var allowance in body.Allowances)
                    {
                        Add(allowance.Count);
                    }
                }
            }

            return [.. limits];
        }

        // The limit: prices are linear beyond the last tier, so that the largest bundle whose price an entry can hold decides the rest.
        private ExactDecimal Largest(FactValue[] box)
        {
            var size = ExactDecimal.FromUnits(Scaled.AmountLimit, model.Credit.Decimals);
            while (size > _step && (Price(promise.Left, box, size) is null || Price(promise.Right, box, size) is null))
            {
                size *= s_tenth;
            }

            return size;
        }

        // Each limit, and the ends of the first and the last package of a tier.
        private static void AddLimits(PerLine line, Action<ExactDecimal> add)
        {
            foreach (var tier in line.Ladder.Tiers)
            {
                var size = tier.Cost.PackageSize ?? (line.Counting == UnitCounting.Exact ? null : line.Size);
                add(tier.Start);
                if (tier.End is { } end)
                {
                    add(end);
                }

                if (size is { } package)
                {
                    add(tier.Start + package);
                    if (tier.End is { } last)
                    {
                        add(last - package);
                    }
                }
            }
        }

        /// <summary>The facts that decide anything here.</summary>
        private List<int> Facts()
        {
            var facts = new List<int>();
            foreach (var condition in Conditions())
            {
                condition.CollectFacts(facts);
            }

            facts.Sort();
            return facts;
        }

        private IEnumerable<Condition> Conditions()
        {
            if (promise.When is { } when)
            {
                yield return when;
            }

            foreach (var bucket in new[] { promise.Left, promise.Right })
            {
                foreach (var body in model.SellOf(bucket)?.Price.Bodies ?? [])
                {
                    if (body.When is { } condition)
                    {
                        yield return condition;
                    }
                }
            }
        }

        // One value of every box: all of an enumeration; of a date or number each limit and the value before it.
        private List<FactValue> Values(int index)
        {
            var fact = model.AccountFacts[index];
            if (fact.Kind is not (FactKind.Date or FactKind.Number))
            {
                var named = Enumerable.Range(0, fact.Values.Length).Select(i => new FactValue(i));
                return fact.Kind == FactKind.Plan ? [.. named, FactValue.Missing] : [.. named];
            }

            var codes = new SortedSet<Int128>();
            foreach (var range in Conditions().SelectMany(Ranges).Where(r => r.Fact == index))
            {
                if (range.From is { } from)
                {
                    codes.UnionWith([from - 1, from]);
                }

                if (range.To is { } to)
                {
                    codes.UnionWith([to, to + 1]);
                }
            }

            return [.. codes.Select(c => new FactValue(c))];
        }

        private static IEnumerable<RangeTest> Ranges(Condition condition) => condition switch
        {
            RangeTest range => [range],
            AllOf all => all.Operands.SelectMany(Ranges),
            AnyOf any => any.Operands.SelectMany(Ranges),
            NotCondition not => Ranges(not.Operand),
            _ => [],
        };

        private static ImmutableArray<DatedValue> SampleTerms(RulesetModel model)
        {
            var buckets = model.Buckets.Select(b => b.Name).ToList();
            return [.. model.Terms.Where(t => t.Normally is null).Select(t => new DatedValue(t.Name, t.Sample.Write(buckets), Instant.MinValue))];
        }
    }
}

/// <param name="Checks">Number of combinations of an account and a size that were compared.</param>
/// <param name="Broken">PR0801 with the counter-example; null when the promise holds.</param>
public sealed record PromiseResult(string Name, TextLocation Location, int Checks, Diagnostic? Broken)
{
    public bool Holds => Broken is null;
}
