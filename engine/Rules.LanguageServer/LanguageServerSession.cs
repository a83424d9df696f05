using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Rules.LanguageServer.Features;
using Rules.LanguageServer.Protocol;
using Rules.LanguageServer.Transport;

namespace Rules.LanguageServer;

/// <summary>
/// One editor's connection: its open documents and the answers about them. Messages are handled one by one, in the order they came;
/// diagnostics are published when no message is waiting, so that fast typing costs one check and not one a key.
/// </summary>
/// <param name="channel">Carries the messages; the session does not close it.</param>
/// <param name="diagnosticPages">Gives the address of a code's page, or null where it has none.</param>
public sealed class LanguageServerSession(IMessageChannel channel, Func<string, string?> diagnosticPages)
{
    /// <summary>The most documents that are held open at a time; further ones are not checked.</summary>
    public const int MaximumDocuments = 256;

    private const int MaximumWaiting = 64;

    private readonly Dictionary<string, OpenDocument> _documents = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unpublished = new(StringComparer.Ordinal);
    private readonly DiagnosticMap _diagnosticMap = new(diagnosticPages);
    private bool _initialized;
    private bool _shutDown;
    private bool _exited;

    /// <summary>
    /// Serves until the client says <c>exit</c> or closes the line. Gives the protocol's exit code: 0 after <c>shutdown</c>, else 1.
    /// </summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = Channel.CreateBounded<IncomingMessage>(MaximumWaiting);

        // A read of a console cannot be cancelled, so after exit nobody waits for it: it ends with the process. It tells its end by the channel.
        _ = ReadAllAsync(waiting.Writer, stop.Token);
        try
        {
            while (!_exited && await waiting.Reader.WaitToReadAsync(stop.Token))
            {
                while (!_exited && waiting.Reader.TryRead(out var message))
                {
                    await HandleAsync(message, stop.Token);
                }

                await PublishAsync(stop.Token);
            }
        }
        finally
        {
            await stop.CancelAsync();
        }

        return _shutDown ? 0 : 1;
    }

    private async Task ReadAllAsync(ChannelWriter<IncomingMessage> waiting, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            while (await channel.ReadAsync(cancellationToken) is { } message)
            {
                await waiting.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // A line that broke has ended; whoever listened on it is gone.
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        waiting.Complete(failure);
    }

    private async Task HandleAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        if (message.Fault is { } fault)
        {
            await channel.WriteAsync(RpcWriter.Error(null, RpcErrorCode.ParseError, fault), cancellationToken);
            return;
        }

        RpcRequest? request = null;
        ReadOnlyMemory<byte>? answer;
        try
        {
            request = RpcRequest.Read(message.Content);
            answer = request switch
            {
                null => null,
                { Id: { } id } => Answer(id, request),
                _ => Note(request),
            };
        }
        catch (RpcException exception)
        {
            answer = request is { Id: null }
                ? Log(exception.Message)
                : RpcWriter.Error(request?.Id ?? exception.Id, exception.Code, exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The editor keeps its server: one request failed, the next may not.
            var words = $"The server failed on {request?.Method}: {exception.Message}";
            answer = request?.Id is { } id ? RpcWriter.Error(id, RpcErrorCode.InternalError, words) : Log(words);
        }

        if (answer is { } bytes)
        {
            await channel.WriteAsync(bytes, cancellationToken);
        }
    }

    private ReadOnlyMemory<byte> Answer(JsonElement id, RpcRequest request)
    {
        var types = MessageContext.Default;
        if (request.Method == "initialize")
        {
            if (_initialized)
            {
                throw new RpcException(RpcErrorCode.InvalidRequest, "The server was initialized before.");
            }

            _initialized = true;
            return RpcWriter.Result(id, Initialize(), types.InitializeResult);
        }

        if (!_initialized)
        {
            throw new RpcException(RpcErrorCode.ServerNotInitialized, "The first request is initialize.");
        }

        if (_shutDown)
        {
            throw new RpcException(RpcErrorCode.InvalidRequest, "The server was shut down; only exit may follow.");
        }

        switch (request.Method)
        {
            case "shutdown":
                _shutDown = true;
                return RpcWriter.Result(id, null, types.Object);
            case "textDocument/semanticTokens/full":
                return RpcWriter.Result(id, SemanticTokenMap.Tokens(Document(request)), types.SemanticTokens);
            case "textDocument/documentSymbol":
                return RpcWriter.Result(id, Outline.Symbols(Document(request)), types.ImmutableArrayDocumentSymbol);
            case "textDocument/formatting":
                return RpcWriter.Result(id, Layout.Edits(Document(request)), types.ImmutableArrayProtocolTextEdit);
            case "textDocument/codeAction":
                var parameters = Parameters(request, types.CodeActionParameters);
                var document = Document(parameters.TextDocument);
                return RpcWriter.Result(id, CodeActions.At(document, parameters.Range, _diagnosticMap), types.ImmutableArrayCodeAction);
            default:
                throw new RpcException(RpcErrorCode.MethodNotFound, $"The server does not know the request \"{request.Method}\".");
        }
    }

    private ReadOnlyMemory<byte>? Note(RpcRequest request)
    {
        if (request.Method == "exit")
        {
            _exited = true;
            return null;
        }

        if (!_initialized || _shutDown)
        {
            return null;
        }

        var types = MessageContext.Default;
        switch (request.Method)
        {
            case "textDocument/didOpen":
                return Open(Parameters(request, types.DidOpenParameters).TextDocument);
            case "textDocument/didChange":
                var change = Parameters(request, types.DidChangeParameters);
                var before = Document(change.TextDocument);
                _documents[before.Uri] = before.Change(change.TextDocument.Version ?? before.Version, change.ContentChanges);
                _unpublished.Add(before.Uri);
                return null;
            case "textDocument/didClose":
                var uri = Parameters(request, types.DocumentParameters).TextDocument.Uri;
                if (!_documents.Remove(uri, out var closed))
                {
                    return null;
                }

                _unpublished.Remove(uri);
                return Publication(closed, []);
            default:
                return null;
        }
    }

    private ReadOnlyMemory<byte>? Open(TextDocumentItem item)
    {
        if (_documents.Count >= MaximumDocuments && !_documents.ContainsKey(item.Uri))
        {
            return Log($"{MaximumDocuments} documents are open; \"{item.Uri}\" is not checked until one is closed.");
        }

        _documents[item.Uri] = OpenDocument.Open(item);
        _unpublished.Add(item.Uri);
        return null;
    }

    private async Task PublishAsync(CancellationToken cancellationToken)
    {
        while (!_exited && _unpublished.Min is { } uri)
        {
            _unpublished.Remove(uri);
            ReadOnlyMemory<byte> message;
            try
            {
                var document = _documents[uri];
                message = Publication(document, _diagnosticMap.All(document));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                message = Log($"The server failed to check \"{uri}\": {exception.Message}");
            }

            await channel.WriteAsync(message, cancellationToken);
        }
    }

    private static InitializeResult Initialize() => new(
        new ServerCapabilities(
            PositionEncoding: "utf-16",
            TextDocumentSync: new TextDocumentSyncOptions(OpenClose: true, Change: 2),
            DocumentSymbolProvider: true,
            DocumentFormattingProvider: true,
            CodeActionProvider: new CodeActionOptions(["quickfix"]),
            SemanticTokensProvider: new SemanticTokensOptions(SemanticTokenMap.Legend, Full: true)),
        new ServerName("rules", typeof(LanguageServerSession).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion));

    private static ReadOnlyMemory<byte> Publication(OpenDocument document, ImmutableArray<ProtocolDiagnostic> diagnostics) => RpcWriter.Notification(
        "textDocument/publishDiagnostics",
        new PublishDiagnosticsParameters(document.Uri, document.Version, diagnostics),
        MessageContext.Default.PublishDiagnosticsParameters);

    private static ReadOnlyMemory<byte> Log(string message) => RpcWriter.Notification(
        "window/logMessage", new LogMessageParameters(1, message), MessageContext.Default.LogMessageParameters);

    private static T Parameters<T>(RpcRequest request, JsonTypeInfo<T> type)
    {
        try
        {
            return request.Parameters.ValueKind == JsonValueKind.Object && request.Parameters.Deserialize(type) is { } parameters
                ? parameters
                : throw new RpcException(RpcErrorCode.InvalidParameters, $"The parameters of {request.Method} are an object.");
        }
        catch (JsonException exception)
        {
            throw new RpcException(RpcErrorCode.InvalidParameters, $"The parameters of {request.Method} do not fit at {exception.Path}.");
        }
    }

    private OpenDocument Document(RpcRequest request) => Document(Parameters(request, MessageContext.Default.DocumentParameters).TextDocument);

    private OpenDocument Document(TextDocumentIdentifier identifier) => _documents.TryGetValue(identifier.Uri, out var document)
        ? document
        : throw new RpcException(RpcErrorCode.InvalidParameters, $"The document \"{identifier.Uri}\" is not open.");
}
