using System.Collections.Immutable;
using System.Security.Cryptography;
using NodaTime;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Access;

/// <summary>The keys of one database: made, replaced, revoked and checked. A key's text leaves this class once and is never stored.</summary>
public sealed class ApiKeys
{
    /// <summary>The most lines of the log at once.</summary>
    public const int LargestPage = 500;

    // A log names what a key is restricted to, as far as a line holds it.
    private const int NamedMost = 3;

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
        await _store.AddKeyAsync(new StoredApiKey(key, ApiKeyText.Hash(text), default, null), new KeyRecord(0, key.CreatedAt, wanted.Actor ?? wanted.CreatedBy, KeyAction.Made, id, key.Name, Scope(key)), cancellationToken);
        return new IssuedApiKey(key, text);
    }

    /// <summary>In order of creation, revoked ones included.</summary>
    public async Task<ImmutableArray<ApiKey>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await _store.KeysAsync(cancellationToken)).Select(static stored => stored.Key)];

    /// <summary>Null where there is no key of that id.</summary>
    public ValueTask<StoredApiKey?> FindAsync(string id, CancellationToken cancellationToken) => _store.KeyAsync(id, cancellationToken);

    /// <summary>What was done to keys, newest first. A limit outside 1 to 500 is brought inside.</summary>
    /// <param name="key">An id; null: of all.</param>
    /// <param name="before">Only lines of a smaller position; null: from the newest.</param>
    public ValueTask<ImmutableArray<KeyRecord>> LogAsync(string? key, long? before, int limit, CancellationToken cancellationToken) =>
        _store.KeyLogAsync(key, before ?? long.MaxValue, Math.Clamp(limit, 1, LargestPage), cancellationToken);

    /// <summary>Gives a key a new text. The one before counts for <paramref name="overlap"/> longer, so that its holders can change over.</summary>
    /// <param name="by">As <see cref="KeyRecord.By"/>.</param>
    /// <returns>Null where there is no such key, or it is revoked.</returns>
    public async Task<IssuedApiKey?> RotateAsync(string id, Duration overlap, string by, CancellationToken cancellationToken)
    {
        if (await _store.KeyAsync(id, cancellationToken) is not { } stored)
        {
            return null;
        }

        var text = ApiKeyText.New(id);
        var now = Instants.Now(_time);
        var detail = overlap > Duration.Zero ? $"the one before counts until {Instants.Floor(now + overlap)}" : "the one before counts no longer";
        return await _store.RotateKeyAsync(ApiKeyText.Hash(text), now + overlap, new KeyRecord(0, now, by, KeyAction.Rotated, id, stored.Key.Name, detail), cancellationToken)
            ? new IssuedApiKey((await _store.KeyAsync(id, cancellationToken))!.Key, text)
            : null;
    }

    /// <summary>Revokes a key for good; a second time changes nothing.</summary>
    /// <param name="by">As <see cref="KeyRecord.By"/>.</param>
    /// <returns>Null where there is no such key.</returns>
    public async Task<ApiKey?> RevokeAsync(string id, string by, CancellationToken cancellationToken)
    {
        if (await _store.KeyAsync(id, cancellationToken) is not { } stored)
        {
            return null;
        }

        await _store.RevokeKeyAsync(new KeyRecord(0, Instants.Now(_time), by, KeyAction.Revoked, id, stored.Key.Name, null), cancellationToken);
        return (await _store.KeyAsync(id, cancellationToken))?.Key;
    }

    private static string Scope(ApiKey key) => string.Join(", ", ScopeNames.Each(key.Scopes))
        + (key.IsRestricted ? $", for {string.Join(", ", key.Rulesets.Concat(key.Accounts).Take(NamedMost))}{(key.Rulesets.Length + key.Accounts.Length > NamedMost ? " and more" : "")} only" : "")
        + (key.ExpiresAt is { } until ? $", until {until}" : "");

    /// <summary>Notes when keys were last used; a time before the stored one changes nothing.</summary>
    public ValueTask NoteUseAsync(IReadOnlyCollection<KeyValuePair<string, Instant>> uses, CancellationToken cancellationToken) =>
        _store.NoteKeyUseAsync(uses, cancellationToken);

    /// <summary>Whether a text is the stored key's, by its present text or the one before a rotation; takes the same time for any text.</summary>
    public static bool Matches(StoredApiKey stored, ReadOnlySpan<char> text, Instant now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        ApiKeyText.Hash(text, hash);
        var isPresent = CryptographicOperations.FixedTimeEquals(hash, stored.Hash.Span);
        var isPrevious = CryptographicOperations.FixedTimeEquals(hash, stored.PreviousHash.Span);
        return isPresent || (isPrevious && now < stored.PreviousUntil);
    }
}
