using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;

namespace Rules.Engine.Replay;

/// <summary>One thread's part of a replay: runs accounts under every candidate and sums up.</summary>
internal sealed class ReplayWorker
{
    private readonly ReplayWindow _window;
    private readonly UsageShapes _shapes;
    private readonly ImmutableArray<string> _recordNames;
    private readonly ImmutableArray<ReplayCandidate> _candidates;
    private readonly AccountReplayer[] _replayers;
    private readonly CandidateSums[] _sums;
    private readonly AccountOutcomes[] _outcomes;
    private readonly List<AccountImpact> _accounts = [];
    private readonly Dictionary<(int Name, string Value), Cell> _records = [];
    private readonly LargestDifference[][] _differences;
    private readonly UsageSums _usage;
    private readonly Dictionary<int, UnpricedEvents>[] _unpriced;

    public ReplayWorker(ImmutableArray<ReplayCandidate> candidates, UsageShapes shapes, ReplayWindow window, ImmutableArray<string> records)
    {
        _window = window;
        _shapes = shapes;
        _recordNames = records;
        _candidates = candidates;
        _replayers = [.. candidates.Select(c => new AccountReplayer(c.Ruleset))];
        _sums = [.. candidates.Select(_ => new CandidateSums())];
        _outcomes = [.. candidates.Select(_ => new AccountOutcomes())];
        _usage = new UsageSums(shapes.Count, candidates.Length, candidates[0].Ruleset.Versions[^1].Model.Zone);
        _differences = [.. candidates.Select(_ => new LargestDifference[shapes.Count])];
        _unpriced = [.. candidates.Select(_ => new Dictionary<int, UnpricedEvents>())];
    }

    /// <summary>Runs one account under every candidate; one that is cancelled on the way counts nowhere.</summary>
    public void Run(AccountHistory history, CancellationToken cancellationToken)
    {
        Replay(history, 0, cancellationToken);
        var results = ImmutableArray.CreateBuilder<AccountResult>(_replayers.Length);
        results.Add(Sum(0, history));
        SumRecords(0, history.Usage);
        AddOthers(history, results);
        _accounts.Add(new AccountImpact(history.Opening.Id, PlanOfFirst, history.Usage.Count, results.MoveToImmutable()));
    }

    /// <summary>The same where it is known what the first candidate comes to; its sums are taken over whole.</summary>
    public void Run(KeptAccount kept, CancellationToken cancellationToken)
    {
        var history = kept.History;
        _outcomes[0] = kept.Outcomes;
        Replay(history, 1, cancellationToken);
        var results = ImmutableArray.CreateBuilder<AccountResult>(_replayers.Length);
        results.Add(kept.Result);
        AddOthers(history, results);
        _accounts.Add(new AccountImpact(history.Opening.Id, kept.Plan, history.Usage.Count, results.MoveToImmutable()));
    }

    /// <summary>Runs one account under the first candidate, and keeps what every event came to.</summary>
    public KeptAccount Keep(AccountHistory history, CancellationToken cancellationToken)
    {
        _outcomes[0] = new AccountOutcomes();
        Replay(history, 0, cancellationToken);
        var result = Sum(0, history);
        SumRecords(0, history.Usage);
        return new KeptAccount(history, _outcomes[0], PlanOfFirst, result);
    }

    /// <summary>Sums up what was kept.</summary>
    public void Add(KeptAccount kept)
    {
        _outcomes[0] = kept.Outcomes;
        Sum(0, kept.History, kept.Result.Balances);
        SumRecords(0, kept.History.Usage);
    }

    public Int128 ChargedByFirst => _sums[0].Charged;

    public IEnumerable<ChargedDay> DaysOfFirst => _usage.Days
        .Select(static day => (day.Date, Charged: day.Cells().Aggregate((Int128)0, static (sum, cell) => sum + cell.Charged[0])))
        .Select(static day => new ChargedDay(day.Date, day.Charged, day.Charged));

    /// <summary>Takes over the sums of the first candidate from a worker that has nothing else.</summary>
    public void TakeOver(ReplayWorker first)
    {
        _sums[0].Add(first._sums[0]);
        AddCells(first);
        AddUnpriced(first);
    }

    public static ReplayReport Report(ReplayWorker[] workers, ImmutableArray<ReplayCandidate> candidates, ReplayWindow window, bool isPartial)
    {
        var first = workers[0];
        foreach (var worker in workers.Skip(1))
        {
            first.Merge(worker);
        }

        return new ReplayReport
        {
            Candidates = [.. candidates.Select(c => c.Name)],
            Window = window,
            Decimals = candidates[0].Ruleset.Versions[^1].Model.Credit.Decimals,
            Events = first._accounts.Sum(a => a.Events),
            Accounts = [.. first._accounts.OrderBy(a => a.Account, StringComparer.Ordinal)],
            Cells = [.. first._usage.Days.SelectMany(day => day.Cells().Select(c => new UsageCell(day.Date, first._shapes[c.Shape], c.Events, [.. c.Charged])))],
            Records = [.. first._records.OrderBy(r => r.Key.Name).ThenBy(r => r.Key.Value, StringComparer.Ordinal)
                .Select(r => new RecordCell(first._recordNames[r.Key.Name], r.Key.Value, r.Value.Events, [.. r.Value.Charged]))],
            Totals = [.. first._sums.Select((s, i) => s.ToTotals(first._accounts.Count(a => a.Results[i].Stopped > 0)))],
            Differences = [.. first._differences
                .SelectMany((shapes, candidate) => shapes.Select((d, shape) => (Candidate: candidate, Shape: shape, Largest: d)))
                .Where(static d => d.Largest.Events > 0)
                .Select(d => new Difference(
                    d.Candidate, first._shapes[d.Shape], d.Largest.Account, d.Largest.Index, d.Largest.Before, d.Largest.After, d.Largest.Of, d.Largest.Events))
                .OrderByDescending(d => Int128.Abs(d.Of)).ThenBy(d => d.Candidate).ThenBy(d => d.Shape.Code)],
            Unpriced = [.. first._unpriced.SelectMany(static shapes => shapes.Values).OrderByDescending(static e => e.Events).ThenBy(static e => e.Candidate).ThenBy(static e => e.Shape.Code)],
            IsPartial = isPartial,
        };
    }

    private string? PlanOfFirst => AccountReading.PlanAt(_replayers[0].State, _window.Until);

    private void Replay(AccountHistory history, int candidate, CancellationToken cancellationToken)
    {
        for (; candidate < _replayers.Length; candidate++)
        {
            _outcomes[candidate].Begin(history.Usage.Count);
            var sink = new OutcomeSink(_outcomes[candidate]);
            _replayers[candidate].Run(_candidates[candidate].Opened(history), _window.Until, ref sink, cancellationToken);
        }
    }

    private void AddOthers(AccountHistory history, ImmutableArray<AccountResult>.Builder results)
    {
        for (var i = 1; i < _replayers.Length; i++)
        {
            results.Add(Sum(i, history));
            Compare(i, history);
            SumRecords(i, history.Usage);
        }
    }

    private AccountResult Sum(int candidate, AccountHistory history) => Sum(candidate, history, _replayers[candidate].BalancesAt(_window.Until));

    private AccountResult Sum(int candidate, AccountHistory history, ImmutableArray<BucketBalance> balances)
    {
        var usage = history.Usage;
        var outcomes = _outcomes[candidate];
        var sums = _sums[candidate];
        var charged = 0L;
        Instant? ranOutAt = null;
        Span<long> uses = stackalloc long[(int)QuoteOutcome.Refused + 1];
        uses.Clear();
        var kinds = outcomes.Kind.AsSpan(0, usage.Count);
        var charges = outcomes.Charge.AsSpan(0, usage.Count);
        var shapes = usage.Shape.AsSpan(0, usage.Count);
        for (var first = 0; first < kinds.Length;)
        {
            var day = _usage.DayAt(usage.OccurredAt[first]);
            var end = usage.EndOf(first, day.Start, day.End);
            for (var i = first; i < end; i++)
            {
                var charge = charges[i];
                var shape = shapes[i] >= 0 ? shapes[i] : usage.ShapeOf(i);
                if (kinds[i] != (byte)QuoteOutcome.Charged)
                {
                    uses[kinds[i]]++;
                    charge = 0;
                    ranOutAt ??= kinds[i] >= (byte)QuoteOutcome.Blocked ? usage.RecordedAtOf(i) : null;
                    if (kinds[i] == 0)
                    {
                        AddUnpriced(new UnpricedEvents(candidate, _shapes[shape], history.Opening.Id, i, 1));
                    }
                }

                charged += charge;
                if (candidate == 0)
                {
                    day.AddEvent(shape, charge);
                }
                else
                {
                    day.AddCharge(shape, candidate, charge);
                }
            }

            first = end;
        }

        var others = 0L;
        foreach (var count in uses)
        {
            others += count;
        }

        uses[(int)QuoteOutcome.Charged] = kinds.Length - others;
        for (var i = 0; i < uses.Length; i++)
        {
            sums.Uses[i] += uses[i];
        }

        charged += outcomes.Due;
        sums.Charged += charged;
        sums.Due += outcomes.Due;
        sums.Postpaid += outcomes.Postpaid;
        sums.Lapsed += outcomes.Lapsed;
        sums.RolloverLost += outcomes.RolloverLost;
        Money.Add(sums.Billed, outcomes.Billed);
        foreach (var alert in outcomes.Alerts)
        {
            sums.AlertsByName[alert] = sums.AlertsByName.GetValueOrDefault(alert) + 1;
        }

        sums.Granted += outcomes.Granted;
        sums.Alerts += outcomes.Alerts.Count;
        return new AccountResult
        {
            Charged = charged,
            Blocked = (int)uses[(int)QuoteOutcome.Blocked],
            Paused = (int)uses[(int)QuoteOutcome.Paused],
            Refused = (int)uses[(int)QuoteOutcome.Refused],
            RanOutAt = ranOutAt,
            Postpaid = outcomes.Postpaid,
            Lapsed = outcomes.Lapsed,
            RolloverLost = outcomes.RolloverLost,
            Billed = Money.ToArray(outcomes.Billed),
            Alerts = outcomes.Alerts.Count,
            Balances = balances,
        };
    }

    private void AddUnpriced(UnpricedEvents events)
    {
        var known = _unpriced[events.Candidate].GetValueOrDefault(events.Shape.Code);
        var isFirst = known is null || (string.CompareOrdinal(events.Account, known.Account), events.Index.CompareTo(known.Index)) is ( < 0, _) or (0, < 0);
        _unpriced[events.Candidate][events.Shape.Code] = (isFirst ? events : known!) with { Events = events.Events + (known?.Events ?? 0) };
    }

    private void SumRecords(int candidate, UsageColumns usage)
    {
        for (var name = 0; name < _recordNames.Length; name++)
        {
            var values = new Cell?[usage.Records.Length + 1];
            for (var i = 0; i < usage.Count; i++)
            {
                var record = usage.Record[i] + 1;
                var cell = values[record] ??= CellOf(_records, (name, ValueOf(usage, record - 1, _recordNames[name])));
                cell.Events += candidate == 0 ? 1 : 0;
                cell.Charged[candidate] += _outcomes[candidate].Charged(i);
            }
        }
    }

    private static string ValueOf(UsageColumns usage, int record, string name)
    {
        foreach (var (known, value) in record < 0 ? [] : usage.Records[record])
        {
            if (known == name)
            {
                return value;
            }
        }

        return "";
    }

    private Cell CellOf<TKey>(Dictionary<TKey, Cell> cells, TKey key)
        where TKey : notnull
    {
        if (!cells.TryGetValue(key, out var cell))
        {
            cell = new Cell(_replayers.Length);
            cells.Add(key, cell);
        }

        return cell;
    }

    private void Compare(int candidate, AccountHistory history)
    {
        var usage = history.Usage;
        var (first, other, sums, differences) = (_outcomes[0], _outcomes[candidate], _sums[candidate], _differences[candidate]);
        var firstCharges = first.Charge.AsSpan(0, usage.Count);
        var firstKinds = first.Kind.AsSpan(0, usage.Count);
        var charges = other.Charge.AsSpan(0, usage.Count);
        var kinds = other.Kind.AsSpan(0, usage.Count);
        var shapes = usage.Shape.AsSpan(0, usage.Count);
        for (var i = 0; i < charges.Length; i++)
        {
            if (firstCharges[i] == charges[i] && firstKinds[i] == kinds[i])
            {
                continue;
            }

            sums.Changed++;
            var before = firstKinds[i] == (byte)QuoteOutcome.Charged ? firstCharges[i] : 0;
            var after = kinds[i] == (byte)QuoteOutcome.Charged ? charges[i] : 0;
            sums.NewZeros += before > 0 && after == 0 && kinds[i] == (byte)QuoteOutcome.Charged ? 1 : 0;
            sums.NewNegatives += before >= 0 && after < 0 ? 1 : 0;
            if (before != after)
            {
                ref var known = ref differences[shapes[i] >= 0 ? shapes[i] : usage.ShapeOf(i)];
                // One that ran under both tells of the price; one that did not tells of the credits that were gone.
                var ran = firstKinds[i] < (byte)QuoteOutcome.Blocked && kinds[i] < (byte)QuoteOutcome.Blocked;
                if (known.Events == 0 || (ran && !known.Ran) || (ran == known.Ran && Math.Abs(after - before) > Math.Abs(known.After - known.Before)))
                {
                    known = known with { Account = history.Opening.Id, Index = i, Before = before, After = after, Ran = ran };
                }

                known.Of += after - before;
                known.Events++;
            }
        }
    }

    public void Merge(ReplayWorker other)
    {
        _accounts.AddRange(other._accounts);
        for (var i = 0; i < _sums.Length; i++)
        {
            _sums[i].Add(other._sums[i]);
        }

        AddCells(other);
        AddUnpriced(other);
        for (var candidate = 0; candidate < _differences.Length; candidate++)
        {
            for (var shape = 0; shape < _shapes.Count; shape++)
            {
                ref var known = ref _differences[candidate][shape];
                var difference = other._differences[candidate][shape];
                var (of, events) = (known.Of + difference.Of, known.Events + difference.Events);
                if (known.Events == 0 || (difference.Events > 0 && difference.IsLargerThan(known)))
                {
                    known = difference;
                }

                (known.Of, known.Events) = (of, events);
            }
        }
    }

    private void AddUnpriced(ReplayWorker other)
    {
        foreach (var events in other._unpriced.SelectMany(static shapes => shapes.Values))
        {
            AddUnpriced(events);
        }
    }

    private void AddCells(ReplayWorker other)
    {
        _usage.Add(other._usage);
        foreach (var (key, cell) in other._records)
        {
            CellOf(_records, key).Add(cell);
        }
    }

    private sealed class Cell(int candidates)
    {
        public long Events { get; set; }

        public long[] Charged { get; } = new long[candidates];

        public void Add(Cell other)
        {
            Events += other.Events;
            for (var i = 0; i < other.Charged.Length; i++)
            {
                Charged[i] += other.Charged[i];
            }
        }
    }

    private record struct LargestDifference(string Account, int Index, long Before, long After, bool Ran, Int128 Of, long Events)
    {
        // Ties by account, so that the number of threads decides nothing.
        public readonly bool IsLargerThan(in LargestDifference other) => Ran != other.Ran ? Ran : Math.Abs(After - Before).CompareTo(Math.Abs(other.After - other.Before)) switch
        {
            0 => string.CompareOrdinal(Account, other.Account) < 0,
            var order => order > 0,
        };
    }
}
