using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;
using Rules.Client;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger;
using Rules.Ledger.Outbox;
using Rules.Portal.Alerts;
using Rules.Portal.Startup;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Alerts;

/// <summary>Alerts from the entry that crossed a threshold to a receiver that fails, is slow, and recovers; the clock is the test's.</summary>
public sealed class AlertDeliveryTests : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("rules-alerts-").FullName;
    private readonly TestClock _clock = new();
    private readonly WebhookSecrets _secrets = new(new EphemeralDataProtectionProvider());
    private CreditLedger _ledger = null!;
    private Receiver _receiver = null!;
    private AlertDelivery _delivery = null!;
    private string _secret = null!;
    private StoredWebhook _webhook = null!;
    private int _keys;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(Path.Combine(_home, "rules.db"), new LedgerOptions { Time = _clock }, default);
        await _ledger.Rulesets.LoadAsync(RuleFiles.Read(Path.Combine(PortalSettings.SourceRoot()!, "rules")), default);
        await OpenAsync("w");
        _receiver = await Receiver.StartAsync();
        _delivery = Delivery("127.0.0.1");
        var (text, stored) = _secrets.New();
        _secret = text;
        _webhook = await _ledger.Outbox.AddWebhookAsync(new Uri(_receiver.Address, "hook").ToString(), stored, "test", default);
    }

    public async Task DisposeAsync()
    {
        _delivery.Dispose();
        await _receiver.DisposeAsync();
        await _ledger.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task Crossed_threshold_is_delivered_once_signed_and_stands_in_the_feed()
    {
        await UseAsync("47");
        (await _delivery.RunOnceAsync(default)).ShouldBe(0);
        await UseAsync("1");

        (await _delivery.RunOnceAsync(default)).ShouldBe(1);
        (await _delivery.RunOnceAsync(default)).ShouldBe(0);

        var (signature, message, body) = _receiver.Received.ShouldHaveSingleItem();
        WebhookSignature.IsValid(signature, body, _secret, _clock.GetUtcNow(), TimeSpan.FromMinutes(5)).ShouldBeTrue();
        WebhookSignature.IsValid(signature, body, _secret, _clock.GetUtcNow().AddMinutes(6), TimeSpan.FromMinutes(5)).ShouldBeFalse();
        WebhookSignature.IsValid(signature, [.. body, (byte)' '], _secret, _clock.GetUtcNow(), TimeSpan.FromMinutes(5)).ShouldBeFalse();
        WebhookSignature.IsValid(signature, body, _secret[..^1] + (_secret[^1] == '0' ? '1' : '0'), _clock.GetUtcNow(), TimeSpan.FromMinutes(5)).ShouldBeFalse();
        var alert = JsonSerializer.Deserialize(body, ClientJson.Default.Alert)!;
        (alert.Account, alert.Name, alert.Ruleset, alert.Threshold, alert.Reached).ShouldBe(("w", "80% of included credits used", "roboflow", "48", "48"));
        alert.Text.ShouldContain("the level is 48");
        var feed = await _ledger.Outbox.ReadAsync(null, null, 50, default);
        feed.Items.ShouldHaveSingleItem().Body.ToArray().ShouldBe(body);
        feed.Items[0].Position.ToString(CultureInfo.InvariantCulture).ShouldBe(message);
        (await RecordAsync()).State.ShouldBe(DeliveryState.Delivered);
    }

    [Fact]
    public async Task Receiver_that_fails_and_times_out_gets_it_when_it_recovers()
    {
        _receiver.Behaviour = context =>
        {
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return Task.CompletedTask;
        };
        await UseAsync("48");
        (await _delivery.RunOnceAsync(default)).ShouldBe(1);
        (await RecordAsync()).Last.ShouldNotBeNull().ShouldSatisfyAllConditions(last => last.Status.ShouldBe(500), last => last.Failure.ShouldBe("status"));
        (await _delivery.RunOnceAsync(default)).ShouldBe(0, "It waits before it tries again.");

        _receiver.Behaviour = context => Task.Delay(TimeSpan.FromSeconds(30), TimeProvider.System, context.RequestAborted);
        _clock.Advance(TimeSpan.FromSeconds(6));
        (await _delivery.RunOnceAsync(default)).ShouldBe(1);
        (await RecordAsync()).Last!.Failure.ShouldBe("timeout");

        _receiver.Behaviour = static _ => Task.CompletedTask;
        _clock.Advance(TimeSpan.FromSeconds(20));
        (await _delivery.RunOnceAsync(default)).ShouldBe(0, "The second wait is longer.");
        _clock.Advance(TimeSpan.FromSeconds(20));
        (await _delivery.RunOnceAsync(default)).ShouldBe(1);

        var record = await RecordAsync();
        (record.State, record.Attempts).ShouldBe((DeliveryState.Delivered, 3));
        _receiver.Received.Select(request => Encoding.UTF8.GetString(request.Body)).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Delivery_is_given_up_after_three_days_and_can_be_sent_again()
    {
        _receiver.Behaviour = context =>
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            return Task.CompletedTask;
        };
        await UseAsync("48");
        var begun = _clock.GetUtcNow();
        while (await _delivery.RunOnceAsync(default) == 1 || (await RecordAsync()).State == DeliveryState.Waiting)
        {
            _clock.Advance(TimeSpan.FromMinutes(20));
        }

        (await RecordAsync()).ShouldSatisfyAllConditions(record => record.State.ShouldBe(DeliveryState.GivenUp), record => record.Attempts.ShouldBe(10));
        (_clock.GetUtcNow() - begun).ShouldBeInRange(TimeSpan.FromDays(2.9), TimeSpan.FromDays(3.5));

        _receiver.Behaviour = static _ => Task.CompletedTask;
        (await _ledger.Outbox.ResendAsync(_webhook.Id, (await RecordAsync()).Message, default)).ShouldBeTrue();
        (await _delivery.RunOnceAsync(default)).ShouldBe(1);
        (await RecordAsync()).ShouldSatisfyAllConditions(record => record.State.ShouldBe(DeliveryState.Delivered), record => record.Attempts.ShouldBe(11));
    }

    [Fact]
    public async Task Delivery_that_was_taken_and_never_noted_is_due_again()
    {
        await UseAsync("48");
        (await _ledger.Outbox.TakeDueAsync(10, Duration.FromMinutes(1), default)).Length.ShouldBe(1);
        (await _delivery.RunOnceAsync(default)).ShouldBe(0);

        _clock.Advance(TimeSpan.FromSeconds(61));

        (await _delivery.RunOnceAsync(default)).ShouldBe(1);
        (await RecordAsync()).State.ShouldBe(DeliveryState.Delivered);
    }

    [Fact]
    public async Task Redirect_is_no_delivery_and_is_not_followed()
    {
        var other = await Receiver.StartAsync();
        _receiver.Behaviour = context =>
        {
            context.Response.Redirect(other.Address.ToString(), permanent: true, preserveMethod: true);
            return Task.CompletedTask;
        };
        await UseAsync("48");

        await _delivery.RunOnceAsync(default);

        (await RecordAsync()).Last!.Status.ShouldBe(308);
        other.Received.ShouldBeEmpty();
        await other.DisposeAsync();
    }

    [Fact]
    public async Task Answer_without_end_is_not_read()
    {
        var written = 0L;
        _receiver.Behaviour = async context =>
        {
            var block = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
                written += block.Length;

                // Once the connection is gone each write ends at once, until the server says so.
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }
        };
        await UseAsync("48");

        await _delivery.RunOnceAsync(default);

        (await RecordAsync()).State.ShouldBe(DeliveryState.Delivered);
        written.ShouldBeLessThan(64 * 1024 * 1024);
    }

    [Fact]
    public async Task Refused_and_repeated_charges_tell_nothing()
    {
        await UseAsync("48", "same");
        await UseAsync("48", "same");
        (await _ledger.ChargeAsync("w", Event("100000"), "much", default)).Status.ShouldBe(CommandStatus.Refused);

        (await _ledger.Outbox.ReadAsync(null, null, 50, default)).Items.Length.ShouldBe(1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("w")]
    public async Task Muted_alert_is_recorded_and_not_delivered_until_it_is_unmuted(string? account)
    {
        const string Alert = "80% of included credits used";
        (await _ledger.Mutes.MuteAsync("roboflow", Alert, account, Now + Duration.FromHours(1), "a load test", "kim", default)).ShouldBeTrue();
        await UseAsync("48");
        (await _delivery.RunOnceAsync(default)).ShouldBe(1);
        _receiver.Received.ShouldBeEmpty();
        (await RecordAsync()).ShouldSatisfyAllConditions(record => record.State.ShouldBe(DeliveryState.Muted), record => record.Last.ShouldBeNull());
        (await _ledger.Outbox.ReadAsync(null, null, 50, default)).Items.Length.ShouldBe(1);

        // Whoever asks for it while it is muted gets nothing either; afterwards it goes out.
        var message = (await RecordAsync()).Message;
        await _ledger.Outbox.ResendAsync(_webhook.Id, message, default);
        await _delivery.RunOnceAsync(default);
        _receiver.Received.ShouldBeEmpty();
        (await _ledger.Mutes.UnmuteAsync("roboflow", Alert, account, "kim", default)).ShouldBeTrue();
        (await _ledger.Mutes.UnmuteAsync("roboflow", Alert, account, "kim", default)).ShouldBeFalse();
        await _ledger.Outbox.ResendAsync(_webhook.Id, message, default);
        await _delivery.RunOnceAsync(default);
        _receiver.Received.ShouldHaveSingleItem();
        (await RecordAsync()).State.ShouldBe(DeliveryState.Delivered);
    }

    [Fact]
    public async Task Mute_ends_by_itself_and_keeps_no_other_account_and_no_other_alert_quiet()
    {
        const string Alert = "80% of included credits used";
        await OpenAsync("v");
        await _ledger.Mutes.MuteAsync("roboflow", Alert, "v", null, "noise", "kim", default);
        await _ledger.Mutes.MuteAsync("roboflow", "another", null, null, "noise", "kim", default);
        await _ledger.Mutes.MuteAsync("bookbag", Alert, null, null, "noise", "kim", default);
        (await _ledger.Mutes.MuteAsync("roboflow", Alert, "w", Now, "it has ended", "kim", default)).ShouldBeFalse();
        (await _ledger.Mutes.MuteAsync("roboflow", Alert, "w", Now + Duration.FromMinutes(1), "noise", "kim", default)).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await UseAsync("48");
        await _ledger.ChargeAsync("v", Event("48"), "v", default);
        (await _delivery.RunOnceAsync(default)).ShouldBe(2);
        _receiver.Received.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Webhook_gets_what_is_written_while_it_is_there()
    {
        await _ledger.Outbox.RemoveWebhookAsync(_webhook.Id, default);
        await UseAsync("48");
        (await _delivery.RunOnceAsync(default)).ShouldBe(0);
        var (_, stored) = _secrets.New();
        await _ledger.Outbox.AddWebhookAsync(_receiver.Address.ToString(), stored, "test", default);
        (await _delivery.RunOnceAsync(default)).ShouldBe(0);

        await OpenAsync("v");
        await _ledger.ChargeAsync("v", Event("48"), "v", default);

        (await _delivery.RunOnceAsync(default)).ShouldBe(1);
        (await _ledger.Outbox.RemoveWebhookAsync("nobody0000000000", default)).ShouldBeFalse();
    }

    [Fact]
    public async Task Feed_is_read_page_by_page_and_followed()
    {
        foreach (var account in new[] { "a", "b", "c" })
        {
            await OpenAsync(account);
            await _ledger.ChargeAsync(account, Event("48"), account, default);
        }

        var first = await _ledger.Outbox.ReadAsync(null, null, 2, default);
        var second = await _ledger.Outbox.ReadAsync(null, first.Next, 2, default);
        var third = await _ledger.Outbox.ReadAsync(null, second.Next, 2, default);

        first.Items.Concat(second.Items).Select(message => message.Account).ShouldBe(["a", "b", "c"]);
        third.Items.ShouldBeEmpty();
        await UseAsync("48");
        (await _ledger.Outbox.ReadAsync(null, third.Next, 2, default)).Items.Select(message => message.Account).ShouldBe(["w"]);
        (await _ledger.Outbox.ReadAsync("b", null, 50, default)).Items.Select(message => message.Account).ShouldBe(["b"]);
        (await _ledger.Outbox.ReadAsync(null, "nonsense", 50, default)).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task Name_that_points_into_a_private_network_is_not_connected_to()
    {
        await _ledger.Outbox.RemoveWebhookAsync(_webhook.Id, default);
        var (_, stored) = _secrets.New();
        _webhook = await _ledger.Outbox.AddWebhookAsync($"http://localhost:{_receiver.Address.Port}/", stored, "test", default);
        using var delivery = Delivery("");
        await UseAsync("48");

        (await delivery.RunOnceAsync(default)).ShouldBe(1);

        (await RecordAsync()).Last!.Failure.ShouldBe("unreachable");
        _receiver.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Lost_key_ring_is_told_and_sends_nothing_unsigned()
    {
        using var delivery = new AlertDelivery(
            _ledger, Targets("127.0.0.1"), new WebhookSecrets(new EphemeralDataProtectionProvider()), Pace, _clock, NullLogger<AlertDelivery>.Instance);
        await UseAsync("48");

        await delivery.RunOnceAsync(default);

        (await RecordAsync()).Last!.Failure.ShouldBe("secret_lost");
        _receiver.Received.ShouldBeEmpty();
    }

    private static AlertPace Pace { get; } = new(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

    private AlertDelivery Delivery(string hosts) => new(_ledger, Targets(hosts), _secrets, Pace, _clock, NullLogger<AlertDelivery>.Instance);

    private WebhookTargets Targets(string hosts)
    {
        var environment = new HostingEnvironment { EnvironmentName = "Production" };
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Rules:Home"] = _home, ["Rules:WebhookHosts"] = hosts }).Build();
        return new WebhookTargets(PortalSettings.Read(configuration, environment), environment);
    }

    private async Task OpenAsync(string account) => (await _ledger.OpenAccountAsync(
        new OpenAccount(account, "roboflow", Now)
        {
            Plan = "Core",
            Facts = [new NamedText("created", "2026-04-02")],
            Terms = [new NamedText("core-included", "60"), new NamedText("flex-threshold", "20")],
        }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);

    private async Task UseAsync(string units, string? key = null) =>
        (await _ledger.ChargeAsync("w", Event(units), key ?? $"k{_keys++}", default)).Status.ShouldBe(CommandStatus.Accepted);

    private Engine.Pricing.UsageEvent Event(string units) =>
        new() { OccurredAt = Now, Action = "data", Quantities = [new MeteredQuantity("data-unit", ExactDecimal.Parse(units))] };

    private async Task<DeliveryRecord> RecordAsync() => (await _ledger.Outbox.DeliveriesAsync(_webhook.Id, null, 50, default))!.Value.Single();

    private Instant Now => Instant.FromDateTimeOffset(_clock.GetUtcNow());

    private sealed class TestClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 5, 10, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
