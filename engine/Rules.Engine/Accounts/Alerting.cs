using System.Collections.Immutable;
using System.Numerics;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// Which alerts fire (time, rules 25 to 28). A level fires where the figure passes it. What is used only rises within a cycle and what is left
/// only falls, but for what came back, which the totals of the cycle keep apart: so a level is passed once, and again only after a grant has
/// moved it or the figure.
/// </summary>
internal static class Alerting
{
    // A use that passes more repeated levels than this is told by the last of them.
    private const int MostSteps = 100;

    private static readonly ExactDecimal s_percent = new(1, 2);

    /// <summary>What one event fires.</summary>
    /// <param name="rules">The model's alerts.</param>
    /// <param name="state">Before the event.</param>
    /// <param name="owed">Smallest units that the event owes beyond its draws.</param>
    /// <param name="alerts">Names in order of crossing; one that crosses several levels stands at its first.</param>
    public static EvaluationError? Fire(
        RulesetModel model,
        ImmutableArray<AlertRule> rules,
        AccountState state,
        ImmutableArray<Draw> draws,
        long owed,
        Instant at,
        ref StepRecorder trace,
        out ImmutableArray<string> alerts)
    {
        alerts = [];
        if (rules.IsEmpty || (draws.IsEmpty && owed == 0))
        {
            return null;
        }

        var use = new Use(model, state, draws, owed, at);
        var crossed = new List<Crossing>();
        foreach (var alert in rules)
        {
            foreach (var level in alert.Levels)
            {
                if (Cross(model, state, alert, level, use.FigureOf(alert, level), at, crossed) is { } error)
                {
                    return error;
                }
            }
        }

        if (crossed.Count == 0)
        {
            return null;
        }

        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var crossing in crossed.OrderBy(use.PositionOf))
        {
            trace.Add(crossing.Step);
            if (!names.Contains(crossing.Step.Alert.Name))
            {
                names.Add(crossing.Step.Alert.Name);
            }
        }

        alerts = names.ToImmutable();
        return null;
    }

    /// <summary>The model's alerts with only those levels that watch one kind of figure.</summary>
    public static ImmutableArray<AlertRule> Watching(RulesetModel model, LevelFigure figure) =>
        model.Alerts.IsEmpty ? [] : [.. model.Alerts.Select(a => a with { Levels = [.. a.Levels.Where(l => l.Figure == figure)] })];

    /// <summary>
    /// Adds to the last entry what fired without an event: what is left fell below a level by a lapse or a void, or a cycle begins below it
    /// (time, section 2, phase 7). Nothing is told where nothing was posted.
    /// </summary>
    /// <param name="before">The account at <paramref name="from"/>, before what moved it.</param>
    /// <param name="posted">Number of entries that the journal had then.</param>
    public static EvaluationError? Tell(RulesetModel? model, Journal journal, AccountState before, int posted, Instant from, Instant at)
    {
        if (model is null || model.Alerts.IsEmpty || journal.Count == posted)
        {
            return null;
        }

        var state = journal.State;
        var begins = state.Cycle?.Number != before.Cycle?.Number;
        var crossed = new List<Crossing>();
        foreach (var alert in Watching(model, LevelFigure.Left))
        {
            foreach (var level in alert.Levels)
            {
                var watch = Watch.Of(model, alert, level);
                var totals = CycleUse.Of(before, watch, from);
                var left = watch.Left(before, from);
                var figure = new Figure(
                    UnitsOf(model, left),
                    UnitsOf(model, watch.Left(state, at)),
                    begins ? null : UnitsOf(model, alert.FiresAgain ? left : left - totals.Regained),
                    UnitsOf(model, CycleUse.Of(state, watch, at).Base));
                if (Cross(model, state, alert, level, figure, at, crossed) is { } error)
                {
                    return error;
                }
            }
        }

        // A charge that fell due at the same instant has told its own.
        var told = journal.Since(posted).SelectMany(e => e.Quote is { } quote ? quote.Steps.OfType<AlertStep>() : []).ToList();
        crossed.RemoveAll(c => told.Exists(c.Step.IsSameLevel));
        if (crossed.Count > 0)
        {
            journal.Tell([.. crossed.OrderByDescending(c => c.Step.Threshold).Select(c => c.Step)]);
        }

        return null;
    }

    /// <summary>Of each alert the highest level of what is used and the lowest of what is left that the account has reached (time, rule 28).</summary>
    public static EvaluationError? Standing(RulesetModel model, AccountState state, Instant at, out ImmutableArray<AlertStep> standing)
    {
        standing = [];
        foreach (var alert in model.Alerts)
        {
            foreach (var figure in (ReadOnlySpan<LevelFigure>)[LevelFigure.Used, LevelFigure.Left])
            {
                var reached = new List<Crossing>();
                foreach (var level in alert.Levels.Where(l => l.Figure == figure))
                {
                    var watch = Watch.Of(model, alert, level);
                    var totals = CycleUse.Of(state, watch, at);
                    var value = UnitsOf(model, figure == LevelFigure.Used ? totals.Used : watch.Left(state, at));
                    if (Cross(model, state, alert, level, new Figure(value, value, null, UnitsOf(model, totals.Base)), at, reached) is { } error)
                    {
                        return error;
                    }
                }

                // Of equal levels the later line names it.
                var ordered = figure == LevelFigure.Used ? reached.OrderBy(c => c.Step.Threshold) : reached.OrderByDescending(c => c.Step.Threshold);
                if (ordered.LastOrDefault() is { } last)
                {
                    standing = standing.Add(last.Step);
                }
            }
        }

        return null;
    }

    private sealed record Crossing(AlertStep Step, ExactDecimal Way);

    // A figure before and after, and the furthest that it had been: null where every level counts as not yet passed. All in credits.
    private readonly record struct Figure(ExactDecimal Before, ExactDecimal After, ExactDecimal? Reached, ExactDecimal Base);

    private static ExactDecimal UnitsOf(RulesetModel model, long units) => ExactDecimal.FromUnits(units, model.Credit.Decimals);

    private static EvaluationError? Cross(
        RulesetModel model, AccountState state, AlertRule alert, AlertLevel level, in Figure figure, Instant at, List<Crossing> crossed)
    {
        // Without any grant there is nothing to be a part of, and nothing that could be left (time, rule 26).
        if (figure.Base.IsZero && (level.IsPercent || level.Figure == LevelFigure.Left))
        {
            return null;
        }

        ExactDecimal? outermost = null;
        foreach (var amount in level.Amounts)
        {
            if (Amounts(model, state, amount, at, out var stated) is { } error)
            {
                return error;
            }

            foreach (var one in stated)
            {
                var threshold = level.IsPercent ? figure.Base * one * s_percent : one;
                outermost = outermost is not { } known ? threshold
                    : level.Figure == LevelFigure.Used ? (threshold > known ? threshold : known)
                    : threshold < known ? threshold : known;
                if (level.Crossing != LevelCrossing.AtEvery)
                {
                    Add(alert, level, threshold, figure, crossed);
                }
            }
        }

        var every = level.Crossing == LevelCrossing.AtEvery ? level.Amounts[0] : level.ThenEvery;
        if (every is null)
        {
            return null;
        }

        if (AccountReading.AmountAt(model, state, every, at, out var step) is { } unset)
        {
            return unset;
        }

        if (step is { Sign: > 0 } width)
        {
            AddRepeated(alert, level, level.Crossing == LevelCrossing.AtEvery ? ExactDecimal.Zero : outermost!.Value, width, figure, crossed);
        }

        return null;
    }

    private static EvaluationError? Amounts(
        RulesetModel model, AccountState state, Amount amount, Instant at, out ImmutableArray<ExactDecimal> stated)
    {
        if (amount is TermAmount term)
        {
            var error = AccountReading.TermAt(model, state, term.Term, at, out var value);
            stated = value.IsUnlimited ? [] : value.Amounts;
            return error;
        }

        var unset = AccountReading.AmountAt(model, state, amount, at, out var figure);
        stated = figure is { } one ? [one] : [];
        return unset;
    }

    private static void Add(AlertRule alert, AlertLevel level, ExactDecimal threshold, in Figure figure, List<Crossing> crossed)
    {
        var fires = (level.Figure, level.Crossing) switch
        {
            (LevelFigure.Used, LevelCrossing.Above) => !(figure.Reached > threshold) && threshold < figure.After,
            (LevelFigure.Used, _) => !(figure.Reached >= threshold) && threshold <= figure.After,
            (_, LevelCrossing.Below) => figure.After < threshold && !(figure.Reached < threshold),
            _ => figure.After <= threshold && !(figure.Reached <= threshold),
        };
        if (!fires)
        {
            return;
        }

        // Equal levels fire once, and the later line names it.
        var step = new AlertStep(alert, level, threshold, figure.After);
        crossed.RemoveAll(c => c.Step.IsSameLevel(step));
        crossed.Add(new Crossing(step, level.Figure == LevelFigure.Used ? threshold - figure.Before : figure.Before - threshold));
    }

    private static void AddRepeated(
        AlertRule alert, AlertLevel level, ExactDecimal from, ExactDecimal width, in Figure figure, List<Crossing> crossed)
    {
        ExactDecimal Way(ExactDecimal value) => level.Figure == LevelFigure.Used ? value - from : from - value;

        var last = Quotient(Way(figure.After), width);
        var first = figure.Reached is { } reached ? Quotient(Way(reached), width) : BigInteger.One;
        for (var count = BigInteger.Max(BigInteger.Max(first, BigInteger.One), last - (MostSteps - 1)); count <= last; count++)
        {
            var distance = width * new ExactDecimal(count, 0);
            Add(alert, level, level.Figure == LevelFigure.Used ? from + distance : from - distance, figure, crossed);
        }
    }

    // Rounded towards zero.
    private static BigInteger Quotient(ExactDecimal value, ExactDecimal width)
    {
        var scale = Math.Max(value.Scale, width.Scale);
        return value.Mantissa * BigInteger.Pow(10, scale - value.Scale) / (width.Mantissa * BigInteger.Pow(10, scale - width.Scale));
    }

    /// <summary>What an event moves.</summary>
    private sealed class Use(RulesetModel model, AccountState state, ImmutableArray<Draw> draws, long owed, Instant at)
    {
        public Figure FigureOf(AlertRule alert, AlertLevel level)
        {
            var watch = Watch.Of(model, alert, level);
            var totals = CycleUse.Of(state, watch, at);
            var moved = level.Bucket is null ? owed : 0;
            foreach (var draw in draws)
            {
                moved += Moves(watch, level, draw) ? draw.Amount : 0;
            }

            var (before, after, reached) = level.Figure == LevelFigure.Used
                ? (totals.Used, totals.Used + moved, totals.Used + totals.TakenBack)
                : Falling(watch.Left(state, at), moved, totals.Regained);
            return new Figure(UnitsOf(model, before), UnitsOf(model, after), UnitsOf(model, alert.FiresAgain ? before : reached), UnitsOf(model, totals.Base));
        }

        /// <summary>How much of the event had been drawn when the level was passed: that is the order of crossing.</summary>
        public ExactDecimal PositionOf(Crossing crossing)
        {
            var watch = Watch.Of(model, crossing.Step.Alert, crossing.Step.Level);
            var way = crossing.Way;
            var drawn = ExactDecimal.Zero;
            foreach (var draw in draws)
            {
                var amount = UnitsOf(model, draw.Amount);
                if (Moves(watch, crossing.Step.Level, draw))
                {
                    if (way <= amount)
                    {
                        return drawn + way;
                    }

                    way -= amount;
                }

                drawn += amount;
            }

            return drawn + way;
        }

        private static (long Before, long After, long Reached) Falling(long left, long moved, long regained) => (left, left - moved, left - regained);

        // What postpaid use takes was never there to be left.
        private bool Moves(Watch watch, AlertLevel level, in Draw draw) =>
            watch.Covers(state, draw.Bucket, draw.Lot, at)
            && (level.Figure == LevelFigure.Used || model.FindBucket(draw.Bucket) is { Funding: not BucketFunding.Postpaid });
    }
}

/// <summary>A level that an event crossed.</summary>
/// <param name="Threshold">The level in credits.</param>
/// <param name="After">The figure after the event, in credits.</param>
public sealed record AlertStep(AlertRule Alert, AlertLevel Level, ExactDecimal Threshold, ExactDecimal After) : Step
{
    public override TextLocation? Location => Level.Location;

    public override bool IsPart => false;

    public override string Text =>
        $"alert \"{Alert.Name}\": {After.ToGroupedString()} {(Level.Figure == LevelFigure.Used ? "used" : "left")}, the level is {Threshold.ToGroupedString()}";

    /// <summary>Both stand for one level of one figure.</summary>
    internal bool IsSameLevel(AlertStep other) =>
        Alert.Name == other.Alert.Name && Threshold == other.Threshold && Level.Figure == other.Level.Figure && Level.Bucket == other.Level.Bucket;
}
