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
