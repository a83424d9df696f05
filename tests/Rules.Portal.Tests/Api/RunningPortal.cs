using System.Globalization;
using System.Text;
using System.Text.Json;
using Rules.Client;
using Rules.Portal.Startup;
using Xunit;

namespace Rules.Portal.Tests.Api;

/// <summary>The service in this process, on a loopback port of its own, with an empty database and the shipped rule files.</summary>
public sealed class RunningPortal : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("rules-portal-").FullName;
    private int _numbers;

    public PortalApplication Portal { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public RulesClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Portal = await PortalApplication.StartAsync(
            ["--urls", "http://127.0.0.1:0", "--Rules:Home", _home, "--Rules:Sample", "off", "--environment", "Production"]);
        Http = new HttpClient { BaseAddress = Portal.Address };
        Client = new RulesClient(Http);
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await Portal.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

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
