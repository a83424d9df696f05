using System.Globalization;

namespace Rules.Client;

public sealed partial class RulesClient
{
    /// <summary>One page of accounts, by id.</summary>
    /// <param name="ruleset">Only of this rule set.</param>
    /// <param name="search">Only ids that contain this text.</param>
    /// <param name="after">The <see cref="AccountPage.Next"/> of the page before; null: the first page.</param>
    /// <param name="limit">1 to 500 accounts a page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<AccountPage>> AccountsAsync(
        string? ruleset = null, string? search = null, string? after = null, int limit = 50, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get,
            "v1/accounts" + Query(("ruleset", ruleset), ("search", search), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("after", after)),
            null, null, ClientJson.Default.AccountPage, cancellationToken);

    /// <summary>States facts and terms that hold from now on.</summary>
    public Task<Answer<Account>> SetAsync(string account, FactsAndTerms stated, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, Path(account) + "/facts-and-terms", Body(stated, ClientJson.Default.FactsAndTerms), idempotencyKey, ClientJson.Default.Account,
            cancellationToken);

    /// <summary>Moves an account to another plan.</summary>
    public Task<Answer<Account>> ChangePlanAsync(string account, PlanChange change, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, Path(account) + "/plan", Body(change, ClientJson.Default.PlanChange), idempotencyKey, ClientJson.Default.Account, cancellationToken);

    /// <summary>Sells credits or a pack.</summary>
    public Task<Answer<Purchase>> BuyAsync(NewPurchase purchase, string idempotencyKey, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Post, "v1/purchases", Body(purchase, ClientJson.Default.NewPurchase), idempotencyKey, ClientJson.Default.Purchase, cancellationToken);

    /// <summary>What moved an account's credits within <c>[from, to)</c>.</summary>
    public Task<Answer<Statement>> StatementAsync(string account, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, Path(account) + "/statement" + Query(("from", Instant(from)), ("to", Instant(to))), null, null, ClientJson.Default.Statement,
            cancellationToken);

    /// <summary>One page of bills for postpaid use, newest first.</summary>
    /// <param name="account">Only of this account.</param>
    /// <param name="ruleset">Only of this rule set.</param>
    /// <param name="from">Billed at or after.</param>
    /// <param name="to">Billed before.</param>
    /// <param name="after">The <see cref="InvoicePage.Next"/> of the page before; null: the first page.</param>
    /// <param name="limit">1 to 500 a page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<InvoicePage>> InvoicesAsync(
        string? account = null, string? ruleset = null, DateTimeOffset? from = null, DateTimeOffset? to = null, string? after = null, int limit = 50,
        CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get,
            "v1/invoices" + Query(("account", account), ("ruleset", ruleset), ("from", from is { } first ? Instant(first) : null), ("to", to is { } last ? Instant(last) : null),
                ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("after", after)),
            null, null, ClientJson.Default.InvoicePage, cancellationToken);

    /// <summary>One bill with what it is made of.</summary>
    public Task<Answer<InvoiceDetail>> InvoiceAsync(string account, long entry, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"{Path(account)}/invoices/{entry}"), null, null,
            ClientJson.Default.InvoiceDetail, cancellationToken);

    /// <summary>One page of use added up by account and up to two recorded names.</summary>
    /// <param name="from">Inclusive.</param>
    /// <param name="to">Exclusive.</param>
    /// <param name="by"><c>action</c>, or the name of a fact, a key or a recorded member; at most two with a comma between them.</param>
    /// <param name="account">Only this account.</param>
    /// <param name="after">The <see cref="UsagePage.Next"/> of the page before; null: the first page.</param>
    /// <param name="limit">1 to 1,000 rows a page.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task<Answer<UsagePage>> UsageAsync(
        DateTimeOffset from, DateTimeOffset to, string? by = null, string? account = null, string? after = null, int limit = 100,
        CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get,
            "v1/usage" + Query(("from", Instant(from)), ("to", Instant(to)), ("by", by), ("account", account),
                ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("after", after)),
            null, null, ClientJson.Default.UsagePage, cancellationToken);

    /// <summary>Published rule sets.</summary>
    public Task<Answer<RulesetList>> RulesetsAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, "v1/rulesets", null, null, ClientJson.Default.RulesetList, cancellationToken);

    /// <summary>Versions of a rule set, newest first.</summary>
    public Task<Answer<VersionList>> VersionsAsync(string ruleset, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Get, $"v1/rulesets/{Uri.EscapeDataString(ruleset)}/versions", null, null, ClientJson.Default.VersionList, cancellationToken);

    /// <summary>One version with its text.</summary>
    public Task<Answer<PublishedVersion>> VersionAsync(string ruleset, int version, CancellationToken cancellationToken = default) =>
        SendAsync(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"v1/rulesets/{Uri.EscapeDataString(ruleset)}/versions/{version}"), null, null,
            ClientJson.Default.PublishedVersion, cancellationToken);

    private static string Instant(DateTimeOffset at) => at.ToString("O", CultureInfo.InvariantCulture);
}
