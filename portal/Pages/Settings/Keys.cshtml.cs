using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Access;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Settings;

/// <summary>API keys: made, given a new secret, revoked. A key's text is on the page that answers its making, and nowhere else.</summary>
public sealed class KeysModel(CreditLedger ledger, KnownKeys known, IClock clock) : PageModel
{
    /// <summary>Hours for which the secret before a rotation counts, as the page offers them.</summary>
    public static ImmutableArray<int> Overlaps { get; } = [24, 1, 168, 0];

    private readonly Dictionary<string, string> _faults = [];

    public ImmutableArray<ApiKey> Keys { get; private set; } = [];

    public ImmutableArray<string> Rulesets { get; private set; } = [];

    /// <summary>What was made just now, shown this once; null otherwise.</summary>
    public IssuedApiKey? Issued { get; private set; }

    /// <summary>By field: what is wrong.</summary>
    public IReadOnlyDictionary<string, string> Faults => _faults;

    /// <summary>Why a step could not be taken; null where it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>What was asked for and refused.</summary>
    public KeyForm Asked { get; private set; } = new();

    public Instant Now { get; private set; }

    /// <summary>How much of a key's text may be shown: what names it.</summary>
    public static string Prefix(ApiKey key) => $"rk_{key.Id}_…";

    public bool IsOver(ApiKey key) => key.RevokedAt is not null || key.ExpiresAt <= Now;

    public Task OnGetAsync(CancellationToken cancellationToken) => ReadAsync(cancellationToken);

    public async Task<IActionResult> OnPostMakeAsync(KeyForm form, CancellationToken cancellationToken)
    {
        Asked = form ?? new KeyForm();
        var wanted = Read(Asked);
        if (_faults.Count > 0)
        {
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            await ReadAsync(cancellationToken);
            return Page();
        }

        Issued = await ledger.Keys.CreateAsync(wanted, cancellationToken);
        Asked = new KeyForm();
        await ReadAsync(cancellationToken);
        return Page();
    }

    /// <param name="hours">For which the secret before counts as well.</param>
    public async Task<IActionResult> OnPostRotateAsync(string? id, int hours, CancellationToken cancellationToken)
    {
        Issued = await ledger.Keys.RotateAsync(id ?? "", Duration.FromHours(Math.Clamp(hours, 0, 168)), HttpContext.Person()!.Name, cancellationToken);
        known.Forget(id ?? "");
        return await AnsweredAsync(Issued is not null, cancellationToken);
    }

    public async Task<IActionResult> OnPostRevokeAsync(string? id, CancellationToken cancellationToken)
    {
        var revoked = await ledger.Keys.RevokeAsync(id ?? "", HttpContext.Person()!.Name, cancellationToken);
        known.Forget(id ?? "");
        return revoked is null ? await AnsweredAsync(false, cancellationToken) : LocalRedirect("/settings/keys");
    }

    private async Task<IActionResult> AnsweredAsync(bool done, CancellationToken cancellationToken)
    {
        if (!done)
        {
            Problem = "There is no such key, or it is revoked.";
            Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }

        await ReadAsync(cancellationToken);
        return Page();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        ModelState.Clear();
        Now = clock.GetCurrentInstant();
        Rulesets = [.. ledger.Rulesets.All.Select(static ruleset => ruleset.Name)];
        Keys = [.. (await ledger.Keys.ListAsync(cancellationToken)).Reverse().OrderBy(key => IsOver(key))];
    }

    private NewApiKey Read(KeyForm form)
    {
        var name = form.Name?.Trim() ?? "";
        if (name.Length is 0 or > 100 || name.Any(char.IsControl))
        {
            _faults["name"] = "Name it in 1 to 100 characters, for whoever looks for it later.";
        }

        var scopes = (form.Scopes ?? []).Select(ScopeNames.Parse).OfType<KeyScopes>().Aggregate(KeyScopes.None, static (all, scope) => all | scope);
        if (scopes == KeyScopes.None)
        {
            _faults["scopes"] = "Choose at least one.";
        }

        var rulesets = (form.Rulesets ?? []).Where(Rulesets.IsDefaultOrEmpty ? static _ => true : Rulesets.Contains).ToImmutableArray();
        var accounts = (form.Accounts ?? "").Split([',', ' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal).ToImmutableArray();
        if (accounts.Length > 100 || accounts.Any(static account => !IdText.IsValid(account)))
        {
            _faults["accounts"] = "At most 100 ids of accounts, with commas between them.";
        }

        if ((scopes & KeyScopes.Admin) != KeyScopes.None && !(rulesets.IsEmpty && accounts.IsEmpty))
        {
            _faults["scopes"] = "A key with admin makes keys for everything, so it cannot be restricted itself.";
        }

        int? rate = null;
        if (form.Rate?.Trim() is { Length: > 0 } text)
        {
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1_000_000)
            {
                rate = number;
            }
            else
            {
                _faults["rate"] = "A whole number from 1 to 1,000,000.";
            }
        }

        Instant? expires = null;
        if (form.Expires is { Length: > 0 } day)
        {
            expires = LocalDatePattern.Iso.Parse(day) is { Success: true } parsed ? parsed.Value.PlusDays(1).AtStartOfDayInZone(DateTimeZone.Utc).ToInstant() : null;
            if (expires is null || expires <= clock.GetCurrentInstant())
            {
                _faults["expires"] = "A day that is not over.";
            }
        }

        return new NewApiKey
        {
            Name = name,
            Scopes = scopes,
            Rulesets = rulesets,
            Accounts = accounts,
            Rate = rate,
            ExpiresAt = expires,
            CreatedBy = HttpContext.Person()!.Name,
        };
    }
}

/// <summary>What a new key is asked to be.</summary>
public sealed record KeyForm
{
    public string? Name { get; init; }

    public string[]? Scopes { get; init; }

    public string[]? Rulesets { get; init; }

    public string? Accounts { get; init; }

    public string? Rate { get; init; }

    public string? Expires { get; init; }
}
