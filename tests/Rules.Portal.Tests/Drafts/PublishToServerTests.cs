using System.Text;
using Rules.Cli;
using Rules.Cli.Output;
using Rules.Ledger.Access;
using Rules.Ledger.Drafts;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Drafts;

/// <summary><c>rules publish FILE --server URL</c> against a running service: the way in for a team that keeps its rules in a repository.</summary>
[Collection(SharedPortal.Name)]
public sealed class PublishToServerTests(RunningPortal portal) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rules-publish-").FullName;

    private string Server => portal.Portal.Address.ToString();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task File_goes_into_review_once_and_the_command_says_where()
    {
        var (file, ruleset) = await FileAsync("2 credits");
        var key = await KeyAsync(KeyScopes.Draft);
        var (code, output, error) = await RunAsync("publish", file, "--server", Server, "--key", key);
        (code, error).ShouldBe((0, ""));
        var draft = (await portal.Portal.Ledger.Drafts.ListAsync(ruleset, open: true, default)).ShouldHaveSingleItem();
        draft.State.ShouldBe(DraftState.Review);
        output.ShouldBe($"{ruleset} version 2: in review, {Server}reviews/{draft.Id}\n1 file in review; people approve and publish there\n");

        (await RunAsync("publish", file, "--server", Server, "--key", key)).Code.ShouldBe(0);
        (await portal.Portal.Ledger.Drafts.ListAsync(ruleset, open: true, default)).ShouldHaveSingleItem().Id.ShouldBe(draft.Id);
    }

    [Fact]
    public async Task Refused_file_and_a_key_without_the_scope_end_it_with_the_services_words()
    {
        var (file, ruleset) = await FileAsync("2 credit units");
        var (code, output, error) = await RunAsync("publish", file, "--server", Server, "--key", await KeyAsync(KeyScopes.Draft));
        (code, output).ShouldBe((1, ""));
        error.ShouldContain("text_has_errors");
        error.ShouldContain("Nothing was put into review.");

        (code, _, error) = await RunAsync("publish", file, "--server", Server, "--key", await KeyAsync(KeyScopes.Read));
        code.ShouldBe(1);
        error.ShouldContain("draft");
        (await portal.Portal.Ledger.Drafts.ListAsync(ruleset, open: true, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Service_that_does_not_answer_is_told_apart_from_a_refusal()
    {
        var (file, _) = await FileAsync("2 credits");
        var (code, _, error) = await RunAsync("publish", file, "--server", "http://127.0.0.1:9/", "--key", await KeyAsync(KeyScopes.Draft));
        code.ShouldBe(75);
        error.ShouldContain("the service does not answer");
        error.ShouldContain("help: sent again, the same file finds the draft that is under way");
    }

    private async Task<string> KeyAsync(KeyScopes scopes)
    {
        var path = Path.Combine(_folder, portal.New("key"));
        await File.WriteAllTextAsync(path, await portal.NewKeyAsync(scopes) + "\n");
        return path;
    }

    // The second version of a published ruleset.
    private async Task<(string Path, string Ruleset)> FileAsync(string price)
    {
        var ruleset = portal.New("kept");
        (await portal.Portal.Ledger.Rulesets.PublishAsync($"{ruleset}.v1.rules", Text(ruleset, 1, "1 credit"), "test", default)).Version.ShouldNotBeNull();
        var path = Path.Combine(_folder, $"{ruleset}.v2.rules");
        await File.WriteAllTextAsync(path, Text(ruleset, 2, price));
        return (path, ruleset);
    }

    private static string Text(string ruleset, int version, string price) =>
        $"language 1\nruleset {ruleset} version {version} effective 2026-0{version}-01\ncredit \"credit\" to 2 decimals\naction scan\nprice scan\n  each {price}\n";

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int code;
        using (var terminal = new Terminal(Stream.Null, output, error, colours: false))
        {
            code = await RulesCommand.RunAsync(arguments, terminal, TimeProvider.System);
        }

        return (code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}
