using System.Globalization;
using Rules.Ledger.Tests.Crashes;
using Rules.Ledger.Tests.Matrix;
using Rules.Ledger.Tests.Simulation;

namespace Rules.Ledger.Tests;

/// <summary>
/// The tests that a build has no time for, and the process that the crash tests kill; a test run never comes here.
/// </summary>
internal static class Program
{
    private const string Usage = """
        usage: dotnet run -c Release --project tests/Rules.Ledger.Tests -- COMMAND
          nightly [--only F4[,F5...]] [--seeds N] [--kills N]
                                                    the fault matrix at the size of a night; exit code 1 where one fails
          sim --seed N [--ops N]                    one simulation again, step for step
          sim --seeds N [--from N] [--ops N]        many of them; the first that diverges ends it with exit code 1
        """;

    private static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["charge", var database, var from, var count]:
                return await ChargingProcess.RunAsync(database, int.Parse(from, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture));
            case ["nightly", .. var options] when TryRead(options, ["--only", "--seeds", "--kills"], out var given):
                return await Nightly.RunAsync(given.GetValueOrDefault("--only")?.Split(','), Number(given, "--seeds"), Number(given, "--kills"));
            case ["sim", .. var options] when TryRead(options, ["--seed", "--seeds", "--from", "--ops"], out var given):
                var first = Number(given, "--seed") ?? Number(given, "--from") ?? 1;
                return await SimulateAsync(first, given.ContainsKey("--seed") ? 1 : Number(given, "--seeds") ?? 200, Number(given, "--ops") ?? 300);
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 64;
        }
    }

    private static async Task<int> SimulateAsync(int first, int seeds, int operations)
    {
        var done = 0;
        var failed = 0;
        await Parallel.ForEachAsync(Enumerable.Range(first, seeds), async (seed, cancellationToken) =>
        {
            if (Volatile.Read(ref failed) != 0)
            {
                return;
            }

            var result = await Simulator.RunAsync(seed, operations);
            if (result.Divergence is not null)
            {
                Interlocked.Exchange(ref failed, 1);
            }

            if (result.Divergence is not null || seeds == 1)
            {
                await Console.Out.WriteLineAsync(result.ToString().AsMemory(), cancellationToken);
            }

            if (Interlocked.Increment(ref done) % 100 == 0)
            {
                await Console.Out.WriteLineAsync($"{done.ToString("N0", CultureInfo.InvariantCulture)} of {seeds.ToString("N0", CultureInfo.InvariantCulture)} seeds".AsMemory(), cancellationToken);
            }
        });
        await Console.Out.WriteLineAsync($"{done.ToString("N0", CultureInfo.InvariantCulture)} seeds of {operations} operations: {(failed == 0 ? "no divergence" : "diverged")}");
        return failed;
    }

    private static bool TryRead(string[] options, string[] known, out Dictionary<string, string> given)
    {
        given = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Length; i += 2)
        {
            if (i + 1 == options.Length || !known.Contains(options[i]) || (options[i] != "--only" && !int.TryParse(options[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            {
                return false;
            }

            given[options[i]] = options[i + 1];
        }

        return true;
    }

    private static int? Number(Dictionary<string, string> given, string option) =>
        given.TryGetValue(option, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
