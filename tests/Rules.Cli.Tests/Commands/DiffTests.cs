using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Commands;

public sealed class DiffTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Formatting_alone_changes_nothing()
    {
        var run = await Diff("page.rules", SampleRules.Sound.Replace("base        0.01 credits", "base  0.01 credits  # first", StringComparison.Ordinal));
        run.ShouldBe(new CommandRun(0, "Nothing that affects prices changed (formatting only).\n", ""));
    }

    [Fact]
    public async Task A_next_version_with_the_same_rules_is_not_called_formatting()
    {
        var run = await Diff("next.rules", SampleRules.Sound.Replace("version 1 effective 2026-01-01", "version 2 effective 2026-06-01", StringComparison.Ordinal));
        run.ShouldBe(new CommandRun(0, "Nothing that affects prices changed: version 2 charges as version 1 does.\n", ""));
    }

    [Fact]
    public async Task Another_day_of_the_same_version_is_told()
    {
        var run = await Diff("later.rules", SampleRules.Sound.Replace("effective 2026-01-01", "effective 2026-06-01", StringComparison.Ordinal));
        run.Output.ShouldBe("• The version takes effect at 2026-06-01T00:00:00 UTC (+00) instead of 2026-01-01T00:00:00 UTC (+00).\n\n1 change: 1 other\n");
    }

    [Fact]
    public async Task Changes_stand_with_their_lines_and_a_summary()
    {
        var run = await Diff("new.rules", Dearer);
        run.ExitCode.ShouldBe(0);
        run.Error.ShouldBeEmpty();
        _folder.Strip(run.Output).ShouldBe("""
            ▲ reply with Small costs 100.0|% more: 1 → 2 credits.
                old.rules:26 → new.rules:26
            ▼ reply with Large costs 20.0|% less: 5 → 4 credits.
                old.rules:27 → new.rules:27

            2 changes: 1 dearer, 1 cheaper

            """.Replace('|', '\u202F'));
    }

    [Fact]
    public async Task Json_has_one_shape()
    {
        _folder.Write("old.rules", SampleRules.Sound);
        _folder.Write("new.rules", Dearer);
        var run = await CommandRun.Of("diff", "--json", PathOf("old.rules"), PathOf("new.rules"));
        run.ExitCode.ShouldBe(0);
        var report = JsonNode.Parse(run.Output)!.AsObject();
        report.Select(static m => m.Key).ShouldBe(["before", "after", "complete", "same_meaning", "changes", "errors", "warnings"]);
        report["before"]!.AsObject().Select(static m => m.Key).ShouldBe(["path", "ruleset", "version", "meaning", "diagnostics"]);
        var change = report["changes"]!.AsArray()[0]!.AsObject();
        change.Select(static m => m.Key).ShouldBe(["kind", "subject", "name", "sentence", "old", "new", "before", "after"]);
        ((string?)change["kind"]).ShouldBe("dearer");
        ((string?)change["old"]).ShouldBe("1");
        ((string?)change["new"]).ShouldBe("2");
        ((int?)change["after"]!["line"]).ShouldBe(26);
    }

    [Fact]
    public async Task Errors_of_a_file_are_its_diagnostics()
    {
        var run = await Diff("new.rules", SampleRules.Sound.Replace("measures page", "measures pgae", StringComparison.Ordinal));
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("new.rules:16:");
        run.Output.ShouldContain("PR0201");
        run.Output.ShouldNotContain("Nothing that affects prices");
    }

    [Fact]
    public async Task Missing_file_is_no_input()
    {
        var run = await CommandRun.Of("diff", _folder.Write("old.rules", SampleRules.Sound), PathOf("gone.rules"));
        run.ExitCode.ShouldBe(66);
        run.Output.ShouldBeEmpty();
    }

    private static string Dearer => SampleRules.Sound
        .Replace("\"Small\"  1 credit", "\"Small\"  2 credits", StringComparison.Ordinal)
        .Replace("\"Large\"  5 credits", "\"Large\"  4 credits", StringComparison.Ordinal);

    private Task<CommandRun> Diff(string name, string text) => CommandRun.Of("diff", _folder.Write("old.rules", SampleRules.Sound), _folder.Write(name, text));

    private string PathOf(string name) => Path.Combine(_folder.Path, name);
}
