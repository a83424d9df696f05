namespace Rules.Cli.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("prise")]
    [InlineData("check")]
    [InlineData("check --jsn x.rules")]
    [InlineData("quote only-one.rules")]
    [InlineData("quote a.rules b.json c.json")]
    [InlineData("diff only-one.rules")]
    [InlineData("lsp --pages")]
    [InlineData("lsp --pages nowhere")]
    public async Task Wrong_usage_exits_with_2_and_says_where_help_is(string arguments)
    {
        var run = await CommandRun.Of(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        run.ExitCode.ShouldBe(2);
        run.Output.ShouldBeEmpty();
        run.Error.ShouldStartWith("rules: ");
        run.Error.ShouldContain("help:");
        run.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Unknown_command_is_named_with_the_known_ones()
    {
        var run = await CommandRun.Of("prise", "x.rules");
        run.Error.ShouldBe("""
            rules: "prise" is not a command; the commands are check, fmt, test, quote, run, diff, replay, export, publish, ledger, usage, lsp, keys.
              help: rules --help

            """);
    }

    [Fact]
    public async Task Help_names_every_exit_code()
    {
        var run = await CommandRun.Of("--help");
        run.ExitCode.ShouldBe(0);
        foreach (var code in typeof(ExitCode).GetFields().Select(static f => (int)f.GetRawConstantValue()!))
        {
            run.Output.ShouldContain($" {code} ");
        }
    }

    [Fact]
    public async Task Control_characters_of_an_argument_never_reach_the_terminal()
    {
        var run = await CommandRun.Of("check", "\e[2Jgone\u202E");
        run.ExitCode.ShouldBe(66);
        run.Error.ShouldBe("rules: \uFFFD[2Jgone\uFFFD: there is no such file or folder.\n");
    }

    [Fact]
    public async Task Path_that_looks_like_a_response_file_is_a_path()
    {
        var run = await CommandRun.Of("check", "@rules");
        run.ExitCode.ShouldBe(66);
        run.Error.ShouldContain("@rules: there is no such file or folder.");
    }

    [Fact]
    public async Task Process_gives_the_exit_code_to_its_shell()
    {
        var (exitCode, output, error) = await RulesProcess.Run("", "check", "no-such-file.rules");
        exitCode.ShouldBe(66);
        output.ShouldBeEmpty();
        error.ShouldBe("rules: no-such-file.rules: there is no such file or folder.\n");
    }
}
