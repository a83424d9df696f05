using System.Text;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Rules.Engine.Wire;

namespace Rules.Cli.Input;

/// <summary>
/// Past usage as JSON Lines: an event a line, as <c>rules quote</c> reads one, with its account and instant. The first line of an account
/// may say in <c>state</c> how the account stood before it.
/// </summary>
internal sealed class UsageFile
{
    private const int LineBytes = WireLimits.BodyBytes;

    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);

    private UsageFile(string name) => Name = name;

    public string Name { get; }

    public UsageShapes Shapes { get; } = new();

    /// <summary>Lines with an event.</summary>
    public int Events { get; private set; }

    public int Accounts => _accounts.Count;

    /// <summary>Instants of the first and the last event.</summary>
    public (Instant First, Instant Last) Span { get; private set; } = (Instant.MaxValue, Instant.MinValue);

    private sealed record Account(string Id, StatedAccount State, List<UsageEvent> Usage);

    /// <exception cref="CommandException">A line cannot be read; the message names it.</exception>
    public static UsageFile Read(string name, Stream stream, CancellationToken cancellationToken)
    {
        var file = new UsageFile(name);
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: false);
        var number = 0;
        try
        {
            while (reader.ReadLine() is { } line)
            {
                number++;
                if ((number & 0xFFF) == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }

                if (!string.IsNullOrWhiteSpace(line))
                {
                    file.Add(number, line);
                }
            }
        }
        catch (DecoderFallbackException)
        {
            throw new CommandException(ExitCode.BadData, $"{name}: the text after line {number} is not UTF-8.", "save the file as UTF-8");
        }

        return file.Events > 0
            ? file
            : throw new CommandException(ExitCode.BadData, $"{name}: there is no event in it.", "write one event a line, as for rules quote, with \"account\" and \"at\"");
    }

    /// <summary>Every account with its use, as it stands under the rules of a first candidate.</summary>
    /// <exception cref="CommandException">An account cannot be opened as it is stated.</exception>
    public IEnumerable<AccountHistory> Histories(PublishedRuleset ruleset, Instant from) =>
        _accounts.Values.OrderBy(a => a.Id, StringComparer.Ordinal).Select(a => HistoryOf(a, ruleset, from));

    /// <inheritdoc cref="Histories"/>
    public AccountHistory History(string account, PublishedRuleset ruleset, Instant from) => HistoryOf(_accounts[account], ruleset, from);

    /// <summary>Every account opened as stated at the start of the window, by id.</summary>
    /// <exception cref="CommandException">One cannot be opened as it is stated.</exception>
    public Dictionary<string, AccountState> Openings(PublishedRuleset ruleset, Instant from) =>
        _accounts.Keys.ToDictionary(id => id, id => Opening(id, ruleset, from), StringComparer.Ordinal);

    /// <summary>An account opened as stated at the start of the window.</summary>
    /// <exception cref="CommandException">It cannot be opened as it is stated.</exception>
    private AccountState Opening(string account, PublishedRuleset ruleset, Instant from)
    {
        var opened = StatedOpening.Open(ruleset, account, _accounts[account].State, from);
        if (!opened.Succeeded)
        {
            var error = opened.Error;
            throw new CommandException(
                ExitCode.BadData,
                $"{Name}: account \"{account}\": {(error.Member is { } member ? member + ": " : "")}{error.Code}: {error.Message}",
                error.Help ?? "say in \"state\" of its first line what the account has: plan, facts, terms, balances");
        }

        return opened.State;
    }

    private AccountHistory HistoryOf(Account account, PublishedRuleset ruleset, Instant from)
    {
        var opening = Opening(account.Id, ruleset, from);
        var usage = new UsageColumnsBuilder(Shapes);
        foreach (var use in account.Usage.OrderBy(u => u.OccurredAt))
        {
            usage.Add(use, use.OccurredAt);
        }

        return new AccountHistory(opening with { Scopes = [] }, opening.Scopes, usage.ToColumns(), []);
    }

    private void Add(int number, string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        if (bytes.Length > LineBytes)
        {
            throw new CommandException(ExitCode.BadData, $"{Name}:{number}: the line is longer than {LineBytes / 1024} KiB.", "write one event a line");
        }

        var reading = EventReader.ReadPast(bytes, needsId: false);
        if (!reading.Succeeded)
        {
            throw new CommandException(
                ExitCode.BadData, $"{Name}:{number}:{reading.Error.Position.Column}: {reading.Error.Code}: {reading.Error.Message}", reading.Error.Help);
        }

        var (_, id, usage, state) = reading.Value;
        if (!_accounts.TryGetValue(id, out var account))
        {
            account = new Account(id, state ?? new StatedAccount(null, [], [], []), []);
            _accounts.Add(id, account);
        }
        else if (state is not null)
        {
            throw new CommandException(ExitCode.BadData, $"{Name}:{number}: \"state\" stands on a later line of account \"{id}\".", "state how an account stood on its first line only");
        }

        account.Usage.Add(usage);
        Events++;
        Span = (Instant.Min(Span.First, usage.OccurredAt), Instant.Max(Span.Last, usage.OccurredAt));
    }
}
