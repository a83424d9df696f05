using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>
/// Past usage under several rulesets: account by account, through buckets, cycles, expiry and postpaid use. A pure function of the histories,
/// the candidates and the window; accounts are read one at a time per thread, so that memory does not grow with usage.
/// </summary>
public static class ReplayRun
{
    /// <summary>Candidates of one run, the published rules included.</summary>
    public const int MostCandidates = 6;

    /// <param name="histories">Read lazily, under a lock; each account once.</param>
    /// <exception cref="ArgumentException">No candidate, too many, or of different rulesets.</exception>
    public static ReplayReport Run(
        ImmutableArray<ReplayCandidate> candidates,
        IEnumerable<AccountHistory> histories,
        UsageShapes shapes,
        ReplayWindow window,
        ReplayOptions options,
        CancellationToken cancellationToken)
    {
        Check(candidates);
        var accounts = 0;
        var events = 0L;
        var isPartial = false;
        using var enumerator = histories.GetEnumerator();
        var gate = new Lock();
        var workers = Workers(candidates, shapes, window, options);

        void Work(ReplayWorker worker)
        {
            while (true)
            {
                AccountHistory history;
                lock (gate)
                {
                    if (isPartial || !enumerator.MoveNext())
                    {
                        return;
                    }

                    history = enumerator.Current;
                }

                try
                {
                    worker.Run(history, cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    lock (gate)
                    {
                        isPartial = true;
                    }

                    return;
                }

                lock (gate)
                {
                    accounts++;
                    events += history.Usage.Count;
                    options.Progress?.Invoke(new ReplayProgress(accounts, events));
                }
            }
        }

        Share(workers, Work);
        return ReplayWorker.Report(workers, candidates, window, isPartial);
    }

    internal static void Check(ImmutableArray<ReplayCandidate> candidates)
    {
        if (candidates.Length is 0 or > MostCandidates || candidates.Any(c => c.Ruleset.Name != candidates[0].Ruleset.Name))
        {
            throw new ArgumentException($"1 to {MostCandidates} candidates of one ruleset are compared.", nameof(candidates));
        }
    }

    internal static ReplayWorker[] Workers(ImmutableArray<ReplayCandidate> candidates, UsageShapes shapes, ReplayWindow window, ReplayOptions options) =>
        [.. Enumerable.Range(0, Math.Max(1, options.Threads)).Select(_ => new ReplayWorker(candidates, shapes, window, options.Records))];

    /// <summary>Lets every worker work, each on a thread of its own where there are several.</summary>
    /// <exception cref="OperationCanceledException">One of them was cancelled.</exception>
    internal static void Share(ReplayWorker[] workers, Action<ReplayWorker> work)
    {
        if (workers.Length == 1)
        {
            work(workers[0]);
            return;
        }

        try
        {
            Parallel.ForEach(workers, new ParallelOptions { MaxDegreeOfParallelism = workers.Length }, work);
        }
        catch (AggregateException several) when (several.InnerExceptions.All(static one => one is OperationCanceledException))
        {
            throw new OperationCanceledException(several.Message, several);
        }
    }

    /// <summary>Moves accounts on to the beginning of a window: runs what came before it, and gives what follows its opening.</summary>
    /// <remarks>Not for use by two threads at once; each has its own.</remarks>
    public sealed class Forwarder(PublishedRuleset ruleset)
    {
        private readonly AccountReplayer _replayer = new(ruleset);

        /// <param name="before">The account up to the window; <see cref="AccountHistory.GivesBack"/> as of <paramref name="following"/>.</param>
        /// <param name="following">What came in the window; its opening is not read.</param>
        public AccountHistory Forward(AccountHistory before, AccountHistory following, Instant from, CancellationToken cancellationToken)
        {
            var sink = new NoSink();
            _replayer.Run(before, from, ref sink, cancellationToken);
            return _replayer.Left(following);
        }
    }

    /// <summary>The full evaluation of one event of a past, with its explanation.</summary>
    /// <param name="index">Place of the event in the account's history.</param>
    /// <returns>Null where the event cannot be priced.</returns>
    public static Quote? Explain(ReplayCandidate candidate, AccountHistory history, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, history.Usage.Count);
        return new AccountReplayer(candidate.Ruleset).Explain(candidate.Opened(history), index);
    }

    /// <summary>Why an event of a past cannot be priced.</summary>
    /// <param name="index">Place of the event in the account's history.</param>
    /// <returns>Null where it can.</returns>
    public static EvaluationError? WhyNot(ReplayCandidate candidate, AccountHistory history, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, history.Usage.Count);
        var replayer = new AccountReplayer(candidate.Ruleset);
        return replayer.Explain(candidate.Opened(history), index) is null ? replayer.Error : null;
    }
}
