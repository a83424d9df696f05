using System.Net;
using Rules.Client;
using Rules.Ledger.Access;
using Rules.Portal.Alerts;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Alerts;

[Collection(SharedPortal.Name)]
public sealed class AlertApiTests(RunningPortal portal)
{
    private const string Alert = "80% of included credits used";

    [Fact]
    public async Task Feed_shows_what_a_charge_crossed_and_hides_what_a_key_may_not_see()
    {
        var (mine, foreign) = (await OpenAsync(), await OpenAsync());
        await UseAsync(mine, 48);
        await UseAsync(foreign, 48);
        using var http = portal.Holding(await portal.NewKeyAsync(KeyScopes.Read, accounts: [mine]));
        var client = new RulesClient(http);

        var all = await ReadAsync(portal.Client);
        var own = await ReadAsync(client);

        all.Where(alert => alert.Account == mine || alert.Account == foreign).Select(alert => alert.Account).ShouldBe([mine, foreign]);
        own.Select(alert => alert.Account).ShouldBe([mine]);
        (await client.AlertsAsync(foreign)).Problem!.Code.ShouldBe("account_unknown");
        (await client.AlertsAsync(mine)).EnsureGranted().Alerts.ShouldHaveSingleItem().Threshold.ShouldBe("48");
        (await portal.Client.AlertsAsync("nobody")).Problem!.Code.ShouldBe("account_unknown");
    }

    [Theory]
    [InlineData("http://hooks.example.com/")]
    [InlineData("https://127.0.0.1/")]
    [InlineData("https://localhost/")]
    [InlineData("https://[::1]/")]
    [InlineData("https://10.1.2.3/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://[::ffff:10.0.0.1]/")]
    [InlineData("https://user:password@hooks.example.com/")]
    [InlineData("https://hooks.example.com/#x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://hooks.example.com/")]
    [InlineData("nonsense")]
    public async Task Address_that_alerts_may_not_go_to_is_422(string url)
    {
        var answer = await portal.Client.AddWebhookAsync(new NewWebhook { Url = url });

        (answer.Status, answer.Problem!.Code, answer.Problem.Pointer).ShouldBe((422, "value_invalid", "/url"));
    }

    [Fact]
    public async Task Webhook_shows_its_secret_once_and_can_be_removed()
    {
        var made = (await portal.Client.AddWebhookAsync(new NewWebhook { Url = "https://hooks.example.com/rules" })).EnsureGranted();
        var list = await portal.Client.WebhooksAsync();

        made.Secret!.ShouldStartWith("whsec_");
        list.EnsureGranted().Webhooks.Single(webhook => webhook.Id == made.Id).Secret.ShouldBeNull();
        (await portal.Client.DeliveriesAsync(made.Id)).EnsureGranted().Next.ShouldBeNull();
        (await portal.Client.ResendAsync(made.Id, "999999")).Problem!.Code.ShouldBe("delivery_unknown");
        (await portal.Client.RemoveWebhookAsync(made.Id)).EnsureGranted().Webhooks.ShouldNotContain(webhook => webhook.Id == made.Id);
        (await portal.Client.RemoveWebhookAsync(made.Id)).Problem!.Code.ShouldBe("webhook_unknown");
        (await portal.Client.DeliveriesAsync("nobody")).Problem!.Code.ShouldBe("webhook_unknown");
    }

    [Fact]
    public async Task Alert_is_muted_listed_and_unmuted_in_the_name_of_the_key()
    {
        var account = await OpenAsync();
        var until = new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var first = (await portal.Client.MuteAsync(new NewMute { Ruleset = "roboflow", Alert = Alert, Account = account, Reason = "noise" })).EnsureGranted();
        var anew = (await portal.Client.MuteAsync(new NewMute { Ruleset = "roboflow", Alert = Alert, Account = account, Until = until, Reason = "a load test" })).EnsureGranted();

        anew.Id.ShouldNotBe(first.Id);
        (anew.Ruleset, anew.Alert, anew.Account, anew.Until, anew.Reason).ShouldBe(("roboflow", Alert, account, until, "a load test"));
        anew.MutedBy.ShouldStartWith("key ");
        (await portal.Client.MutesAsync()).EnsureGranted().Mutes.Where(mute => mute.Account == account).ShouldBe([anew]);
        await UseAsync(account, 48);
        (await portal.Client.AlertsAsync(account)).EnsureGranted().Alerts.ShouldHaveSingleItem("what fires is in the feed all the same");
        WebUtility.HtmlDecode(await portal.Http.GetStringAsync("/alerts?account=" + account)).ShouldContain($"muted by {anew.MutedBy} until ");

        (await portal.Client.UnmuteAsync(first.Id)).Problem!.Code.ShouldBe("mute_unknown");
        (await portal.Client.UnmuteAsync(anew.Id)).EnsureGranted().Mutes.ShouldNotContain(mute => mute.Account == account);
        (await portal.Client.UnmuteAsync(anew.Id)).Problem!.Code.ShouldBe("mute_unknown");
        var log = await portal.Portal.Ledger.Mutes.LogAsync(null, 2, default);
        log.Select(line => (line.Action, line.Account, line.By)).ShouldBe(
            [(Rules.Ledger.Outbox.MuteAction.Unmuted, account, anew.MutedBy), (Rules.Ledger.Outbox.MuteAction.Muted, account, anew.MutedBy)]);
    }

    [Fact]
    public async Task What_cannot_be_muted_is_said_and_nothing_is_muted()
    {
        var other = await portal.OpenBiodockAsync();
        var before = (await portal.Client.MutesAsync()).EnsureGranted().Mutes;
        foreach (var (mute, code, pointer) in new (NewMute, string, string?)[]
        {
            (new NewMute { Ruleset = "nothing", Alert = Alert, Reason = "noise" }, "ruleset_not_found", null),
            (new NewMute { Ruleset = "roboflow", Alert = Alert, Account = "nobody", Reason = "noise" }, "account_unknown", null),
            (new NewMute { Ruleset = "roboflow", Alert = "no such", Reason = "noise" }, "value_invalid", "/alert"),
            (new NewMute { Ruleset = "roboflow", Alert = Alert, Account = other, Reason = "noise" }, "value_invalid", "/account"),
            (new NewMute { Ruleset = "roboflow", Alert = Alert, Until = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero), Reason = "noise" }, "value_invalid", "/until"),
            (new NewMute { Ruleset = "roboflow", Alert = Alert, Reason = "" }, "too_large", "/reason"),
        })
        {
            var answer = await portal.Client.MuteAsync(mute);
            (answer.Problem?.Code, answer.Problem?.Pointer).ShouldBe((code, pointer));
        }

        (await portal.Client.MutesAsync()).EnsureGranted().Mutes.ShouldBe(before);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.0.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2002:a00:1::", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("ff02::1", false)]
    public void Public_addresses_are_told_from_others(string address, bool isPublic) =>
        WebhookTargets.IsPublic(IPAddress.Parse(address)).ShouldBe(isPublic);

    private static async Task<List<Alert>> ReadAsync(RulesClient client)
    {
        var alerts = new List<Alert>();
        string? after = null;
        while (true)
        {
            var page = (await client.AlertsAsync(after: after, limit: 500)).EnsureGranted();
            if (page.Alerts.Count == 0)
            {
                return alerts;
            }

            alerts.AddRange(page.Alerts);
            after = page.Next;
        }
    }

    private async Task<string> OpenAsync()
    {
        var account = portal.New("workspace");
        (await portal.Client.OpenAccountAsync(
            new NewAccount
            {
                Account = account,
                Ruleset = "roboflow",
                Plan = "Core",
                Facts = new Dictionary<string, string> { ["created"] = "2026-04-02" },
                Terms = new Dictionary<string, string> { ["core-included"] = "60", ["flex-threshold"] = "20" },
            }, portal.New("open"))).EnsureGranted();
        return account;
    }

    private async Task UseAsync(string account, int units) => (await portal.Client.ChargeAsync(
        new UsageEvent { Account = account, Action = "data", Quantities = new Dictionary<string, decimal> { ["data-unit"] = units } }, portal.New("use"))).EnsureGranted();
}
