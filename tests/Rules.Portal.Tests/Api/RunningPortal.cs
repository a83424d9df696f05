using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rules.Client;
using Rules.Ledger.Access;
using Rules.Ledger.People;
using Rules.Portal.SignIn;
using Rules.Portal.Startup;
using Xunit;

namespace Rules.Portal.Tests.Api;

/// <summary>The service in this process, on a loopback port of its own, with an empty database and the shipped rule files.</summary>
public sealed class RunningPortal : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("rules-portal-").FullName;
    private int _numbers;

    public PortalApplication Portal { get; private set; } = null!;

    /// <summary>Sends a key with every scope, and is signed in as the first admin by the link that the start made.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>Those of <see cref="Http"/>: the session.</summary>
    public CookieContainer Cookies { get; } = new();

    public string Key { get; private set; } = null!;

    public RulesClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Portal = await PortalApplication.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--Rules:Home", _home, "--Rules:Sample", "off", "--environment", "Production"]);
        Key = await NewKeyAsync(KeyScopes.All);
        Http = Holding(Key, Cookies);
        await SignInForm.SignInAsync(Http, Portal.SignInLink!);
        Client = new RulesClient(Http);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Portal.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>A client that sends this key; null: none. It is signed in only by cookies that it is given.</summary>
    public HttpClient Holding(string? key, CookieContainer? cookies = null)
    {
        var http = new HttpClient(new HttpClientHandler { CookieContainer = cookies ?? new CookieContainer() }) { BaseAddress = Portal.Address };
        http.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    /// <summary>A one-time link for somebody, who is added where nobody has the name.</summary>
    public async Task<string> LinkAsync(string name, PersonRoles roles)
    {
        var person = await Portal.Ledger.People.FindByNameAsync(name, default) ?? (await Portal.Ledger.People.AddAsync(name, roles, "system", default)).Person!;
        return SignInPaths.Link((await Portal.Ledger.People.IssueLinkAsync(person.Id, "system", default))!);
    }

    /// <summary>The text of a new key.</summary>
    public async Task<string> NewKeyAsync(KeyScopes scopes, string[]? rulesets = null, string[]? accounts = null, int? rate = null) =>
        (await Portal.Ledger.Keys.CreateAsync(
            new NewApiKey
            {
                Name = New("key"),
                Scopes = scopes,
                Rulesets = [.. rulesets ?? []],
                Accounts = [.. accounts ?? []],
                Rate = rate ?? 1_000_000,
                CreatedBy = "command",
            }, default)).Text;

    /// <summary>An id or key that no other test uses.</summary>
    public string New(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref _numbers)}");

    public async Task<string> OpenBiodockAsync()
    {
        var account = New("lab");
        (await Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "biodock" }, New("open"))).EnsureGranted();
        return account;
    }

    public async Task<string> OpenBookbagAsync(string plan)
    {
        var account = New("desk");
        (await Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "bookbag", Plan = plan }, New("open"))).EnsureGranted();
        return account;
    }

    public Task<HttpResponseMessage> PostAsync(string path, string json, string? key = null, string contentType = "application/json") =>
        PostAsync(path, Encoding.UTF8.GetBytes(json), key, contentType);

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? key = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        return await Http.SendAsync(request);
    }
}

[CollectionDefinition(Name)]
public sealed class SharedPortal : ICollectionFixture<RunningPortal>
{
    public const string Name = "running portal";
}

internal static class AnswerExtensions
{
    public static T EnsureGranted<T>(this Answer<T> answer)
        where T : class => answer.Succeeded
        ? answer.Value
        : throw new InvalidOperationException($"{answer.Status} {answer.Problem.Code}: {answer.Problem.Detail}");

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response)
    {
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }

    public static async Task<string> CodeAsync(this HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.ToString() != "application/problem+json")
        {
            throw new InvalidOperationException($"{(int)response.StatusCode} came as {response.Content.Headers.ContentType}.");
        }

        var problem = await response.JsonAsync();
        return problem.GetProperty("status").GetInt32() == (int)response.StatusCode && problem.GetProperty("title").GetString() is { Length: > 0 }
            ? problem.GetProperty("code").GetString()!
            : throw new InvalidOperationException(problem.ToString());
    }
}
