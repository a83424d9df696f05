using System.Collections.Immutable;
using System.Security.Cryptography;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Access;

/// <summary>The keys of one database: made, replaced, revoked and checked. A key's text leaves this class once and is never stored.</summary>
public sealed class ApiKeys
{
    private readonly IAppStore _store;
    private readonly TimeProvider _time;

    internal ApiKeys(IAppStore store, TimeProvider time)
    {
        _store = store;
        _time = time;
    }

    public async Task<IssuedApiKey> CreateAsync(NewApiKey wanted, CancellationToken cancellationToken)
    {
        var id = ApiKeyText.NewId();
        var text = ApiKeyText.New(id);
        var key = new ApiKey
        {
            Id = id,
            Name = wanted.Name,
            Scopes = wanted.Scopes,
            Rulesets = wanted.Rulesets,
            Accounts = wanted.Accounts,
            Rate = wanted.Rate,
            CreatedAt = Instants.Now(_time),
            CreatedBy = wanted.CreatedBy,
            ExpiresAt = Instants.Floor(wanted.ExpiresAt),
        };
        await _store.AddKeyAsync(new StoredApiKey(key, ApiKeyText.Hash(text), default, null), cancellationToken);
        return new IssuedApiKey(key, text);
    }

    /// <summary>In order of creation, revoked ones included.</summary>
    public async Task<ImmutableArray<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await _store.KeysAsync(cancellationToken)).Select(static stored => stored.Key)];

    /// <summary>Null where there is no key of that id.</summary>
    public ValueTask<StoredApiKey?> FindAsync(string id, CancellationToken cancellationToken) => _store.KeyAsync(id, cancellationToken);

    /// <summary>Gives a key a new text. The one before counts for <paramref name="overlap"/> longer, so that its holders can change over.</summary>
    /// <returns>Null where there is no such key, or it is revoked.</returns>
    public async Task<IssuedApiKey?> RotateAsync(string id, Duration overlap, CancellationToken cancellationToken)
    {
        var text = ApiKeyText.New(id);
        var now = Instants.Now(_time);
        return await _store.RotateKeyAsync(id, ApiKeyText.Hash(text), now, now + overlap, cancellationToken)
            ? new IssuedApiKey((await _store.KeyAsync(id, cancellationToken))!.Key, text)
            : null;
    }

    /// <summary>Revokes a key for good; a second time changes nothing.</summary>
    /// <returns>Null where there is no such key.</returns>
    public async Task<ApiKey?> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        await _store.RevokeKeyAsync(id, Instants.Now(_time), cancellationToken);
        return (await _store.KeyAsync(id, cancellationToken))?.Key;
    }

    /// <summary>Notes when keys were last used; a time before the stored one changes nothing.</summary>
    public ValueTask NoteUseAsync(IReadOnlyCollection<KeyValuePair<string, Instant>> uses, CancellationToken cancellationToken) =>
        _store.NoteKeyUseAsync(uses, cancellationToken);

    /// <summary>Whether a text is the stored key's, by its present text or the one before a rotation; takes the same time for any text.</summary>
    public static bool Matches(StoredApiKey stored, ReadOnlySpan<char> text, Instant now)
    {
        var hash = ApiKeyText.Hash(text);
        var isPresent = CryptographicOperations.FixedTimeEquals(hash, stored.Hash.Span);
        var isPrevious = CryptographicOperations.FixedTimeEquals(hash, stored.PreviousHash.Span);
        return isPresent || (isPrevious && now < stored.PreviousUntil);
    }
}
