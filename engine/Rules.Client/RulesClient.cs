using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Rules.Client;

/// <summary>
/// The HTTP interface <c>/v1</c>. Answers of the service, problems included, are values; only a connection that fails throws
/// (<see cref="HttpRequestException"/>). After such a failure, or a 503, send the same command with the same key again: it happens once.
/// </summary>
/// <param name="http">Its <see cref="HttpClient.BaseAddress"/> is the service's address. It is not disposed here.</param>
/// <param name="key">An API key, <c>rk_…</c>; null where <paramref name="http"/> sends one by itself.</param>
public sealed partial class RulesClient(HttpClient http, string? key = null)
{
    /// <summary>May this run, and what does it cost? Writes nothing.</summary>
    public Task<Answer<Quote>> QuoteAsync(UsageEvent usage, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/quotes", Body(usage, ClientJson.Default.UsageEvent), null, ClientJson.Default.Quote, cancellationToken);

    /// <summary>Charges an event.</summary>
    /// <param name="usage">The event.</param>
    /// <param name="idempotencyKey">1 to 128 printable ASCII characters of your choice, one per event.</param>
    /// <param name="cancellationToken">Stops waiting, not the charge.</param>
    public Task<Answer<Quote>> ChargeAsync(UsageEvent usage, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/charges", Body(usage, ClientJson.Default.UsageEvent), idempotencyKey, ClientJson.Default.Quote, cancellationToken);

    /// <summary>Opens an account.</summary>
    public Task<Answer<Account>> OpenAccountAsync(NewAccount account, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/accounts", Body(account, ClientJson.Default.NewAccount), idempotencyKey, ClientJson.Default.Account, cancellationToken);

    /// <summary>Grants credits.</summary>
    public Task<Answer<Grant>> GrantAsync(NewGrant grant, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/grants", Body(grant, ClientJson.Default.NewGrant), idempotencyKey, ClientJson.Default.Grant, cancellationToken);

    /// <summary>An account as it stands.</summary>
    public Task<Answer<Account>> AccountAsync(string account, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, Path(account), null, null, ClientJson.Default.Account, cancellationToken);

    /// <summary>What an account has.</summary>
    /// <param name="account">Its id.</param>
    /// <param name="at">Null: now.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<Balance>> BalanceAsync(string account, DateTimeOffset? at = null, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, Path(account) + "/balance" + Query(("at", at?.ToString("O", CultureInfo.InvariantCulture))), null, null,
            ClientJson.Default.Balance, cancellationToken);

    /// <summary>One page of an account's entries, newest first.</summary>
    /// <param name="account">Its id.</param>
    /// <param name="after">The <see cref="EntryPage.Next"/> of the page before; null: the first page.</param>
    /// <param name="limit">1 to 500 entries a page.</param>
    /// <param name="kind">Only this kind, such as <c>charge</c>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<EntryPage>> EntriesAsync(
        string account, string? after = null, int limit = 50, string? kind = null, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get,
            Path(account) + "/entries" + Query(("limit", limit.ToString(CultureInfo.InvariantCulture)), ("kind", kind), ("after", after)),
            null, null, ClientJson.Default.EntryPage, cancellationToken);

    /// <summary>All entries of an account, newest first, page by page.</summary>
    /// <exception cref="HttpRequestException">The service answered a page with a problem.</exception>
    public async IAsyncEnumerable<Entry> AllEntriesAsync(
        string account, string? kind = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? after = null;
        do
        {
            var page = await EntriesAsync(account, after, 500, kind, cancellationToken);
            if (!page.Succeeded)
            {
                throw new HttpRequestException(page.Problem.Detail ?? page.Problem.Title, null, (HttpStatusCode)page.Status);
            }

            foreach (var entry in page.Value.Entries)
            {
                yield return entry;
            }

            after = page.Value.Next;
        }
        while (after is not null);
    }

    /// <summary>One entry with its postings, its event and its explanation.</summary>
    public Task<Answer<ExplainedEntry>> EntryAsync(string account, long entry, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{Path(account)}/entries/{entry}"), null, null,
            ClientJson.Default.ExplainedEntry, cancellationToken);

    /// <summary>Every code that problem details may carry, but for those of the rules (<c>RTnn</c>). Needs no key.</summary>
    public Task<Answer<IReadOnlyList<ProblemKind>>> ProblemKindsAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/problems", null, null, ClientJson.Default.IReadOnlyListProblemKind, cancellationToken);

    private static string Path(string account) => "v1/accounts/" + Uri.EscapeDataString(account);

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (value is not null)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        return query.ToString();
    }

    // What was refused after it was evaluated has the members of its answer inside the problem.
    private static T? Refused<T>(byte[] problem, JsonTypeInfo<T> type)
        where T : class
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return null;
        }

        using var members = JsonDocument.Parse(problem);
        return type.Properties.Where(static property => property.IsRequired).All(property => members.RootElement.TryGetProperty(property.Name, out _))
            ? members.RootElement.Deserialize(type)
            : null;
    }

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        return request;
    }

    private async Task<Answer<T>> SendAsync<T>(
        HttpMethod method, string path, HttpContent? body, string? idempotencyKey, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var request = Request(method, path);
        request.Content = body;
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        using var response = await http.SendAsync(request, cancellationToken);
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var isProblem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        if (!isProblem && !response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"The service answered {(int)response.StatusCode} without problem details.", null, response.StatusCode);
        }

        return new Answer<T>
        {
            Status = (int)response.StatusCode,
            Problem = isProblem ? JsonSerializer.Deserialize(bytes, ClientJson.Default.Problem) : null,
            Value = isProblem ? Refused(bytes, type) : JsonSerializer.Deserialize(bytes, type),
            Replayed = response.Headers.TryGetValues("Idempotency-Replayed", out var replayed) && replayed.Contains("true", StringComparer.Ordinal),
            RetryAfter = response.Headers.RetryAfter?.Delta,
            Body = bytes,
        };
    }
}
