namespace Rules.Ledger.Tests.Simulation;

/// <summary>
/// The ruleset of the simulation: a credit or two a unit, drawn from a plan's monthly credits, then bought ones, then afterwards up to a limit; with holds,
/// corrections, and two plans of which a change begins a cycle.
/// </summary>
internal static class SimulatedRules
{
    public const string Ruleset = "sim";

    /// <summary>Each month, of the plan <c>Team</c>.</summary>
    public const int TeamCredits = 50;

    /// <summary>Each month, of the plan <c>Pro</c>.</summary>
    public const int ProCredits = 80;

    public const int HoldHours = 6;

    public const int Limit = 40;

    /// <summary>The same, but that what was used stays used: a price remembers nothing of it.</summary>
    public static RuleFile WithoutCorrections => new(File.FileName, File.Text.Replace("corrections allowed", "", StringComparison.Ordinal));

    /// <summary>The most that rolls over, under <see cref="Rolling"/>.</summary>
    public const int CarriedLimit = 30;

    /// <summary>The same, but that what is left of a plan's credits lives one cycle longer, up to a limit.</summary>
    public static RuleFile Rolling => new(File.FileName,
        File.Text.Replace("unused expires at cycle end", $"unused rolls over up to {CarriedLimit} credits for 1 cycle", StringComparison.Ordinal));

    public static RuleFile File { get; } = new("sim.v1.rules", $"""
        language 1
        ruleset sim version 1 effective 2026-01-01
          timezone "UTC"

        credit "credit" to 0 decimals, rounding half up
        currency USD to 2 decimals, rounding half up

        account player
          has speed one of plain, double, normally plain

        meter unit whole
        action use
          measures unit
        rate unit-rate is 1 credit per unit
        price use
          per unit unit-rate
          corrections allowed
          except when speed is double
            per unit 2 credits
            corrections allowed

        bucket included from plan
          unused expires at cycle end
        bucket prepaid from purchase
          unused never expires
        bucket later postpaid at later-price
          limit {Limit} credits each cycle
          billed monthly
        rate later-price is 1 USD per credit

        consume included, then prepaid, then later

        holds
          expire after {HoldHours} hours

        cycle monthly
          plan change restarts the cycle

        plan Team grants {TeamCredits} credits every month into included
        plan Pro grants {ProCredits} credits every month into included

        sell prepaid
          per credit 0.5 USD

        at zero
          if short refuse

        """);
}
