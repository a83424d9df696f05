using System.Diagnostics;

namespace Rules.Benchmarks;

/// <summary>Every table of the README, one after the other, each in a process of its own: what one leaves behind slows no other.</summary>
internal static class EverySection
{
    // Sections 3 and 4 measure what the service does, and collect garbage as it does.
    private static readonly (string[] Arguments, bool AsService)[] s_sections =
    [
        (["event"], false), (["replay", "10000000"], false), (["replay", "100000000"], false), (["growth"], false), (["preview"], false),
        (["http"], true), (["ledger"], true), (["verify"], true), (["start"], true), (["text"], false),
    ];

    /// <returns>0, or the exit code of the first section that failed; the others are run all the same.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        var exit = 0;
        foreach (var (arguments, asService) in s_sections)
        {
            await output.WriteLineAsync($"\n== {string.Join(' ', arguments)}");
            await output.FlushAsync();
            var start = new ProcessStartInfo(Environment.ProcessPath!, arguments);
            if (asService)
            {
                start.Environment["DOTNET_gcServer"] = "1";
                start.Environment["DOTNET_GCgen0size"] = "0x4000000";
            }

            using var section = Process.Start(start)!;
            await section.WaitForExitAsync();
            exit = exit == 0 ? section.ExitCode : exit;
        }

        return exit;
    }
}
