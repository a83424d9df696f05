using Rules.Ledger.Tests.Crashes;

namespace Rules.Ledger.Tests;

/// <summary>Started by the crash tests as a process of its own; a test run never comes here.</summary>
internal static class Program
{
    private static Task<int> Main(string[] arguments) => arguments is ["charge", var database, var count]
        ? ChargingProcess.RunAsync(database, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture))
        : Task.FromResult(64);
}
