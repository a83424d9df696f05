using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rules.Cli.Tests.Protocol;

/// <summary>An editor at the other end of a running <c>rules lsp</c>.</summary>
internal sealed class EditorProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _server;
    private readonly CancellationTokenSource _patience = new(Patience);
    private int _nextId;

    private EditorProcess(Process server) => _server = server;

    public static async Task<EditorProcess> StartAsync(params string[] arguments)
    {
        var editor = new EditorProcess(RulesProcess.Start(["lsp", .. arguments]));
        var answer = await editor.AskAsync("initialize", new JsonObject { ["processId"] = null, ["rootUri"] = null, ["capabilities"] = new JsonObject() });
        editor.Capabilities = answer["result"]!["capabilities"]!.AsObject();
        await editor.TellAsync("initialized", new JsonObject());
        return editor;
    }

    public JsonObject Capabilities { get; private set; } = [];

    /// <summary>Not yet initialized.</summary>
    public static EditorProcess StartBare() => new(RulesProcess.Start("lsp"));

    public async Task WriteAsync(string raw)
    {
        await _server.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(raw), _patience.Token);
        await _server.StandardInput.BaseStream.FlushAsync(_patience.Token);
    }

    public Task SendAsync(string json) => WriteAsync($"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    public Task TellAsync(string method, JsonNode? parameters) =>
        SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = method, ["params"] = parameters?.DeepClone() }.ToJsonString());

    /// <summary>Sends a request and gives its answer; notifications on the way are dropped.</summary>
    public async Task<JsonObject> AskAsync(string method, JsonNode? parameters = null)
    {
        var id = ++_nextId;
        await SendAsync(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters?.DeepClone() }.ToJsonString());
        while (true)
        {
            var message = await ReadAsync();
            if (message["id"] is JsonValue answered && answered.GetValueKind() == JsonValueKind.Number && answered.GetValue<int>() == id)
            {
                return message;
            }
        }
    }

    /// <summary>The diagnostics of a version of a document, once they are published.</summary>
    public async Task<JsonArray> DiagnosticsAsync(string uri, int version)
    {
        while (true)
        {
            var message = await ReadAsync();
            if ((string?)message["method"] == "textDocument/publishDiagnostics"
                && (string?)message["params"]!["uri"] == uri && (int?)message["params"]!["version"] == version)
            {
                return message["params"]!["diagnostics"]!.AsArray();
            }
        }
    }

    public Task OpenAsync(string uri, string text, int version = 1) => TellAsync("textDocument/didOpen", new JsonObject
    {
        ["textDocument"] = new JsonObject { ["uri"] = uri, ["languageId"] = "rules", ["version"] = version, ["text"] = text },
    });

    /// <summary>The next message, whatever it is.</summary>
    public async Task<JsonObject> ReadAsync()
    {
        var stream = _server.StandardOutput.BaseStream;
        var header = new StringBuilder();
        var one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _patience.Token) == 0)
            {
                throw new EndOfStreamException($"The server ended after \"{header}\": {await _server.StandardError.ReadToEndAsync(_patience.Token)}");
            }

            header.Append((char)one[0]);
        }

        var length = int.Parse(header.ToString()["Content-Length: ".Length..].Trim(), System.Globalization.CultureInfo.InvariantCulture);
        var body = new byte[length];
        await stream.ReadExactlyAsync(body, _patience.Token);
        return JsonNode.Parse(body)!.AsObject();
    }

    /// <summary>Ends the server as the protocol asks and gives its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        (await AskAsync("shutdown")).ContainsKey("result").ShouldBeTrue();
        await TellAsync("exit", null);
        await _server.WaitForExitAsync(_patience.Token);
        return _server.ExitCode;
    }

    /// <summary>Closes the line as a dying editor does and gives the server's exit code.</summary>
    public async Task<int> HangUpAsync()
    {
        _server.StandardInput.Close();
        await _server.WaitForExitAsync(_patience.Token);
        return _server.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited)
        {
            _server.Kill(entireProcessTree: true);
            await _server.WaitForExitAsync();
        }

        _server.Dispose();
        _patience.Dispose();
    }
}
