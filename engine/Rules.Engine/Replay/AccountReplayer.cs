using System.Collections.Immutable;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>
/// Runs the past of accounts under a ruleset. Between two instants at which something falls due, nothing about an account changes but how
/// much each lot still has and how far each scope has counted: there, events are priced and drawn in plain integers. Everything else (what
/// falls due, a charge that some lot cannot pay, a price that gives back, an alert) goes through <see cref="Bookkeeper"/> as it did at the time.
/// </summary>
/// <remarks>Not for use by two threads at once; each has its own.</remarks>
internal sealed class AccountReplayer(PublishedRuleset ruleset)
{
    private readonly Dictionary<int, ModelPlans> _models = [];
    private readonly Dictionary<ScopeId, ScopeState> _scopes = [];
    private readonly ImmutableArray<ScopeId> _memories =
        [.. ruleset.Versions.SelectMany(v => v.Model.Actions).Where(a => a.Price is { GivesBack: true }).Select(a => ScopeId.DrawsOf(a.Name)).Distinct()];
    private readonly Dictionary<(int Action, int Key), (ShapePrice Price, object Tally, ScopeId Id)> _tallies = [];
    private readonly AccountMemory _memory = new();
    private readonly List<long> _roomAtStart = [];
    private readonly List<Lot> _lots = [];
    private long[] _room = new long[8];
    private Queue?[] _queues = [];
    private AccountState _state = null!;
    private RulesetModel? _model;
    private ShapePlan[]? _plans;
    private LadderSheet _ladders = null!;
    private readonly long[] _charges = new long[256];
    private bool _isLoaded;
    private bool _hasOldScopes;
    private long _from;
    private long _until;
    private long _lastAt;
    private long _alertRoom;

    /// <summary>Never takes the short way: for proving that both come to the same.</summary>
    public bool ExplainsEverything { get; init; }

    /// <summary>Events that went the short way, since the beginning.</summary>
    public long ShortWays { get; private set; }

    public long LongWays { get; private set; }

    /// <summary>Why the event that was evaluated last cannot be priced; null where it can.</summary>
    public EvaluationError? Error { get; private set; }

    /// <summary>The account as the last replay left it, with every scope it counted in.</summary>
    public AccountState State
    {
        get
        {
            var ignored = new NoSink();
            Store(ref ignored);
            return _state with { Scopes = [.. _scopes.Values] };
        }
    }

    /// <param name="until">Everything due up to here is done at the end.</param>
    public void Run<TSink>(AccountHistory history, Instant until, ref TSink sink, CancellationToken cancellationToken)
        where TSink : struct, IReplaySink
    {
        Begin(history, ref sink);
        var usage = history.Usage;
        var operation = 0;
        var i = 0;
        while (i < usage.Count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            operation = ApplyBefore(history, operation, i, ref sink);
            var end = operation < history.Operations.Length ? Math.Min(usage.Count, history.Operations[operation].Before) : usage.Count;
            if (!ExplainsEverything)
            {
                i = ShortWay(usage, i, end, ref sink);
            }

            if (i < end)
            {
                LongWay(usage, i++, ref sink);
            }
        }

        ApplyBefore(history, operation, usage.Count, ref sink);
        Store(ref sink);
        AdvanceTo(until, ref sink);
    }

    /// <summary>Replays up to one event and evaluates that one in full.</summary>
    public Quote? Explain(AccountHistory history, int index)
    {
        var ignored = new NoSink();
        Begin(history, ref ignored);
        var operation = 0;
        for (var i = 0; i < index;)
        {
            operation = ApplyBefore(history, operation, i, ref ignored);
            var end = operation < history.Operations.Length ? Math.Min(index, history.Operations[operation].Before) : index;
            i = ShortWay(history.Usage, i, end, ref ignored);
            if (i < end)
            {
                LongWay(history.Usage, i++, ref ignored);
            }
        }

        ApplyBefore(history, operation, index, ref ignored);
        return LongWay(history.Usage, index, ref ignored);
    }

    /// <summary>What the last replay left, as the opening of what follows.</summary>
    public AccountHistory Left(AccountHistory following) => following with
    {
        Opening = State with { Scopes = [] },
        Scopes = [.. _scopes.Values],
        UsedLots = _memory.Lots,
        Uses = _memory.Uses,
    };

    /// <summary>Available smallest units per bucket, as the last replay left them.</summary>
    public ImmutableArray<BucketBalance> BalancesAt(Instant at) => _state.Version is { } version && ruleset.Version(version) is { } model
        ? Balances.Of(model, _state, AccountReading.FactsAt(model, _state, at), Instant.Max(at, _state.LastAt))
        : [];

    private int ApplyBefore<TSink>(AccountHistory history, int operation, int index, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        while (operation < history.Operations.Length && history.Operations[operation].Before <= index)
        {
            Apply(history.Operations[operation++].Operation, ref sink);
        }

        return operation;
    }

    private void Begin<TSink>(AccountHistory history, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        _state = history.Opening with { Scopes = [] };
        _isLoaded = false;
        _scopes.Clear();
        _tallies.Clear();
        _memory.Begin(history);
        foreach (var scope in history.Scopes)
        {
            _scopes[scope.Id] = scope;
        }

        if (history.Opens is { } command && Opened(command) is { Succeeded: true } opened)
        {
            Take(opened.State, opened.Entries, succeeded: true, ref sink);
        }
    }

    // Rules that do not know the plan open the account without one; where they cannot open it at all, it stands as it did.
    private Booking<AccountAnswer> Opened(OpenAccount command)
    {
        var opened = Bookkeeper.Open(ruleset, command);
        return opened.Succeeded || command.Plan is null ? opened : Bookkeeper.Open(ruleset, command with { Plan = null, Addons = [] });
    }

    /// <summary>Runs events until one needs the long way, something falls due, or the end is reached.</summary>
    /// <returns>The place of the first event that was not run.</returns>
    private int ShortWay<TSink>(UsageColumns usage, int index, int end, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        if (!_isLoaded || usage.RecordedAt[index] >= _until)
        {
            Store(ref sink);
            AdvanceTo(usage.RecordedAtOf(index), ref sink);
            Load(usage.Shapes);
        }

        if (_plans is not { } plans || usage.RecordedAt[index] < _from)
        {
            return index;
        }

        end = index + FirstAtOrAfter(usage.RecordedAt.AsSpan(index..end), _until);
        var start = index;
        while (index < end)
        {
            var onTime = OnTime(usage, index, Math.Min(end - index, _charges.Length));
            if (onTime == 0 || usage.Shape[index] is var code && code < 0)
            {
                break;
            }

            if (plans[code].Ladder is null)
            {
                if (!TryPriceInScope(plans[code], usage, index, out var outcome, out var charge))
                {
                    break;
                }

                sink.Priced(index++, outcome, charge);
                continue;
            }

            var priced = _ladders.Price(usage, index, _charges.AsSpan(0, onTime), _hasOldScopes, out var sum, out var isOneQueue);
            var drawn = priced == 0 ? 0 : Draw(plans, usage, index, _charges.AsSpan(0, priced), sum, isOneQueue, ref sink);
            index += drawn;
            if (drawn == 0 || drawn < priced)
            {
                break;
            }
        }

        if (index > start)
        {
            ShortWays += index - start;
            _lastAt = usage.RecordedAt[index - 1];
        }

        return index;
    }

    /// <returns>How many events from a place on came neither late nor early, up to a limit.</returns>
    private int OnTime(UsageColumns usage, int index, int limit)
    {
        if (usage.IsOnTime)
        {
            return limit;
        }

        var count = 0;
        while (count < limit && usage.OccurredAt[index + count] >= _from && usage.OccurredAt[index + count] <= usage.RecordedAt[index + count])
        {
            count++;
        }

        return count;
    }

    /// <returns>The length where all lie before.</returns>
    private static int FirstAtOrAfter(ReadOnlySpan<long> ascending, long instant)
    {
        var (low, high) = (0, ascending.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = ascending[middle] < instant ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private bool TryPriceInScope(ShapePlan plan, UsageColumns usage, int index, out QuoteOutcome outcome, out long charge)
    {
        outcome = QuoteOutcome.Charged;
        charge = 0;
        if (_hasOldScopes && plan.MayBePinned)
        {
            return false;
        }

        if (plan.Price is not { } price)
        {
            outcome = plan.Gate ?? default;
            return plan.Gate is not null && AreLegal(usage, index);
        }

        object? tally = null;
        if (price.Scope.Kind != ScopeKind.Event && (tally = TallyOf(plan, usage, index)) is null)
        {
            return false;
        }

        if (!price.TryPrice(usage, index, tally, out charge) || charge < 0)
        {
            return false;
        }

        if (plan.Queue >= 0 && charge != 0 && !TryDraw(plan, charge, out outcome))
        {
            return false;
        }

        if (tally is not null && outcome == QuoteOutcome.Charged)
        {
            price.Commit(tally);
        }

        return true;
    }

    private static bool AreLegal(UsageColumns usage, int index)
    {
        foreach (var quantity in usage.Quantities.AsSpan(index * usage.Stride, usage.Shapes[usage.Shape[index]].Meters.Length))
        {
            if (quantity is < 0 or >= Scaled.QuantityLimit)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes what events come to that follow each other and are priced: all at once where one lot can pay for all, else one after the other.</summary>
    /// <returns>How many are drawn; of the one behind them only a full evaluation says what happens.</returns>
    private int Draw<TSink>(ShapePlan[] plans, UsageColumns usage, int index, ReadOnlySpan<long> charges, long sum, bool isOneQueue, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        var first = plans[usage.Shape[index]];
        if (sum == 0 || first.Queue < 0 || (isOneQueue && QueueFor(first) is { } queue && TryDrawFromHead(queue, sum)))
        {
            sink.Charged(index, charges);
            return charges.Length;
        }

        for (var i = 0; i < charges.Length; i++)
        {
            var outcome = QuoteOutcome.Charged;
            if (charges[i] != 0 && !TryDraw(plans[usage.Shape[index + i]], charges[i], out outcome))
            {
                return i;
            }

            sink.Priced(index + i, outcome, charges[i]);
        }

        return charges.Length;
    }

    private Queue? QueueFor(ShapePlan plan) => _queues[plan.Queue] ?? QueueOf(plan);

    private bool TryDrawFromHead(Queue queue, long amount)
    {
        var (lots, head) = (queue.Lots, queue.Head);
        if (head >= lots.Length || amount > _room[lots[head]] || amount >= _alertRoom)
        {
            return false;
        }

        _room[lots[head]] -= amount;
        _alertRoom -= amount;
        return true;
    }

    /// <returns>False where only a full evaluation says what happens.</returns>
    private bool TryDraw(ShapePlan plan, long charge, out QuoteOutcome outcome)
    {
        outcome = QuoteOutcome.Charged;
        if (QueueFor(plan) is not { } queue)
        {
            return false;
        }

        if (TryDrawFromHead(queue, charge))
        {
            return true;
        }

        var head = queue.Head;
        while (head < queue.Lots.Length && _room[queue.Lots[head]] == 0)
        {
            head++;
        }

        queue.Head = head;
        return TryDrawFromSeveral(plan, queue, charge, out outcome);
    }

    private bool TryDrawFromSeveral(ShapePlan plan, Queue queue, long charge, out QuoteOutcome outcome)
    {
        outcome = QuoteOutcome.Charged;
        var lots = queue.Lots;
        var all = 0L;
        for (var i = queue.Head; i < lots.Length && all < charge; i++)
        {
            all += _room[lots[i]];
        }

        if (all < charge)
        {
            // A use that does not run changes nothing.
            var stopped = !queue.IsWhole ? null : all == 0 ? plan.AtZero : plan.WhenShort;
            outcome = stopped ?? default;
            return stopped is not null;
        }

        if (charge >= _alertRoom)
        {
            return false;
        }

        _alertRoom -= charge;
        for (var i = queue.Head; charge > 0; i++)
        {
            var part = Math.Min(charge, _room[lots[i]]);
            _room[lots[i]] -= part;
            charge -= part;
        }

        return true;
    }

    private Quote? LongWay<TSink>(UsageColumns usage, int index, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        Store(ref sink);
        LongWays++;
        var recordedAt = Instant.Max(usage.RecordedAtOf(index), _state.LastAt);
        AdvanceTo(recordedAt, ref sink);
        var whole = usage.Shape[index] < 0 ? usage.Whole[~usage.Shape[index]] : default;
        if (whole.Operation is { } operation)
        {
            return Operate(index, operation, whole.Id, ref sink);
        }

        var use = usage[index];
        var before = WithScopes(Bookkeeper.ScopesOf(ruleset, _state, use, recordedAt));
        var booking = Bookkeeper.Charge(ruleset, before, use, recordedAt);
        Take(booking.State, booking.Entries, booking.Succeeded, ref sink, whole.Id);
        Error = booking.Error;
        if (booking.Answer is not { } quote)
        {
            sink.Priced(index, null, 0);
            return null;
        }

        sink.Priced(index, quote.Outcome, quote.Charge);
        foreach (var draw in quote.Draws)
        {
            sink.Drawn(ruleset.Version(quote.Version)!.FindBucket(draw.Bucket) is { Funding: BucketFunding.Postpaid }, draw.Amount);
        }

        foreach (var alert in quote.Alerts)
        {
            sink.Alerted(index, alert);
        }

        return quote;
    }

    private void Apply<TSink>(AccountOperation operation, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        Store(ref sink);
        Run(operation, use: null, ref sink);
    }

    private (Entry? Own, EvaluationError? Error) Run<TSink>(AccountOperation operation, string? use, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        var known = operation.GivesBack ? _memory.Recall(_state, operation.TakesBack) : _state;
        var (state, entries, error) = operation.Apply(ruleset, WithScopes(known, operation.Scopes(ruleset, known)));
        Take(state, entries, error is null, ref sink, use);
        return (entries.FirstOrDefault(static entry => entry.SystemKey is null), error);
    }

    /// <summary>A capture, correction or reversal: a use by another way.</summary>
    private Quote? Operate<TSink>(int index, AccountOperation operation, string? use, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        var (own, error) = Run(operation, use, ref sink);
        Error = error;
        if (own is null)
        {
            // A hold that was never made is no use, and a use that never ran has nothing to take back.
            QuoteOutcome? outcome = operation switch
            {
                ReverseOperation => QuoteOutcome.Charged,
                CaptureOperation => QuoteOutcome.Refused,
                _ => error is null ? QuoteOutcome.Refused : null,
            };
            sink.Priced(index, outcome, 0);
            return null;
        }

        sink.Priced(index, own.Quote?.Outcome ?? QuoteOutcome.Charged, own.Kind == EntryKind.Reversal ? -own.Amount : own.Amount);
        foreach (ref readonly var posting in own.Postings.AsSpan())
        {
            if (posting.Spent != 0)
            {
                sink.Drawn(IsPostpaid(posting.Lot), posting.Spent);
            }
        }

        foreach (var alert in own.Quote?.Alerts ?? [])
        {
            sink.Alerted(index, alert);
        }

        return own.Quote;
    }

    private bool IsPostpaid(long lot)
    {
        foreach (ref readonly var known in _state.Lots.AsSpan())
        {
            if (known.Lot.Number == lot)
            {
                return known.Lot.Origin == LotOrigin.Postpaid;
            }
        }

        return _memory.IsPostpaid(lot);
    }

    private void AdvanceTo<TSink>(Instant at, ref TSink sink)
        where TSink : struct, IReplaySink
    {
        if (at <= _state.LastAt)
        {
            return;
        }

        var booking = Bookkeeper.Advance(ruleset, WithScopes(Bookkeeper.ScopesDue(ruleset, _state, at)), at);
        Take(booking.State, booking.Entries, booking.Succeeded, ref sink);
    }

    /// <param name="use">By which id the command's own entry may be taken back later; null: it is not.</param>
    private void Take<TSink>(AccountState state, ImmutableArray<Entry> entries, bool succeeded, ref TSink sink, string? use = null)
        where TSink : struct, IReplaySink
    {
        _isLoaded = false;
        if (!succeeded)
        {
            return;
        }

        foreach (var scope in state.Scopes)
        {
            _scopes[scope.Id] = scope;
        }

        _memory.Take(entries, state.LastAt, state.Cycle?.Number, use);
        _state = state.AtRest();
        foreach (var entry in entries)
        {
            if (entry.SystemKey is not null || entry.Kind is not (EntryKind.Charge or EntryKind.Capture or EntryKind.Correction or EntryKind.Reversal))
            {
                sink.Posted(entry);
            }
        }
    }

    private AccountState WithScopes(IReadOnlyList<ScopeId> ids) => WithScopes(_state, ids);

    private AccountState WithScopes(AccountState state, IReadOnlyList<ScopeId> ids)
    {
        if (ids.Count == 0 && _memories.IsEmpty)
        {
            return state;
        }

        // With what prices remember of their draws, so that the lots stay to which they may give back.
        ids = [.. ids.Union(_memories)];
        var known = ImmutableArray.CreateBuilder<ScopeState>(ids.Count);
        foreach (var id in ids)
        {
            if (_scopes.TryGetValue(id, out var scope))
            {
                known.Add(scope);
            }
        }

        return state with { Scopes = known.ToImmutable() };
    }

    /// <summary>Lays the account out for the short way: valid from its own time to the next change.</summary>
    private void Load(UsageShapes shapes)
    {
        _isLoaded = true;
        _lots.Clear();
        _roomAtStart.Clear();
        Array.Clear(_queues);
        _tallies.Clear();
        _plans = null;
        _from = Instants.Microseconds(_state.LastAt);
        _lastAt = _from;
        _until = Instants.Microseconds(Bookkeeper.NextChange(ruleset, _state));
        if (_state.Version is not { } version || ruleset.Version(version) is not { } model || model.Buckets.Length > 64)
        {
            return;
        }

        _model = model;
        var facts = AccountReading.FactsAt(model, _state, _state.LastAt);
        if (!_models.TryGetValue(version, out var plans))
        {
            plans = new ModelPlans(model);
            _models.Add(version, plans);
        }

        var own = plans.For(facts);
        _plans = own.For(shapes);
        _ladders = own.Ladders;
        if (_queues.Length < own.Queues)
        {
            Array.Resize(ref _queues, own.Queues);
        }

        _hasOldScopes = false;
        foreach (var scope in _scopes.Values)
        {
            _hasOldScopes |= scope.Version != version;
        }

        _alertRoom = long.MaxValue;
        if (ruleset.CountsUse)
        {
            _state = WithScopes(Bookkeeper.ScopesOf(ruleset, _state));
            _alertRoom = AlertRoom.Of(model, _state, _state.LastAt);
        }
    }

    private Queue? QueueOf(ShapePlan plan)
    {
        if (Balances.Queue(_model!, _state, plan.Action!.Index, plan.Facts, _state.LastAt, only: [], out var queue) is not null)
        {
            return null;
        }

        var lots = new List<int>(queue.Sources.Length);
        var isWhole = true;
        foreach (ref readonly var source in queue.Sources)
        {
            // A postpaid bucket without use has no lot yet: the first use goes the long way and makes it.
            if (source.Lot is not { } lot)
            {
                isWhole = false;
                break;
            }

            lots.Add(PlaceOf(lot, source.Room));
        }

        return _queues[plan.Queue] = new Queue([.. lots], isWhole);
    }

    private int PlaceOf(Lot lot, long room)
    {
        for (var i = 0; i < _lots.Count; i++)
        {
            if (_lots[i].Number == lot.Number)
            {
                return i;
            }
        }

        if (_lots.Count == _room.Length)
        {
            Array.Resize(ref _room, _room.Length * 2);
        }

        _room[_lots.Count] = room;
        _lots.Add(lot);
        _roomAtStart.Add(room);
        return _lots.Count - 1;
    }

    private object? TallyOf(ShapePlan plan, UsageColumns usage, int index)
    {
        var key = plan.Price!.Scope.Kind == ScopeKind.Key ? usage.Key[index] : -1;
        if (plan.Price.Scope.Kind == ScopeKind.Key && (key < 0 || usage.Keys[key].Name != plan.Price.Scope.Key))
        {
            return null;
        }

        if (_tallies.TryGetValue((plan.Action!.Index, key), out var known))
        {
            return known.Tally;
        }

        var context = new ScopeContext(_model!, [], key < 0 ? null : usage.Keys[key].Value, _state.Cycle?.Number, _state.LastAt) { Zone = Zones.Of(_model!, _state) };
        var id = context.IdOf(plan.Action, plan.Price.Scope)!.Value;
        var scope = _scopes.GetValueOrDefault(id);
        if (scope is not null && scope.Version != _model!.Version)
        {
            return null;
        }

        // A new scope begins with its first event.
        _scopes[id] = scope ?? new ScopeState
        {
            Id = id,
            BeganAt = usage.RecordedAtOf(index),
            Version = _model!.Version,
            Bodies = [],
            Posted = 0,
            ListedPosted = 0,
        };
        var tally = plan.Price.Read(scope);
        _tallies.Add((plan.Action.Index, key), (plan.Price, tally, id));
        return tally;
    }

    /// <summary>Brings what the short way did into the account: one entry that sums it up.</summary>
    private void Store<TSink>(ref TSink sink)
        where TSink : struct, IReplaySink
    {
        if (!_isLoaded)
        {
            return;
        }

        _isLoaded = false;
        foreach (var (price, tally, id) in _tallies.Values)
        {
            if (price.HasChanged(tally))
            {
                _scopes[id] = price.Write(tally, _scopes[id]);
            }
            else if (_scopes[id].Bodies.IsEmpty)
            {
                _scopes.Remove(id);
            }
        }

        _tallies.Clear();
        var postings = ImmutableArray.CreateBuilder<Posting>();
        for (var i = 0; i < _lots.Count; i++)
        {
            var spent = _roomAtStart[i] - _room[i];
            if (spent > 0)
            {
                sink.Drawn(_lots[i].Origin == LotOrigin.Postpaid, spent);
                postings.Add(_lots[i].Origin == LotOrigin.Postpaid ? Posting.SpendPostpaid(_lots[i].Number, spent) : Posting.Spend(_lots[i].Number, spent));
            }
        }

        var at = Instants.Of(_lastAt);
        var journal = new Journal(WithScopes([]), ruleset);
        if (postings.Count > 0)
        {
            journal.Post(new Entry
            {
                Kind = EntryKind.Charge,
                Amount = 0,
                OccurredAt = at,
                Postings = postings.ToImmutable(),
                Version = _model!.Version,
            });
        }

        journal.MoveTo(at);
        _memory.Take(journal.Entries, at, journal.State.Cycle?.Number);
        foreach (var scope in journal.State.Scopes)
        {
            _scopes[scope.Id] = scope;
        }

        _state = journal.State with { Scopes = [] };
    }

    private sealed class Queue(int[] lots, bool isWhole)
    {
        public int[] Lots => lots;

        /// <summary>Nothing else could pay.</summary>
        public bool IsWhole => isWhole;

        /// <summary>Lots ahead of it have no room.</summary>
        public int Head { get; set; }
    }
}
