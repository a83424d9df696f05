using System.Text;
using Rules.Cli.Output;

namespace Rules.Cli.Tests.Commands;

/// <summary>One run of the command in this process, with its three streams and a clock that stands still.</summary>
internal sealed record CommandRun(int ExitCode, string Output, string Error)
{
    private static readonly TimeProvider Clock = new StoppedClock(new DateTimeOffset(2026, 5, 1, 10, 0, 0, TimeSpan.Zero));

    public static Task<CommandRun> Of(params string[] arguments) => WithInput("", arguments);

    public static Task<CommandRun> WithInput(string input, params string[] arguments) => Run(Encoding.UTF8.GetBytes(input), colours: false, arguments);

    public static Task<CommandRun> Coloured(params string[] arguments) => Run([], colours: true, arguments);

    private static async Task<CommandRun> Run(byte[] input, bool colours, string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int exitCode;
        using (var terminal = new Terminal(new MemoryStream(input), output, error, colours))
        {
            exitCode = await RulesCommand.RunAsync(arguments, terminal, Clock);
        }

        return new CommandRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
