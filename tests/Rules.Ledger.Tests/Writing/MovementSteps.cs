using System.Globalization;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger.Tests.Bank;

namespace Rules.Ledger.Tests.Writing;

/// <summary>One step of a random history.</summary>
/// <param name="Kind">g grant, c charge, h hold, p capture, r release, v reversal, f refund, x void.</param>
/// <param name="Id">Of the grant, charge or hold that is made or named.</param>
/// <param name="Amount">Whole credits; 0 for a reversal of everything.</param>
internal sealed record MovementStep(char Kind, string Key, string Id, int Amount, Instant At, Duration? Life)
{
    public Task<CommandResult> RunAsync(CreditLedger ledger) => Kind switch
    {
        'g' => ledger.GrantAsync("a", new GrantCredits(Id, Life is null ? "prepaid" : "soon", Amount, At) { ExpiresAt = At + Life }, Key, default),
        'c' => ledger.ChargeAsync("a", MovementSteps.Usage(Amount, At), Key, default),
        'h' => ledger.HoldAsync("a", new HoldCredits(Id, MovementSteps.Usage(Amount, At)) { ExpiresAt = At + Life }, Key, default),
        'p' => ledger.CaptureAsync("a", new CaptureHold(Id, At) { Amount = Amount }, Key, default),
        'r' => ledger.ReleaseAsync("a", new ReleaseHold(Id, At), Key, default),
        'v' => ledger.ReverseAsync("a", new ReverseUse(Id, At) { Amount = Amount == 0 ? null : Amount }, Key, default),
        'f' => ledger.RefundAsync("a", new RefundCredits(Amount, At), Key, default),
        _ => ledger.VoidAsync("a", new VoidGrant(Id, At), Key, default),
    };
}

internal static class MovementSteps
{
    /// <summary>The most that may be owed.</summary>
    public const int DebtLimit = 60;

    public const string Rules = """
        language 1
        ruleset moves version 1 effective 2026-01-01
        credit "credit" to 0 decimals, rounding half up
        account shop
        meter unit whole
        action use
          measures unit
        price use
          per unit 1 credit
        bucket soon from grant
          unused never expires
        bucket prepaid from grant
          unused never expires
        consume soon, then prepaid
        at zero
          if short owe, up to 60 credits

        """;

    public static UsageEvent Usage(int amount, Instant at) => new() { OccurredAt = at, Action = "use", Amount = amount };

    /// <summary>Grants with and without an end, charges that fit and that do not, holds that are captured less, more, twice or too late, and everything that gives back.</summary>
    public static List<MovementStep> Of(int seed, int count)
    {
        var random = new Random(seed);
        var at = BankCommands.Start;
        var steps = new List<MovementStep>();
        for (var i = 0; i < count; i++)
        {
            at += Duration.FromSeconds(random.Next(1, 600));
            var key = string.Create(CultureInfo.InvariantCulture, $"k{i}");
            var name = (char kind, string otherwise) =>
            {
                var named = steps.Where(s => s.Kind == kind).ToList();
                return named.Count == 0 ? otherwise : named[random.Next(named.Count)].Id;
            };
            steps.Add(random.Next(14) switch
            {
                0 or 1 => new MovementStep('g', key, key, random.Next(1, 60), at, null),
                2 or 3 => new MovementStep('g', key, key, random.Next(1, 60), at, Duration.FromMinutes(random.Next(1, 60))),
                4 or 5 or 6 => new MovementStep('c', key, key, random.Next(0, 50), at, null),
                7 or 8 => new MovementStep('h', key, "h" + key, random.Next(1, 50), at, Duration.FromMinutes(random.Next(1, 40))),
                9 or 10 => new MovementStep('p', key, name('h', "none"), random.Next(0, 60), at, null),
                11 => random.Next(2) == 0
                    ? new MovementStep('r', key, name('h', "none"), 0, at, null)
                    : new MovementStep('x', key, name('g', "none"), 0, at, null),
                12 => new MovementStep('v', key, name(random.Next(3) == 0 ? 'h' : 'c', "none"), random.Next(3) == 0 ? 0 : random.Next(1, 30), at, null),
                _ => new MovementStep('f', key, "", random.Next(1, 40), at, null),
            });
        }

        return steps;
    }
}
