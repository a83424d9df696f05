namespace Rules.Client;

public sealed partial class RulesClient
{
    /// <summary>Puts a text into review: people approve and publish it. The same text again finds the draft that is under way. Needs the scope <c>draft</c>.</summary>
    public Task<Answer<Draft>> CreateDraftAsync(NewDraft draft, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, "v1/drafts", Body(draft, ClientJson.Default.NewDraft), null, ClientJson.Default.Draft, cancellationToken);

    /// <summary>How far a draft has come. Needs the scope <c>draft</c>.</summary>
    public Task<Answer<Draft>> DraftAsync(string id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, $"v1/drafts/{Uri.EscapeDataString(id)}", null, null, ClientJson.Default.Draft, cancellationToken);
}
