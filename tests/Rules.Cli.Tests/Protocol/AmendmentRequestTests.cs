using System.Text.Json.Nodes;
using Rules.Cli.Tests.Commands;

namespace Rules.Cli.Tests.Protocol;

/// <summary>An editor with an amendment open.</summary>
public sealed class AmendmentRequestTests : IDisposable
{
    private const string First = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 2 decimals
        meter page whole
        action scan
          measures page
        price scan
          per page 1 credit
        example "ten pages"
          do scan of 10 pages
          expect 10 credits

        """;

    private const string Second = """
        language 1
        ruleset shop version 2 effective 2027-01-01 amends version 1
        price scan
          per page 2 credits
        example "ten pages"
          do scan of 10 pages
          expect 20 credits

        """;

    private readonly TemporaryFolder _folder = new();

    private string BaseAddress => new Uri(Path.Combine(_folder.Path, "shop", "shop.v1.rules")).AbsoluteUri;

    private string Address => new Uri(Path.Combine(_folder.Path, "shop", "shop.v2.rules")).AbsoluteUri;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_amendment_sees_the_version_beside_it_on_the_disk()
    {
        _folder.Write("shop/shop.v1.rules", First);
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Second);
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();
        ((string?)(await AskAsync(editor, "hover", 3, 8))["result"]!["contents"]!["value"])!.ShouldContain("meter page whole\nshop.v1.rules, line 4; used ");
    }

    [Fact]
    public async Task Definition_leads_into_the_file_of_the_version_before()
    {
        _folder.Write("shop/shop.v1.rules", First);
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Second);
        var place = (await AskAsync(editor, "definition", 3, 8))["result"]!;
        ((string?)place["uri"]).ShouldBe(BaseAddress);
        place["range"]!["start"]!.ToJsonString().ShouldBe("""{"line":3,"character":6}""");
    }

    [Fact]
    public async Task Completion_offers_what_the_version_before_declares()
    {
        _folder.Write("shop/shop.v1.rules", First);
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Second);
        (await AskAsync(editor, "completion", 3, 8))["result"]!["items"]!.AsArray().ShouldContain(i => (string?)i!["label"] == "page");
    }

    [Fact]
    public async Task Amendment_is_checked_again_when_the_open_version_before_it_changes()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Second);
        ((string?)(await editor.DiagnosticsAsync(Address, 1)).ShouldHaveSingleItem()!["code"]).ShouldBe("PR0907");

        await editor.OpenAsync(BaseAddress, First);
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();

        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = new JsonObject { ["uri"] = BaseAddress, ["version"] = 2 },
            ["contentChanges"] = new JsonArray(new JsonObject { ["text"] = First.Replace("meter page", "meter sheet", StringComparison.Ordinal) }),
        });
        ((string?)(await editor.DiagnosticsAsync(Address, 1)).ShouldHaveSingleItem()!["code"]).ShouldBe("PR0908");
    }

    [Fact]
    public async Task Mistake_in_a_rule_taken_over_stands_at_the_words_that_take_it_over()
    {
        _folder.Write("shop/shop.v1.rules", First);
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, "language 1\nruleset shop version 2 effective 2027-01-01 amends version 1\nremove meter page\n");
        var mistakes = await editor.DiagnosticsAsync(Address, 1);
        mistakes.ShouldNotBeEmpty();
        mistakes.ShouldAllBe(m => m!["range"]!["start"]!["line"]!.GetValue<int>() == 1);
        mistakes.ShouldContain(m => ((string?)m!["message"])!.StartsWith("shop.v1.rules, line 6: No meter called \"page\" is declared.", StringComparison.Ordinal));
    }

    private Task<JsonObject> AskAsync(EditorProcess editor, string what, int line, int character) => editor.AskAsync("textDocument/" + what, new JsonObject
    {
        ["textDocument"] = new JsonObject { ["uri"] = Address },
        ["position"] = new JsonObject { ["line"] = line, ["character"] = character },
    });
}
