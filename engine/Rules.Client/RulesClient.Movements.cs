namespace Rules.Client;

/// <summary>Holds, their settlement, and whatever gives credits back or ends grants.</summary>
public sealed partial class RulesClient
{
    /// <summary>Sets credits aside.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<Hold>> HoldAsync(NewHold command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/holds", Body(command, ClientJson.Default.NewHold), idempotencyKey, ClientJson.Default.Hold, cancellationToken);

    /// <summary>Settles a hold at what its use came to.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<Settlement>> CaptureAsync(NewCapture command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/captures", Body(command, ClientJson.Default.NewCapture), idempotencyKey, ClientJson.Default.Settlement, cancellationToken);

    /// <summary>Gives a hold up.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<Settlement>> ReleaseAsync(NewRelease command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/releases", Body(command, ClientJson.Default.NewRelease), idempotencyKey, ClientJson.Default.Settlement, cancellationToken);

    /// <summary>Takes back a use, whole or in part.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<CreditsReturned>> ReverseAsync(NewReversal command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/reversals", Body(command, ClientJson.Default.NewReversal), idempotencyKey, ClientJson.Default.CreditsReturned, cancellationToken);

    /// <summary>Gives credits back that no use is named for.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<CreditsReturned>> RefundAsync(NewRefund command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/refunds", Body(command, ClientJson.Default.NewRefund), idempotencyKey, ClientJson.Default.CreditsReturned, cancellationToken);

    /// <summary>Puts an earlier charge right, however long ago it was.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<Quote>> CorrectAsync(UsageEvent command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/corrections", Body(command, ClientJson.Default.UsageEvent), idempotencyKey, ClientJson.Default.Quote, cancellationToken);

    /// <summary>Ends a grant.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<VoidedGrant>> VoidAsync(NewVoid command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/voids", Body(command, ClientJson.Default.NewVoid), idempotencyKey, ClientJson.Default.VoidedGrant, cancellationToken);

    /// <summary>Ends a grant and puts another in its place.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<Replacement>> ReplaceAsync(NewReplacement command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/replacements", Body(command, ClientJson.Default.NewReplacement), idempotencyKey, ClientJson.Default.Replacement, cancellationToken);

    /// <summary>Renews an account now.</summary>
    /// <inheritdoc cref="ChargeAsync" path="/param"/>
    public Task<Answer<AccountReset>> ResetAsync(NewReset command, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/resets", Body(command, ClientJson.Default.NewReset), idempotencyKey, ClientJson.Default.AccountReset, cancellationToken);
}
