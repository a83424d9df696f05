namespace Rules.Ledger.Tests.Simulation;

/// <summary>The ruleset of the simulation: one credit a unit, drawn from a plan's monthly credits, then bought ones, then afterwards up to a limit.</summary>
internal static class SimulatedRules
{
    public const string Ruleset = "sim";

    public const int PlanCredits = 50;

    public const int Limit = 40;

    public static RuleFile File { get; } = new("sim.v1.rules", $"""
        language 1
        ruleset sim version 1 effective 2026-01-01
          timezone "UTC"

        credit "credit" to 0 decimals, rounding half up
        currency USD to 2 decimals, rounding half up

        account player

        meter unit whole
        action use
          measures unit
        rate unit-rate is 1 credit per unit
        price use
          per unit unit-rate

        bucket included from plan
          unused expires at cycle end
        bucket prepaid from purchase
          unused never expires
        bucket later postpaid at later-price
          limit {Limit} credits each cycle
          billed monthly
        rate later-price is 1 USD per credit

        consume included, then prepaid, then later

        cycle monthly

        plan Team grants {PlanCredits} credits every month into included

        at zero
          if short refuse

        """);
}
