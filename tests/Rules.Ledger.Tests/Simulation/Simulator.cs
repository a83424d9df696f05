using System.Globalization;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Faults;

namespace Rules.Ledger.Tests.Simulation;

/// <summary>
/// The real ledger on a real file, with clients that repeat themselves, calls that fail, answers that are lost, deaths in the middle and a clock that
/// jumps, all of it decided by one seed and run one step after the other: the same seed is the same run. Beside it the same is done by hand.
/// </summary>
internal sealed class Simulator : IAsyncDisposable
{
    private const int VerifyEvery = 50;
    private const int Remembered = 12;

    // How often clients ask for what; q is a quote.
    private const string Kinds = "oooogggbbbccccccccccccckkkhhhhhhpppppprrrvvvvffxxmlszZqqqq";

    private static readonly string[] _names = ["acme", "bolt", "corp", "dyne"];

    private readonly int _seed;
    private readonly int _operations;
    private readonly Random _random;
    private readonly string _directory;
    private readonly ManualTime _time = new(Instant.FromUtc(2026, 1, 31, 22, 0));
    private readonly ReferenceBank _reference;
    private readonly ClientCommands _commands;
    private readonly List<Operation> _open = [];
    private readonly Dictionary<(string Account, string Key), Operation> _byKey = [];
    private readonly Queue<string> _steps = new();
    private readonly HashSet<string> _touched = [];
    private readonly HashSet<string> _openedInStep = [];
    private readonly HashSet<string> _armed;
    private readonly int _percent;
    private CreditLedger _ledger = null!;
    private FaultStore _store = null!;
    private string _database;
    private Instant _latest;
    private int _started;
    private int _faults;
    private int _crashes;
    private string? _divergence;

    private Simulator(int seed, int operations, string directory)
    {
        _seed = seed;
        _operations = operations;
        _random = new Random(seed);
        _reference = new ReferenceBank(Rolls);
        _commands = new ClientCommands(_random, LateInstant);
        _directory = directory;
        _database = Path.Combine(directory, "0.db");
        _latest = _time.Now;
        // Each site of faults is armed in a quarter of the runs, and then fires often.
        _armed = [.. FaultStore.Sites.Where(_ => _random.Next(4) == 0)];
        _percent = _random.Next(5, 26);
    }

    /// <summary>Under every other seed what is left of a plan's credits rolls over.</summary>
    private bool Rolls => _seed % 2 == 0;

    public static async Task<SimulationResult> RunAsync(int seed, int operations)
    {
        var root = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        var directory = Directory.CreateDirectory(Path.Combine(root, $"rules-sim-{Environment.ProcessId}-{seed}")).FullName;
        try
        {
            await using var simulator = new Simulator(seed, operations, directory);
            await simulator.StartAsync(publish: true);
            await simulator.RunAsync();
            return new SimulationResult(seed, simulator._started, simulator._faults + simulator._store.Faults, simulator._crashes, simulator._divergence, [.. simulator._steps])
            {
                Done = [.. simulator._byKey.Values.Where(operation => operation.Expected is not null).Select(operation => (operation.Command.Kind, operation.Expected!.Value))],
            };
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ledger is not null)
        {
            await _ledger.DisposeAsync();
        }
    }

    private async Task StartAsync(bool publish)
    {
        _store = new FaultStore(SqliteLedgerStore.Open(_database, _time), _random.Next())
        {
            Armed = _armed,
            CrashPercent = 5,
            Committed = Commit,
            Crashing = () => CopyDatabase(),
        };
        _ledger = await CreditLedger.OpenSteppedAsync(_store, new LedgerOptions { Time = _time, AnchorPath = Path.Combine(_directory, "anchor.log") }, default);
        if (publish)
        {
            await _ledger.Rulesets.LoadAsync([Rolls ? SimulatedRules.Rolling : SimulatedRules.File], default);
        }

        _store.Percent = _percent;
    }

    private async Task RunAsync()
    {
        try
        {
            var nextVerification = VerifyEvery;
            while (_divergence is null && (_started < _operations || _open.Count > 0))
            {
                await ActAsync();
                if (_started >= nextVerification)
                {
                    nextVerification += VerifyEvery;
                    await VerifyAsync();
                }
            }

            if (_divergence is null)
            {
                await VerifyAsync();
            }
        }
        catch (Exception e)
        {
            _divergence ??= e.ToString();
        }
    }

    private async Task ActAsync()
    {
        switch (_random.Next(10))
        {
            case <= 3 when _started < _operations && _open.Count < 12:
                await StartOperationAsync();
                break;
            case 4 when _open.Find(operation => operation.Attempts.Count == 0) is not null:
                var waiting = _open.Where(operation => operation.Attempts.Count == 0).ToList();
                Send(waiting[_random.Next(waiting.Count)]);
                break;
            case 5 when _open.Count > 0:
                // Delivered twice.
                var again = _open[_random.Next(_open.Count)];
                if (again.Attempts.Count > 0 && again.SentAt == _time.Now)
                {
                    Send(again);
                }

                break;
            case 6:
                MoveClock();
                break;
            default:
                await StepAsync();
                break;
        }
    }

    private async Task StartOperationAsync()
    {
        _started++;
        var account = _names[_random.Next(_names.Length)];
        var operation = _random.Next(24) == 0 && _byKey.Values.Where(other => other is { Expected: not null, Command.Kind: 'c' }).ToList() is [_, ..] done
            ? Reuse(done[_random.Next(done.Count)])
            : new Operation(_commands.Next(account, _time.Now, Kinds));
        Note($"start {operation}");
        if (operation.Command.Kind == 'q')
        {
            await QuoteAsync(operation.Command);
            return;
        }

        if (!operation.ReusesKey)
        {
            _byKey.Add((operation.Command.Account, operation.Command.Key), operation);
        }

        _open.Add(operation);
        Send(operation);
    }

    private static Operation Reuse(Operation done) => new(done.Command with { Amount = done.Command.Amount + 1 }) { ReusesKey = true };

    /// <summary>Within the window for late events from wherever the account's time may be; or, one time in five, far outside it.</summary>
    private Instant LateInstant(string account)
    {
        var late = Duration.FromMinutes(_random.Next(5) == 0 ? 100 * 60 : _random.Next(0, 40 * 60));
        var opened = _reference.Accounts.TryGetValue(account, out var known) ? Instants.FromMicroseconds(known.Opened) : _time.Now;
        return Instants.Max(_time.Now - late, opened);
    }

    private void Send(Operation operation)
    {
        operation.SentAt = _time.Now;
        operation.FaultAtFirst = FaultOf(operation);
        operation.Attempts.Add(operation.Command.SendAsync(_ledger, _time.Now));
    }

    private async Task QuoteAsync(ClientCommand quoted)
    {
        var now = Micros(_time.Now);
        var result = await _ledger.QuoteAsync(quoted.Account, quoted.Usage(_time.Now), default);
        var expected = !_reference.Accounts.TryGetValue(quoted.Account, out var account) ? CommandStatus.AccountUnknown
            : account.At(now).Covers(quoted, now) ? CommandStatus.Accepted
            : CommandStatus.Refused;
        if (result.Status != expected)
        {
            Diverge($"the quote says {result.Status}, by hand it is {expected}: {account}");
        }
    }

    private void MoveClock()
    {
        var minutes = _random.Next(40) switch
        {
            0 => 24 * 60,
            1 => _random.Next(20 * 24 * 60),
            2 => -60,
            3 => -24 * 60,
            _ => _random.Next(6),
        };
        _time.Now += Duration.FromMinutes(minutes);
        // At most a day behind where it has been.
        _time.Now = Instants.Max(_time.Now, _latest - Duration.FromDays(1));
        _latest = Instants.Max(_latest, _time.Now);
        Note($"clock {minutes:+0;-0} min: {_time.Now}");
    }

    private async Task StepAsync()
    {
        var most = _random.Next(1, 17);
        _touched.Clear();
        _openedInStep.Clear();
        var ran = await _ledger.StepAsync(most);
        if (ran == 0 && !_store.Crashed)
        {
            return;
        }

        Note($"step {ran}, {_store.Faults} faults");
        if (_store.Crashed)
        {
            await RestartAsync();
        }

        Answer();
        foreach (var account in _touched)
        {
            await CompareBalanceAsync(account);
        }
    }

    private async Task RestartAsync()
    {
        _crashes++;
        _faults += _store.Faults;
        Note("death and restart");
        await _ledger.DisposeAsync();
        await StartAsync(publish: false);
        foreach (var operation in _open)
        {
            // What had not run is lost with the process.
            operation.Attempts.RemoveAll(attempt => !attempt.IsCompleted);
        }
    }

    /// <summary>What a machine finds after the death of a process: the files as they are, nothing closed.</summary>
    private void CopyDatabase()
    {
        var next = Path.Combine(_directory, string.Create(CultureInfo.InvariantCulture, $"{_crashes + 1}.db"));
        foreach (var suffix in new[] { "", "-wal" })
        {
            if (System.IO.File.Exists(_database + suffix))
            {
                System.IO.File.Copy(_database + suffix, next + suffix);
            }
        }

        _database = next;
    }

    /// <summary>Does by hand what became durable, in the same order, and remembers what its answer must be.</summary>
    private void Commit(AccountAppend append)
    {
        var account = append.Before.State.Id;
        foreach (var answer in append.Answers)
        {
            if (!_byKey.TryGetValue((account, answer.Key), out var operation))
            {
                Diverge($"nobody sent {answer.Key}");
                return;
            }

            if (operation.Expected is not null)
            {
                Diverge($"{operation} is done a second time");
                return;
            }

            _touched.Add(account);
            operation.Body = answer.Answer.Body;
            operation.Expected = DoByHand(operation) ? CommandStatus.Accepted : CommandStatus.Refused;
            if (answer.Answer.Accepted != (operation.Expected == CommandStatus.Accepted))
            {
                Diverge($"{operation} is {(answer.Answer.Accepted ? "accepted" : "refused")}, by hand it is {operation.Expected}: {_reference.Accounts[account]}");
                return;
            }
        }

        // A command that is turned away may have posted what was due by then.
        _reference.Accounts[account].Advance(Micros(append.After.LastAt));
    }

    private bool DoByHand(Operation operation)
    {
        var at = Micros(operation.SentAt);
        var command = operation.Command;
        if (command.Kind == 'o')
        {
            _reference.Open(command.Account, at);
            _openedInStep.Add(command.Account);
            return true;
        }

        var account = _reference.Accounts[command.Account];
        if (account.Fault(command, at) is { } fault)
        {
            Diverge($"{operation} is answered, by hand it is {fault}: {account}");
            return false;
        }

        return account.Do(command, at);
    }

    private void Answer()
    {
        foreach (var operation in _open.ToList())
        {
            foreach (var attempt in operation.Attempts.Where(attempt => attempt.IsCompleted).ToList())
            {
                operation.Attempts.Remove(attempt);
                if (Judge(operation, attempt.GetAwaiter().GetResult()) is { } wrong)
                {
                    Diverge($"{operation} {wrong}");
                    return;
                }
            }

            if (operation.Answered && operation.Attempts.Count == 0)
            {
                _open.Remove(operation);
            }
        }
    }

    /// <returns>What is wrong with an answer; null when it is one that may be given.</returns>
    private string? Judge(Operation operation, CommandResult result)
    {
        if (result.Status == CommandStatus.OutcomeUnknown)
        {
            return null;
        }

        operation.Answered = true;
        if (operation.ReusesKey)
        {
            return result.Status == CommandStatus.KeyReused ? null : $"reuses a key and is answered {result.Status}";
        }

        switch (result.Status)
        {
            case CommandStatus.Accepted or CommandStatus.Refused:
                return operation.Expected is null ? $"is answered {result.Status} and is not in the database"
                    : operation.Expected != result.Status ? $"is answered {result.Status}, by hand it is {operation.Expected}"
                    : !operation.Body.Span.SequenceEqual(result.Body.Span) ? "is answered with other bytes than at first"
                    : null;
            case CommandStatus.AccountUnknown:
                return _reference.Accounts.ContainsKey(operation.Command.Account) && !_openedInStep.Contains(operation.Command.Account) ? "finds no account" : null;
            case CommandStatus.AccountExists:
                return operation.Command.Kind == 'o' && operation.Expected is null && _reference.Accounts.ContainsKey(operation.Command.Account) ? null : "finds an account";
            case CommandStatus.Invalid:
                // What is named may have come to be, or to an end, since it was sent.
                return (IsOutside(operation.Command, operation.SentAt) && operation.Expected is null)
                    || (Code(result) is { } code && (code == operation.FaultAtFirst || code == FaultOf(operation)
                        || (code == "RT06" && _touched.Contains(operation.Command.Account)))) ? null : $"is invalid: {result.Error}";
            default:
                return $"is answered {result.Status}";
        }
    }

    /// <summary>The event may lie outside the windows of wherever the account's time was; or the grant came after its own end.</summary>
    private bool IsOutside(ClientCommand command, Instant sentAt)
    {
        var last = _reference.Accounts.TryGetValue(command.Account, out var account) ? Instants.FromMicroseconds(account.Last) : Instant.MinValue;
        return (command.Kind == 'g' && command.End <= sentAt) || (command.OccurredAt is { } occurred
            && ((command.Kind != 'k' && occurred < Instants.Max(sentAt, last) - Duration.FromHours(72)) || occurred > sentAt + Duration.FromMinutes(5)));
    }

    // What is held is no use yet.
    private static string? Code(CommandResult result) => result.Error?.Code is "not_reversible" ? "unknown_use" : result.Error?.Code;

    // An account that is not there yet may be opened before the command runs, and knows nothing then.
    private string? FaultOf(Operation operation) => (_reference.Accounts.GetValueOrDefault(operation.Command.Account)
        ?? new ReferenceAccount(Micros(operation.SentAt), Rolls)).Fault(operation.Command, Micros(operation.SentAt));

    private async Task CompareBalanceAsync(string account)
    {
        if (_divergence is not null)
        {
            return;
        }

        var balance = (await _ledger.BalanceAsync(account, null, default))!;
        var expected = _reference.Accounts[account].At(Micros(_time.Now)).Lots.Where(lot => lot.Available > 0).Select(lot => (lot.Number, lot.Bucket, lot.Available));
        var actual = balance.Lots.Where(lot => lot.Available > 0).OrderBy(lot => lot.Lot.Number).Select(lot => ((int)lot.Lot.Number, lot.Lot.Bucket, lot.Available));
        if (!actual.SequenceEqual(expected))
        {
            Diverge($"{account} has {string.Join(' ', actual)}, by hand it has {string.Join(' ', expected)}");
        }
    }

    private async Task VerifyAsync()
    {
        var report = await _ledger.VerifyAsync(null, null, default);
        if (!report.Holds)
        {
            Diverge("verification: " + string.Join("; ", report.Problems));
        }

        foreach (var (account, reference) in _reference.Accounts)
        {
            var lots = (await _store.AccountProofAsync(account)).Lots
                .Select(lot => (lot.Lot.Number, lot.Lot.Bucket, lot.Granted, lot.Available, lot.Held, lot.Spent, lot.Expired, lot.Moved));
            var expected = reference.Lots.Select(lot => ((long)lot.Number, lot.Bucket, lot.Granted, lot.Available, lot.Held, lot.Spent, lot.Expired, lot.Moved));
            if (!lots.SequenceEqual(expected))
            {
                Diverge($"{account} has lots {string.Join(' ', lots)}, by hand {string.Join(' ', expected)}");
            }
        }
    }

    private static long Micros(Instant instant) => Instants.ToMicroseconds(instant);

    private void Diverge(string what) => _divergence ??= $"seed {_seed}, operation {_started}: {what}";

    private void Note(string step)
    {
        _steps.Enqueue(step);
        if (_steps.Count > Remembered)
        {
            _steps.Dequeue();
        }
    }

    private sealed record Operation(ClientCommand Command)
    {
        public bool ReusesKey { get; init; }

        public List<Task<CommandResult>> Attempts { get; } = [];

        public Instant SentAt { get; set; }

        /// <summary>By hand, once it became durable; null before.</summary>
        public CommandStatus? Expected { get; set; }

        public ReadOnlyMemory<byte> Body { get; set; }

        public bool Answered { get; set; }

        /// <summary>By hand, when it was sent last.</summary>
        public string? FaultAtFirst { get; set; }

        public override string ToString() => $"{Command}{(ReusesKey ? " again" : "")}";
    }
}

/// <param name="Divergence">What the ledger did and the hand did not; null when they agree.</param>
/// <param name="LastSteps">The last twelve, oldest first.</param>
internal sealed record SimulationResult(int Seed, int Operations, int Faults, int Crashes, string? Divergence, IReadOnlyList<string> LastSteps)
{
    /// <summary>What was done or refused, by the kind of command.</summary>
    public IReadOnlyList<(char Kind, CommandStatus Status)> Done { get; init; } = [];

    public override string ToString() => Divergence is null
        ? string.Create(CultureInfo.InvariantCulture, $"seed {Seed}: {Operations} operations, {Faults} faults, {Crashes} deaths, no divergence")
        : $"{Divergence}{Environment.NewLine}{string.Join(Environment.NewLine, LastSteps.Select(step => "  " + step))}{Environment.NewLine}"
            + $"replay: dotnet run -c Release --project tests/Rules.Ledger.Tests -- sim --seed {Seed} --ops {Operations}";
}
