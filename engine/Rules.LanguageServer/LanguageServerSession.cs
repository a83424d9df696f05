using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using Rules.Dsl.Text;
using Rules.LanguageServer.Features;
using Rules.LanguageServer.Protocol;
using Rules.LanguageServer.Transport;
using Rules.LanguageServer.Workspace;

namespace Rules.LanguageServer;

/// <summary>
/// One editor's connection: its open documents and the answers about them. Messages are handled one by one, in the order they came;
/// diagnostics are published when no message is waiting, so that fast typing costs one check and not one a key.
/// </summary>
/// <param name="channel">Carries the messages; the session does not close it.</param>
/// <param name="diagnosticPages">Gives the address of a code's page, or null where it has none.</param>
/// <param name="readFile">
/// Gives the text of a file by its path, as <see cref="RuleFileNeighbours.Read"/> does, so that an open amendment sees what lies beside it. Null where
/// the editor runs on another machine: its addresses then name no file.
/// </param>
/// <param name="published">Finds versions that are no documents, such as those of a database; null where there are none.</param>
public sealed class LanguageServerSession(
    IMessageChannel channel, Func<string, string?> diagnosticPages, Func<string, SourceText?>? readFile = null, RuleFileLookup? published = null)
{
    /// <summary>The most documents that are held open at a time; further ones are not checked.</summary>
    public const int MaximumDocuments = 256;

    private const int MaximumWaiting = 64;

    private readonly Dictionary<string, OpenDocument> _documents = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _unpublished = new(StringComparer.Ordinal);
    private readonly DiagnosticMap _diagnosticMap = new(diagnosticPages);
    private readonly Queue<IncomingMessage> _batch = new();
    private readonly HashSet<string> _cancelled = new(StringComparer.Ordinal);
    private DocumentNeighbours? _neighbours;
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
                while (!_exited && TakeBatch(waiting.Reader))
                {
                    while (!_exited && _batch.TryDequeue(out var message))
                    {
                        await HandleAsync(message, stop.Token);
                    }
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

    // All that wait are looked at before the first is handled, so that a request is not answered that was cancelled meanwhile.
    private bool TakeBatch(ChannelReader<IncomingMessage> waiting)
    {
        _cancelled.Clear();
        while (_batch.Count < MaximumWaiting && waiting.TryRead(out var message))
        {
            _batch.Enqueue(message);
            if (message.Fault is null && message.Content.Span.IndexOf("$/cancelRequest"u8) >= 0 && CancelledId(message) is { } id)
            {
                _cancelled.Add(id);
            }
        }

        return _batch.Count > 0;
    }

    private static string? CancelledId(IncomingMessage message)
    {
        try
        {
            return RpcRequest.Read(message.Content) is { Id: null, Method: "$/cancelRequest", Parameters: { ValueKind: JsonValueKind.Object } parameters }
                && parameters.TryGetProperty("id", out var id) ? id.GetRawText() : null;
        }
        catch (RpcException)
        {
            // Its turn comes, and it is then answered with what is wrong with it.
            return null;
        }
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

        if (request.Method != "shutdown" && _cancelled.Contains(id.GetRawText()))
        {
            throw new RpcException(RpcErrorCode.RequestCancelled, "The request was cancelled.");
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
            case "textDocument/completion":
                var completing = Parameters(request, types.PlaceParameters);
                return RpcWriter.Result(id, CompletionMap.At(Document(completing.TextDocument), completing.Position), types.CompletionList);
            case "textDocument/hover":
                var hovered = Parameters(request, types.PlaceParameters);
                return RpcWriter.Result(id, HoverMap.At(Document(hovered.TextDocument), hovered.Position), types.HoverAnswer);
            case "rules/stepNumber":
                var stepping = Parameters(request, types.StepParameters);
                return RpcWriter.Result(id, NumberSteps.At(Document(stepping.TextDocument), stepping.Position, stepping.Steps), types.ImmutableArrayProtocolTextEdit);
            case "textDocument/definition":
                var used = Parameters(request, types.PlaceParameters);
                return RpcWriter.Result(id, NameMap.Definition(Document(used.TextDocument), used.Position), types.ProtocolLocation);
            case "textDocument/references":
                var asked = Parameters(request, types.ReferenceParameters);
                var all = NameMap.References(Document(asked.TextDocument), asked.Position, asked.Context is { IncludeDeclaration: true });
                return RpcWriter.Result(id, all, types.ImmutableArrayProtocolLocation);
            case "textDocument/prepareRename":
                var renamed = Parameters(request, types.PlaceParameters);
                return RpcWriter.Result(id, NameMap.Prepare(Document(renamed.TextDocument), renamed.Position), types.RenamePlace);
            case "textDocument/rename":
                var renaming = Parameters(request, types.RenameParameters);
                return RpcWriter.Result(id, NameMap.Rename(Document(renaming.TextDocument), renaming.Position, renaming.NewName), types.WorkspaceEdit);
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
                LookAgain(except: before.Uri);
                return null;
            case "textDocument/didClose":
                var uri = Parameters(request, types.DocumentParameters).TextDocument.Uri;
                if (!_documents.Remove(uri, out var closed))
                {
                    return null;
                }

                _unpublished.Remove(uri);
                LookAgain(except: uri);
                return Publication(closed, []);
            case "workspace/didChangeWatchedFiles":
                LookAgain(except: null);
                return null;
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

        _documents[item.Uri] = OpenDocument.Open(item, _neighbours ??= new DocumentNeighbours(() => _documents.Values, readFile, published));
        _unpublished.Add(item.Uri);
        LookAgain(except: item.Uri);
        return null;
    }

    // A document that builds on others may mean something else since one of them changed.
    private void LookAgain(string? except)
    {
        foreach (var document in _documents.Values.Where(d => d.Uri != except && d.BuildsOnOthers).ToList())
        {
            _documents[document.Uri] = document.Again();
            _unpublished.Add(document.Uri);
        }
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
            SemanticTokensProvider: new SemanticTokensOptions(SemanticTokenMap.Legend, Full: true),
            CompletionProvider: new CompletionOptions([" ", "\""]),
            HoverProvider: true,
            DefinitionProvider: true,
            ReferencesProvider: true,
            RenameProvider: new RenameOptions(PrepareProvider: true)),
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
