using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Protocol;

/// <summary>What an editor asks about a place, asked of the running server.</summary>
public sealed class EditingRequestTests
{
    private const string Address = "file:///rules/sample.v1.rules";

    private const string Sample = """
        language 1
        ruleset sample version 1 effective 2026-09-01
        credit "credit" to 4 decimals
        meter page whole
        action scan keyed by batch
          measures page
        price scan
          per page, graduated within each batch
            base        0.01 credits
            over 1,000  0.004 credits  60% off
        example "three thousand pages"
          do scan of 3,000 pages with batch "a"
          expect 18 credits

        """;

    [Fact]
    public async Task Server_offers_every_editing_request()
    {
        await using var editor = await EditorProcess.StartAsync();
        editor.Capabilities["completionProvider"].ShouldNotBeNull();
        editor.Capabilities["hoverProvider"]!.GetValue<bool>().ShouldBeTrue();
        editor.Capabilities["definitionProvider"]!.GetValue<bool>().ShouldBeTrue();
        editor.Capabilities["referencesProvider"]!.GetValue<bool>().ShouldBeTrue();
        editor.Capabilities["renameProvider"]!["prepareProvider"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Completion_after_per_offers_the_meter_in_place_of_the_word_that_is_there()
    {
        await using var editor = await OpenAsync(Sample);
        var items = (await AskAsync(editor, "completion", 7, 8))["result"]!["items"]!.AsArray();
        var page = items.Single(static i => (string?)i!["label"] == "page")!;
        ((string?)page["detail"]).ShouldBe("meter, whole");
        ((string?)page["textEdit"]!["newText"]).ShouldBe("page");
        page["textEdit"]!["range"]!["start"]!["character"]!.GetValue<int>().ShouldBe(6);
    }

    [Fact]
    public async Task Hover_over_a_tier_tells_what_it_charges_and_the_example_charges_as_much()
    {
        await using var editor = await OpenAsync(Sample.Replace("over 1,000", "over 1,500", StringComparison.Ordinal).Replace("18 credits", "21 credits", StringComparison.Ordinal));
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();
        var hover = await AskAsync(editor, "hover", 9, 8);
        ((string?)hover["result"]!["contents"]!["value"])!.ShouldContain("Over 1,500 pages: 0.004 credits each; 3,000 pages cost 21 credits in all.");
    }

    [Fact]
    public async Task Hover_over_an_empty_place_is_null()
    {
        await using var editor = await OpenAsync("\n\n" + Sample);
        var answer = await AskAsync(editor, "hover", 0, 0);
        answer.ContainsKey("result").ShouldBeTrue();
        answer["result"].ShouldBeNull();
    }

    [Fact]
    public async Task Definition_of_a_plural_is_the_meter()
    {
        await using var editor = await OpenAsync(Sample);
        var found = (await AskAsync(editor, "definition", 11, 22))["result"]!;
        ((string?)found["uri"]).ShouldBe(Address);
        found["range"]!["start"]!["line"]!.GetValue<int>().ShouldBe(3);
    }

    [Theory]
    [InlineData(true, new[] { 3, 5, 7, 11 })]
    [InlineData(false, new[] { 5, 7, 11 })]
    public async Task References_are_with_and_without_the_declaration(bool withDeclaration, int[] lines)
    {
        await using var editor = await OpenAsync(Sample);
        var parameters = Place(3, 7);
        parameters["context"] = new JsonObject { ["includeDeclaration"] = withDeclaration };
        var found = (await editor.AskAsync("textDocument/references", parameters))["result"]!.AsArray();
        found.Select(static r => r!["range"]!["start"]!["line"]!.GetValue<int>()).ShouldBe(lines);
    }

    [Fact]
    public async Task Rename_edits_every_place_and_the_file_stays_sound()
    {
        await using var editor = await OpenAsync(Sample);
        ((string?)(await AskAsync(editor, "prepareRename", 3, 7))["result"]!["placeholder"]).ShouldBe("page");
        var parameters = Place(3, 7);
        parameters["newName"] = "sheet";
        var edits = (await editor.AskAsync("textDocument/rename", parameters))["result"]!["changes"]![Address]!.AsArray();
        edits.Select(static e => (string?)e!["newText"]).ShouldBe(["sheet", "sheet", "sheet", "sheets"]);
    }

    [Fact]
    public async Task Rename_to_a_name_that_is_taken_is_refused_with_the_reason()
    {
        await using var editor = await OpenAsync(Sample.Replace("meter page whole", "meter page whole\nmeter sheet whole", StringComparison.Ordinal));
        var parameters = Place(3, 7);
        parameters["newName"] = "sheet";
        var error = (await editor.AskAsync("textDocument/rename", parameters))["error"]!;
        error["code"]!.GetValue<int>().ShouldBe(-32803);
        ((string?)error["message"])!.ShouldContain("sheet");
    }

    [Fact]
    public async Task Cancelled_request_is_answered_once_and_the_server_goes_on()
    {
        await using var editor = await OpenAsync(Sample);
        await editor.DiagnosticsAsync(Address, 1);
        var request = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = "first", ["method"] = "textDocument/hover", ["params"] = Place(3, 7) };
        await editor.SendAsync(request.ToJsonString());
        await editor.TellAsync("$/cancelRequest", new JsonObject { ["id"] = "first" });
        var answer = await editor.ReadAsync();
        ((string?)answer["id"]).ShouldBe("first");
        (answer.ContainsKey("result") || answer["error"]!["code"]!.GetValue<int>() == -32800).ShouldBeTrue();
        (await AskAsync(editor, "hover", 3, 7))["result"].ShouldNotBeNull();
        (await editor.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Place_outside_the_text_is_refused()
    {
        await using var editor = await OpenAsync(Sample);
        (await AskAsync(editor, "completion", 999, 0))["error"]!["code"]!.GetValue<int>().ShouldBe(-32602);
    }

    private static async Task<EditorProcess> OpenAsync(string text)
    {
        var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, text);
        return editor;
    }

    private static Task<JsonObject> AskAsync(EditorProcess editor, string what, int line, int character) =>
        editor.AskAsync("textDocument/" + what, Place(line, character));

    private static JsonObject Place(int line, int character) => new()
    {
        ["textDocument"] = new JsonObject { ["uri"] = Address },
        ["position"] = new JsonObject { ["line"] = line, ["character"] = character },
    };
}
