using System.Diagnostics;
using System.Globalization;
using NodaTime;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Crashes;
using Rules.Ledger.Tests.Simulation;

namespace Rules.Ledger.Tests.Matrix;

/// <summary>The night's column of the fault matrix: the scenarios of every build at their full size, one after the other.</summary>
internal static class Nightly
{
    /// <param name="only">Names such as <c>F4</c>; null for all.</param>
    /// <param name="seeds">Of the simulation; null for twenty thousand.</param>
    /// <param name="kills">Of processes that charge; null for a thousand.</param>
    public static async Task<int> RunAsync(string[]? only, int? seeds, int? kills)
    {
        var all = Scenarios(seeds ?? 20_000, kills ?? 1_000);
        if (only?.FirstOrDefault(name => !all.Any(scenario => scenario.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) is { } unknown)
        {
            await Console.Error.WriteLineAsync($"{unknown} is not among {string.Join(", ", all.Select(scenario => scenario.Name).Distinct())}.");
            return 64;
        }

        var failures = 0;
        foreach (var (name, run) in all.Where(scenario => only?.Contains(scenario.Name, StringComparer.OrdinalIgnoreCase) != false))
        {
            using var directory = new TemporaryDirectory();
            var watch = Stopwatch.StartNew();
            string said;
            try
            {
                said = await run(directory);
            }
#pragma warning disable CA1031 // Told, and counted; the next one runs all the same.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failures++;
                said = $"FAILED: {e}";
            }

            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name,-4} {watch.Elapsed:hh\\:mm\\:ss}  {said}"));
        }

        return failures == 0 ? 0 : 1;
    }

    private static List<(string Name, Func<TemporaryDirectory, Task<string>> Run)> Scenarios(int seeds, int kills) =>
    [
        ("F1", d => Matrix.Scenarios.F1Async(d.Database, clients: 512, charges: 80_384, credits: 20_000)),
        ("F2", d => Matrix.Scenarios.F2Async(d.Database, requests: 100_000)),
        ("F3", d => Matrix.Scenarios.F3Async(d.Database)),
        ("F4", d => KillTests.KillAsync(d.Database, kills, chargesPerKill: 1_000)),
        ("F5", d => Matrix.Scenarios.F5Async(d.Root, cuts: 10_000)),
        ("F6", d => Matrix.Scenarios.F6Async(d.Root, flips: 2_000)),
        ("F7", Matrix.Scenarios.F7Async),
        ("F8", d => Matrix.Scenarios.F8Async(d.Database, TimeSpan.FromSeconds(10))),
        ("F9", d => Matrix.Scenarios.F9Async(d.Database)),
        ("F10", d => Matrix.Scenarios.F10Async(d.Database)),
        ("F11", d => Matrix.Scenarios.F11Async(Next(d), events: 5_000, permutations: 20)),
        ("F12", d => Matrix.Scenarios.F12Async(d.Database, clients: 256, down: TimeSpan.FromSeconds(30))),
        ("F13", d => Matrix.Scenarios.F13Async(d.Database, charges: 10_000)),
        ("F14", async d =>
        {
            var zones = DateTimeZoneProviders.Tzdb.Ids;
            foreach (var zone in zones)
            {
                await Matrix.Scenarios.F14Async(Next(d), zone);
            }

            return string.Create(CultureInfo.InvariantCulture, $"a death at every place of every renewal of a year in {zones.Count} zones: the same bytes");
        }),
        ("F17", d => Matrix.Scenarios.F17Async(d.Database, clients: 64, charges: 40_000)),
        ("F18", d => Matrix.Scenarios.F18Async(d.Root, charges: 20_000)),
        ("F20", _ => SimulateAsync(seeds)),
    ];

    private static Func<string> Next(TemporaryDirectory directory)
    {
        var files = 0;
        return () => Path.Combine(directory.Root, string.Create(CultureInfo.InvariantCulture, $"{files++}.db"));
    }

    private static async Task<string> SimulateAsync(int seeds)
    {
        long faults = 0;
        await Parallel.ForEachAsync(Enumerable.Range(1_000, seeds), async (seed, _) =>
        {
            var result = await Simulator.RunAsync(seed, 300);
            if (result.Divergence is not null)
            {
                throw new InvalidOperationException(result.ToString());
            }

            Interlocked.Add(ref faults, result.Faults);
        });
        return string.Create(CultureInfo.InvariantCulture, $"{seeds:N0} seeds of 300 operations, {faults:N0} faults, no divergence");
    }
}
