using System.Collections.Immutable;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;
using Rules.Ledger;
using Rules.Ledger.Outbox;
using Rules.Ledger.People;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Alerts;

/// <summary>Keeps an alert quiet: for every account of its ruleset or for one, for a time or until it is unmuted.</summary>
public sealed class MuteModel(CreditLedger ledger, IClock clock) : PageModel
{
    /// <summary>Until it is unmuted.</summary>
    public const string Forever = "unmuted";

    /// <summary>Until the day and hour that stands below it.</summary>
    public const string AtInstant = "at";

    private static readonly LocalDateTimePattern _minute = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    /// <summary>How long a mute may hold, in hours or in words.</summary>
    public static ImmutableArray<(string Key, string Words)> Spans { get; } =
        [("1", "for an hour"), ("24", "for a day"), ("168", "for a week"), (AtInstant, "until the time below"), (Forever, "until somebody unmutes it")];

    [BindProperty(SupportsGet = true)]
    public string? Ruleset { get; set; }

    /// <summary>Its name.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Alert { get; set; }

    /// <summary>Empty: every account of the ruleset.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Account { get; set; }

    /// <summary>A key of <see cref="Spans"/>.</summary>
    [BindProperty]
    public string Span { get; set; } = "24";

    /// <summary>In the zone of the ruleset, to the minute.</summary>
    [BindProperty]
    public string? Until { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    /// <summary>Why it was not muted, with the field.</summary>
    public (string Field, string Message)? Problem { get; private set; }

    public IActionResult OnGet() => Refused() ?? Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (Refused() is { } refused)
        {
            return refused;
        }

        var account = Account?.Trim() is { Length: > 0 } only ? only : null;
        var reason = Reason?.ReplaceLineEndings(" ").Trim() ?? "";
        if (account is not null && await ledger.RulesetOfAsync(account, cancellationToken) != Ruleset)
        {
            return Refuse("account", $"There is no account “{account}” of {Ruleset}. Leave the field empty to mute the alert for all of them.");
        }

        if (!TryEnd(out var until))
        {
            return Refuse("until", "Write a day and an hour that are still to come.");
        }

        if (reason.Length is 0 or > AlertMutes.LongestReason)
        {
            return Refuse("reason", $"Say why, in at most {AlertMutes.LongestReason} characters: others see it on the alerts page.");
        }

        return await ledger.Mutes.MuteAsync(Ruleset!, Alert!, account, until, reason, HttpContext.Person()!.Name, cancellationToken)
            ? LocalRedirect("/alerts")
            : Refuse("until", "That time has passed while the page was open.");
    }

    private bool TryEnd(out Instant? until)
    {
        until = null;
        if (Span == Forever)
        {
            return true;
        }

        var now = clock.GetCurrentInstant();
        until = Span == AtInstant
            ? _minute.Parse(Until ?? "") is { Success: true, Value: { Year: < 2200 } written } ? written.InZoneLeniently(Zone).ToInstant() : null
            : Spans.Any(span => span.Key == Span) && int.TryParse(Span, System.Globalization.CultureInfo.InvariantCulture, out var hours) ? now + Duration.FromHours(hours) : null;
        return until > now;
    }

    private IActionResult? Refused()
    {
        if (!ledger.Rulesets.HasAlert(Ruleset ?? "", Alert ?? ""))
        {
            return NotFound();
        }

        Zone = ledger.Rulesets.Versions(Ruleset!)[0].Model.Zone;
        return HttpContext.Has(PersonRoles.Operator) ? null : Forbid();
    }

    private PageResult Refuse(string field, string message)
    {
        Problem = (field, message);
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
