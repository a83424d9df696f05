using System.Net.Http.Headers;

namespace Rules.Client;

public sealed partial class RulesClient
{
    /// <summary>
    /// Brings in usage that was never charged here. What stands before a line that cannot be read is stored; the same file under the same name goes on there. Needs the
    /// scope <c>draft</c>.
    /// </summary>
    /// <param name="content">CSV with a header where <paramref name="isCsv"/>, else one JSON object a line; sent as it is read, at most 512 MiB.</param>
    /// <param name="ruleset">By whose rules it is replayed.</param>
    /// <param name="name">Of the file.</param>
    /// <param name="isCsv">Which of the two forms.</param>
    /// <param name="map">Member to column, such as <c>account</c> to <c>customer_id</c>; null: columns have the names of members.</param>
    /// <param name="set">Member to what every event says; null: nothing.</param>
    /// <param name="dryRun">Read and counted, not stored.</param>
    /// <param name="cancellationToken">Stops sending; what was stored stays.</param>
    public Task<Answer<UsageImportResult>> ImportUsageAsync(
        Stream content, string ruleset, string name, bool isCsv, IReadOnlyDictionary<string, string>? map = null, IReadOnlyDictionary<string, string>? set = null, bool dryRun = false,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var body = new StreamContent(content);
        body.Headers.ContentType = new MediaTypeHeaderValue(isCsv ? "text/csv" : "application/jsonl");
        var pairs = (map ?? new Dictionary<string, string>()).Select(static pair => ("map", pair)).Concat((set ?? new Dictionary<string, string>()).Select(static pair => ("set", pair)));
        return SendAsync(
            HttpMethod.Post,
            "v1/usage/imports" + Query([("ruleset", ruleset), ("name", name), ("dry_run", dryRun ? "true" : null), .. pairs.Select(static it => (it.Item1, (string?)$"{it.pair.Key}={it.pair.Value}"))]),
            body, null, ClientJson.Default.UsageImportResult, cancellationToken);
    }

    /// <summary>Imports of usage, in the order in which they were begun.</summary>
    /// <param name="ruleset">Only of this rule set; null: of all.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<UsageImportList>> UsageImportsAsync(string? ruleset = null, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/usage/imports" + Query(("ruleset", ruleset)), null, null, ClientJson.Default.UsageImportList, cancellationToken);

    /// <summary>One import of usage.</summary>
    public Task<Answer<UsageImport>> UsageImportAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, $"v1/usage/imports/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.UsageImport, cancellationToken);

    /// <summary>Takes an import back, whole: its events are removed, that there was one stays recorded. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<UsageImport>> WithdrawUsageAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"v1/usage/imports/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.UsageImport, cancellationToken);
}
