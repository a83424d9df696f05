using Microsoft.Extensions.Primitives;
using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Api;
using Rules.Portal.Operations;

namespace Rules.Portal.Access;

/// <summary>
/// The one door to <c>/v1</c>: a key that is there, unexpired, not revoked, within its rate, with the scope that the address asks for and, where it is
/// restricted, for the account that the address names. What says nothing about itself stays closed.
/// </summary>
internal sealed class ApiKeyGate(
    RequestDelegate next, CreditLedger ledger, KnownKeys keys, KeyUses uses, RequestRates rates, AccountRulesets rulesets, IClock clock)
{
    private const string Scheme = "Bearer ";

    private const string HowToSend = "Send \"Authorization: Bearer rk_…\". Keys are made with \"rules keys create\" or POST /v1/keys.";

    public async Task InvokeAsync(HttpContext context)
    {
        // Any other endpoint is routing's own refusal of a method or a type of body.
        if (context.GetEndpoint() is RouteEndpoint endpoint && await RefusalAsync(context, endpoint) is { } problem)
        {
            PortalInstruments.Refused(problem.Kind.Code);
            await new ProblemBody(problem).ExecuteAsync(context);
            return;
        }

        await next(context);
    }

    private async ValueTask<Problem?> RefusalAsync(HttpContext context, RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<EndpointAccess>() is not { } access)
        {
            return new Problem(ProblemKinds.ScopeMissing, "This address is open to no key.");
        }

        if (access.Scope == KeyScopes.None)
        {
            return null;
        }

        var (key, refusal) = await AuthenticateAsync(context);
        if (key is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"rules\"";
            return refusal;
        }

        if (!rates.TryTake(key, out var retryAfter))
        {
            return TooMany(retryAfter);
        }

        if ((key.Scopes & access.Scope) == KeyScopes.None)
        {
            return new Problem(
                ProblemKinds.ScopeMissing, $"The key \"{WireText.Shown(key.Name)}\" has not the scope {ScopeNames.Of(access.Scope)}.", "Use a key that has it.");
        }

        var caller = new ApiCaller(key, ledger, rulesets);
        if (key.IsRestricted && context.GetRouteValue("account") is string account && !await caller.MayUseAsync(account, context.RequestAborted))
        {
            return CommandAnswers.AccountUnknown(account);
        }

        context.Features.Set(caller);
        return null;
    }

    internal static Problem TooMany(int retryAfterSeconds) => new(ProblemKinds.RateLimited, Help: "Wait, then send it again with the same Idempotency-Key.")
    {
        RetryAfterSeconds = retryAfterSeconds,
    };

    private async ValueTask<(ApiKey? Key, Problem? Refusal)> AuthenticateAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return Refuse(ProblemKinds.ApiKeyRequired, null);
        }

        var id = ApiKeyText.IdOf(TextOf(header));
        if (id.IsEmpty)
        {
            return Refuse(ProblemKinds.ApiKeyInvalid, "The header \"Authorization\" does not hold one key.");
        }

        var stored = keys.TryGet(id, out var known) ? known : await keys.ReadAsync(id.ToString(), context.RequestAborted);
        var now = clock.GetCurrentInstant();
        if (stored is null || !ApiKeys.Matches(stored, TextOf(header), now))
        {
            return rates.TryTakeAsStranger(out var retryAfter) ? Refuse(ProblemKinds.ApiKeyInvalid, "There is no such key.") : (null, TooMany(retryAfter));
        }

        // From here on the caller has shown the secret, and may know what became of the key.
        if (stored.Key.RevokedAt is not null)
        {
            return Refuse(ProblemKinds.ApiKeyInvalid, "The key was revoked.");
        }

        if (now >= stored.Key.ExpiresAt)
        {
            return Refuse(ProblemKinds.ApiKeyInvalid, "The key has expired.");
        }

        uses.Note(stored.Key, now);
        return (stored.Key, null);
    }

    /// <summary>What follows the scheme; empty where that is another, or where there are several headers.</summary>
    private static ReadOnlySpan<char> TextOf(StringValues header) =>
        header is [{ } value] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value.AsSpan(Scheme.Length).Trim() : default;

    private static (ApiKey?, Problem) Refuse(ProblemKind kind, string? detail) => (null, new Problem(kind, detail, HowToSend));
}
