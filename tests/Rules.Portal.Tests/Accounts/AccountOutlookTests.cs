using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Ledger;
using Rules.Portal.Accounts;
using Rules.Portal.Startup;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Accounts;

/// <summary>How long credits last at the pace of the last days.</summary>
public sealed class AccountOutlookTests : IAsyncLifetime
{
    private static readonly Instant _opened = Instant.FromUtc(2026, 5, 1, 12, 0);
    private static readonly Instant _now = _opened + Duration.FromDays(10);

    private readonly Clock _clock = new() { Now = _now };
    private readonly Clock _past = new() { Now = _opened };
    private CreditLedger _ledger = null!;
    private CreditLedger _sample = null!;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenInMemoryAsync(new LedgerOptions { Time = _clock }, default);
        await _ledger.Rulesets.LoadAsync(RuleFiles.Read(Path.Combine(PortalSettings.SourceRoot()!, "rules")), default);
        _sample = _ledger.OnSampleClock(_past);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    [Fact]
    public async Task Credits_run_out_when_the_pace_has_used_them_up()
    {
        await OpenAsync("Hobby");
        await UseAsync(repliesADay: 25);
        var outlook = await OutlookAsync();

        // 2,000 less seven days of 25 replies of 4 credits.
        (outlook.Events, outlook.Units, outlook.PerDay).ShouldBe((175L, (Int128)700, (Int128)100));
        outlook.RunOut.ShouldBe(new RunOut(RunOutKind.At, _now + Duration.FromDays(13)));
        outlook.RunOut.DaysFrom(_now).ShouldBe("13.0");
    }

    [Fact]
    public async Task Renewal_that_comes_first_is_said_in_its_place()
    {
        await OpenAsync("Hobby");
        await UseAsync(repliesADay: 2);
        (await OutlookAsync()).RunOut.ShouldBe(new RunOut(RunOutKind.AfterRenewal, Instant.FromUtc(2026, 6, 1, 12, 0)));
    }

    [Fact]
    public async Task What_expires_unused_does_not_last()
    {
        await OpenAsync("Hobby");
        await UseAsync(repliesADay: 25);
        (await _ledger.GrantAsync("a", new GrantCredits("gift", "allotment", new ExactDecimal(500), _now) { ExpiresAt = _now + Duration.FromDays(2) }, "gift", default))
            .Status.ShouldBe(CommandStatus.Accepted);

        // Two days of 100 from the gift, of which 300 expire; then thirteen days of what else is there.
        (await OutlookAsync()).RunOut.ShouldBe(new RunOut(RunOutKind.At, _now + Duration.FromDays(15)));
    }

    [Fact]
    public async Task Account_with_nothing_left_says_so_and_one_that_uses_nothing_says_nothing()
    {
        await OpenAsync("Free");
        (await OutlookAsync()).RunOut.Kind.ShouldBe(RunOutKind.None);
        await UseAsync(repliesADay: 25);
        var outlook = await OutlookAsync();
        (outlook.RunOut.Kind, outlook.RunOut.DaysFrom(_now), outlook.Units).ShouldBe((RunOutKind.Empty, "0.0", (Int128)100));
    }

    [Fact]
    public async Task Pace_of_a_young_account_is_that_of_its_life_and_of_a_day_at_least()
    {
        _past.Now = _now - Duration.FromHours(6);
        (await _sample.OpenAccountAsync(new OpenAccount("a", "bookbag", _past.Now) { Plan = "Hobby" }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);
        (await _sample.ChargeAsync("a", Reply(_past.Now), "u", default)).Status.ShouldBe(CommandStatus.Accepted);
        var outlook = await OutlookAsync();
        (outlook.From, outlook.PerDay).ShouldBe((_now - Duration.FromDays(1), (Int128)4));
    }

    [Fact]
    public async Task Chart_stands_from_zero_with_the_grant_as_a_step_and_the_pace_behind_it()
    {
        await OpenAsync("Hobby");
        await UseAsync(repliesADay: 25);
        var outlook = await OutlookAsync();
        var points = await _ledger.BalancesAsync("a", BalanceChart.Instants(_now), default);
        var chart = BalanceChart.Of(outlook, points, 100, 100, DateTimeZone.Utc).ShouldNotBeNull();

        chart.Levels.Select(level => level.Words).ShouldBe(["0", "500", "1,000", "1,500", "2,000"]);
        chart.Grants.Single().Words.ShouldBe("+2,000 into allotment, 1 May 2026, 12:00 UTC");
        var line = chart.Line.Split(' ').Select(static point => point.Split(',').Select(static part => int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToList();
        line[0][1].ShouldBe(chart.Levels[^1].Y);
        line.Select(static point => point[0]).ShouldBeInOrder();
        line.Select(static point => point[1]).ShouldBeInOrder();
        var forecast = chart.Forecast.Split(' ');
        forecast[0].ShouldBe(chart.Line.Split(' ')[^1]);
        forecast.Length.ShouldBe(2);
    }

    private async Task OpenAsync(string plan) =>
        (await _sample.OpenAccountAsync(new OpenAccount("a", "bookbag", _opened) { Plan = plan }, "open", default)).Status.ShouldBe(CommandStatus.Accepted);

    private async Task UseAsync(int repliesADay)
    {
        for (var day = 3; day < 10; day++)
        {
            for (var turn = 0; turn < repliesADay; turn++)
            {
                _past.Now = _opened + Duration.FromDays(day) + Duration.FromMinutes(turn);
                await _sample.ChargeAsync("a", Reply(_past.Now), $"{day}:{turn}", default);
            }
        }
    }

    private async Task<AccountOutlook> OutlookAsync() => await AccountOutlook.ReadAsync(_ledger, (await _ledger.BalanceAsync("a", null, default))!, default);

    private static UsageEvent Reply(Instant at) => new() { OccurredAt = at, Action = "reply", Facts = [new("model", "Claude Sonnet 4.6")] };

    private sealed class Clock : TimeProvider
    {
        public Instant Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();
    }
}
