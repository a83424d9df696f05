using System.Globalization;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Simulation;

public sealed class SimulationTests
{
    private const int Operations = 300;

    /// <summary>Two hundred seeds in eight portions, so that a failing one is found soon.</summary>
    public static TheoryData<int> Portions => [.. Enumerable.Range(0, 8)];

    public static TheoryData<int, int> Regressions
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "regressions.txt")).Where(line => line.Length > 0 && line[0] != '#'))
            {
                var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                data.Add(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Portions))]
    public async Task F20_a_ledger_under_faults_agrees_with_one_kept_by_hand(int portion)
    {
        var faults = 0;
        var crashes = 0;
        var done = new HashSet<(char Kind, CommandStatus Status)>();
        for (var seed = (portion * 25) + 1; seed <= (portion + 1) * 25; seed++)
        {
            var result = await Simulator.RunAsync(seed, Operations);
            result.Divergence.ShouldBeNull(result.ToString());
            faults += result.Faults;
            crashes += result.Crashes;
            done.UnionWith(result.Done);
        }

        faults.ShouldBeGreaterThan(100);
        crashes.ShouldBeGreaterThan(0);
        // Nothing is proved about what never happened.
        "ogbckhprvfxmlszZ".Except(done.Where(it => it.Status == CommandStatus.Accepted).Select(it => it.Kind)).ShouldBeEmpty();
        "ckhpr".Except(done.Where(it => it.Status == CommandStatus.Refused).Select(it => it.Kind)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Regressions))]
    public async Task F20_a_seed_that_once_failed_agrees(int seed, int operations)
    {
        var result = await Simulator.RunAsync(seed, operations);
        result.Divergence.ShouldBeNull(result.ToString());
    }

    [Fact]
    public async Task The_same_seed_is_the_same_run()
    {
        var first = await Simulator.RunAsync(7, 100);
        var second = await Simulator.RunAsync(7, 100);
        second.LastSteps.ShouldBe(first.LastSteps);
        second.ToString().ShouldBe(first.ToString());
    }
}
