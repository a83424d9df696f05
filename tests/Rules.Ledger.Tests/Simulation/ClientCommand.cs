using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Ledger.Tests.Simulation;

/// <summary>What a client of the simulated ruleset asks for, timed when it arrives.</summary>
/// <param name="Kind">
/// o open, g grant, b buy, c charge, k correct, h hold, p capture, r release, v reverse, f refund, x void, m replace, l change of plan, s set a fact,
/// z reset, Z reset that begins a cycle.
/// </param>
/// <param name="Key">Idempotency key; also the id of what the command makes.</param>
internal sealed record ClientCommand(char Kind, string Account, string Key)
{
    /// <summary>Id of the grant, hold or use that is named.</summary>
    public string Named { get; init; } = "";

    /// <summary>Units of a charge, a correction or a hold; else credits. A reversal of 0 is one of everything.</summary>
    public long Amount { get; init; }

    /// <summary>Of a grant or a hold; null: as the rules say.</summary>
    public Instant? End { get; init; }

    /// <summary>Null: when it arrives.</summary>
    public Instant? OccurredAt { get; init; }

    /// <summary>The plan, or the value of the fact.</summary>
    public string Word { get; init; } = "";

    /// <param name="now">When it arrives.</param>
    public Task<CommandResult> SendAsync(CreditLedger ledger, Instant now) => Kind switch
    {
        'o' => ledger.OpenAccountAsync(new OpenAccount(Account, SimulatedRules.Ruleset, now) { TimedOnArrival = true, Plan = "Team" }, Key, default),
        'g' => ledger.GrantAsync(Account, new GrantCredits(Key, "prepaid", Amount, now) { TimedOnArrival = true, ExpiresAt = End }, Key, default),
        'b' => ledger.BuyAsync(Account, new BuyCredits(Key, "prepaid", Amount, now) { TimedOnArrival = true }, Key, default),
        'c' => ledger.ChargeAsync(Account, Usage(now), Key, default),
        'k' => ledger.CorrectAsync(Account, Usage(now), Key, default),
        'h' => ledger.HoldAsync(Account, new HoldCredits(Key, Usage(now)) { ExpiresAt = End }, Key, default),
        'p' => ledger.CaptureAsync(Account, new CaptureHold(Named, now) { TimedOnArrival = true, Amount = Amount }, Key, default),
        'r' => ledger.ReleaseAsync(Account, new ReleaseHold(Named, now) { TimedOnArrival = true }, Key, default),
        'v' => ledger.ReverseAsync(Account, new ReverseUse(Named, now) { TimedOnArrival = true, Amount = Amount == 0 ? null : Amount }, Key, default),
        'f' => ledger.RefundAsync(Account, new RefundCredits(Amount, now) { TimedOnArrival = true }, Key, default),
        'x' => ledger.VoidAsync(Account, new VoidGrant(Named, now) { TimedOnArrival = true }, Key, default),
        'm' => ledger.ReplaceAsync(Account, new ReplaceGrant(Named, Key, Amount, now) { TimedOnArrival = true }, Key, default),
        'l' => ledger.ChangePlanAsync(Account, new ChangePlan(Word), Key, default),
        'z' or 'Z' => ledger.ResetAsync(Account, new ResetAccount(now, RestartsCycle: Kind == 'Z') { TimedOnArrival = true }, Key, default),
        's' => ledger.SetAsync(Account, new SetFactsAndTerms([new NamedText("speed", Word)], []), Key, default),
        _ => throw new InvalidOperationException($"There is no command of kind {Kind}."),
    };

    /// <summary>The use that is charged, corrected, held or asked about.</summary>
    public UsageEvent Usage(Instant now) => new()
    {
        OccurredAt = OccurredAt ?? now,
        TimedOnArrival = OccurredAt is null,
        Action = "use",
        Quantities = [new("unit", Amount)],
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} {Account} {Key} {Named}{Word} {Amount}{(OccurredAt is { } at ? $" of {at}" : "")}{(End is { } end ? $" until {end}" : "")}");
}

/// <summary>Commands of clients that know what they have done: what they name is mostly there.</summary>
/// <param name="late">The instant of an event that comes late to an account.</param>
internal sealed class ClientCommands(Random random, Func<string, Instant> late)
{
    private readonly List<ClientCommand> _made = [];
    private int _number;

    /// <param name="kinds">Each as often as it stands there.</param>
    public ClientCommand Next(string account, Instant now, string kinds)
    {
        var kind = kinds[random.Next(kinds.Length)];
        var command = new ClientCommand(kind, account, string.Create(CultureInfo.InvariantCulture, $"k{++_number}"));
        command = kind switch
        {
            'g' => command with { Amount = random.Next(1, 60), End = random.Next(3) == 0 ? now + Duration.FromHours(random.Next(1, 40 * 24)) : null },
            'b' => command with { Amount = random.Next(1, 60) },
            'c' => command with { Amount = random.Next(0, 30), OccurredAt = random.Next(12) == 0 ? late(account) : null },
            'k' => command with { Amount = random.Next(-20, 20), OccurredAt = random.Next(3) == 0 ? late(account) : null },
            'q' => command with { Amount = random.Next(0, 70) },
            'h' => command with { Amount = random.Next(0, 30), End = random.Next(2) == 0 ? now + Duration.FromMinutes(random.Next(1, 60 * 24 * 3)) : null },
            'p' => command with { Amount = random.Next(0, 45), Named = Some(account, "h") },
            'r' => command with { Named = Some(account, "h") },
            'v' => command with { Amount = random.Next(2) == 0 ? 0 : random.Next(1, 20), Named = Some(account, "cchk") },
            'f' => command with { Amount = random.Next(1, 40) },
            'x' => command with { Named = Some(account, "gbm") },
            'm' => command with { Amount = random.Next(1, 60), Named = Some(account, "gbm") },
            'l' => command with { Word = random.Next(2) == 0 ? "Team" : "Pro" },
            's' => command with { Word = random.Next(2) == 0 ? "plain" : "double" },
            _ => command,
        };
        if (kind != 'q')
        {
            _made.Add(command);
        }

        return command;
    }

    // One of the last eight, so that what is named is often still to be had; now and then nothing at all.
    private string Some(string account, string kinds)
    {
        var named = _made.FindAll(made => made.Account == account && kinds.Contains(made.Kind, StringComparison.Ordinal));
        return named.Count == 0 || random.Next(20) == 0 ? "nothing" : named[random.Next(Math.Max(0, named.Count - 8), named.Count)].Key;
    }
}
