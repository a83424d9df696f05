using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Rules.LanguageServer.Protocol;

// The part of the language server protocol 3.17 that the server speaks; members have the protocol's names, in camel case.

/// <summary>A place between two characters: line from zero, character in UTF-16 code units from zero.</summary>
public readonly record struct Position(
    [property: JsonRequired] int Line, [property: JsonRequired] int Character);

/// <summary>Half-open.</summary>
public readonly record struct Range(
    [property: JsonRequired] Position Start, [property: JsonRequired] Position End);

/// <summary>A document by its address.</summary>
public sealed record TextDocumentIdentifier([property: JsonRequired] string Uri, int? Version = null);

/// <summary>A document as the editor opened it.</summary>
public sealed record TextDocumentItem([property: JsonRequired] string Uri, [property: JsonRequired] string Text, int Version = 0);

/// <summary>Parameters of <c>textDocument/didOpen</c>.</summary>
public sealed record DidOpenParameters([property: JsonRequired] TextDocumentItem TextDocument);

/// <summary>One change; without a range the text is the whole new document.</summary>
public sealed record ContentChange([property: JsonRequired] string Text, Range? Range = null);

/// <summary>Parameters of <c>textDocument/didChange</c>; each change applies to what the one before it left.</summary>
public sealed record DidChangeParameters(
    [property: JsonRequired] TextDocumentIdentifier TextDocument, [property: JsonRequired] ImmutableArray<ContentChange> ContentChanges);

/// <summary>Parameters of every request that names a document and nothing else the server reads.</summary>
public sealed record DocumentParameters([property: JsonRequired] TextDocumentIdentifier TextDocument);

/// <summary>Parameters of <c>textDocument/codeAction</c>; the diagnostics of the context are not read, the server knows its own.</summary>
public sealed record CodeActionParameters([property: JsonRequired] TextDocumentIdentifier TextDocument, [property: JsonRequired] Range Range);

/// <summary>Parameters of every request about one place of a document.</summary>
public sealed record PlaceParameters([property: JsonRequired] TextDocumentIdentifier TextDocument, [property: JsonRequired] Position Position);

/// <summary>Parameters of <c>rules/stepNumber</c>, a request of our own.</summary>
/// <param name="Steps">Below zero for down.</param>
public sealed record StepParameters([property: JsonRequired] TextDocumentIdentifier TextDocument, [property: JsonRequired] Position Position, [property: JsonRequired] int Steps);

/// <summary>Parameters of <c>textDocument/references</c>.</summary>
public sealed record ReferenceParameters(
    [property: JsonRequired] TextDocumentIdentifier TextDocument, [property: JsonRequired] Position Position, ReferenceContext? Context = null);

/// <param name="IncludeDeclaration">The declaring name is asked for too.</param>
public sealed record ReferenceContext(bool IncludeDeclaration);

/// <summary>Parameters of <c>textDocument/rename</c>.</summary>
/// <param name="NewName">Without quotes.</param>
public sealed record RenameParameters(
    [property: JsonRequired] TextDocumentIdentifier TextDocument, [property: JsonRequired] Position Position, [property: JsonRequired] string NewName);

/// <summary>Answer to <c>initialize</c>.</summary>
public sealed record InitializeResult(ServerCapabilities Capabilities, ServerName ServerInfo);

/// <summary>Name and version of the server.</summary>
public sealed record ServerName(string Name, string Version);

/// <summary>What the server can do.</summary>
public sealed record ServerCapabilities(
    string PositionEncoding,
    TextDocumentSyncOptions TextDocumentSync,
    bool DocumentSymbolProvider,
    bool DocumentFormattingProvider,
    CodeActionOptions CodeActionProvider,
    SemanticTokensOptions SemanticTokensProvider,
    CompletionOptions CompletionProvider,
    bool HoverProvider,
    bool DefinitionProvider,
    bool ReferencesProvider,
    RenameOptions RenameProvider);

/// <param name="TriggerCharacters">Typing one of these asks for completion as a letter does.</param>
public sealed record CompletionOptions(ImmutableArray<string> TriggerCharacters);

/// <param name="PrepareProvider">The server can be asked whether a place may be renamed.</param>
public sealed record RenameOptions(bool PrepareProvider);

/// <summary>Something that could stand at a place.</summary>
/// <param name="Kind">Number of the protocol's CompletionItemKind.</param>
/// <param name="SortText">Keeps the server's order.</param>
/// <param name="FilterText">What is compared with the text that stands there.</param>
public sealed record CompletionItem(string Label, int Kind, string Detail, string SortText, string FilterText, ProtocolTextEdit TextEdit);

/// <param name="IsIncomplete">Typing on asks again.</param>
public sealed record CompletionList(bool IsIncomplete, ImmutableArray<CompletionItem> Items);

/// <summary>Text of a kind: <c>plaintext</c>.</summary>
public sealed record MarkupContent(string Kind, string Value);

/// <summary>Answer to <c>textDocument/hover</c>.</summary>
public sealed record HoverAnswer(MarkupContent Contents, Range Range);

/// <summary>A place in a document.</summary>
public sealed record ProtocolLocation(string Uri, Range Range);

/// <summary>Answer to <c>textDocument/prepareRename</c>: the name, without quotes, and where it stands.</summary>
public sealed record RenamePlace(Range Range, string Placeholder);

/// <param name="OpenClose">The server wants to know.</param>
/// <param name="Change">2: incremental.</param>
public sealed record TextDocumentSyncOptions(bool OpenClose, int Change);

/// <summary>The kinds of code action that are offered.</summary>
public sealed record CodeActionOptions(ImmutableArray<string> CodeActionKinds);

/// <summary>The legend of the semantic tokens; only whole documents are answered.</summary>
public sealed record SemanticTokensOptions(SemanticTokensLegend Legend, bool Full);

/// <summary>Names of the token types by their number.</summary>
public sealed record SemanticTokensLegend(ImmutableArray<string> TokenTypes, ImmutableArray<string> TokenModifiers);

/// <summary>Five numbers a token: line and character since the token before, length, type, modifiers.</summary>
public sealed record SemanticTokens(ImmutableArray<int> Data);

/// <summary>Parameters of <c>textDocument/publishDiagnostics</c>; an empty list clears.</summary>
public sealed record PublishDiagnosticsParameters(string Uri, int Version, ImmutableArray<ProtocolDiagnostic> Diagnostics);

/// <summary>A diagnostic as editors show it.</summary>
/// <param name="Severity">1 error, 2 warning, 3 information.</param>
/// <param name="CodeDescription">Where the code is explained.</param>
/// <param name="Message">The message, and on a line of its own the help.</param>
public sealed record ProtocolDiagnostic(Range Range, int Severity, string Code, CodeDescription? CodeDescription, string Source, string Message);

/// <param name="Href">Address of the code's page.</param>
public sealed record CodeDescription(string Href);

/// <summary>An item of the outline.</summary>
/// <param name="Kind">Number of the protocol's SymbolKind.</param>
/// <param name="SelectionRange">The name; inside <paramref name="Range"/>.</param>
public sealed record DocumentSymbol(string Name, string? Detail, int Kind, Range Range, Range SelectionRange)
{
    /// <summary>Null where there are none.</summary>
    public ImmutableArray<DocumentSymbol>? Children { get; init; }
}

/// <summary>A mechanical repair that the editor offers.</summary>
public sealed record CodeAction(string Title, string Kind, ImmutableArray<ProtocolDiagnostic> Diagnostics, bool IsPreferred, WorkspaceEdit Edit);

/// <summary>Edits by document address.</summary>
public sealed record WorkspaceEdit(ImmutableDictionary<string, ImmutableArray<ProtocolTextEdit>> Changes);

/// <summary>A replacement; an empty range inserts.</summary>
public sealed record ProtocolTextEdit(Range Range, string NewText);

/// <summary>Parameters of <c>window/logMessage</c>.</summary>
/// <param name="Type">1 error, 2 warning, 3 information, 4 log.</param>
public sealed record LogMessageParameters(int Type, string Message);

/// <summary>How the messages above are read and written: camel case, absent rather than null, unknown members skipped.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DidOpenParameters))]
[JsonSerializable(typeof(DidChangeParameters))]
[JsonSerializable(typeof(DocumentParameters))]
[JsonSerializable(typeof(CodeActionParameters))]
[JsonSerializable(typeof(InitializeResult))]
[JsonSerializable(typeof(SemanticTokens))]
[JsonSerializable(typeof(PublishDiagnosticsParameters))]
[JsonSerializable(typeof(ImmutableArray<DocumentSymbol>))]
[JsonSerializable(typeof(ImmutableArray<CodeAction>))]
[JsonSerializable(typeof(ImmutableArray<ProtocolTextEdit>))]
[JsonSerializable(typeof(PlaceParameters))]
[JsonSerializable(typeof(StepParameters))]
[JsonSerializable(typeof(ReferenceParameters))]
[JsonSerializable(typeof(RenameParameters))]
[JsonSerializable(typeof(CompletionList))]
[JsonSerializable(typeof(HoverAnswer))]
[JsonSerializable(typeof(ProtocolLocation))]
[JsonSerializable(typeof(ImmutableArray<ProtocolLocation>))]
[JsonSerializable(typeof(RenamePlace))]
[JsonSerializable(typeof(WorkspaceEdit))]
[JsonSerializable(typeof(LogMessageParameters))]
[JsonSerializable(typeof(object))]
public sealed partial class MessageContext : JsonSerializerContext;
