using System.Buffers;
using System.Globalization;
using Microsoft.Net.Http.Headers;
using Rules.Engine.Wire;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>A request's JSON body, whole, or why there is none.</summary>
internal readonly record struct RequestBody(ReadOnlyMemory<byte> Json, Problem? Problem)
{
    /// <param name="limit">Bytes.</param>
    public static async ValueTask<RequestBody> ReadAsync(HttpContext context, int limit = WireLimits.BodyBytes)
    {
        // No address that takes a body takes parameters beside it.
        var request = context.Request;
        if (request.QueryString.HasValue && Parameters.Unknown(request) is { } parameter)
        {
            return Refuse(parameter);
        }

        if (!Is(request, "application/json"))
        {
            return Refuse(new Problem(ProblemKinds.ContentType, Help: "Send \"Content-Type: application/json\", in UTF-8 and without a Content-Encoding."));
        }

        if (request.ContentLength > limit)
        {
            return Refuse(TooLarge(limit));
        }

        try
        {
            var reader = request.BodyReader;
            while (true)
            {
                var read = await reader.ReadAsync(context.RequestAborted);
                if (read.Buffer.Length > limit)
                {
                    reader.AdvanceTo(read.Buffer.End);
                    return Refuse(TooLarge(limit));
                }

                if (read.IsCompleted)
                {
                    // Copied: the reader takes its memory back, and a body is small.
                    var json = read.Buffer.ToArray();
                    reader.AdvanceTo(read.Buffer.End);
                    return await ApiCaller.RefusalAsync(context, json) is { } foreign ? Refuse(foreign) : new RequestBody(json, null);
                }

                reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException exception)
        {
            return Refuse(Of(exception, limit));
        }
        catch (IOException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The size of a chunk that no number holds.
            return Refuse(Broken(StatusCodes.Status400BadRequest));
        }
    }

    /// <summary>What the server's own refusal of a request is told as.</summary>
    public static Problem Of(BadHttpRequestException exception, long limit = WireLimits.BodyBytes) => exception.StatusCode == StatusCodes.Status413PayloadTooLarge
        ? TooLarge(limit)
        : Broken(exception.StatusCode);

    private static Problem Broken(int status) =>
        new(ProblemKinds.OfStatus(status), "The body ended early, came too slowly, or broke the rules of HTTP.", "Send the request again.");

    private static Problem TooLarge(long limit) => new(
        ProblemKinds.BodyTooLarge, string.Create(CultureInfo.InvariantCulture, $"The body is larger than {limit / 1024} KiB."), "Send less in one request.");

    private static RequestBody Refuse(Problem problem) => new(default, problem);

    /// <summary>Whether a body is of a type, in UTF-8 and without an encoding.</summary>
    public static bool Is(HttpRequest request, string mediaType) =>
        (request.ContentType == mediaType || IsOf(request.ContentType, mediaType)) && string.IsNullOrEmpty(request.Headers.ContentEncoding);

    private static bool IsOf(string? contentType, string mediaType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
}
