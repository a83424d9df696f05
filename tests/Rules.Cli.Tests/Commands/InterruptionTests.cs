using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Rules.Cli.Tests.Commands;

/// <summary>Ctrl-C, as a terminal sends it.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_that_waits_for_its_input_stops()
    {
        // More than a pipe holds: when all of it is written, the command is reading.
        var usage = new StringBuilder();
        for (var i = 0; i < 5000; i++)
        {
            usage.Append("""{"account":"acme","at":"2026-05-02T10:00:00Z","action":"train"}""").Append('\n');
        }

        var rules = _folder.Write("page.rules", SampleRules.Sound);
        using var process = RulesProcess.Start("replay", "--rules", rules, "--against", rules, "-");
        await process.StandardInput.WriteAsync(usage.ToString());
        await process.StandardInput.FlushAsync();
        await StoppedAsync(process);
    }

    [Fact]
    public async Task Language_server_stops_without_a_word_of_a_fault()
    {
        using var process = RulesProcess.Start("lsp");
        const string Initialize = """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}""";
        await process.StandardInput.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Initialize.Length}\r\n\r\n{Initialize}"));
        await process.StandardInput.FlushAsync();
        (await process.StandardOutput.ReadLineAsync())!.ShouldStartWith("Content-Length");
        (await StoppedAsync(process)).ShouldBe("rules: stopped.\n");
    }

    private static async Task<string> StoppedAsync(Process process)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using (var kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(patience.Token);
        }

        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        finally
        {
            process.Kill();
        }

        process.ExitCode.ShouldBe(130);
        var error = await process.StandardError.ReadToEndAsync(patience.Token);
        error.ShouldNotContain("fault");
        return error;
    }
}
