using System.Globalization;

namespace Rules.Client;

public sealed partial class RulesClient
{
    /// <summary>One page of alerts, oldest first.</summary>
    /// <param name="account">Only of this account; null: of all that the key may see.</param>
    /// <param name="after">The <see cref="AlertPage.Next"/> of the page before; null: from the first.</param>
    /// <param name="limit">1 to 500 a page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<AlertPage>> AlertsAsync(string? account = null, string? after = null, int limit = 50, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, "v1/alerts" + Query(("account", account), ("after", after), ("limit", limit.ToString(CultureInfo.InvariantCulture))), null, null,
            ClientJson.Default.AlertPage, cancellationToken);

    /// <summary>Sends alerts to an address. The answer holds the secret that signs them, this once. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<Webhook>> AddWebhookAsync(NewWebhook webhook, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/webhooks", Body(webhook, ClientJson.Default.NewWebhook), null, ClientJson.Default.Webhook, cancellationToken);

    /// <summary>Where alerts are sent. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<WebhookList>> WebhooksAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/webhooks", null, null, ClientJson.Default.WebhookList, cancellationToken);

    /// <summary>Sends no more alerts to an address; answers those that are left. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<WebhookList>> RemoveWebhookAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"v1/webhooks/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.WebhookList, cancellationToken);

    /// <summary>What became of alerts at an address, newest first. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<DeliveryPage>> DeliveriesAsync(string webhook, string? before = null, int limit = 50, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get,
            $"v1/webhooks/{Uri.EscapeDataString(webhook)}/deliveries" + Query(("before", before), ("limit", limit.ToString(CultureInfo.InvariantCulture))),
            null, null, ClientJson.Default.DeliveryPage, cancellationToken);

    /// <summary>Sends an alert again. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<DeliveryPage>> ResendAsync(string webhook, string message, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, $"v1/webhooks/{Uri.EscapeDataString(webhook)}/deliveries/{Uri.EscapeDataString(message)}/resend", null, null,
            ClientJson.Default.DeliveryPage, cancellationToken);

    /// <summary>Keeps an alert quiet; one that is muted is muted anew. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<Mute>> MuteAsync(NewMute mute, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/mutes", Body(mute, ClientJson.Default.NewMute), null, ClientJson.Default.Mute, cancellationToken);

    /// <summary>Which alerts are muted now, the newest mute first. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<MuteList>> MutesAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/mutes", null, null, ClientJson.Default.MuteList, cancellationToken);

    /// <summary>Ends a mute; answers those that still hold. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<MuteList>> UnmuteAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"v1/mutes/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.MuteList, cancellationToken);
}
