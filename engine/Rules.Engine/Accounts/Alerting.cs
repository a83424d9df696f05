using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// Which alerts the draws of one event fire (time, rules 25 to 28). A level fires where the figure passes it; what is used only rises within
/// a cycle, so that it is passed once, and again only after a grant has moved its base.
/// </summary>
internal static class Alerting
{
    private static readonly ExactDecimal s_percent = new(1, 2);

    /// <param name="rules">The model's alerts.</param>
    /// <param name="state">Before the event.</param>
    /// <param name="alerts">Names in order of crossing; one that crosses several levels stands at its first.</param>
    public static EvaluationError? Fire(
        RulesetModel model,
        ImmutableArray<AlertRule> rules,
        AccountState state,
        ImmutableArray<Draw> draws,
        Instant at,
        ref StepRecorder trace,
        out ImmutableArray<string> alerts)
    {
        alerts = [];
        if (rules.IsEmpty || draws.IsEmpty)
        {
            return null;
        }

        var crossed = new List<Crossing>();
        foreach (var alert in rules)
        {
            foreach (var level in alert.Levels)
            {
                if (Cross(model, state, alert, level, draws, at, crossed) is { } error)
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
        foreach (var crossing in crossed.OrderBy(c => c.Position))
        {
            trace.Add(new AlertStep(crossing.Alert, crossing.Level, crossing.Threshold, crossing.After));
            if (!names.Contains(crossing.Alert.Name))
            {
                names.Add(crossing.Alert.Name);
            }
        }

        alerts = names.ToImmutable();
        return null;
    }

    /// <summary>The model's alerts with only those levels that watch one kind of figure.</summary>
    public static ImmutableArray<AlertRule> Watching(RulesetModel model, LevelFigure figure) =>
        model.Alerts.IsEmpty ? [] : [.. model.Alerts.Select(a => a with { Levels = [.. a.Levels.Where(l => l.Figure == figure)] })];

    private readonly record struct Crossing(AlertRule Alert, AlertLevel Level, ExactDecimal Threshold, ExactDecimal After, ExactDecimal Position);

    // A figure before and after the event, with what it is a part of; all in credits.
    private readonly record struct Figure(ExactDecimal Before, ExactDecimal After, ExactDecimal Base);

    private static EvaluationError? Cross(
        RulesetModel model, AccountState state, AlertRule alert, AlertLevel level, ImmutableArray<Draw> draws, Instant at, List<Crossing> crossed)
    {
        var figure = FigureOf(model, state, level, draws, at);

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
                    Add(model, alert, level, threshold, figure, draws, crossed);
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
            var from = level.Crossing == LevelCrossing.AtEvery ? ExactDecimal.Zero : outermost!.Value;
            AddRepeated(model, alert, level, from, width, figure, draws, crossed);
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

    private static void Add(
        RulesetModel model, AlertRule alert, AlertLevel level, ExactDecimal threshold, in Figure figure, ImmutableArray<Draw> draws, List<Crossing> crossed)
    {
        var fires = (level.Figure, level.Crossing) switch
        {
            (LevelFigure.Used, LevelCrossing.Above) => figure.Before <= threshold && threshold < figure.After,
            (LevelFigure.Used, _) => figure.Before < threshold && threshold <= figure.After,
            (_, LevelCrossing.Below) => figure.After < threshold && threshold <= figure.Before,
            _ => figure.After <= threshold && threshold < figure.Before,
        };
        if (fires && !crossed.Exists(c => c.Alert == alert && c.Threshold == threshold && c.Level.Figure == level.Figure && c.Level.Bucket == level.Bucket))
        {
            var way = level.Figure == LevelFigure.Used ? threshold - figure.Before : figure.Before - threshold;
            crossed.Add(new Crossing(alert, level, threshold, figure.After, PositionOf(model, level, way, draws)));
        }
    }

    // Of many repeated levels that one event passes, the last one speaks for all.
    private static void AddRepeated(
        RulesetModel model,
        AlertRule alert,
        AlertLevel level,
        ExactDecimal from,
        ExactDecimal width,
        in Figure figure,
        ImmutableArray<Draw> draws,
        List<Crossing> crossed)
    {
        var way = level.Figure == LevelFigure.Used ? figure.After - from : from - figure.After;
        if (way < width)
        {
            return;
        }

        var scale = Math.Max(way.Scale, width.Scale);
        var count = way.Mantissa * System.Numerics.BigInteger.Pow(10, scale - way.Scale)
            / (width.Mantissa * System.Numerics.BigInteger.Pow(10, scale - width.Scale));
        var distance = width * new ExactDecimal(count, 0);
        Add(model, alert, level, level.Figure == LevelFigure.Used ? from + distance : from - distance, figure, draws, crossed);
    }

    // How much of the event had been drawn when the level was passed: that is the order of crossing.
    private static ExactDecimal PositionOf(RulesetModel model, AlertLevel level, ExactDecimal way, ImmutableArray<Draw> draws)
    {
        var drawn = ExactDecimal.Zero;
        foreach (var draw in draws)
        {
            var amount = ExactDecimal.FromUnits(draw.Amount, model.Credit.Decimals);
            if (Counts(model, level, draw.Bucket))
            {
                if (way <= amount)
                {
                    return drawn + way;
                }

                way -= amount;
            }

            drawn += amount;
        }

        return drawn;
    }

    private static bool Counts(RulesetModel model, AlertLevel level, string bucket) =>
        level.Bucket is { } watched
            ? model.Buckets[watched].Name == bucket
            : level.Figure == LevelFigure.Used || model.FindBucket(bucket) is { Funding: not BucketFunding.Postpaid };

    private static Figure FigureOf(RulesetModel model, AccountState state, AlertLevel level, ImmutableArray<Draw> draws, Instant at)
    {
        var before = 0L;
        var whole = 0L;
        foreach (var bucket in model.Buckets)
        {
            if (!Counts(model, level, bucket.Name))
            {
                continue;
            }

            var totals = CycleUse.Of(state, bucket, at);
            before += level.Figure == LevelFigure.Used ? totals.Used : Balances.Available(state, bucket, at);
            whole += totals.Base;
        }

        var moved = 0L;
        foreach (var draw in draws)
        {
            moved += Counts(model, level, draw.Bucket) ? draw.Amount : 0;
        }

        var after = level.Figure == LevelFigure.Used ? before + moved : before - moved;
        var decimals = model.Credit.Decimals;
        return new Figure(ExactDecimal.FromUnits(before, decimals), ExactDecimal.FromUnits(after, decimals), ExactDecimal.FromUnits(whole, decimals));
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
}
