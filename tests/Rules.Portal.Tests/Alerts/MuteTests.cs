using System.Net;
using NodaTime;
using Rules.Client;
using Rules.Ledger.People;
using Rules.Portal.Tests.Api;
using Rules.Portal.Tests.Drafts;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Alerts;

/// <summary>Alerts that an operator keeps quiet, on the pages that tell of them.</summary>
[Collection(SharedPortal.Name)]
public sealed class MuteTests(RunningPortal portal)
{
    private const string Alert = "80% of included credits used";
    private const string Form = "/alerts/mute?ruleset=roboflow&alert=80%25%20of%20included%20credits%20used";

    [Theory]
    [InlineData(PersonRoles.Viewer)]
    [InlineData(PersonRoles.Editor | PersonRoles.Approver)]
    [InlineData(PersonRoles.Admin)]
    public async Task S2_Nobody_but_an_operator_mutes_and_unmutes(PersonRoles role)
    {
        var name = portal.New("visitor");
        using var visitor = await Visitor.SignedInAsync(portal, name, role);
        var token = SignInForm.Token(await visitor.ReadAsync("/you"));
        using var page = await visitor.GetAsync(Form);
        using var muted = await visitor.PostAsync("/alerts/mute", [new("Ruleset", "roboflow"), new("Alert", Alert), new("Span", "1"), new("Reason", "noise"), new("__RequestVerificationToken", token)]);
        using var unmuted = await visitor.PostAsync("/alerts?handler=unmute", [new("ruleset", "roboflow"), new("alert", Alert), new("__RequestVerificationToken", token)]);

        new[] { page.StatusCode, muted.StatusCode, unmuted.StatusCode }.ShouldAllBe(status => status == HttpStatusCode.Forbidden);
        (await visitor.ReadAsync("/alerts")).ShouldNotContain("/alerts/mute");
        (await portal.Portal.Ledger.Mutes.LogAsync(null, 500, default)).ShouldAllBe(line => line.By != name);
    }

    [Fact]
    public async Task Muted_alert_is_dimmed_not_told_on_the_overview_and_in_the_log_in_words()
    {
        var account = portal.New("bench");
        var name = portal.New("operator");
        using var visitor = await Visitor.SignedInAsync(portal, name, PersonRoles.Operator);
        (await portal.Client.OpenAccountAsync(new NewAccount
        {
            Account = account,
            Ruleset = "roboflow",
            Plan = "Core",
            Facts = new Dictionary<string, string> { ["created"] = "2026-04-02" },
            Terms = new Dictionary<string, string> { ["core-included"] = "60", ["flex-threshold"] = "20" },
        }, portal.New("open"))).EnsureGranted();
        (await portal.Client.ChargeAsync(new UsageEvent { Account = account, Action = "data", Quantities = new Dictionary<string, decimal> { ["data-unit"] = 48 } }, portal.New("use"))).EnsureGranted();
        (await visitor.ReadAsync("/")).ShouldContain($"fired for <a href=\"/accounts/{account}\"");

        var sent = await visitor.SendAsync(Form + "&account=" + account, "", ("Ruleset", "roboflow"), ("Alert", Alert), ("Account", account), ("Span", "24"), ("Reason", "a load\ntest"));
        sent.Location.ShouldBe("/alerts", sent.Html);
        (await visitor.ReadAsync("/")).ShouldNotContain($"fired for <a href=\"/accounts/{account}\"");
        var html = WebUtility.HtmlDecode(await visitor.ReadAsync("/alerts?account=" + account));
        html.ShouldContain("<tr class=\"dim\">");
        html.ShouldContain($"muted by {name} until ");
        html.ShouldContain("<td class=\"wrap\">a load test</td>");
        var log = WebUtility.HtmlDecode(await portal.Http.GetStringAsync("/settings/audit?of=alerts"));
        log.ShouldContain($"<b>{name}</b> muted the alert “{Alert}” of roboflow for {account} until 2");
        (await portal.Http.GetStringAsync("/settings/audit?of=alerts&handler=csv")).ShouldContain($",{name},muted,roboflow,{Alert},{account},2");

        (await visitor.SendAsync("/alerts", "unmute", ("ruleset", "roboflow"), ("alert", Alert), ("only", account))).Location.ShouldBe("/alerts");
        (await visitor.ReadAsync("/")).ShouldContain($"fired for <a href=\"/accounts/{account}\"");
        WebUtility.HtmlDecode(await visitor.ReadAsync("/alerts?account=" + account)).ShouldNotContain("<tr class=\"dim\">");
        WebUtility.HtmlDecode(await portal.Http.GetStringAsync("/settings/audit?of=alerts")).ShouldContain($"<b>{name}</b> unmuted the alert “{Alert}” of roboflow for {account}.");
    }

    [Fact]
    public async Task Alert_may_be_muted_for_all_accounts_until_a_minute_of_the_rulesets_zone()
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        using var unknown = await visitor.GetAsync("/alerts/mute?ruleset=roboflow&alert=no-such");
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var other = portal.Portal.Ledger.Rulesets.All.SelectMany(ruleset => ruleset.Versions.Select(version => version.Model)).First(model => !model.Alerts.IsEmpty && model.Name != "roboflow");
        var at = $"/alerts/mute?ruleset={other.Name}&alert={Uri.EscapeDataString(other.Alerts[0].Name)}";
        var sent = await visitor.SendAsync(at, "", ("Ruleset", other.Name), ("Alert", other.Alerts[0].Name), ("Span", "at"), ("Until", "2150-07-01T12:30"), ("Reason", "noise"));
        sent.Location.ShouldBe("/alerts", sent.Html);
        var mute = (await portal.Portal.Ledger.Mutes.SinceAsync(SystemClock.Instance.GetCurrentInstant(), default)).Exactly(other.Name, other.Alerts[0].Name, null, SystemClock.Instance.GetCurrentInstant())!;
        mute.Until.ShouldBe(new LocalDateTime(2150, 7, 1, 12, 30).InZoneStrictly(other.Zone).ToInstant());
        await portal.Portal.Ledger.Mutes.UnmuteAsync(other.Name, other.Alerts[0].Name, null, "test", default);
    }

    [Theory]
    [InlineData("Account", "nobody", "There is no account “nobody” of roboflow.")]
    [InlineData("Span", "2", "Write a day and an hour that are still to come.")]
    [InlineData("Span", "at", "Write a day and an hour that are still to come.")]
    [InlineData("Until", "2001-01-01T00:00", "Write a day and an hour that are still to come.")]
    [InlineData("Until", "soon", "Write a day and an hour that are still to come.")]
    [InlineData("Reason", " \n ", "Say why")]
    public async Task What_cannot_be_used_is_said_and_nothing_is_muted(string field, string value, string problem)
    {
        using var visitor = await Visitor.SignedInAsync(portal, portal.New("operator"), PersonRoles.Operator);
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { ["Ruleset"] = "roboflow", ["Alert"] = Alert, ["Span"] = field == "Until" ? "at" : "1", ["Reason"] = "noise", [field] = value };
        var reply = await visitor.SendAsync(Form, "", [.. fields.Select(static pair => (pair.Key, pair.Value))]);
        reply.Status.ShouldBe(422);
        reply.Html.ShouldContain(problem);
        (await portal.Portal.Ledger.Mutes.SinceAsync(SystemClock.Instance.GetCurrentInstant(), default)).Exactly("roboflow", Alert, null, SystemClock.Instance.GetCurrentInstant()).ShouldBeNull();
    }
}
