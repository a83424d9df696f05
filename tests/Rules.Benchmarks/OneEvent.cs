using NodaTime;
using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using FactValue = Rules.Engine.Model.FactValue;

namespace Rules.Benchmarks;

/// <summary>
/// One event in process: Biodock's two ladders, drawn from three lots. Every candidate prices the same 1,024 events and must come to the sum
/// that the hand-written loop gives.
/// </summary>
internal static class OneEvent
{
    private const int Events = 1024;

    private static readonly Instant s_at = Instant.FromUtc(2026, 5, 1, 10, 0);

    public static void Run()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "rules", "biodock.v1.rules");
        var source = SourceText.From(File.ReadAllText(path), "biodock.v1.rules");
        var model = RulesetCompiler.Compile(source).Model ?? throw new InvalidOperationException("The Biodock file does not compile.");
        using var work = new Work(model);
        var figures = Measurement.Compare(
            new Candidate("hand-written Int64: price and draw", 2_000_000, work.HandWritten),
            new Candidate("hand-written Int64: price", 2_000_000, work.HandWrittenPrice),
            new Candidate("product: price without explanation, Int64", 2_000_000, work.Price),
            new Candidate("product: price and draw without explanation, Int64", 2_000_000, work.PriceAndDraw),
            new Candidate("product: price without explanation, Int128", 500_000, work.PriceWide),
            new Candidate("product: quote with explanation", 100_000, work.Quote),
            new Candidate("product: quote with explanation, texts rendered", 20_000, work.QuoteAndRender),
            new Candidate("product: charge with its journal entry", 100_000, work.Charge),
            new Candidate("Jint (doubles): price and draw", 20_000, work.Script),
            new Candidate("DynamicExpresso, compiled (decimal): price", 200_000, times => work.Peer(times, work.Peers.Compiled)),
            new Candidate("NCalc (decimal): price", 10_000, times => work.Peer(times, work.Peers.Parsed)),
            new Candidate("Microsoft RulesEngine: price", 2_000, times => work.Peer(times, work.Peers.Workflow)),
            new Candidate("NRules: price", 2_000, times => work.Peer(times, work.Peers.Network)));
        Measurement.Print("## 1. One event, in process", figures);
        NodePeers.Event(work.Images, work.Crops, work.Expected(Events), Console.Out);

        var bound = Compilation.Create(SyntaxTree.Parse(source)).Ruleset;
        var builds = Measurement.Compare(
            new Candidate("parse, bind, check and build the model of 93 lines", 50, n => Repeat(n, () => RulesetCompiler.Compile(source).Model!.Version)),
            new Candidate("build the model from the bound rule set", 500, n => Repeat(n, () => ModelCompiler.Build(bound, DateTimeZone.Utc).Version)),
            new Candidate("scale the prices of a model to integers", 2_000, n => Repeat(n, () => Scale(model))));
        foreach (var build in builds)
        {
            Console.WriteLine(FormattableString.Invariant($"{build.Name}: {build.Nanoseconds / 1000:0.0} us, {build.Bytes} B"));
        }
    }

    private static int Scale(RulesetModel model)
    {
        var count = 0;
        foreach (var action in model.Actions)
        {
            count += action.Price is { } price ? PriceTableBuilder.Build(price, model.Credit.Decimals, model.Credit.Rounding).Scale : 0;
        }

        return count;
    }

    private static void Repeat(int times, Func<int> work)
    {
        var sum = 0;
        for (var i = 0; i < times; i++)
        {
            sum += work();
        }

        Check(sum > 0);
    }

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A candidate gives another answer.");
        }
    }

    private sealed class Work : IDisposable
    {
        // HandWritten as a script; units of 10^-5 credits, whole numbers far below 2^53.
        private const string ScriptText = """
            (function () {
              const rooms = [400000, 5000000, 9007199254740991];
              return function (images, crops) {
                let left = Math.min(images, 1000) * 100
                  + Math.max(Math.min(images - 1000, 4000), 0) * 40
                  + Math.max(images - 5000, 0) * 20
                  + Math.min(crops, 5000) * 20
                  + Math.max(Math.min(crops - 5000, 95000), 0) * 5
                  + Math.max(crops - 100000, 0) * 2;
                let taken = 0;
                for (let i = 0; i < rooms.length; i++) {
                  const part = Math.min(left, rooms[i]);
                  taken += part;
                  left -= part;
                }
                return taken;
              };
            })()
            """;

        private readonly RulesetModel _model;
        private readonly PublishedRuleset _published;
        private readonly AccountState _state;
        private readonly PriceTable<long> _table;
        private readonly PriceTable<Int128> _wide;
        private readonly long[] _images = new long[Events];
        private readonly long[] _crops = new long[Events];
        private readonly UsageEvent[] _usage = new UsageEvent[Events];
        private readonly FactValue[] _facts = [new FactValue(0), FactValue.Missing, new FactValue(0)];
        private readonly long[] _rooms = [400_000, 5_000_000, LotSource.Endless];
        private readonly LotSource[] _sources;
        private readonly long[] _sums = new long[Events];
        private readonly Jint.Engine _script = new();
        private readonly Jint.Native.JsValue _charge;

        public Work(RulesetModel model)
        {
            _model = model;
            _published = new PublishedRuleset(model.Name, [new PublishedVersion(model, model.EffectiveAt)]);
            var opened = Bookkeeper.Open(_published, new OpenAccount("acme", model.Name, s_at));
            _state = opened.State;
            var table = model.PriceTables[model.FindAction("analysis")!.Index]!;
            _table = (PriceTable<long>)table;
            _wide = PriceTableBuilder.Build<Int128>(table.Rule, table.Scale, table.Decimals, table.Rounding);
            _charge = _script.Evaluate(ScriptText);
            _sources = [.. _rooms.Select(r => new LotSource(0, null, r))];
            var random = new Random(20260501);
            for (var i = 0; i < Events; i++)
            {
                _images[i] = random.Next(1, 20_000);
                _crops[i] = random.Next(0, 400_000);
                _usage[i] = new UsageEvent
                {
                    OccurredAt = s_at,
                    Action = "analysis",
                    Quantities = [new("image", _images[i]), new("crop", _crops[i])],
                    Keys = [new("run", "r-17")],
                };
                _sums[i] = HandPrice(_images[i], _crops[i]);
            }
        }

        public PeerEngines Peers { get; } = new();

        public IReadOnlyList<long> Images => _images;

        public IReadOnlyList<long> Crops => _crops;

        public void HandWritten(int times)
        {
            var charged = 0L;
            var expected = 0L;
            Span<long> taken = stackalloc long[3];
            for (var i = 0; i < times; i++)
            {
                var amount = HandPrice(_images[i & (Events - 1)], _crops[i & (Events - 1)]);
                expected += amount;
                var left = amount;
                for (var j = 0; j < _rooms.Length; j++)
                {
                    var part = Math.Min(left, _rooms[j]);
                    taken[j] = part;
                    left -= part;
                }

                charged += taken[0] + taken[1] + taken[2];
            }

            Check(charged == expected && charged == Expected(times));
        }

        public void HandWrittenPrice(int times)
        {
            var charged = 0L;
            for (var i = 0; i < times; i++)
            {
                charged += HandPrice(_images[i & (Events - 1)], _crops[i & (Events - 1)]);
            }

            Check(charged == Expected(times));
        }

        public void Price(int times)
        {
            var charged = 0L;
            Span<long> quantities = stackalloc long[2];
            Span<long> after = stackalloc long[2];
            var evaluator = new PriceEvaluator<long>(_table);
            var trace = new NoTrace();
            for (var i = 0; i < times; i++)
            {
                quantities[0] = _images[i & (Events - 1)];
                quantities[1] = _crops[i & (Events - 1)];
                var body = evaluator.Select(_facts, null, null, ref trace);
                var counted = new Counted<long>(quantities, 3, [], 0, _facts);
                charged += evaluator.Posted(body, evaluator.Price(body, counted, after, ref trace).Charged);
            }

            Check(charged == Expected(times));
        }

        public void PriceAndDraw(int times)
        {
            var charged = 0L;
            Span<long> quantities = stackalloc long[2];
            Span<long> after = stackalloc long[2];
            Span<long> taken = stackalloc long[3];
            var evaluator = new PriceEvaluator<long>(_table);
            var trace = new NoTrace();
            for (var i = 0; i < times; i++)
            {
                quantities[0] = _images[i & (Events - 1)];
                quantities[1] = _crops[i & (Events - 1)];
                var body = evaluator.Select(_facts, null, null, ref trace);
                var counted = new Counted<long>(quantities, 3, [], 0, _facts);
                var amount = evaluator.Posted(body, evaluator.Price(body, counted, after, ref trace).Charged);
                LotQueue.Take(_sources, amount, taken);
                charged += taken[0] + taken[1] + taken[2];
            }

            Check(charged == Expected(times));
        }

        public void PriceWide(int times)
        {
            var charged = 0L;
            Span<Int128> quantities = stackalloc Int128[2];
            Span<Int128> after = stackalloc Int128[2];
            var evaluator = new PriceEvaluator<Int128>(_wide);
            var trace = new NoTrace();
            for (var i = 0; i < times; i++)
            {
                quantities[0] = _images[i & (Events - 1)];
                quantities[1] = _crops[i & (Events - 1)];
                var body = evaluator.Select(_facts, null, null, ref trace);
                var counted = new Counted<Int128>(quantities, 3, [], 0, _facts);
                charged += (long)evaluator.Posted(body, evaluator.Price(body, counted, after, ref trace).Charged);
            }

            Check(charged == Expected(times));
        }

        public void Quote(int times)
        {
            var charged = 0L;
            for (var i = 0; i < times; i++)
            {
                charged += Bookkeeper.Quote(_published, _state, _usage[i & (Events - 1)], s_at, out _)!.Charge;
            }

            Check(charged == Expected(times));
        }

        public void QuoteAndRender(int times)
        {
            var charged = 0L;
            var letters = 0;
            for (var i = 0; i < times; i++)
            {
                var quote = Bookkeeper.Quote(_published, _state, _usage[i & (Events - 1)], s_at, out _)!;
                charged += quote.Charge;
                foreach (var step in quote.Steps)
                {
                    letters += step.Text.Length;
                }
            }

            Check(charged == Expected(times) && letters > times);
        }

        public void Dispose() => _script.Dispose();

        public void Script(int times)
        {
            var charged = 0L;
            for (var i = 0; i < times; i++)
            {
                charged += Jint.Runtime.TypeConverter.ToInt32(_script.Invoke(_charge, _images[i & (Events - 1)], _crops[i & (Events - 1)]));
            }

            Check(charged == Expected(times));
        }

        public void Peer(int times, Func<long, long, long> price)
        {
            var charged = 0L;
            for (var i = 0; i < times; i++)
            {
                charged += price(_images[i & (Events - 1)], _crops[i & (Events - 1)]);
            }

            Check(charged == Expected(times));
        }

        public void Charge(int times)
        {
            var charged = 0L;
            for (var i = 0; i < times; i++)
            {
                charged += Bookkeeper.Charge(_published, _state, _usage[i & (Events - 1)], s_at).Entries[0].Amount;
            }

            Check(charged == Expected(times));
        }

        // Units of 10^-5 credits, as a programmer who knows the page would write it.
        private static long HandPrice(long images, long crops) =>
            (Math.Min(images, 1000) * 100)
            + (Math.Clamp(images - 1000, 0, 4000) * 40)
            + (Math.Max(images - 5000, 0) * 20)
            + (Math.Min(crops, 5000) * 20)
            + (Math.Clamp(crops - 5000, 0, 95_000) * 5)
            + (Math.Max(crops - 100_000, 0) * 2);

        public long Expected(int times)
        {
            var sum = 0L;
            var all = 0L;
            var rest = times % Events;
            for (var i = 0; i < Events; i++)
            {
                all += _sums[i];
                sum += i < rest ? _sums[i] : 0;
            }

            return (all * (times / Events)) + sum;
        }
    }
}
