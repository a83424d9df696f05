using System.Globalization;
using System.Net;
using System.Text.Json;
using Rules.Client;
using Rules.Ledger.Access;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Access;

/// <summary>S10: keys, as their holders and those who guess meet them.</summary>
[Collection(SharedPortal.Name)]
public sealed class ApiKeyTests(RunningPortal portal)
{
    [Fact]
    public async Task Request_without_a_key_is_401_and_says_how_to_send_one()
    {
        using var http = portal.Holding(null);
        using var response = await http.GetAsync(new Uri("/v1/accounts/nobody", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        response.Headers.WwwAuthenticate.Single().Scheme.ShouldBe("Bearer");
        (await response.CodeAsync()).ShouldBe("api_key_required");
    }

    [Fact]
    public async Task S10_Anything_but_the_very_key_is_401_with_one_body()
    {
        var key = await portal.NewKeyAsync(KeyScopes.Read);
        var other = await portal.NewKeyAsync(KeyScopes.Read);
        string[] guesses =
        [
            key.ToUpperInvariant(), key[..^1], key + "0", key[..^1] + (key[^1] == '0' ? '1' : '0'), key.Replace("rk_", "RK_", StringComparison.Ordinal),
            key[..20] + other[20..], ApiKeyText.New(ApiKeyText.NewId()), "rk_", "rk__", new string('0', 72), "' OR 1=1 --",
        ];
        foreach (var guess in guesses)
        {
            using var response = await GetAsync("Bearer " + guess);

            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, guess);
            (await response.CodeAsync()).ShouldBe("api_key_invalid");
            (await response.Content.ReadAsStringAsync()).ShouldNotContain(key[20..], Case.Insensitive);
        }
    }

    [Theory]
    [InlineData("Basic {0}")]
    [InlineData("{0}")]
    [InlineData("Bearer")]
    [InlineData("Bearer {0} {0}")]
    public async Task Key_that_is_not_sent_as_bearer_is_401(string header)
    {
        using var response = await GetAsync(string.Format(CultureInfo.InvariantCulture, header, portal.Key));

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Two_keys_in_one_request_are_401()
    {
        using var http = portal.Holding(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/keys");
        request.Headers.TryAddWithoutValidation("Authorization", ["Bearer " + portal.Key, "Bearer " + portal.Key]);
        using var response = await http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task S10_Key_is_shown_once_and_stored_hashed()
    {
        var made = (await portal.Client.CreateKeyAsync(new NewKey { Name = "image workers", Scopes = ["quote", "charge"] })).EnsureGranted();
        var list = await portal.Client.KeysAsync();

        made.Text!.Length.ShouldBe(72);
        made.Text.ShouldStartWith($"rk_{made.Id}_");
        var listed = list.EnsureGranted().Keys.Single(key => key.Id == made.Id);
        listed.Text.ShouldBeNull();
        listed.Scopes.ShouldBe(["quote", "charge"]);
        JsonSerializer.Deserialize<JsonElement>(list.Body.Span).GetRawText().ShouldNotContain(made.Text[20..]);
        var stored = (await portal.Portal.Ledger.Keys.FindAsync(made.Id, default))!;
        stored.Hash.ToArray().ShouldBe(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(made.Text)));
    }

    [Fact]
    public async Task S10_Revoked_key_is_refused_at_once_and_stays_so()
    {
        var made = (await portal.Client.CreateKeyAsync(new NewKey { Name = "leaver", Scopes = ["admin"] })).EnsureGranted();
        using var http = portal.Holding(made.Text);
        var holder = new RulesClient(http);
        (await holder.KeysAsync()).Status.ShouldBe(200);

        var revoked = (await portal.Client.RevokeKeyAsync(made.Id)).EnsureGranted();

        revoked.Revoked.ShouldNotBeNull();
        var refused = await holder.KeysAsync();
        (refused.Status, refused.Problem!.Code, refused.Problem.Detail).ShouldBe((401, "api_key_invalid", "The key was revoked."));
        (await portal.Client.RotateKeyAsync(made.Id, new KeyRotation())).Problem!.Code.ShouldBe("api_key_unknown");
        (await portal.Client.RevokeKeyAsync(made.Id)).EnsureGranted().Revoked.ShouldBe(revoked.Revoked);
    }

    [Fact]
    public async Task What_is_done_to_keys_stands_in_the_audit_log_in_words()
    {
        var made = (await portal.Client.CreateKeyAsync(new NewKey { Name = "till <1>", Scopes = ["quote", "charge"], Rulesets = ["biodock"] })).EnsureGranted();
        (await portal.Client.RotateKeyAsync(made.Id, new KeyRotation { OverlapSeconds = 0 })).EnsureGranted();
        (await portal.Client.RevokeKeyAsync(made.Id)).EnsureGranted();
        (await portal.Client.RevokeKeyAsync(made.Id)).EnsureGranted();

        var log = await portal.Portal.Ledger.Keys.LogAsync(made.Id, null, 10, default);
        log.Select(static line => KeyWords.Of(line)).ShouldBe(
        [
            "revoked the key “till <1>”", "gave the key “till <1>” a new secret; the one before counts no longer", "made the key “till <1>”: quote, charge, for biodock only",
        ]);
        log.ShouldAllBe(static line => line.By.StartsWith("key key-"), "the key by which it was done, by name and id");

        var html = await portal.Http.GetStringAsync(new Uri($"/settings/audit?of=keys&key={made.Id}", UriKind.Relative));
        html.ShouldContain("revoked the key “till &lt;1&gt;”.");
        html.ShouldNotContain("sample company");
        var csv = await portal.Http.GetStringAsync(new Uri($"/settings/audit?of=keys&key={made.Id}&handler=csv", UriKind.Relative));
        csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Keys_that_a_person_makes_and_revokes_are_told_under_their_name()
    {
        using var ann = await Drafts.Visitor.SignedInAsync(portal, "Ann", Rules.Ledger.People.PersonRoles.Admin);
        var name = portal.New("by-page");
        (await ann.SendAsync("/settings/keys", "make", ("Name", name), ("Scopes", "read"))).Status.ShouldBe(200);
        var id = (await portal.Portal.Ledger.Keys.ListAsync(default)).Single(key => key.Name == name).Id;
        (await ann.SendAsync("/settings/keys", "rotate", ("id", id), ("hours", "24"))).Status.ShouldBe(200);
        (await ann.SendAsync("/settings/keys", "revoke", ("id", id))).Status.ShouldBe(302);
        var log = await portal.Portal.Ledger.Keys.LogAsync(id, null, 10, default);
        log.Select(static line => (line.By, line.Action)).ShouldBe([("Ann", KeyAction.Revoked), ("Ann", KeyAction.Rotated), ("Ann", KeyAction.Made)]);
        log[1].Detail!.ShouldStartWith("the one before counts until 2");
    }

    [Fact]
    public async Task S10_Key_that_another_node_revoked_is_refused_within_five_seconds()
    {
        var made = (await portal.Client.CreateKeyAsync(new NewKey { Name = "far away", Scopes = ["admin"] })).EnsureGranted();
        using var http = portal.Holding(made.Text);
        var holder = new RulesClient(http);
        (await holder.KeysAsync()).Status.ShouldBe(200);
        var started = TimeProvider.System.GetTimestamp();

        // Past this node's memory of the key, as another node would.
        await portal.Portal.Ledger.Keys.RevokeAsync(made.Id, "test", default);

        while ((await holder.KeysAsync()).Status == 200)
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    [Fact]
    public async Task S10_Expired_key_is_refused_and_says_so_to_its_holder()
    {
        var issued = await portal.Portal.Ledger.Keys.CreateAsync(
            new NewApiKey { Name = "old", Scopes = KeyScopes.Admin, CreatedBy = "command", ExpiresAt = NodaTime.SystemClock.Instance.GetCurrentInstant() }, default);
        using var http = portal.Holding(issued.Text);

        var answer = await new RulesClient(http).KeysAsync();

        (answer.Status, answer.Problem!.Detail).ShouldBe((401, "The key has expired."));
    }

    [Fact]
    public async Task S10_Rotated_key_has_a_new_text_and_the_old_one_counts_for_the_overlap()
    {
        var made = (await portal.Client.CreateKeyAsync(new NewKey { Name = "rotating", Scopes = ["admin"] })).EnsureGranted();
        using var before = portal.Holding(made.Text);

        var kept = (await portal.Client.RotateKeyAsync(made.Id, new KeyRotation { OverlapSeconds = 3600 })).EnsureGranted();
        using var between = portal.Holding(kept.Text);
        (await new RulesClient(before).KeysAsync()).Status.ShouldBe(200);
        (await new RulesClient(between).KeysAsync()).Status.ShouldBe(200);

        var now = (await portal.Client.RotateKeyAsync(made.Id, new KeyRotation { OverlapSeconds = 0 })).EnsureGranted();
        using var after = portal.Holding(now.Text);
        (await new RulesClient(before).KeysAsync()).Status.ShouldBe(401);
        (await new RulesClient(between).KeysAsync()).Status.ShouldBe(401);
        (await new RulesClient(after).KeysAsync()).Status.ShouldBe(200);
        new[] { made.Text, kept.Text, now.Text }.ShouldBeUnique();
    }

    [Fact]
    public async Task Last_use_is_told_coarsely()
    {
        var made = (await portal.Client.CreateKeyAsync(new NewKey { Name = "busy", Scopes = ["admin"] })).EnsureGranted();
        using var http = portal.Holding(made.Text);
        (await new RulesClient(http).KeysAsync()).Status.ShouldBe(200);
        var uses = (Rules.Portal.Access.KeyUses)portal.Portal.Services.GetService(typeof(Rules.Portal.Access.KeyUses))!;

        await uses.FlushAsync(default);

        var first = (await portal.Client.KeysAsync()).EnsureGranted().Keys.Single(key => key.Id == made.Id).LastUsed;
        first.ShouldNotBeNull();
        (await new RulesClient(http).KeysAsync()).Status.ShouldBe(200);
        await uses.FlushAsync(default);
        (await portal.Client.KeysAsync()).EnsureGranted().Keys.Single(key => key.Id == made.Id).LastUsed.ShouldBe(first);
    }

    [Theory]
    [InlineData("""{"scopes":["read"]}""", "member_missing")]
    [InlineData("""{"name":"a","scopes":[]}""", "value_invalid")]
    [InlineData("""{"name":"a","scopes":["write"]}""", "value_invalid")]
    [InlineData("""{"name":"a","scopes":"read"}""", "wrong_type")]
    [InlineData("""{"name":"a","scopes":["read"],"created_by":"me"}""", "unknown_member")]
    [InlineData("""{"name":"a","name":"b","scopes":["read"]}""", "malformed_json")]
    [InlineData("""{"name":"a\u0007","scopes":["read"]}""", "invalid_text")]
    [InlineData("""{"name":"a","scopes":["read"],"expires":"2020-01-01T00:00:00Z"}""", "value_invalid")]
    [InlineData("""{"name":"a","scopes":["read"],"requests_per_second":0}""", "value_invalid")]
    [InlineData("""{"name":"a","scopes":["read"],"requests_per_second":"5"}""", "wrong_type")]
    [InlineData("""{"name":"a","scopes":["read"],"requests_per_second":1e3}""", "invalid_number")]
    [InlineData("""{"name":"a","scopes":["admin"],"accounts":["b"]}""", "value_invalid")]
    [InlineData("[]", "wrong_type")]
    [InlineData("", "malformed_json")]
    public async Task Wish_for_a_key_is_read_strictly(string body, string code)
    {
        using var response = await portal.PostAsync("/v1/keys", body);

        ((int)response.StatusCode).ShouldBeInRange(400, 422);
        (await response.CodeAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task Forwarded_headers_and_other_ways_to_name_a_key_are_ignored()
    {
        using var http = portal.Holding(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/keys?key=" + portal.Key);
        request.Headers.TryAddWithoutValidation("X-Api-Key", portal.Key);
        request.Headers.TryAddWithoutValidation("Cookie", "key=" + portal.Key);
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        request.Headers.TryAddWithoutValidation("X-Original-URL", "/v1/problems");
        using var response = await http.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async Task<HttpResponseMessage> GetAsync(string authorization)
    {
        using var http = portal.Holding(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/accounts/nobody");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await http.SendAsync(request);
    }
}
