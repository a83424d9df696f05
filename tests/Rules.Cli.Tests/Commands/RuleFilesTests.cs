using Rules.Cli.Input;

namespace Rules.Cli.Tests.Commands;

public sealed class RuleFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_gives_its_rule_files_at_any_depth_by_name()
    {
        _folder.Write("b/two.rules", "");
        _folder.Write("a/deep/one.rules", "");
        _folder.Write("a/page.txt", "");
        _folder.Write(".hidden/three.rules", "");
        Found(_folder.Path).ShouldBe(["a/deep/one.rules", "b/two.rules"]);
    }

    [Fact]
    public void File_is_taken_whatever_its_name_and_once()
    {
        var file = _folder.Write("draft.txt", "");
        RuleFiles.Find([file, file, Path.Combine(_folder.Path, ".", "draft.txt")]).ShouldBe([file]);
    }

    [Fact]
    public void Folder_without_rule_files_is_refused()
    {
        var refusal = Should.Throw<CommandException>(() => RuleFiles.Find([_folder.Path]));
        refusal.ExitCode.ShouldBe(ExitCode.NoInput);
        refusal.Message.ShouldContain("no *.rules file");
    }

    [Fact]
    public void Link_to_a_folder_above_is_not_followed()
    {
        _folder.Write("one.rules", "");
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "loop"), _folder.Path);
        Found(_folder.Path).ShouldBe(["one.rules"]);
    }

    [Fact]
    public void Folder_in_place_of_a_file_is_told_apart() =>
        Should.Throw<CommandException>(() => RuleFiles.Read(_folder.Path)).Message.ShouldContain("this is a folder");

    [Fact]
    public void Endless_file_is_read_no_further_than_the_limit()
    {
        if (!File.Exists("/dev/zero"))
        {
            return;
        }

        RuleFiles.Read("/dev/zero").Source.IsTooLarge.ShouldBeTrue();
    }

    private IEnumerable<string> Found(string path) =>
        RuleFiles.Find([path]).Select(f => Path.GetRelativePath(_folder.Path, f).Replace('\\', '/'));
}
