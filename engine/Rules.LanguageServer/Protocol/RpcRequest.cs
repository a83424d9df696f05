using System.Text.Json;

namespace Rules.LanguageServer.Protocol;

/// <summary>A JSON-RPC 2.0 request or notification as it came in.</summary>
/// <param name="Id">A number or a string, to be given back as it is; null for a notification, which gets no answer.</param>
/// <param name="Method">Never empty.</param>
/// <param name="Parameters">An object or array; undefined where none was sent.</param>
public sealed record RpcRequest(JsonElement? Id, string Method, JsonElement Parameters)
{
    /// <summary>
    /// Reads one message. Throws <see cref="RpcException"/> for what is not JSON or not a request. An answer to a request of ours
    /// gives null: the server asks nothing that it waits for.
    /// </summary>
    public static RpcRequest? Read(ReadOnlyMemory<byte> message)
    {
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(message);
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new RpcException(RpcErrorCode.ParseError, $"The message is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new RpcException(RpcErrorCode.InvalidRequest, "A message is a JSON object; batches are not read.");
        }

        JsonElement? id = null;
        if (root.TryGetProperty("id", out var given))
        {
            id = given.ValueKind switch
            {
                JsonValueKind.Number or JsonValueKind.String => given,
                JsonValueKind.Null => null,
                _ => throw new RpcException(RpcErrorCode.InvalidRequest, "An id is a number or a string."),
            };
        }

        if (!root.TryGetProperty("method", out var method))
        {
            return root.TryGetProperty("result", out _) || root.TryGetProperty("error", out _)
                ? null
                : throw new RpcException(RpcErrorCode.InvalidRequest, "The message has no method.") { Id = id };
        }

        if (!root.TryGetProperty("jsonrpc", out var version) || version.ValueKind != JsonValueKind.String || !version.ValueEquals("2.0"))
        {
            throw new RpcException(RpcErrorCode.InvalidRequest, "The message does not say \"jsonrpc\": \"2.0\".") { Id = id };
        }

        if (method.ValueKind != JsonValueKind.String || !TryGetText(method, out var name))
        {
            throw new RpcException(RpcErrorCode.InvalidRequest, "The method is not a text.") { Id = id };
        }

        root.TryGetProperty("params", out var parameters);
        if (parameters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Array))
        {
            throw new RpcException(RpcErrorCode.InvalidRequest, "The parameters are neither an object nor an array.") { Id = id };
        }

        return new RpcRequest(id, name, parameters);
    }

    // Half of a surrogate pair, written as an escape, is JSON but no text.
    private static bool TryGetText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString() ?? "";
        }
        catch (InvalidOperationException)
        {
            text = "";
        }

        return text.Length > 0;
    }
}
