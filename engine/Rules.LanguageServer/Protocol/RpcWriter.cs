using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rules.LanguageServer.Protocol;

/// <summary>Writes answers and notifications of JSON-RPC 2.0 as UTF-8.</summary>
public static class RpcWriter
{
    /// <summary>The answer to a request; a null result is written as null.</summary>
    public static ReadOnlyMemory<byte> Result<T>(JsonElement id, T? result, JsonTypeInfo<T> type) => Write(writer =>
    {
        writer.WritePropertyName("id");
        id.WriteTo(writer);
        writer.WritePropertyName("result");
        if (result is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            JsonSerializer.Serialize(writer, result, type);
        }
    });

    /// <summary>An error answer; without an id where the request's could not be read.</summary>
    public static ReadOnlyMemory<byte> Error(JsonElement? id, RpcErrorCode code, string message) => Write(writer =>
    {
        writer.WritePropertyName("id");
        if (id is { } known)
        {
            known.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteStartObject("error");
        writer.WriteNumber("code", (int)code);
        writer.WriteString("message", message);
        writer.WriteEndObject();
    });

    /// <summary>A message that expects no answer.</summary>
    public static ReadOnlyMemory<byte> Notification<T>(string method, T parameters, JsonTypeInfo<T> type) => Write(writer =>
    {
        writer.WriteString("method", method);
        writer.WritePropertyName("params");
        JsonSerializer.Serialize(writer, parameters, type);
    });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            members(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
