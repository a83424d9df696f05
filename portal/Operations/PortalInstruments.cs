using System.Diagnostics.Metrics;
using System.Globalization;

namespace Rules.Portal.Operations;

/// <summary>What the service counts about requests, under the name <see cref="Name"/>. No label holds anything that a caller sent.</summary>
public static class PortalInstruments
{
    public const string Name = "Rules.Portal";

    private static readonly Meter _meter = new(Name);

    private static readonly Counter<long> _requests = _meter.CreateCounter<long>("rules.requests", "{request}", "Requests answered, by operation and status.");

    private static readonly Histogram<long> _duration = _meter.CreateHistogram<long>("rules.request.duration", "us", "From the request's headers to the end of its answer.");

    private static readonly Counter<long> _refusals = _meter.CreateCounter<long>("rules.refusals", "{request}", "Requests that were not let in, by code.");

    private static readonly Counter<long> _deliveries = _meter.CreateCounter<long>("rules.deliveries", "{delivery}", "Attempts to deliver an alert, by what they came to.");

    private static readonly string[] _statuses = [.. Enumerable.Range(0, 600).Select(static status => status.ToString(CultureInfo.InvariantCulture))];

    public static void Answered(string operation, int status, long microseconds)
    {
        var name = new KeyValuePair<string, object?>("operation", operation);
        _requests.Add(1, name, new KeyValuePair<string, object?>("status", _statuses[Math.Clamp(status, 0, 599)]));
        _duration.Record(microseconds, name);
    }

    /// <param name="code">Of the problem: <c>api_key_invalid</c>, <c>scope_missing</c>, <c>rate_limited</c> …</param>
    public static void Refused(string code) => _refusals.Add(1, new KeyValuePair<string, object?>("code", code));

    /// <param name="result"><c>delivered</c>, <c>failed</c> or <c>given_up</c>.</param>
    public static void Delivered(string result) => _deliveries.Add(1, new KeyValuePair<string, object?>("result", result));
}
