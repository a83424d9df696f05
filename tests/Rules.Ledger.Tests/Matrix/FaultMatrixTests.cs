using Rules.Ledger.Storage.Sqlite;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Matrix;

/// <summary>
/// The fault matrix at the size of every build; <c>nightly</c> runs the same at its own. F4 is in <see cref="Crashes.KillTests"/>, F16 in
/// <see cref="Faults.FaultTests"/>, F20 in <see cref="Simulation.SimulationTests"/>.
/// </summary>
public sealed class FaultMatrixTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private int _files;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public Task F1_no_more_is_spent_than_there_is_though_everything_is_sent_twice() => Scenarios.F1Async(_directory.Database, clients: 256, charges: 40_192, credits: 10_000);

    [Fact]
    public Task F2_ten_thousand_requests_under_one_key_are_one_entry() => Scenarios.F2Async(_directory.Database, requests: 10_000);

    [Fact]
    public Task F3_a_key_reused_for_another_command_is_refused_and_writes_nothing() => Scenarios.F3Async(_directory.Database);

    [Fact]
    public Task F5_a_torn_log_keeps_every_commit_before_the_tear() => Scenarios.F5Async(_directory.Root, cuts: 300);

    [Fact]
    public Task F6_a_flipped_bit_is_never_silent() => Scenarios.F6Async(_directory.Root, flips: 100);

    [Fact]
    public Task F8_a_locked_file_is_told_in_time_and_costs_nothing() => Scenarios.F8Async(_directory.Database, TimeSpan.FromSeconds(6));

    [Fact]
    public async Task F8_a_second_process_ends_with_75()
    {
        await using var first = await Scenarios.OpenAsync(_directory.Database, new ManualTime(BankCommands.Start));
        (await Should.ThrowAsync<LedgerStartException>(() => Scenarios.OpenAsync(_directory.Database, new ManualTime(BankCommands.Start)))).ExitCode.ShouldBe(75);
    }

    [Fact]
    public Task F9_a_commit_that_fails_once_is_told_or_found() => Scenarios.F9Async(_directory.Database);

    [Fact]
    public Task F10_a_clock_that_jumps_brings_nothing_back_and_closes_nothing_twice() => Scenarios.F10Async(_directory.Database);

    [Fact]
    public Task F11_the_order_of_events_decides_nothing() => Scenarios.F11Async(NextDatabase, events: 500, permutations: 20);

    [Fact]
    public Task F12_a_storm_of_retries_is_weathered() => Scenarios.F12Async(_directory.Database, clients: 256, down: TimeSpan.FromSeconds(3));

    [Fact]
    public Task F13_a_lost_answer_is_given_again() => Scenarios.F13Async(_directory.Database, charges: 1_000);

    [Fact]
    public Task F14_a_death_anywhere_in_a_renewal_leaves_no_trace() => Scenarios.F14Async(NextDatabase);

    [Fact]
    public async Task F15_a_file_refuses_a_second_node_and_a_network_file_system()
    {
        await using var first = SqliteLedgerStore.Open(_directory.Database, new LedgerOptions());
        Should.Throw<LedgerStartException>(() => SqliteLedgerStore.Open(_directory.Database, new LedgerOptions())).Code.ShouldBe("database_in_use");
        foreach (var format in new[] { "nfs", "v9fs", "FUSE.SSHFS" })
        {
            var refusal = Should.Throw<LedgerStartException>(() => NetworkFileSystem.Refuse("/mnt/rules.db", format == "nfs" ? DriveType.Network : DriveType.Unknown, format));
            (refusal.ExitCode, refusal.Code).ShouldBe((78, "database_on_network"));
        }

        Should.NotThrow(() => NetworkFileSystem.Refuse("/var/rules.db", DriveType.Fixed, "ext4"));
    }

    [Fact]
    public Task F17_each_charge_is_priced_by_the_version_in_force() => Scenarios.F17Async(_directory.Database, clients: 64, charges: 4_000);

    [Fact]
    public Task F18_a_copy_taken_under_load_is_sound_and_told_to_lie_behind() => Scenarios.F18Async(_directory.Root, charges: 2_000);

    private string NextDatabase() => Path.Combine(_directory.Root, $"{_files++}.db");
}
