using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using NodaTime;
using Rules.Client;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>Administers API keys.</summary>
internal static class KeyApi
{
    private const int LongestOverlapSeconds = 7 * 24 * 60 * 60;

    private const int NormalOverlapSeconds = 24 * 60 * 60;

    public static void MapKeys(this RouteGroupBuilder api)
    {
        api.MapPost("/keys", CreateAsync).WithName("create-key").WithTags("Keys").Needs(KeyScopes.Admin)
            .WithSummary("Make an API key")
            .WithDescription("The answer holds the key itself, this once: it is stored nowhere, so keep it. Sent twice, it makes two keys.")
            .Takes<NewKey>(ApiExamples.NewKey).Answers<Key>(ApiExamples.Key).Refuses(400, 413, 415, 422, 503);

        api.MapGet("/keys", ListAsync).WithName("keys").WithTags("Keys").Needs(KeyScopes.Admin)
            .WithSummary("All API keys").WithDescription("In order of creation, revoked ones included; without the keys themselves.")
            .Answers<KeyList>(null).Refuses(400, 503);

        api.MapPost("/keys/{key}/rotate", RotateAsync).WithName("rotate-key").WithTags("Keys").Needs(KeyScopes.Admin)
            .WithSummary("Give an API key a new secret")
            .WithDescription("The secret before counts for the overlap, a day where it is left out, so that its holders can change over.")
            .Takes<KeyRotation>(ApiExamples.KeyRotation).Answers<Key>(ApiExamples.Key).Refuses(400, 404, 413, 415, 422, 503);

        api.MapDelete("/keys/{key}", RevokeAsync).WithName("revoke-key").WithTags("Keys").Needs(KeyScopes.Admin)
            .WithSummary("Revoke an API key for good").WithDescription("Holds at once here, and within five seconds on every other node.")
            .Answers<Key>(null).Refuses(400, 404, 503);

        api.RefuseOthers("/keys", HttpMethods.Get, HttpMethods.Post);
        api.RefuseOthers("/keys/{key}", HttpMethods.Delete);
        api.RefuseOthers("/keys/{key}/rotate", HttpMethods.Post);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, CreditLedger ledger, IClock clock)
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var read = SettingsBody.Read(body.Json, "name", "scopes", "rulesets", "accounts", "requests_per_second", "expires");
        var wanted = new NewApiKey
        {
            Name = read.Text("name", 100, required: true) ?? "",
            Scopes = Scopes(read),
            Rulesets = read.Texts("rulesets", 100, WireLimits.NameCharacters),
            Accounts = read.Texts("accounts", 100, WireLimits.IdCharacters),
            Rate = read.Integer("requests_per_second", 1, 1_000_000),
            ExpiresAt = read.Time("expires"),
            CreatedBy = context.Features.GetRequiredFeature<ApiCaller>().Key.Id,
            Actor = context.Features.GetRequiredFeature<ApiCaller>().Name,
        };
        if (wanted.ExpiresAt <= clock.GetCurrentInstant())
        {
            read.Invalid("expires", "The key would have expired already.", "Name an instant in the future, or leave it out.");
        }

        if ((wanted.Scopes & KeyScopes.Admin) != KeyScopes.None && !(wanted.Rulesets.IsEmpty && wanted.Accounts.IsEmpty))
        {
            read.Invalid("scopes", "A key with the scope admin makes keys for everything, so it cannot be restricted itself.", "Leave out admin, or the restrictions.");
        }

        return read.Problem is { } problem ? new ProblemBody(problem) : Issued(await ledger.Keys.CreateAsync(wanted, context.RequestAborted));
    }

    private static async Task<IResult> ListAsync(HttpContext context, CreditLedger ledger)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        return new JsonBody(WireWriter.Write(await ledger.Keys.ListAsync(context.RequestAborted), static (json, keys) =>
        {
            json.WriteStartObject();
            json.WriteStartArray("keys"u8);
            foreach (var key in keys)
            {
                Write(json, key, text: null);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }));
    }

    private static async Task<IResult> RotateAsync(string key, HttpContext context, CreditLedger ledger, KnownKeys known)
    {
        var body = await RequestBody.ReadAsync(context);
        if (body.Problem is not null)
        {
            return new ProblemBody(body.Problem);
        }

        var read = SettingsBody.Read(body.Json, "overlap_seconds");
        var overlap = read.Integer("overlap_seconds", 0, LongestOverlapSeconds) ?? NormalOverlapSeconds;
        if (read.Problem is { } problem)
        {
            return new ProblemBody(problem);
        }

        var issued = await ledger.Keys.RotateAsync(key, Duration.FromSeconds(overlap), context.Features.GetRequiredFeature<ApiCaller>().Name, context.RequestAborted);
        known.Forget(key);
        return issued is null ? Unknown(key) : Issued(issued);
    }

    private static async Task<IResult> RevokeAsync(string key, HttpContext context, CreditLedger ledger, KnownKeys known)
    {
        if (Parameters.Unknown(context.Request) is { } problem)
        {
            return new ProblemBody(problem);
        }

        var revoked = await ledger.Keys.RevokeAsync(key, context.Features.GetRequiredFeature<ApiCaller>().Name, context.RequestAborted);
        known.Forget(key);
        return revoked is null ? Unknown(key) : new JsonBody(WireWriter.Write(revoked, static (json, it) => Write(json, it, text: null)));
    }

    private static KeyScopes Scopes(SettingsBody read)
    {
        var scopes = KeyScopes.None;
        foreach (var word in read.Texts("scopes", 6, 20, required: true))
        {
            if (ScopeNames.Parse(word) is { } scope)
            {
                scopes |= scope;
            }
            else
            {
                read.Invalid("scopes", $"There is no scope \"{WireText.Shown(word)}\".", $"Use {string.Join(", ", ScopeNames.All)}.");
            }
        }

        return scopes;
    }

    private static ProblemBody Unknown(string id) => new(new Problem(
        ProblemKinds.ApiKeyUnknown, $"There is no key \"{WireText.Shown(id)}\" that is not revoked.", "List the keys; an id has 16 characters and stands after rk_."));

    private static JsonBody Issued(IssuedApiKey issued) => new(WireWriter.Write(issued, static (json, it) => Write(json, it.Key, it.Text)));

    private static void Write(Utf8JsonWriter json, ApiKey key, string? text)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, key.Id);
        WriteOptional(json, "key"u8, text);
        json.WriteString("name"u8, key.Name);
        WriteList(json, "scopes"u8, ScopeNames.Each(key.Scopes));
        if (!key.Rulesets.IsEmpty)
        {
            WriteList(json, "rulesets"u8, key.Rulesets);
        }

        if (!key.Accounts.IsEmpty)
        {
            WriteList(json, "accounts"u8, key.Accounts);
        }

        if (key.Rate is { } rate)
        {
            json.WriteNumber("requests_per_second"u8, rate);
        }

        WriteOptional(json, "created"u8, InstantText.Format(key.CreatedAt));
        json.WriteString("created_by"u8, key.CreatedBy);
        WriteOptional(json, "expires"u8, Text(key.ExpiresAt));
        WriteOptional(json, "rotated"u8, Text(key.RotatedAt));
        WriteOptional(json, "revoked"u8, Text(key.RevokedAt));
        WriteOptional(json, "last_used"u8, Text(key.LastUsedAt));
        json.WriteEndObject();
    }

    private static string? Text(Instant? instant) => instant is { } value ? InstantText.Format(value) : null;

    private static void WriteOptional(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteList(Utf8JsonWriter json, ReadOnlySpan<byte> name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
