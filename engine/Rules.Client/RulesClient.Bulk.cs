namespace Rules.Client;

public sealed partial class RulesClient
{
    /// <summary>Quotes up to 1,000 events in one request, each with a result of its own. Writes nothing.</summary>
    public Task<Answer<BulkAnswers>> QuoteManyAsync(IReadOnlyList<UsageEvent> items, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, "v1/quotes/bulk", Body(new BulkQuotes { Items = items }, ClientJson.Default.BulkQuotes), null, ClientJson.Default.BulkAnswers,
            cancellationToken);

    /// <summary>
    /// Charges up to 1,000 events in one request, in their order, each by itself and with a result of its own. After a failure send the same
    /// request again: what was charged answers again.
    /// </summary>
    public Task<Answer<BulkAnswers>> ChargeManyAsync(IReadOnlyList<KeyedUsageEvent> items, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, "v1/charges/bulk", Body(new BulkCharges { Items = items }, ClientJson.Default.BulkCharges), null, ClientJson.Default.BulkAnswers,
            cancellationToken);
}
