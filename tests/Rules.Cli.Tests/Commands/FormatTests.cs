namespace Rules.Cli.Tests.Commands;

public sealed class FormatTests : IDisposable
{
    private const string Tidy = "language 1\nruleset a version 1 effective 2026-01-01\n\nmeter page whole\n";
    private const string Untidy = "language 1\r\nruleset a version 1   effective 2026-01-01\r\n\r\n\r\nmeter page whole";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_is_rewritten_once()
    {
        var path = _folder.Write("a.rules", Untidy);
        var run = await CommandRun.Of("fmt", path);
        run.ShouldBe(new CommandRun(0, $"{path}: formatted\n1 file, 1 changed\n", ""));
        File.ReadAllText(path).ShouldBe(Tidy);
        (await CommandRun.Of("fmt", path)).ShouldBe(new CommandRun(0, "1 file, nothing to change\n", ""));
        Directory.GetFiles(_folder.Path).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Check_changes_nothing_and_exits_with_1()
    {
        var path = _folder.Write("a.rules", Untidy);
        _folder.Write("b.rules", Tidy);
        var run = await CommandRun.Of("fmt", "--check", _folder.Path);
        run.ShouldBe(new CommandRun(1, $"{path}: is not formatted\n2 files, 1 not formatted\n", ""));
        File.ReadAllText(path).ShouldBe(Untidy);
    }

    [Fact]
    public async Task File_with_mistakes_is_shown_and_left_alone()
    {
        const string Broken = "language 1\nruleset a version 1 effective 2026-01-01\nprise   scan\n";
        var path = _folder.Write("a.rules", Broken);
        var run = await CommandRun.Of("fmt", path);
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain($"{path}:3:1: error PR0012: ");
        run.Output.ShouldEndWith("1 file, nothing to change; 1 file with errors left alone\n");
        File.ReadAllText(path).ShouldBe(Broken);
    }

    [Fact]
    public async Task Link_stays_a_link()
    {
        var path = _folder.Write("a.rules", Untidy);
        var link = Path.Combine(_folder.Path, "link.rules");
        File.CreateSymbolicLink(link, path);
        (await CommandRun.Of("fmt", link)).ExitCode.ShouldBe(0);
        File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName.ShouldBe(path);
        File.ReadAllText(path).ShouldBe(Tidy);
    }

    [Fact]
    public async Task Shipped_files_are_formatted() =>
        (await CommandRun.Of("fmt", "--check", SourceTree.PathOf("rules"))).ExitCode.ShouldBe(0);
}
