using System.Text.Json;

namespace Rules.LanguageServer.Protocol;

/// <summary>Error codes of JSON-RPC 2.0 and of the language server protocol 3.17.</summary>
public enum RpcErrorCode
{
    /// <summary>Not JSON, or a frame that could not be read.</summary>
    ParseError = -32700,

    /// <summary>JSON, but not a request.</summary>
    InvalidRequest = -32600,

    /// <summary>A request the server does not know.</summary>
    MethodNotFound = -32601,

    /// <summary>The parameters do not fit the method.</summary>
    InvalidParameters = -32602,

    /// <summary>A fault of ours.</summary>
    InternalError = -32603,

    /// <summary>A request before <c>initialize</c>.</summary>
    ServerNotInitialized = -32002,

    /// <summary>The client no longer wants the answer.</summary>
    RequestCancelled = -32800,

    /// <summary>The request is sound but cannot be answered as things stand.</summary>
    RequestFailed = -32803,
}

/// <summary>A request that is answered with an error: the client's mistake, told with a code and a sentence.</summary>
public sealed class RpcException(RpcErrorCode code, string message) : Exception(message)
{
    /// <summary>The code of the error answer.</summary>
    public RpcErrorCode Code { get; } = code;

    /// <summary>The id of the faulty request where it could be read.</summary>
    public JsonElement? Id { get; init; }
}
