using System.Text.Json;
using System.Text.Json.Serialization;
using Rules.Client;
using Rules.Ledger.Access;
using Rules.Ledger.Imports;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Replays;

/// <summary>Replays over HTTP: begun, followed, stopped, listed, kept, and closed to whom they are not for.</summary>
[Collection(SharedPortal.Name)]
public sealed class ReplayApiTests(RunningPortal portal)
{
    private static readonly JsonSerializerOptions s_strict =
        new(ClientJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact]
    public async Task Replay_is_followed_to_its_end_and_kept_with_what_it_came_to()
    {
        var account = await ChargedAsync(3);
        var begun = (await portal.Client.StartReplayAsync(New(account))).EnsureGranted();
        await foreach (var _ in portal.Client.ReplayEventsAsync(begun.Id))
        {
        }

        var answer = await portal.Client.ReplayAsync(begun.Id);
        var replay = answer.EnsureGranted();
        JsonSerializer.Deserialize<Replay>(answer.Body.Span, s_strict).ShouldNotBeNull();
        replay.State.ShouldBe("done");
        replay.RequestedAt.ShouldBe(begun.RequestedAt);
        replay.Account.ShouldBe(account);
        replay.Drafts.ShouldHaveSingleItem().Name.ShouldBe("dearer");
        var result = replay.Result.ShouldNotBeNull();
        result.Candidates.Select(c => (c.Name, c.Charged)).ShouldBe([("published", "15"), ("dearer", "18")]);
        var comparison = result.Candidates[1].AgainstFirst.ShouldNotBeNull();
        comparison.Change.ShouldBe("3");
        var cause = comparison.Causes.ShouldHaveSingleItem();
        cause.Before.ShouldHaveSingleItem().Text.ShouldContain("5 credits");
        cause.After.ShouldHaveSingleItem().Text.ShouldContain("6 credits");
        cause.Events.ShouldBe(3);
        comparison.GuardRails.Single(r => r.Name == "total-change").Holds.ShouldBeFalse();
        result.Largest.ShouldHaveSingleItem().Results.Select(r => r.Charged).ShouldBe(["15", "18"]);
        result.By.Single(g => g.Name == "model").Groups.ShouldHaveSingleItem().Value.ShouldBe("GPT-4o");
        result.By.Single(g => g.Name == "day").Groups.Sum(g => g.Events).ShouldBe(3);
        result.Binding.Texts[0].ShouldBe(replay.Drafts[0].Sha256);
        result.Partial.ShouldBeFalse();
        (await portal.Client.ReplaysAsync("bookbag")).EnsureGranted().Replays.ShouldContain(r => r.Id == begun.Id && r.State == "done");
        (await portal.Client.ReplaysAsync("biodock")).EnsureGranted().Replays.ShouldNotContain(r => r.Id == begun.Id);
    }

    [Fact]
    public async Task Replay_that_ended_is_listed_page_by_page_and_stays_when_it_is_stopped()
    {
        var account = await ChargedAsync(1);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var begun = (await portal.Client.StartReplayAsync(New(account))).EnsureGranted();
            await foreach (var _ in portal.Client.ReplayEventsAsync(begun.Id))
            {
            }

            ids.Add(begun.Id);
        }

        var found = new List<string>();
        string? after = null;
        do
        {
            var page = (await portal.Client.ReplaysAsync("bookbag", after, 1)).EnsureGranted();
            found.AddRange(page.Replays.Select(r => r.Id));
            after = page.Next;
        }
        while (after is not null);
        found.Where(ids.Contains).ShouldBe(ids.AsEnumerable().Reverse());
        (await portal.Client.CancelReplayAsync(ids[0])).EnsureGranted().State.ShouldBe("done");
    }

    [Fact]
    public async Task Draft_with_errors_is_refused_with_line_and_code()
    {
        var answer = await portal.Client.StartReplayAsync(New(null) with { Drafts = [new ReplayDraft { Name = "broken", Text = Text().Replace("price reply by model", "price reply by modal", StringComparison.Ordinal) }] });

        (answer.Status, answer.Problem!.Code, answer.Problem.Pointer).ShouldBe((422, "draft_invalid", "/drafts/0/text"));
        answer.Problem.Detail.ShouldNotBeNull().ShouldContain("PR");
        answer.Problem.Detail!.ShouldContain("Line 30");
    }

    [Theory]
    [InlineData("""{"drafts":[{"name":"a","text":"x"}],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "member_missing", "/ruleset")]
    [InlineData("""{"ruleset":"bookbag","drafts":[],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "value_invalid", "/drafts")]
    [InlineData("""{"ruleset":"bookbag","drafts":[{"name":"a"}],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "member_missing", "/drafts/0/text")]
    [InlineData("""{"ruleset":"bookbag","drafts":[{"name":"a","text":"x","of":1}],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "unknown_member", "/drafts/0/of")]
    [InlineData("""{"ruleset":"bookbag","drafts":[{"name":"a","text":"x"},{"name":"a","text":"y"}],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "value_invalid", "/drafts")]
    [InlineData("""{"ruleset":"bookbag","drafts":[{"name":"a","text":"x"}],"from":"2026-03-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "value_invalid", "/to")]
    [InlineData("""{"ruleset":"bookbag","drafts":[{"name":"a","text":"x"}],"from":"2026-01-01T00:00:00Z"}""", "member_missing", "/to")]
    [InlineData("""{"ruleset":"other","drafts":[{"name":"a","text":"x"}],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "ruleset_not_found", null)]
    [InlineData("""{"ruleset":"bookbag","against":7,"drafts":[{"name":"a","text":"x"}],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "version_unknown", null)]
    [InlineData("""{"ruleset":"bookbag","account":"nobody-there","drafts":[{"name":"a","text":"x"}],"from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z"}""", "account_unknown", null)]
    public async Task Request_that_cannot_be_run_says_what_is_wrong(string body, string code, string? pointer)
    {
        using var answer = await portal.PostAsync("/v1/replays", body);
        var problem = await answer.JsonAsync();

        (await answer.CodeAsync()).ShouldBe(code);
        (problem.TryGetProperty("pointer", out var at) ? at.GetString() : null).ShouldBe(pointer);
    }

    [Fact]
    public async Task Unknown_replay_is_told_as_such_at_every_address()
    {
        (await portal.Client.ReplayAsync("0000000000000000")).Problem!.Code.ShouldBe("replay_unknown");
        (await portal.Client.ReplayAsync("'; drop table replay --")).Problem!.Code.ShouldBe("replay_unknown");
        (await portal.Client.CancelReplayAsync("0000000000000000")).Problem!.Code.ShouldBe("replay_unknown");
        using var events = await portal.Http.GetAsync("/v1/replays/0000000000000000/events");
        (await events.CodeAsync()).ShouldBe("replay_unknown");
    }

    [Fact]
    public async Task Key_for_some_accounts_sees_their_replays_only()
    {
        var (mine, foreign) = (await ChargedAsync(1), await ChargedAsync(1));
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.All, accounts: [mine]));
        var client = new RulesClient(http);
        var ofForeign = (await portal.Client.StartReplayAsync(New(foreign))).EnsureGranted();
        var ofAll = (await portal.Client.StartReplayAsync(New(null))).EnsureGranted();
        var own = (await client.StartReplayAsync(New(mine))).EnsureGranted();
        await foreach (var _ in client.ReplayEventsAsync(own.Id))
        {
        }

        (await client.StartReplayAsync(New(null))).Problem!.Code.ShouldBe("key_restricted");
        (await client.StartReplayAsync(New(foreign))).Problem!.Code.ShouldBe("account_unknown");
        (await client.ReplayAsync(ofForeign.Id)).Problem!.Code.ShouldBe("replay_unknown");
        (await client.ReplayAsync(ofAll.Id)).Problem!.Code.ShouldBe("replay_unknown");
        (await client.CancelReplayAsync(ofAll.Id)).Problem!.Code.ShouldBe("replay_unknown");
        (await client.ReplayAsync(own.Id)).EnsureGranted().Result!.Events.ShouldBe(1);
        (await client.ReplaysAsync()).EnsureGranted().Replays.Select(r => r.Id).ShouldBe([own.Id]);
    }

    [Fact]
    public async Task Imported_usage_is_replayed_in_the_place_of_the_ledgers_and_by_no_key_for_some_accounts()
    {
        var account = portal.New("imported");
        var lines = string.Join('\n', Enumerable.Range(0, 4).Select(i =>
            $$$"""{"id":"{{{account}}}-{{{i}}}","account":"{{{account}}}","at":"2026-01-0{{{i + 2}}}T10:00:00Z","action":"reply","facts":{"model":"GPT-4o"},"state":{"plan":"Hobby"}}"""));
        var imported = await portal.Portal.Ledger.Imports.ImportAsync(
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(lines)), new UsageImportRequest("bookbag", account, new UsageMapping(false, [], []), "kim"), default);
        (imported.Events, imported.MistakeCount).ShouldBe((4, 0));

        var begun = (await portal.Client.StartReplayAsync(New(account) with { Source = "imported" })).EnsureGranted();
        await foreach (var _ in portal.Client.ReplayEventsAsync(begun.Id))
        {
        }

        var answer = await portal.Client.ReplayAsync(begun.Id);
        var replay = answer.EnsureGranted();
        JsonSerializer.Deserialize<Replay>(answer.Body.Span, s_strict).ShouldNotBeNull();
        (replay.State, replay.Source, replay.ImportedAccount, replay.Account).ShouldBe(("done", "imported", account, null));
        var result = replay.Result.ShouldNotBeNull();
        result.Candidates.Select(c => (c.Name, c.Charged)).ShouldBe([("published", "20"), ("dearer", "24")]);
        result.Candidates[1].AgainstFirst!.Causes.ShouldHaveSingleItem().Events.ShouldBe(4);
        result.Stuck.ShouldBeEmpty();

        var own = await ChargedAsync(1);
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.All, accounts: [own]));
        var client = new RulesClient(http);
        (await client.StartReplayAsync(New(own) with { Source = "imported" })).Problem!.Code.ShouldBe("key_restricted");
        (await client.ReplayAsync(begun.Id)).Problem!.Code.ShouldBe("replay_unknown");
        (await portal.Client.StartReplayAsync(New(null) with { Source = "elsewhere" })).Problem!.Pointer.ShouldBe("/source");
    }

    private NewReplay New(string? account) => new()
    {
        Ruleset = "bookbag",
        Account = account,
        Drafts = [new ReplayDraft { Name = "dearer", Text = Text() }],
        From = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        To = new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero),
        By = ["model", "day"],
    };

    private string Text() => portal.Portal.Ledger.Rulesets.Versions("bookbag")[0].Text
        .Replace("\"GPT-4o\"             5 credits", "\"GPT-4o\"             6 credits", StringComparison.Ordinal)
        .Replace("ruleset bookbag version 1", "ruleset bookbag version 2", StringComparison.Ordinal);

    private async Task<string> ChargedAsync(int times)
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        for (var i = 0; i < times; i++)
        {
            (await portal.Client.ChargeAsync(
                new UsageEvent { Account = account, Action = "reply", Facts = new Dictionary<string, string> { ["model"] = "GPT-4o" } }, portal.New("use"))).EnsureGranted();
        }

        return account;
    }
}
