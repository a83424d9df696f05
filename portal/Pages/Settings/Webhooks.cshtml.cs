using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Ledger.Outbox;
using Rules.Portal.Alerts;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Settings;

/// <summary>Where alerts are sent, and what became of them there. A webhook's secret is on the page that answers its making, and nowhere else.</summary>
public sealed class WebhooksModel(CreditLedger ledger, WebhookTargets targets, WebhookSecrets secrets) : PageModel
{
    private const int LongestUrl = 2048;

    private const int Latest = 50;

    public ImmutableArray<StoredWebhook> Webhooks { get; private set; } = [];

    /// <summary>The webhook whose deliveries are shown; null for none.</summary>
    [BindProperty(SupportsGet = true, Name = "of")]
    public string? Shown { get; set; }

    public StoredWebhook? ShownWebhook => Webhooks.FirstOrDefault(webhook => webhook.Id == Shown);

    /// <summary>Only messages before this one.</summary>
    [BindProperty(SupportsGet = true)]
    public long? Before { get; set; }

    public ImmutableArray<DeliveryRecord> Deliveries { get; private set; } = [];

    public long? Next => Deliveries.Length == Latest ? Deliveries[^1].Message : null;

    /// <summary>Of the webhook that was made just now, shown this once.</summary>
    public string? Secret { get; private set; }

    public string? Address { get; private set; }

    /// <summary>What is wrong with the address; null where nothing is.</summary>
    public string? Fault { get; private set; }

    public Task OnGetAsync(CancellationToken cancellationToken) => ReadAsync(cancellationToken);

    public async Task<IActionResult> OnPostAddAsync(string? url, CancellationToken cancellationToken)
    {
        Address = url?.Trim() ?? "";
        Fault = Address.Length > LongestUrl ? $"An address has at most {LongestUrl} characters." : targets.Fault(Address);
        if (Fault is null)
        {
            var (text, stored) = secrets.New();
            var added = await ledger.Outbox.AddWebhookAsync(Address, stored, HttpContext.Person()!.Name, cancellationToken);
            (Secret, Shown) = (text, added.Id);
        }
        else
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }

        await ReadAsync(cancellationToken);
        return Page();
    }

    public async Task<IActionResult> OnPostRemoveAsync(string? id, CancellationToken cancellationToken) =>
        await ledger.Outbox.RemoveWebhookAsync(id ?? "", cancellationToken) ? LocalRedirect("/settings/webhooks") : NotFound();

    public async Task<IActionResult> OnPostResendAsync(string? id, long message, CancellationToken cancellationToken) =>
        await ledger.Outbox.ResendAsync(id ?? "", message, cancellationToken)
            ? LocalRedirect("/settings/webhooks" + QueryString.Create("of", id!))
            : NotFound();

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        Webhooks = await ledger.Outbox.WebhooksAsync(cancellationToken);
        Deliveries = ShownWebhook is { } shown ? await ledger.Outbox.DeliveriesAsync(shown.Id, Before, Latest, cancellationToken) ?? [] : [];
    }

    public static string Words(DeliveryState state) => state switch
    {
        DeliveryState.Waiting => "waiting",
        DeliveryState.Delivered => "delivered",
        DeliveryState.GivenUp => "given up",
        DeliveryState.Muted => "muted",
        _ => "removed",
    };
}
