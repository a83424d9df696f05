using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Rules.Portal.Startup;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Drafts;

/// <summary>The editor's bundle, and its way to the language server.</summary>
[Collection(SharedPortal.Name)]
public sealed class EditorTests(RunningPortal portal)
{
    private const string Text = "language 1\nruleset stall version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\naction scan\nprice scam\n  each 9 credits\n";

    [Fact]
    public async Task Bundle_is_built_from_its_sources()
    {
        var folder = Path.Combine(PortalSettings.SourceRoot()!, "portal", "Editor");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in new[] { "editor.js", "package.json" })
        {
            hash.AppendData(Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(Path.Combine(folder, name))).ReplaceLineEndings("\n")));
        }

        var bundle = await portal.Http.GetStringAsync(new Uri("/lib/editor.js", UriKind.Relative));
        bundle.ShouldContain("sha256 " + Convert.ToHexStringLower(hash.GetHashAndReset()), Case.Sensitive, "Run npm ci && npm run build in portal/Editor.");
        (await portal.Http.GetStringAsync(new Uri("/lib/editor-LICENSE.txt", UriKind.Relative))).ShouldContain("@codemirror/view");
    }

    [Fact]
    public async Task Language_server_checks_and_steps_over_a_socket()
    {
        using var socket = await ConnectAsync(portal.Portal.Address.GetLeftPart(UriPartial.Authority));
        await SendAsync(socket, """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}""");
        (await ReadAsync(socket)).GetProperty("result").GetProperty("capabilities").GetProperty("hoverProvider").GetBoolean().ShouldBeTrue();
        await SendAsync(socket, JsonSerializer.Serialize(new { jsonrpc = "2.0", method = "textDocument/didOpen", @params = new { textDocument = new { uri = "rules:///stall.v1.rules", languageId = "rules", version = 1, text = Text } } }));
        (await ReadAsync(socket)).GetProperty("params").GetProperty("diagnostics")[0].GetProperty("code").GetString().ShouldBe("PR0202");
        await SendAsync(socket, """{"jsonrpc":"2.0","id":2,"method":"rules/stepNumber","params":{"textDocument":{"uri":"rules:///stall.v1.rules"},"position":{"line":5,"character":8},"steps":1}}""");
        (await ReadAsync(socket)).GetProperty("result")[0].GetProperty("newText").GetString().ShouldBe("10");
        await SendAsync(socket, """{"jsonrpc":"2.0","id":3,"method":"rules/stepNumber","params":{"textDocument":{"uri":"rules:///stall.v1.rules"},"position":{"line":3,"character":0},"steps":1}}""");
        (await ReadAsync(socket)).GetProperty("result").GetArrayLength().ShouldBe(0);
        await SendAsync(socket, "no json");
        (await ReadAsync(socket)).GetProperty("error").GetProperty("code").GetInt32().ShouldBe(-32700);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Page_of_another_origin_opens_no_connection(string? origin)
    {
        var refused = await Should.ThrowAsync<WebSocketException>(async () => (await ConnectAsync(origin)).Dispose());
        refused.Message.ShouldContain("403");
    }

    [Fact]
    public async Task Connection_without_a_socket_is_a_bad_request()
    {
        using var answer = await portal.Http.GetAsync(new Uri("/editor/connection", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<ClientWebSocket> ConnectAsync(string? origin)
    {
        var socket = new ClientWebSocket();
        socket.Options.Cookies = portal.Cookies;
        if (origin is not null)
        {
            socket.Options.SetRequestHeader("Origin", origin);
        }

        await socket.ConnectAsync(new UriBuilder(portal.Portal.Address) { Scheme = "ws", Path = "/editor/connection" }.Uri, default);
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string message) => socket.SendAsync(Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, endOfMessage: true, default);

    private static async Task<JsonElement> ReadAsync(ClientWebSocket socket)
    {
        var bytes = new byte[1 << 16];
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await socket.ReceiveAsync(bytes.AsMemory(length), default);
            length += part.Count;
        }
        while (!part.EndOfMessage);

        using var document = JsonDocument.Parse(bytes.AsMemory(0, length));
        return document.RootElement.Clone();
    }
}
