using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Outbox;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Writing;

/// <summary>
/// One account inside one write transaction: read once, moved forward in memory by each command in turn, appended once.
/// Invariant: the journal it makes does not depend on how commands are split into transactions.
/// </summary>
internal sealed class AccountSession
{
    private static readonly ReadOnlyMemory<byte> _noRequest = SHA256.HashData([]);

    private readonly IWriteTransaction _transaction;
    private readonly string _id;
    private readonly List<JournalEntry> _entries = [];
    private readonly List<NewAnswer> _answers = [];
    private readonly Dictionary<string, StoredAnswer> _answersByKey = new(StringComparer.Ordinal);
    private readonly Dictionary<ScopeId, ScopeState?> _scopes = [];
    private readonly HashSet<ScopeId> _changedScopes = [];
    private readonly List<NewCycle> _cycles = [];
    private readonly List<NewValue> _values = [];
    private readonly List<NewMessage> _messages = [];
    private StoredAccount? _before;
    private AccountState? _state;
    private Cycle? _lastCycle;
    private ReadOnlyMemory<byte> _hash;
    private long _sequence;
    private long _available;
    private bool _changed;
    private bool _appended;
    private bool _holdsMoved;

    private AccountSession(IWriteTransaction transaction, string id)
    {
        _transaction = transaction;
        _id = id;
    }

    /// <param name="known">The account as it stands, where that is known without reading it.</param>
    public static async ValueTask<AccountSession> ReadAsync(
        IWriteTransaction transaction, string account, StoredAccount? known, CancellationToken cancellationToken)
    {
        var session = new AccountSession(transaction, account);
        if ((known ?? await transaction.AccountAsync(account, cancellationToken)) is { } stored)
        {
            session.Begin(stored);
        }

        return session;
    }

    /// <summary>The account after the last append, as the next transaction finds it; null where nothing was appended.</summary>
    public StoredAccount? Appended => _appended ? _before : null;

    /// <summary>Runs a command in memory. The result is true only once the transaction has committed.</summary>
    public async ValueTask<CommandResult> RunAsync(PendingCommand command, CancellationToken cancellationToken)
    {
        if (_before is null)
        {
            return command.OpensAccount ? await OpenAsync(command, cancellationToken) : new CommandResult { Status = CommandStatus.AccountUnknown };
        }

        if (command.OnSampleClock && !_before.IsSample)
        {
            return new CommandResult { Status = CommandStatus.AccountUnknown };
        }

        if (command.KeepsAnswer && await AnswerAsync(command.Key, cancellationToken) is { } first)
        {
            return Repeat(first, command);
        }

        if (command.OpensAccount)
        {
            return new CommandResult { Status = CommandStatus.AccountExists };
        }

        if (command.NewLot is { } lot && await HasLotAsync(lot, cancellationToken))
        {
            return new CommandResult { Status = CommandStatus.Invalid, Error = LedgerErrors.IdUsed(lot) };
        }

        if (command.NewUse is { } use && await HasUseAsync(use, command, cancellationToken))
        {
            return new CommandResult { Status = CommandStatus.Invalid, Error = LedgerErrors.UseIdUsed(use) };
        }

        var recordedAt = Instants.Max(_transaction.Moment.Now ?? command.ReceivedAt, _state!.LastAt);
        var state = await StateForAsync(command, recordedAt, cancellationToken);
        var scopes = command.Scopes(state, recordedAt);
        state = state with { Scopes = await ScopesAsync(scopes, cancellationToken) };
        if (command.MayGiveBack(state))
        {
            state = await WithLotsGivenBackToAsync(_transaction, _before!, state, cancellationToken);
        }

        var booked = command.Book(state, recordedAt);
        return booked.Error is { } error
            ? new CommandResult { Status = CommandStatus.Invalid, Error = error }
            : Take(command, state, booked, recordedAt);
    }

    /// <summary>Appends what the commands did; nothing when they did nothing.</summary>
    /// <returns>True when something was appended.</returns>
    public async ValueTask<bool> AppendAsync(CancellationToken cancellationToken)
    {
        if (!_changed)
        {
            return _appended;
        }

        var scopes = new List<ScopeState>(_changedScopes.Count);
        foreach (var id in _changedScopes)
        {
            scopes.Add(_scopes[id]!);
        }

        await _transaction.AppendAsync(new AccountAppend
        {
            Before = _before!,
            Entries = [.. _entries],
            Answers = [.. _answers],
            Scopes = scopes,
            Cycles = [.. _cycles],
            Values = [.. _values],
            After = _state!,
            Messages = [.. _messages],
        }, cancellationToken);
        _before = _before! with { State = _state!, HeadSequence = _sequence, HeadHash = _hash, Period = _before.Period + _cycles.Count };
        _entries.Clear();
        _answers.Clear();
        _changedScopes.Clear();
        _cycles.Clear();
        _values.Clear();
        _messages.Clear();
        _changed = false;
        _holdsMoved = false;
        return _appended = true;
    }

    /// <summary>
    /// The account with what the command names: due holds, a use, lots of which nothing is left. A store is asked only after it has everything
    /// that this transaction did, so it alone says what an account's history is.
    /// </summary>
    private async ValueTask<AccountState> StateForAsync(PendingCommand command, Instant recordedAt, CancellationToken cancellationToken)
    {
        var readsLots = command.Use is not null || command.Lot is not null || command.ReadsLiveLots(_state!) || command.MayGiveBack(_state!);
        if (readsLots)
        {
            await PostDueAsync(command, recordedAt, cancellationToken);
        }

        if (readsLots || _holdsMoved)
        {
            await AppendAsync(cancellationToken);
        }

        var state = await WithHoldsAsync(command.Hold, recordedAt, cancellationToken);
        if (!readsLots)
        {
            return state;
        }

        var lots = new SortedDictionary<long, LotState>();
        if (command.Use is { } id && await _transaction.UseAsync(_before!, id, cancellationToken) is { } use)
        {
            state = state with { Uses = [use] };
            await AddLotsAsync(_transaction, _before!, lots, [.. use.Lines.Select(static line => line.Lot)], cancellationToken);
        }

        if (command.Lot is { } named && await _transaction.LotAsync(_before!, named, cancellationToken) is { } lot)
        {
            lots.TryAdd(lot.Lot.Number, lot);
        }

        if (command.ReadsLiveLots(_state!))
        {
            foreach (var live in await _transaction.LotsAsync(_before!, recordedAt, cancellationToken))
            {
                lots.TryAdd(live.Lot.Number, live);
            }
        }

        return WithLots(state, lots);
    }

    /// <summary>The account with every lot that a price of it remembers, and what took their place; its scopes must have been read.</summary>
    public static async ValueTask<AccountState> WithLotsGivenBackToAsync(
        IAccountReader reader, StoredAccount account, AccountState state, CancellationToken cancellationToken)
    {
        var lots = new SortedDictionary<long, LotState>();
        await AddLotsAsync(reader, account, lots, Bookkeeper.LotsGivenBackTo(state), cancellationToken);
        return WithLots(state, lots);
    }

    // What this transaction has not appended is only in the state.
    private static AccountState WithLots(AccountState state, SortedDictionary<long, LotState> lots)
    {
        var numbers = lots.Keys.ToImmutableArray();
        foreach (ref readonly var known in state.Lots.AsSpan())
        {
            lots[known.Lot.Number] = known;
        }

        return state with { Lots = [.. lots.Values], NamedLots = numbers };
    }

    // What falls due may repay the use's debts and end its lots: it is posted before they are read. Advancing composes.
    private async ValueTask PostDueAsync(PendingCommand command, Instant recordedAt, CancellationToken cancellationToken)
    {
        if (_holdsMoved)
        {
            await AppendAsync(cancellationToken);
        }

        var state = await WithHoldsAsync(null, recordedAt, cancellationToken);
        state = state with { Scopes = await ScopesAsync(command.ScopesDue(state, recordedAt), cancellationToken) };
        if (command.Due(state, recordedAt) is { Error: null } due)
        {
            Post(command, state, due, recordedAt);
        }
    }

    private async ValueTask<AccountState> WithHoldsAsync(string? named, Instant recordedAt, CancellationToken cancellationToken) => _state!.NextHold == 1
        ? _state
        : _state with { Holds = await _transaction.HoldsAsync(_before!, recordedAt, named, cancellationToken) };

    private static async ValueTask AddLotsAsync(
        IAccountReader reader, StoredAccount account, SortedDictionary<long, LotState> lots, IReadOnlyList<long> numbers, CancellationToken cancellationToken)
    {
        while (numbers.Count > 0)
        {
            var successors = new List<long>();
            foreach (var lot in await reader.LotsAsync(account, numbers, cancellationToken))
            {
                if (lots.TryAdd(lot.Lot.Number, lot) && lot.Successor is { } successor && !lots.ContainsKey(successor))
                {
                    successors.Add(successor);
                }
            }

            numbers = successors;
        }
    }

    private async ValueTask<CommandResult> OpenAsync(PendingCommand command, CancellationToken cancellationToken)
    {
        var now = _transaction.Moment.Now ?? command.ReceivedAt;
        var booked = command.Book(null, now);
        if (booked.Error is { } error)
        {
            return new CommandResult { Status = CommandStatus.Invalid, Error = error };
        }

        var state = booked.State!;
        // An account opened with an instant ahead of this clock begins its time there.
        var recordedAt = Instants.Max(now, state.LastAt);
        Begin(await _transaction.OpenAccountAsync(new NewAccount(_id, state.Ruleset, state.OpenedAt, recordedAt, command.OnSampleClock), cancellationToken));
        return Take(command, state, booked, recordedAt);
    }

    private void Begin(StoredAccount stored)
    {
        _before = stored;
        _state = stored.State;
        _lastCycle = stored.State.Cycle;
        _hash = stored.HeadHash;
        _sequence = stored.HeadSequence;
        foreach (var lot in stored.State.Lots)
        {
            _available += lot.Available;
        }
    }

    private async ValueTask<StoredAnswer?> AnswerAsync(string key, CancellationToken cancellationToken) =>
        _answersByKey.TryGetValue(key, out var answer) ? answer : await _transaction.AnswerAsync(_before!, key, cancellationToken);

    private async ValueTask<bool> HasLotAsync(string lot, CancellationToken cancellationToken)
    {
        foreach (var entry in _entries)
        {
            foreach (var made in entry.Content.NewLots)
            {
                if (string.Equals(made.Id, lot, StringComparison.Ordinal))
                {
                    return true;
                }
            }
        }

        return await _transaction.HasLotAsync(_before!, lot, cancellationToken);
    }

    // A charge's key can only be a hold's id where there are holds.
    private async ValueTask<bool> HasUseAsync(string use, PendingCommand command, CancellationToken cancellationToken)
    {
        if (command.Hold is null && _state!.NextHold == 1)
        {
            return false;
        }

        await AppendAsync(cancellationToken);
        return await _transaction.HasUseAsync(_before!, use, cancellationToken);
    }

    private static CommandResult Repeat(StoredAnswer first, PendingCommand command)
    {
        if (first.OfSystem || !first.RequestHash.Span.SequenceEqual(command.RequestHash))
        {
            return new CommandResult { Status = CommandStatus.KeyReused };
        }

        return new CommandResult
        {
            Status = first.Accepted ? CommandStatus.Accepted : CommandStatus.Refused,
            Body = first.Body,
            Replayed = true,
            Sequence = first.Sequence,
            Outcome = first.Outcome,
        };
    }

    private async ValueTask<ImmutableArray<ScopeState>> ScopesAsync(IReadOnlyList<ScopeId> ids, CancellationToken cancellationToken)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        List<ScopeId>? unread = null;
        foreach (var id in ids)
        {
            if (!_scopes.ContainsKey(id))
            {
                (unread ??= []).Add(id);
                _scopes.Add(id, null);
            }
        }

        if (unread is not null)
        {
            foreach (var scope in await _transaction.ScopesAsync(_before!, unread, cancellationToken))
            {
                _scopes[scope.Id] = scope;
            }
        }

        var known = ImmutableArray.CreateBuilder<ScopeState>(ids.Count);
        foreach (var id in ids)
        {
            if (_scopes[id] is { } scope)
            {
                known.Add(scope);
            }
        }

        return known.ToImmutable();
    }

    private CommandResult Take(PendingCommand command, AccountState before, Booked booked, Instant recordedAt)
    {
        var own = Post(command, before, booked, recordedAt);
        if (command.KeepsAnswer)
        {
            var answer = new StoredAnswer(booked.Accepted, command.RequestHash, booked.Outcome, own, booked.Answer);
            _answers.Add(new NewAnswer(command.Key, answer));
            _answersByKey.Add(command.Key, answer);
        }

        return new CommandResult
        {
            Status = booked.Accepted ? CommandStatus.Accepted : CommandStatus.Refused,
            Body = booked.Answer,
            Sequence = own,
            Outcome = booked.Outcome,
        };
    }

    /// <returns>Sequence of the command's own entry; null when it made none.</returns>
    private long? Post(PendingCommand command, AccountState before, Booked booked, Instant recordedAt)
    {
        _changed = true;
        long? own = null;
        foreach (var entry in booked.Entries)
        {
            var sequence = Post(entry, command, before, booked, recordedAt);
            if (entry.SystemKey is null)
            {
                own = sequence;
            }
        }

        var after = booked.State!;
        if (after.Cycle is { } cycle && cycle != _lastCycle)
        {
            _cycles.Add(new NewCycle(cycle, _sequence, OfEntry: false));
            _lastCycle = cycle;
        }

        if (after.Version is { } version && version != _state!.Version)
        {
            var value = new DatedValue("version", version.ToString(CultureInfo.InvariantCulture), recordedAt);
            _values.Add(new NewValue(DatedValueKind.Version, value, _sequence));
        }

        _state = (after with { LastAt = Instants.Max(after.LastAt, recordedAt) }).AtRest() with { Holds = [] };
        return own;
    }

    private long Post(Entry content, PendingCommand command, AccountState before, Booked booked, Instant recordedAt)
    {
        var own = content.SystemKey is null;
        var answer = own ? booked.Answer : content.Quote is { } quote ? WireWriter.Quote(quote) : ReadOnlyMemory<byte>.Empty;
        foreach (ref readonly var line in content.Postings.AsSpan())
        {
            _available += line.Available;
        }

        var entry = new JournalEntry
        {
            Account = _id,
            Sequence = ++_sequence,
            Key = content.SystemKey ?? command.Key,
            RecordedAt = recordedAt,
            Content = content,
            Late = own && booked.Late,
            Reference = content.Settlement is { } settlement ? SequenceOf(before, settlement.Hold) : own ? booked.Reference : null,
            Request = own ? booked.Request : ReadOnlyMemory<byte>.Empty,
            Outcome = own ? booked.Outcome : null,
            BalanceAfter = _state!.NextLot == 1 && booked.State!.NextLot == 1 ? null : _available,
            Event = own ? booked.Usage : ReadOnlyMemory<byte>.Empty,
            TraceHash = own ? EntryHash.OfTrace(booked.Usage, booked.Answer) : answer.IsEmpty ? ReadOnlyMemory<byte>.Empty : EntryHash.OfTrace([], answer.Span),
            PreviousHash = _hash,
        };
        entry = entry with { Hash = EntryHash.Of(entry) };
        _entries.Add(entry);
        if (!own && !answer.IsEmpty)
        {
            // What fell due was priced as well, and is explained like any charge.
            _answers.Add(new NewAnswer(entry.Key, new StoredAnswer(Accepted: true, _noRequest, content.Quote!.Outcome, _sequence, answer)));
        }

        _hash = entry.Hash;
        _holdsMoved |= content.NewHold is not null || content.Settlement is not null;
        TellAlerts(entry, booked.State!.Ruleset);
        foreach (var scope in content.Scopes)
        {
            _scopes[scope.Id] = scope;
            _changedScopes.Add(scope.Id);
        }

        if (content.Cycle is { } cycle)
        {
            _cycles.Add(new NewCycle(cycle, _sequence, OfEntry: true));
            _lastCycle = cycle;
        }

        foreach (var fact in content.Facts)
        {
            _values.Add(new NewValue(DatedValueKind.Fact, fact, _sequence));
        }

        foreach (var term in content.Terms)
        {
            _values.Add(new NewValue(DatedValueKind.Term, term, _sequence));
        }

        foreach (var addon in content.Addons)
        {
            _values.Add(new NewValue(DatedValueKind.Addon, addon, _sequence));
        }

        if (content.Plan is { } plan)
        {
            _values.Add(new NewValue(DatedValueKind.Plan, new DatedValue("plan", plan, content.PlanFrom ?? content.OccurredAt), _sequence));
        }

        return _sequence;
    }

    private static long? SequenceOf(AccountState state, long hold)
    {
        foreach (var candidate in state.Holds)
        {
            if (candidate.Hold.Number == hold)
            {
                return candidate.Sequence;
            }
        }

        return null;
    }

    // Thresholds that the entry crossed; a repeated command writes no entry, and so tells nothing again.
    private void TellAlerts(JournalEntry entry, string ruleset)
    {
        var crossed = entry.Content.Quote is { Alerts.IsEmpty: false } quote ? quote.Steps.OfType<AlertStep>() : [];
        var line = 0;
        foreach (var alert in crossed.Concat(entry.Content.Alerts))
        {
            _messages.Add(new NewMessage(entry.Sequence, line, AlertMessage.Of(entry, ruleset, alert, line)));
            line++;
        }
    }
}
