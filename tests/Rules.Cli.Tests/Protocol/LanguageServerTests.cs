using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Protocol;

/// <summary>Every test speaks to a process of its own, as an editor does.</summary>
public sealed class LanguageServerTests
{
    private const string Address = "file:///rules/sample.v1.rules";

    private const string Sample = """
        language 1
        ruleset sample version 1 effective 2026-09-01
          timezone "UTC"
        credit "credit" to 4 decimals, rounding half up
        account shop
          has region one of eu, us, normally eu
        meter page whole
        action scan keyed by batch
          measures page
        price scan
          per page, graduated within each batch
            base        0.01 credits
            over 1,000  0.004 credits  60% off
        example "one page"
          do scan of 1 page
          expect 0.01 credits
        applies when region is eu

        """;

    [Fact]
    public async Task Server_says_what_it_can_do()
    {
        await using var editor = await EditorProcess.StartAsync();
        editor.Capabilities["positionEncoding"]!.GetValue<string>().ShouldBe("utf-16");
        editor.Capabilities["textDocumentSync"]!["change"]!.GetValue<int>().ShouldBe(2);
        editor.Capabilities["documentSymbolProvider"]!.GetValue<bool>().ShouldBeTrue();
        editor.Capabilities["semanticTokensProvider"]!["legend"]!["tokenTypes"]!.AsArray().Count.ShouldBeGreaterThan(5);
        (await editor.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Sound_file_has_no_diagnostics()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Sample);
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Code_leads_to_the_page_installed_with_the_program()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Sample.Replace("60%", "50%", StringComparison.Ordinal));
        var diagnostic = (await editor.DiagnosticsAsync(Address, 1)).ShouldHaveSingleItem()!;
        var page = new Uri((string)diagnostic["codeDescription"]!["href"]!);
        page.IsFile.ShouldBeTrue();
        (await File.ReadAllTextAsync(page.LocalPath)).ShouldStartWith("# PR0305: ");
    }

    [Fact]
    public async Task Mistake_is_published_with_its_code_help_and_page_and_gone_when_mended()
    {
        await using var editor = await EditorProcess.StartAsync("--pages", "https://rules.example/diagnostics/");
        await editor.OpenAsync(Address, Sample.Replace("60%", "50%", StringComparison.Ordinal));
        var diagnostic = (await editor.DiagnosticsAsync(Address, 1)).ShouldHaveSingleItem()!;
        ((string?)diagnostic["code"]).ShouldBe("PR0305");
        ((string?)diagnostic["source"]).ShouldBe("rules");
        diagnostic["severity"]!.GetValue<int>().ShouldBe(1);
        ((string?)diagnostic["codeDescription"]!["href"]).ShouldBe("https://rules.example/diagnostics/PR0305");
        ((string?)diagnostic["message"])!.ShouldContain("\nhelp: ");
        diagnostic["range"]!["start"]!["line"]!.GetValue<int>().ShouldBe(12);

        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(2),
            ["contentChanges"] = new JsonArray(Change(12, 31, 12, 33, "60")),
        });
        (await editor.DiagnosticsAsync(Address, 2)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Changes_of_one_message_apply_one_after_the_other()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, "");
        var half = Sample.Length / 2;
        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(2),
            ["contentChanges"] = new JsonArray(
                new JsonObject { ["text"] = "x" }, Change(0, 0, 0, 1, Sample[half..]), Change(0, 0, 0, 0, Sample[..half])),
        });
        (await editor.DiagnosticsAsync(Address, 2)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Characters_count_in_utf_16_units()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Sample.Replace("\"one page\"", "\"one 📄 page\" # 📄 prise", StringComparison.Ordinal));
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();
        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(2),
            ["contentChanges"] = new JsonArray(Change(13, 13, 13, 15, "")),
        });
        (await editor.DiagnosticsAsync(Address, 2)).ShouldBeEmpty();
        var symbols = (await editor.AskAsync("textDocument/documentSymbol", new JsonObject { ["textDocument"] = Identifier() }))["result"]!.AsArray();
        symbols.Select(static s => (string?)s!["name"]).ShouldContain("one  page");
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_is_a_diagnostic_and_can_be_published()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Sample.Replace("\"one page\"", "\"one 📄 page\"", StringComparison.Ordinal));
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();
        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(2),
            ["contentChanges"] = new JsonArray(Change(13, 14, 13, 15, "")),
        });
        ((string?)(await editor.DiagnosticsAsync(Address, 2)).ShouldHaveSingleItem()!["code"]).ShouldBe("PR0002");
    }

    [Fact]
    public async Task Layout_is_one_edit_and_none_where_it_stands()
    {
        await using var editor = await EditorProcess.StartAsync();
        var parameters = new JsonObject { ["textDocument"] = Identifier(), ["options"] = new JsonObject { ["tabSize"] = 8, ["insertSpaces"] = false } };
        await editor.OpenAsync(Address, Sample.Replace("  measures page", "      measures   page", StringComparison.Ordinal));
        var edit = (await editor.AskAsync("textDocument/formatting", parameters))["result"]!.AsArray().ShouldHaveSingleItem()!;
        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(2),
            ["contentChanges"] = new JsonArray(new JsonObject { ["range"] = edit["range"]!.DeepClone(), ["text"] = edit["newText"]!.DeepClone() }),
        });
        (await editor.AskAsync("textDocument/formatting", parameters))["result"]!.AsArray().ShouldBeEmpty();
        await editor.OpenAsync(Address, "prise\n", 3);
        (await editor.AskAsync("textDocument/formatting", parameters))["error"]!["code"]!.GetValue<int>().ShouldBe(-32803);
    }

    [Fact]
    public async Task Failing_example_is_a_diagnostic()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Sample.Replace("expect 0.01", "expect 0.02", StringComparison.Ordinal));
        var diagnostic = (await editor.DiagnosticsAsync(Address, 1)).ShouldHaveSingleItem()!;
        ((string?)diagnostic["code"]).ShouldBe("PR0802");
    }

    [Fact]
    public async Task Fix_is_offered_where_the_mistake_is_and_mends_it()
    {
        await using var editor = await EditorProcess.StartAsync();
        var text = Sample.Replace("measures page", "measures pgae", StringComparison.Ordinal);
        await editor.OpenAsync(Address, text);
        (await editor.DiagnosticsAsync(Address, 1)).Count.ShouldBeGreaterThan(0);
        var actions = await ActionsAsync(editor, 8, 14);
        var fix = actions.ShouldHaveSingleItem()!;
        ((string?)fix["kind"]).ShouldBe("quickfix");
        fix["isPreferred"]!.GetValue<bool>().ShouldBeTrue();
        var edit = fix["edit"]!["changes"]![Address]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)edit["newText"]).ShouldBe("page");
        (await ActionsAsync(editor, 0, 0)).ShouldBeEmpty();

        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(2),
            ["contentChanges"] = new JsonArray(new JsonObject { ["range"] = edit["range"]!.DeepClone(), ["text"] = "page" }),
        });
        (await editor.DiagnosticsAsync(Address, 2)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Outline_lists_the_items_in_order()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Sample);
        var symbols = (await editor.AskAsync("textDocument/documentSymbol", new JsonObject { ["textDocument"] = Identifier() }))["result"]!.AsArray();
        symbols.Select(static s => $"{s!["detail"]} {s["name"]}").ShouldBe(
            ["ruleset sample", "credit credit", "account shop", "meter page", "action scan", "price scan", "example one page", " applies"]);
        ((string?)symbols[2]!["children"]![0]!["name"]).ShouldBe("region");
        symbols[5]!["range"]!["end"]!["line"]!.GetValue<int>().ShouldBe(12);
        symbols[5]!["selectionRange"]!.ToJsonString().ShouldBe("""{"start":{"line":9,"character":6},"end":{"line":9,"character":10}}""");
    }

    [Fact]
    public async Task Semantic_tokens_cover_the_words_of_the_text_in_order()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, "# a remark\n" + Sample);
        var types = editor.Capabilities["semanticTokensProvider"]!["legend"]!["tokenTypes"]!.AsArray();
        var data = (await editor.AskAsync("textDocument/semanticTokens/full", new JsonObject { ["textDocument"] = Identifier() }))["result"]!["data"]!
            .AsArray().Select(static n => n!.GetValue<int>()).ToArray();
        (data.Length % 5).ShouldBe(0);
        var lines = ("# a remark\n" + Sample).Split('\n');
        var seen = new List<string>();
        var (line, character) = (0, 0);
        for (var i = 0; i < data.Length; i += 5)
        {
            character = data[i] == 0 ? character + data[i + 1] : data[i + 1];
            line += data[i];
            seen.Add($"{types[data[i + 3]]} {lines[line].Substring(character, data[i + 2])}");
        }

        seen[0].ShouldBe("comment # a remark");
        seen.ShouldContain("keyword language");
        seen.ShouldContain("number 0.004");
        seen.ShouldContain("string \"one page\"");
    }

    [Fact]
    public async Task Closed_document_has_its_diagnostics_cleared_and_answers_nothing()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, "nonsense");
        (await editor.DiagnosticsAsync(Address, 1)).Count.ShouldBeGreaterThan(0);
        await editor.TellAsync("textDocument/didClose", new JsonObject { ["textDocument"] = Identifier() });
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();
        var answer = await editor.AskAsync("textDocument/documentSymbol", new JsonObject { ["textDocument"] = Identifier() });
        answer["error"]!["code"]!.GetValue<int>().ShouldBe(-32602);
    }

    [Theory]
    [InlineData("{", -32700, "null")]
    [InlineData("", -32700, "null")]
    [InlineData("\u0000", -32700, "null")]
    [InlineData("[]", -32600, "null")]
    [InlineData("7", -32600, "null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"x\"}", -32600, "null")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":\"a\"}", -32600, "\"a\"")]
    [InlineData("{\"id\":9,\"method\":\"shutdown\"}", -32600, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":7}", -32600, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"\\ud800\"}", -32600, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"textDocument/documentSymbol\",\"params\":{\"textDocument\":{\"uri\":\"\\ud800\"}}}", -32602, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"shutdown\",\"params\":3}", -32600, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"rules/nothing\"}", -32601, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"initialize\"}", -32600, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"textDocument/codeAction\"}", -32602, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"textDocument/codeAction\",\"params\":{\"textDocument\":{\"uri\":3}}}", -32602, "9")]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"textDocument/documentSymbol\",\"params\":{\"textDocument\":{\"uri\":\"file:///x\"}}}", -32602, "9")]
    public async Task Bad_message_is_answered_and_the_server_lives(string message, int code, string id)
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.SendAsync(message);
        var answer = await editor.ReadAsync();
        answer["error"]!["code"]!.GetValue<int>().ShouldBe(code);
        (answer["id"]?.ToJsonString() ?? "null").ShouldBe(id);
        answer["error"]!["message"]!.GetValue<string>().ShouldNotContain("Exception");
        (await editor.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Bad_frame_is_answered_and_the_server_lives()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.WriteAsync("Content-Length: many\r\n\r\n");
        (await editor.ReadAsync())["error"]!["code"]!.GetValue<int>().ShouldBe(-32700);
        await editor.WriteAsync("Content-Length: 9000000\r\n\r\n" + new string(' ', 9_000_000));
        (await editor.ReadAsync())["error"]!["code"]!.GetValue<int>().ShouldBe(-32700);
        (await editor.ExitAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Deep_nesting_is_an_error_and_not_a_crash()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.SendAsync(new string('[', 100_000));
        (await editor.ReadAsync())["error"]!["code"]!.GetValue<int>().ShouldBe(-32700);
        (await editor.ExitAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData(99, 0, 99, 1)]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(1, 0, 0, 0)]
    public async Task Change_outside_the_document_is_told_and_changes_nothing(int line, int character, int endLine, int endCharacter)
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, Sample);
        (await editor.DiagnosticsAsync(Address, 1)).ShouldBeEmpty();
        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(2),
            ["contentChanges"] = new JsonArray(Change(line, character, endLine, endCharacter, "nonsense")),
        });
        ((string?)(await editor.ReadAsync())["method"]).ShouldBe("window/logMessage");
        var symbols = (await editor.AskAsync("textDocument/documentSymbol", new JsonObject { ["textDocument"] = Identifier() }))["result"]!.AsArray();
        symbols.Count.ShouldBe(8);
    }

    [Fact]
    public async Task Requests_before_initialize_are_refused()
    {
        await using var editor = EditorProcess.StartBare();
        (await editor.AskAsync("textDocument/documentSymbol", new JsonObject()))["error"]!["code"]!.GetValue<int>().ShouldBe(-32002);
    }

    [Fact]
    public async Task Server_ends_with_1_when_the_editor_hangs_up()
    {
        await using var editor = await EditorProcess.StartAsync();
        (await editor.HangUpAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Fast_typing_ends_with_the_diagnostics_of_the_last_version()
    {
        await using var editor = await EditorProcess.StartAsync();
        await editor.OpenAsync(Address, "");
        for (var version = 2; version <= Sample.Length; version += 7)
        {
            await editor.TellAsync("textDocument/didChange", new JsonObject
            {
                ["textDocument"] = Identifier(version),
                ["contentChanges"] = new JsonArray(new JsonObject { ["text"] = Sample[..version] }),
            });
        }

        await editor.TellAsync("textDocument/didChange", new JsonObject
        {
            ["textDocument"] = Identifier(9999),
            ["contentChanges"] = new JsonArray(new JsonObject { ["text"] = Sample }),
        });
        (await editor.DiagnosticsAsync(Address, 9999)).ShouldBeEmpty();
    }

    private static JsonObject Identifier(int? version = null)
    {
        var identifier = new JsonObject { ["uri"] = Address };
        if (version is { } number)
        {
            identifier["version"] = number;
        }

        return identifier;
    }

    private static JsonObject Change(int line, int character, int endLine, int endCharacter, string text) => new()
    {
        ["range"] = Range(line, character, endLine, endCharacter),
        ["text"] = text,
    };

    private static JsonObject Range(int line, int character, int endLine, int endCharacter) => new()
    {
        ["start"] = new JsonObject { ["line"] = line, ["character"] = character },
        ["end"] = new JsonObject { ["line"] = endLine, ["character"] = endCharacter },
    };

    private static async Task<JsonArray> ActionsAsync(EditorProcess editor, int line, int character) =>
        (await editor.AskAsync("textDocument/codeAction", new JsonObject
        {
            ["textDocument"] = Identifier(),
            ["range"] = Range(line, character, line, character),
            ["context"] = new JsonObject { ["diagnostics"] = new JsonArray() },
        }))["result"]!.AsArray();
}
