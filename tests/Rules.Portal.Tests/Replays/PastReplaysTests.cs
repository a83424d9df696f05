using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Rules.Client;
using Rules.Ledger.Replays;
using Rules.Portal.Replays;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Replays;

/// <summary>What a draft would have done to a running service's own past, as the portal's pages ask for it.</summary>
[Collection(SharedPortal.Name)]
public sealed class PastReplaysTests(RunningPortal portal)
{
    private const string Dearer = "\"GPT-4o\"             6 credits";

    private static readonly PastWindow s_always = new(Instant.FromUtc(2020, 1, 1, 0, 0), Instant.FromUtc(2100, 1, 1, 0, 0));

    private PastReplays Replays => portal.Portal.Services.GetRequiredService<PastReplays>();

    [Fact]
    public async Task Dearer_draft_is_told_with_what_was_charged_and_what_would_have_been()
    {
        var account = await ChargedAsync();
        var steps = new List<ReplayStep>();
        var outcome = await Replays.RunAsync(Request(Text(Dearer)) with { Account = account, Records = ["agent"] }, step => { lock (steps) { steps.Add(step); } }, default);

        outcome.Refusal.ShouldBeNull();
        var report = outcome.Report.ShouldNotBeNull();
        report.Candidates.ShouldBe(["published", "draft 2"]);
        report.Totals.Select(t => (long)t.Charged).ShouldBe([14, 16]);
        report.IsPartial.ShouldBeFalse();
        report.Records.Single(r => r.Value == "web").Charged.ShouldBe([14, 16]);
        var difference = report.Differences.ShouldHaveSingleItem();
        outcome.ExplainEvent(1, account, difference.Index)!.Charge.ShouldBe(6);
        outcome.ExplainEvent(0, account, difference.Index)!.Charge.ShouldBe(5);
        outcome.ExplainEvent(1, "nobody", 0).ShouldBeNull();
        steps[^1].ShouldBe(new ReplayStep(IsReading: false, 3, 3));
    }

    [Fact]
    public async Task Same_texts_over_the_same_past_have_the_same_binding_and_another_text_another()
    {
        var account = await ChargedAsync();
        var first = await Replays.RunAsync(Request(Text(Dearer)) with { Account = account }, null, default);
        var again = await Replays.RunAsync(Request(Text(Dearer)) with { Account = account }, null, default);
        var other = await Replays.RunAsync(Request(Text("\"GPT-4o\"             7 credits")) with { Account = account }, null, default);

        again.Binding!.Past.ShouldBe(first.Binding!.Past);
        again.Binding.Texts.ShouldBe(first.Binding.Texts);
        other.Binding!.Past.ShouldBe(first.Binding.Past);
        other.Binding.Texts.ShouldNotBe(first.Binding.Texts);
    }

    [Fact]
    public async Task Draft_with_errors_is_refused_with_its_diagnostics()
    {
        var outcome = await Replays.RunAsync(Request(Text(Dearer).Replace("price reply by model", "price reply by modal", StringComparison.Ordinal)), null, default);

        outcome.Report.ShouldBeNull();
        outcome.Refusal!.Kind.ShouldBe(ReplayRefusalKind.DraftHasErrors);
        outcome.Refusal.Draft.ShouldBe(0);
        outcome.Diagnostics[0].ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("nothing", 2020, null, ReplayRefusalKind.RulesetUnknown)]
    [InlineData("biodock", 2020, null, ReplayRefusalKind.DraftOfAnotherRuleset)]
    [InlineData("bookbag", 2090, null, ReplayRefusalKind.WindowIsEmpty)]
    [InlineData("bookbag", 2020, 9, ReplayRefusalKind.VersionUnknown)]
    public async Task What_cannot_be_replayed_is_refused_in_words(string ruleset, int year, int? against, ReplayRefusalKind kind)
    {
        var request = Request(Text(Dearer)) with
        {
            Ruleset = ruleset,
            Window = new PastWindow(Instant.FromUtc(year, 1, 1, 0, 0), s_always.Until),
            Against = against,
        };

        (await Replays.RunAsync(request, null, default)).Refusal!.Kind.ShouldBe(kind);
    }

    [Fact]
    public async Task Published_version_can_stand_for_the_whole_window()
    {
        var account = await ChargedAsync();
        var outcome = await Replays.RunAsync(Request(Text(Dearer)) with { Account = account, Against = 1 }, null, default);

        outcome.Report!.Candidates[0].ShouldBe("version 1");
        outcome.Report.Totals[0].Charged.ShouldBe(14);
    }

    [Fact]
    public async Task Cancelled_request_gives_no_whole_report()
    {
        var account = await ChargedAsync();
        await Replays.RunAsync(Request(Text(Dearer)) with { Account = account }, null, default);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => Replays.RunAsync(Request(Text(Dearer)) with { Account = account }, null, cancelled.Token));
    }

    private static ReplayRequest Request(string text) => new("bookbag", s_always, [new DraftText("draft 2", text)]);

    private string Text(string row)
    {
        var text = portal.Portal.Ledger.Rulesets.Versions("bookbag")[0].Text;
        var changed = text.Replace("\"GPT-4o\"             5 credits", row, StringComparison.Ordinal).Replace("ruleset bookbag version 1", "ruleset bookbag version 2", StringComparison.Ordinal);
        changed.ShouldNotBe(text);
        return changed;
    }

    private async Task<string> ChargedAsync()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        foreach (var model in new[] { "GPT-4o", "Claude Sonnet 4.6", "GPT-4o" })
        {
            (await portal.Client.ChargeAsync(
                new UsageEvent { Account = account, Action = "reply", Facts = new Dictionary<string, string> { ["model"] = model }, Record = new Dictionary<string, string> { ["agent"] = "web" } },
                portal.New("use"))).EnsureGranted();
        }

        return account;
    }
}
