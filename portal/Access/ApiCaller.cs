using System.Collections.Concurrent;
using System.Text.Json;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Api;

namespace Rules.Portal.Access;

/// <summary>The holder of the key that a request came with.</summary>
public sealed class ApiCaller
{
    private readonly CreditLedger _ledger;
    private readonly AccountRulesets _rulesets;

    internal ApiCaller(ApiKey key, CreditLedger ledger, AccountRulesets rulesets)
    {
        Key = key;
        _ledger = ledger;
        _rulesets = rulesets;
    }

    public ApiKey Key { get; }

    /// <summary>Who acts, in logs: at most 100 characters. The id tells a key from people, whatever it is called.</summary>
    public string Name => $"key {Key.Name[..Math.Min(Key.Name.Length, 70)]} ({Key.Id})";

    /// <summary>Whether the key may touch an account. One that is not there counts as another's: the answer is the same.</summary>
    public async ValueTask<bool> MayUseAsync(string account, CancellationToken cancellationToken)
    {
        if (!Key.Accounts.IsEmpty && !Key.Accounts.Contains(account))
        {
            return false;
        }

        return Key.Rulesets.IsEmpty || (await _rulesets.OfAsync(_ledger, account, cancellationToken) is { } ruleset && Key.Rulesets.Contains(ruleset));
    }

    /// <summary>Whether the key may see or bring what is of all accounts of a ruleset: a draft, a replay, a file of usage.</summary>
    public bool MayUseAllOf(string ruleset) => !Key.IsRestricted || (Key.Accounts.IsEmpty && Key.Rulesets.Contains(ruleset));

    /// <summary>
    /// The refusal of a body that names an account which the caller's key may not touch; null where nothing stands in the way. Every body is
    /// read through here, so that no address can forget to ask.
    /// </summary>
    internal static async ValueTask<Problem?> RefusalAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        if (context.Features.Get<ApiCaller>() is not { Key.IsRestricted: true } caller)
        {
            return null;
        }

        var (account, ruleset) = Named(json.Span);
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpensAccount>() is not null)
        {
            return (caller.Key.Accounts.IsEmpty || account is null || caller.Key.Accounts.Contains(account))
                && (caller.Key.Rulesets.IsEmpty || ruleset is null || caller.Key.Rulesets.Contains(ruleset))
                    ? null
                    : new Problem(ProblemKinds.KeyRestricted, Help: "Open one of the accounts and rule sets that the key names, or use another key.");
        }

        return account is null || await caller.MayUseAsync(account, context.RequestAborted) ? null : CommandAnswers.AccountUnknown(account);
    }

    // The first members of these names; a body that is not well formed, or names one twice, is refused by whoever reads it whole.
    private static (string? Account, string? Ruleset) Named(ReadOnlySpan<byte> json)
    {
        string? account = null, ruleset = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                var isAccount = reader.ValueTextEquals("account"u8);
                if (isAccount || reader.ValueTextEquals("ruleset"u8))
                {
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String)
                    {
                        var value = reader.GetString();
                        account ??= isAccount ? value : null;
                        ruleset ??= isAccount ? null : value;
                    }
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Broken text or half a surrogate pair: told by the strict reader.
        }

        return (account, ruleset);
    }
}

/// <summary>Remembers the rulesets of accounts, which never change; an account that is not there is looked up each time.</summary>
internal sealed class AccountRulesets
{
    private const int Most = 100_000;

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    /// <summary>Called when an account was removed.</summary>
    public void Forget(string account) => _known.TryRemove(account, out _);

    public async ValueTask<string?> OfAsync(CreditLedger ledger, string account, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(account, out var known))
        {
            return known;
        }

        var ruleset = await ledger.RulesetOfAsync(account, cancellationToken);
        if (ruleset is not null)
        {
            if (_known.Count >= Most)
            {
                _known.Clear();
            }

            _known[account] = ruleset;
        }

        return ruleset;
    }
}
