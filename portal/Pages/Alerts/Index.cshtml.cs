using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.Outbox;
using Rules.Ledger.People;
using Rules.Portal.Alerts;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Alerts;

/// <summary>What fired, newest first; the alerts of the versions in force; and where they are sent.</summary>
public sealed class IndexModel(CreditLedger ledger, FiredAlerts counts, IClock clock) : PageModel
{
    private const int PageSize = 50;

    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Before { get; set; }

    public ImmutableArray<FiredAlert> Fired { get; private set; } = [];

    /// <summary>Address of the following page; null on the last.</summary>
    public string? Next { get; private set; }

    /// <summary>Mutes that hold, and those that held when what is shown was recorded.</summary>
    public Mutes Mutes { get; private set; } = null!;

    /// <summary>Mutes that hold, the newest first.</summary>
    public ImmutableArray<MuteRecord> Muted { get; private set; } = [];

    public Instant Now { get; private set; }

    public bool IsOperator => HttpContext.Has(PersonRoles.Operator);

    public ImmutableArray<(RulesetModel Ruleset, AlertRule Alert)> Rules { get; private set; } = [];

    /// <summary>How often each of them fired lately.</summary>
    public FiredCounts Counts { get; private set; } = null!;

    public ImmutableArray<WebhookState> Webhooks { get; private set; } = [];

    /// <summary>Null where no account is asked for.</summary>
    public string? Filtered => string.IsNullOrWhiteSpace(Account) ? null : Account.Trim();

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var page = await ledger.Outbox.NewestAsync(Filtered, Before, PageSize, cancellationToken);
        Fired = [.. page.Items.Select(static message => FiredAlert.Read(message.Body))];
        Next = page.Next is null ? null : "/alerts" + (Filtered is { } account ? QueryString.Create("account", account) : QueryString.Empty).Add("before", page.Next);
        var now = Now = clock.GetCurrentInstant();
        Mutes = await ledger.Mutes.SinceAsync(Fired.Select(static fired => fired.RecordedAt).Append(now).Min(), cancellationToken);
        Muted = Mutes.Holding(now);
        Rules = [.. from ruleset in ledger.Rulesets.All let model = ruleset.InForce(now) where model is not null from alert in model.Alerts select (model, alert)];
        Counts = await counts.ReadAsync(cancellationToken);
        var webhooks = ImmutableArray.CreateBuilder<WebhookState>();
        foreach (var webhook in await ledger.Outbox.WebhooksAsync(cancellationToken))
        {
            var deliveries = await ledger.Outbox.DeliveriesAsync(webhook.Id, null, 1, cancellationToken);
            webhooks.Add(new WebhookState(webhook.Id, new Uri(webhook.Url).Host, deliveries is [var last, ..] ? last : null));
        }

        Webhooks = webhooks.ToImmutable();
    }

    /// <summary>Ends a mute; one that has ended meanwhile is no mistake.</summary>
    public async Task<IActionResult> OnPostUnmuteAsync(string? ruleset, string? alert, string? only, CancellationToken cancellationToken)
    {
        if (!IsOperator)
        {
            return Forbid();
        }

        await ledger.Mutes.UnmuteAsync(ruleset ?? "", alert ?? "", string.IsNullOrEmpty(only) ? null : only, HttpContext.Person()!.Name, cancellationToken);
        return LocalRedirect("/alerts");
    }

    /// <summary>Where an alert is muted.</summary>
    /// <param name="account">Null: for every account.</param>
    public static string MuteAddress(string ruleset, string alert, string? account)
    {
        var query = QueryString.Create("ruleset", ruleset).Add("alert", alert);
        return "/alerts/mute" + (account is null ? query : query.Add("account", account));
    }

    /// <param name="Host">The rest of the address may hold a secret of the receiver's.</param>
    public sealed record WebhookState(string Id, string Host, DeliveryRecord? Last);
}
