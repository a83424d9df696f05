namespace Rules.Client;

public sealed partial class RulesClient
{
    /// <summary>Makes an API key. The answer holds its text, <see cref="Key.Text"/>, which is told this once. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<Key>> CreateKeyAsync(NewKey wanted, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/keys", Body(wanted, ClientJson.Default.NewKey), null, ClientJson.Default.Key, cancellationToken);

    /// <summary>All keys, in order of creation, revoked ones included; without their texts. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<KeyList>> KeysAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/keys", null, null, ClientJson.Default.KeyList, cancellationToken);

    /// <summary>Gives a key a new text; the one before counts for the overlap. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<Key>> RotateKeyAsync(string id, KeyRotation rotation, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, $"v1/keys/{Uri.EscapeDataString(id)}/rotate", Body(rotation, ClientJson.Default.KeyRotation), null, ClientJson.Default.Key,
            cancellationToken);

    /// <summary>Revokes a key for good. Needs the scope <c>admin</c>.</summary>
    public Task<Answer<Key>> RevokeKeyAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, $"v1/keys/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.Key, cancellationToken);
}
