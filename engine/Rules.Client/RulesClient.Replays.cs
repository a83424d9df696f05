using System.Globalization;
using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Rules.Client;

public sealed partial class RulesClient
{
    /// <summary>Begins to replay a past under drafts; it runs on when the caller leaves. Needs the scope <c>quote</c>.</summary>
    public Task<Answer<Replay>> StartReplayAsync(NewReplay replay, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/replays", Body(replay, ClientJson.Default.NewReplay), null, ClientJson.Default.Replay, cancellationToken);

    /// <summary>A replay: how far it is, or what it came to.</summary>
    public Task<Answer<Replay>> ReplayAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, $"v1/replays/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.Replay, cancellationToken);

    /// <summary>One page of replays without their results.</summary>
    /// <param name="ruleset">Only of this rule set; null: of all that the key may see.</param>
    /// <param name="after">The <see cref="ReplayPage.Next"/> of the page before; null: the first page.</param>
    /// <param name="limit">1 to 100 a page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<ReplayPage>> ReplaysAsync(string? ruleset = null, string? after = null, int limit = 50, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, "v1/replays" + Query(("ruleset", ruleset), ("after", after), ("limit", limit.ToString(CultureInfo.InvariantCulture))), null, null,
            ClientJson.Default.ReplayPage, cancellationToken);

    /// <summary>Stops a replay that runs; what is done by then is kept and marked as partial. Needs the scope <c>quote</c>.</summary>
    public Task<Answer<Replay>> CancelReplayAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"v1/replays/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.Replay, cancellationToken);

    /// <summary>The progress of a replay as it comes; ends with the replay.</summary>
    /// <exception cref="HttpRequestException">The service answered with a problem, or the connection failed.</exception>
    public async IAsyncEnumerable<ReplayProgress> ReplayEventsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var request = Request(HttpMethod.Get, $"v1/replays/{Uri.EscapeDataString(id)}/events");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new HttpRequestException($"The service answered {(int)response.StatusCode}.", null, response.StatusCode);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var told in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (told.EventType == "progress" && JsonSerializer.Deserialize(told.Data, ClientJson.Default.ReplayProgress) is { } progress)
            {
                yield return progress;
            }
        }
    }
}
