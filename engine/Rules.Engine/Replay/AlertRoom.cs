using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>How much an account can still use before an alert may fire.</summary>
internal static class AlertRoom
{
    // Beyond every balance; a figure that this does not move is never moved.
    private const long Most = 4 * Scaled.AmountLimit;

    /// <summary>
    /// A use below this fires nothing, whichever buckets it draws from: each level counts the sum of some buckets, so that the least amount
    /// which fires from any one of them is a bound for all together.
    /// </summary>
    /// <returns>Smallest units; <see cref="long.MaxValue"/> where nothing can fire.</returns>
    public static long Of(RulesetModel model, AccountState state, Instant at)
    {
        var least = long.MaxValue;
        foreach (var bucket in model.Buckets)
        {
            if (!Fires(model, state, bucket, Most, at))
            {
                continue;
            }

            var (below, above) = (0L, Most);
            while (above - below > 1)
            {
                var middle = below + ((above - below) / 2);
                if (Fires(model, state, bucket, middle, at))
                {
                    above = middle;
                }
                else
                {
                    below = middle;
                }
            }

            least = Math.Min(least, above);
        }

        return least;
    }

    private static bool Fires(RulesetModel model, AccountState state, BucketRule bucket, long amount, Instant at)
    {
        var trace = new StepRecorder();
        return Alerting.Fire(model, model.Alerts, state, [new Draw(bucket.Name, 0, amount)], owed: 0, at, ref trace, out var alerts) is not null || !alerts.IsEmpty;
    }
}
