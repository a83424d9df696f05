using System.Text.Json.Serialization.Metadata;

namespace Rules.Client;

/// <summary>
/// Many at once: each item is done by itself, in its order, and has a result of its own. After a failure send the same request again: what was
/// done answers again.
/// </summary>
public sealed partial class RulesClient
{
    /// <summary>Quotes up to 1,000 events in one request. Writes nothing.</summary>
    public Task<Answer<BulkResults<Quote>>> QuoteManyAsync(IReadOnlyList<UsageEvent> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/quotes/bulk", items, ClientJson.Default.BulkItemsUsageEvent, ClientJson.Default.BulkResultsQuote, cancellationToken);

    /// <summary>Charges up to 1,000 events in one request.</summary>
    public Task<Answer<BulkResults<Quote>>> ChargeManyAsync(IReadOnlyList<KeyedUsageEvent> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/charges/bulk", items, ClientJson.Default.BulkItemsKeyedUsageEvent, ClientJson.Default.BulkResultsQuote, cancellationToken);

    /// <summary>Sets credits aside up to 1,000 times in one request.</summary>
    public Task<Answer<BulkResults<Hold>>> HoldManyAsync(IReadOnlyList<KeyedHold> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/holds/bulk", items, ClientJson.Default.BulkItemsKeyedHold, ClientJson.Default.BulkResultsHold, cancellationToken);

    /// <summary>Settles up to 1,000 holds in one request.</summary>
    public Task<Answer<BulkResults<Settlement>>> CaptureManyAsync(IReadOnlyList<KeyedCapture> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/captures/bulk", items, ClientJson.Default.BulkItemsKeyedCapture, ClientJson.Default.BulkResultsSettlement, cancellationToken);

    /// <summary>Gives up to 1,000 holds up in one request.</summary>
    public Task<Answer<BulkResults<Settlement>>> ReleaseManyAsync(IReadOnlyList<KeyedRelease> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/releases/bulk", items, ClientJson.Default.BulkItemsKeyedRelease, ClientJson.Default.BulkResultsSettlement, cancellationToken);

    /// <summary>Takes back up to 1,000 uses in one request.</summary>
    public Task<Answer<BulkResults<CreditsReturned>>> ReverseManyAsync(IReadOnlyList<KeyedReversal> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/reversals/bulk", items, ClientJson.Default.BulkItemsKeyedReversal, ClientJson.Default.BulkResultsCreditsReturned, cancellationToken);

    /// <summary>Gives credits back up to 1,000 times in one request.</summary>
    public Task<Answer<BulkResults<CreditsReturned>>> RefundManyAsync(IReadOnlyList<KeyedRefund> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/refunds/bulk", items, ClientJson.Default.BulkItemsKeyedRefund, ClientJson.Default.BulkResultsCreditsReturned, cancellationToken);

    /// <summary>Puts up to 1,000 charges right in one request.</summary>
    public Task<Answer<BulkResults<Quote>>> CorrectManyAsync(IReadOnlyList<KeyedUsageEvent> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/corrections/bulk", items, ClientJson.Default.BulkItemsKeyedUsageEvent, ClientJson.Default.BulkResultsQuote, cancellationToken);

    /// <summary>Opens up to 1,000 accounts in one request.</summary>
    public Task<Answer<BulkResults<Account>>> OpenManyAsync(IReadOnlyList<KeyedAccount> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/accounts/bulk", items, ClientJson.Default.BulkItemsKeyedAccount, ClientJson.Default.BulkResultsAccount, cancellationToken);

    /// <summary>Grants credits up to 1,000 times in one request.</summary>
    public Task<Answer<BulkResults<Grant>>> GrantManyAsync(IReadOnlyList<KeyedGrant> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/grants/bulk", items, ClientJson.Default.BulkItemsKeyedGrant, ClientJson.Default.BulkResultsGrant, cancellationToken);

    /// <summary>Ends up to 1,000 grants in one request.</summary>
    public Task<Answer<BulkResults<VoidedGrant>>> VoidManyAsync(IReadOnlyList<KeyedVoid> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/voids/bulk", items, ClientJson.Default.BulkItemsKeyedVoid, ClientJson.Default.BulkResultsVoidedGrant, cancellationToken);

    /// <summary>Replaces up to 1,000 grants in one request.</summary>
    public Task<Answer<BulkResults<Replacement>>> ReplaceManyAsync(IReadOnlyList<KeyedReplacement> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/replacements/bulk", items, ClientJson.Default.BulkItemsKeyedReplacement, ClientJson.Default.BulkResultsReplacement, cancellationToken);

    /// <summary>Sells up to 1,000 times in one request.</summary>
    public Task<Answer<BulkResults<Purchase>>> BuyManyAsync(IReadOnlyList<KeyedPurchase> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/purchases/bulk", items, ClientJson.Default.BulkItemsKeyedPurchase, ClientJson.Default.BulkResultsPurchase, cancellationToken);

    /// <summary>States facts and terms of up to 1,000 accounts in one request.</summary>
    public Task<Answer<BulkResults<Account>>> SetManyAsync(IReadOnlyList<KeyedFactsAndTerms> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/facts-and-terms/bulk", items, ClientJson.Default.BulkItemsKeyedFactsAndTerms, ClientJson.Default.BulkResultsAccount, cancellationToken);

    /// <summary>Moves up to 1,000 accounts to another plan in one request.</summary>
    public Task<Answer<BulkResults<Account>>> ChangePlanManyAsync(IReadOnlyList<KeyedPlanChange> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/plan-changes/bulk", items, ClientJson.Default.BulkItemsKeyedPlanChange, ClientJson.Default.BulkResultsAccount, cancellationToken);

    /// <summary>Renews up to 1,000 accounts now in one request.</summary>
    public Task<Answer<BulkResults<AccountReset>>> ResetManyAsync(IReadOnlyList<KeyedReset> items, CancellationToken cancellationToken = default) =>
        SendManyAsync("v1/resets/bulk", items, ClientJson.Default.BulkItemsKeyedReset, ClientJson.Default.BulkResultsAccountReset, cancellationToken);

    private Task<Answer<BulkResults<TAnswer>>> SendManyAsync<TItem, TAnswer>(
        string path, IReadOnlyList<TItem> items, JsonTypeInfo<BulkItems<TItem>> type, JsonTypeInfo<BulkResults<TAnswer>> answer, CancellationToken cancellationToken)
        where TItem : class
        where TAnswer : class =>
        SendAsync(HttpMethod.Post, path, Body(new BulkItems<TItem> { Items = items }, type), null, answer, cancellationToken);
}
