using System.Collections.Immutable;

namespace Rules.Engine.Replay;

/// <summary>
/// What one candidate, as a rule the published rules, makes of a past, event by event: a draft that is compared with it costs its own side only. Many
/// threads may compare with it at once.
/// </summary>
public sealed class ReplayBaseline
{
    private readonly ReplayWorker _sums;

    private ReplayBaseline(ReplayCandidate candidate, UsageShapes shapes, ReplayWindow window, ImmutableArray<string> records, ImmutableArray<KeptAccount> accounts, ReplayWorker sums)
    {
        (Candidate, Shapes, Window, Records, _sums) = (candidate, shapes, window, records, sums);
        // The largest first, so that threads which share them end together.
        Accounts = accounts.Sort(static (a, b) => b.Events.CompareTo(a.Events) is not 0 and var order ? order : string.CompareOrdinal(a.Id, b.Id));
        Events = accounts.Sum(static account => (long)account.Events);
    }

    public ReplayCandidate Candidate { get; }

    public UsageShapes Shapes { get; }

    public ReplayWindow Window { get; }

    /// <inheritdoc cref="ReplayOptions.Records"/>
    public ImmutableArray<string> Records { get; }

    /// <summary>Those with the most events first.</summary>
    public ImmutableArray<KeptAccount> Accounts { get; }

    public long Events { get; }

    /// <summary>Smallest units.</summary>
    public Int128 Charged => _sums.ChargedByFirst;

    /// <summary>Charged on each day with a use, ascending; without what belongs to no use.</summary>
    internal IEnumerable<ChargedDay> ChargedByDay => _sums.DaysOfFirst;

    /// <exception cref="OperationCanceledException">A part of a past is no baseline.</exception>
    public static ReplayBaseline Of(
        ReplayCandidate candidate, IReadOnlyCollection<AccountHistory> histories, UsageShapes shapes, ReplayWindow window, ReplayOptions options, CancellationToken cancellationToken)
    {
        var kept = new KeptAccount[histories.Count];
        var workers = ReplayRun.Workers([candidate], shapes, window, options);
        var next = new Shared<AccountHistory>(histories);
        ReplayRun.Share(workers, worker =>
        {
            while (next.TryTake(out var place, out var history))
            {
                kept[place] = worker.Keep(history, cancellationToken);
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
        return new ReplayBaseline(candidate, shapes, window, options.Records, [.. kept], Merged(workers));
    }

    /// <summary>The same over some of its accounts.</summary>
    public ReplayBaseline Only(IEnumerable<KeptAccount> accounts)
    {
        ImmutableArray<KeptAccount> some = [.. accounts];
        var sums = new ReplayWorker([Candidate], Shapes, Window, Records);
        foreach (var account in some)
        {
            sums.Add(account);
        }

        return new ReplayBaseline(Candidate, Shapes, Window, Records, some, sums);
    }

    /// <summary>Replays drafts and compares them with this: what a run over all of them would report.</summary>
    /// <exception cref="OperationCanceledException">Nothing is known before all of it is.</exception>
    public ReplayReport Compare(ImmutableArray<ReplayCandidate> drafts, int threads, CancellationToken cancellationToken)
    {
        ImmutableArray<ReplayCandidate> candidates = [Candidate, .. drafts];
        ReplayRun.Check(candidates);
        var workers = ReplayRun.Workers(candidates, Shapes, Window, new ReplayOptions { Threads = threads, Records = Records });
        var next = new Shared<KeptAccount>(Accounts);
        ReplayRun.Share(workers, worker =>
        {
            while (next.TryTake(out _, out var account))
            {
                worker.Run(account, cancellationToken);
            }
        });
        cancellationToken.ThrowIfCancellationRequested();
        workers[0].TakeOver(_sums);
        return ReplayWorker.Report(workers, candidates, Window, isPartial: false);
    }

    private static ReplayWorker Merged(ReplayWorker[] workers)
    {
        foreach (var worker in workers.Skip(1))
        {
            workers[0].Merge(worker);
        }

        return workers[0];
    }

    /// <summary>Things that threads take one after the other.</summary>
    private sealed class Shared<T>(IEnumerable<T> things)
    {
        private readonly T[] _things = [.. things];
        private int _taken = -1;

        public bool TryTake(out int place, out T thing)
        {
            place = Interlocked.Increment(ref _taken);
            var isThere = place < _things.Length;
            thing = isThere ? _things[place] : default!;
            return isThere;
        }
    }
}

/// <summary>What one account came to under the candidate of a baseline.</summary>
public sealed class KeptAccount
{
    internal KeptAccount(AccountHistory history, AccountOutcomes outcomes, string? plan, AccountResult result) =>
        (History, Outcomes, Plan, Result) = (history, outcomes, plan, result);

    public string Id => History.Opening.Id;

    public int Events => History.Usage.Count;

    public AccountResult Result { get; }

    internal AccountHistory History { get; }

    internal AccountOutcomes Outcomes { get; }

    internal string? Plan { get; }
}
