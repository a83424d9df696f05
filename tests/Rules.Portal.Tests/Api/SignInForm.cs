using System.Text.RegularExpressions;

namespace Rules.Portal.Tests.Api;

/// <summary>Forms of the pages as a browser without script sends them.</summary>
internal static partial class SignInForm
{
    /// <summary>Opens a one-time link and presses its button; the client's cookies hold the session afterwards.</summary>
    public static async Task SignInAsync(HttpClient http, string link)
    {
        using var answer = await PostAsync(http, link, await http.GetStringAsync(new Uri(link, UriKind.RelativeOrAbsolute)));
        var landed = (int)answer.StatusCode == 302 ? answer.Headers.Location!.ToString() : answer.RequestMessage!.RequestUri!.AbsolutePath;
        if ((int)answer.StatusCode >= 400 || landed != "/")
        {
            throw new InvalidOperationException($"The link did not sign in: {(int)answer.StatusCode}.");
        }
    }

    /// <summary>Sends fields with the token of a page.</summary>
    public static async Task<HttpResponseMessage> PostAsync(HttpClient http, string address, string page, params (string Name, string Value)[] fields)
    {
        var all = fields.Select(field => KeyValuePair.Create(field.Name, field.Value)).Append(new("__RequestVerificationToken", Token(page)));
        using var content = new FormUrlEncodedContent(all);
        return await http.PostAsync(new Uri(address, UriKind.RelativeOrAbsolute), content);
    }

    public static string Token(string page) => TokenField().Match(page) is { Success: true } match ? match.Groups["value"].Value : throw new InvalidOperationException("The page has no form.");

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TokenField();
}
