using System.Net;
using System.Text.RegularExpressions;
using Rules.Ledger.People;
using Rules.Portal.Tests.Api;

namespace Rules.Portal.Tests.Drafts;

/// <summary>Somebody with a browser that keeps cookies and runs no script.</summary>
internal sealed partial class Visitor : IDisposable
{
    private readonly HttpClient _http;

    private Visitor(RunningPortal portal)
    {
        var browser = new HttpClientHandler { AllowAutoRedirect = false, UseCookies = true, CookieContainer = Cookies };
        _http = new HttpClient(browser) { BaseAddress = portal.Portal.Address };
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Somebody who is not signed in.</summary>
    public static Visitor Stranger(RunningPortal portal) => new(portal);

    /// <summary>Somebody who opened a link of theirs.</summary>
    public static async Task<Visitor> SignedInAsync(RunningPortal portal, string name, PersonRoles roles)
    {
        var visitor = new Visitor(portal);
        await SignInForm.SignInAsync(visitor._http, await portal.LinkAsync(name, roles));
        return visitor;
    }

    public async Task<string> ReadAsync(string address) => await _http.GetStringAsync(new Uri(address, UriKind.Relative));

    public Task<HttpResponseMessage> GetAsync(string address) => _http.GetAsync(new Uri(address, UriKind.Relative));

    /// <summary>Opens a page and sends a form of it.</summary>
    public async Task<Reply> SendAsync(string page, string handler, params (string Name, string Value)[] fields)
    {
        var html = await ReadAsync(page);
        var all = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(new("__RequestVerificationToken", SignInForm.Token(html)));
        if (fields.All(field => field.Name != "RowVersion") && RowVersion().Match(html) is { Success: true } row)
        {
            all = all.Append(new("RowVersion", row.Groups["value"].Value));
        }

        return await Reply.OfAsync(await PostAsync(handler.Length == 0 ? page : $"{page}?handler={handler}", all));
    }

    /// <summary>Opens a page and sends a form of it with a file.</summary>
    public async Task<Reply> UploadAsync(string page, string handler, string field, byte[] file, string name, params (string Name, string Value)[] fields)
    {
        using var content = new MultipartFormDataContent { { new ByteArrayContent(file), field, name } };
        foreach (var (other, value) in fields.Append(("__RequestVerificationToken", SignInForm.Token(await ReadAsync(page)))))
        {
            content.Add(new StringContent(value), other);
        }

        return await Reply.OfAsync(await _http.PostAsync(new Uri(handler.Length == 0 ? page : $"{page}?handler={handler}", UriKind.Relative), content));
    }

    public async Task<HttpResponseMessage> PostAsync(string address, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var content = new FormUrlEncodedContent(fields);
        return await _http.PostAsync(new Uri(address, UriKind.Relative), content);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("name=\"RowVersion\" value=\"(?<value>[0-9]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RowVersion();
}

/// <param name="Location">Where the answer leads; null where it is a page.</param>
/// <param name="Html">Decoded.</param>
internal sealed record Reply(int Status, string? Location, string Raw, string Html)
{
    public static async Task<Reply> OfAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            var raw = await answer.Content.ReadAsStringAsync();
            return new Reply((int)answer.StatusCode, answer.Headers.Location?.ToString(), raw, WebUtility.HtmlDecode(raw));
        }
    }

    /// <summary>The text in the editor.</summary>
    public string Editor
    {
        get
        {
            var start = Html.IndexOf("<textarea class=\"editor\"", StringComparison.Ordinal);
            start = Html.IndexOf('>', start) + 1;
            return Html[start..Html.IndexOf("</textarea>", start, StringComparison.Ordinal)].TrimStart('\n');
        }
    }
}
