using System.Globalization;

namespace Rules.Portal.Api;

/// <summary>Sends a JSON body that is already bytes.</summary>
internal sealed class JsonBody(ReadOnlyMemory<byte> body, bool replayed = false) : IResult
{
    /// <summary>Told on an answer that a key had got before.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    public ReadOnlyMemory<byte> Body => body;

    public bool Replayed => replayed;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        if (replayed)
        {
            response.Headers[ReplayedHeader] = "true";
        }

        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>Sends a table for a spreadsheet, to be saved under a name.</summary>
internal sealed class CsvBody(ReadOnlyMemory<byte> body, string fileName) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.ContentLength = body.Length;
        // Ids of accounts hold nothing that would need quoting here but = and comma, which quotes allow.
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>Sends problem details.</summary>
internal sealed class ProblemBody(Problem problem, bool replayed = false) : IResult
{
    public Problem Problem => problem;

    public bool Replayed => replayed;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = problem.ToJson();
        response.StatusCode = problem.Kind.Status;
        response.ContentType = "application/problem+json";
        response.ContentLength = body.Length;
        if (replayed)
        {
            response.Headers[JsonBody.ReplayedHeader] = "true";
        }

        if (problem.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return response.Body.WriteAsync(body, httpContext.RequestAborted).AsTask();
    }
}
