using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Ledger.Drafts;
using Rules.Portal.Pages.Rulesets;
using Rules.Portal.Pages.Shared;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Pages;

public sealed class TimelineTests
{
    private static readonly Instant _now = Instant.FromUtc(2026, 5, 1, 0, 0);

    [Fact]
    public void Version_in_force_reaches_from_its_start_past_the_present()
    {
        var timeline = Timeline.Of(Ruleset("2026-01-01", "2026-03-02"), [], _now);
        timeline.Spans.Select(static span => (span.Version, span.State, span.Start, span.Start + span.Width)).ShouldBe([(1, "past", 0, 400), (2, "span", 400, 1000)]);
        (timeline.Now, timeline.Coming, timeline.Branches.IsEmpty).ShouldBe((800, 0, true));
    }

    [Fact]
    public void Change_of_tomorrow_is_seen_after_years()
    {
        var timeline = Timeline.Of(Ruleset("2016-01-01", "2026-05-02"), [Draft(3, 2, DraftState.Scheduled, _now, _now + Duration.FromDays(2))], _now);
        timeline.Spans.Select(static span => (span.Version, span.State)).ShouldBe([(1, "span"), (2, "future"), (3, "future")]);
        timeline.Coming.ShouldBe(2);
        timeline.Spans[1].Start.ShouldBeGreaterThan(timeline.Now + 100);
        timeline.Spans[2].Start.ShouldBeGreaterThan(timeline.Spans[1].Start + 100);
    }

    [Fact]
    public void Draft_branches_off_the_version_that_it_changes_where_it_was_begun()
    {
        var begun = Instant.FromUtc(2026, 4, 1, 0, 0);
        var timeline = Timeline.Of(Ruleset("2026-01-01", "2026-03-02"), [Draft(3, 2, DraftState.Review, begun, null), Draft(2, 1, DraftState.Draft, begun, null)], _now);
        timeline.Branches.Select(static branch => branch.Words).ShouldBe(["v3 of kim, in review, on v2", "v2 of kim, on v1"]);
        timeline.Branches[0].From.ShouldBe(600);
        timeline.Branches[1].From.ShouldBe(400, "version 1 held until then");
        timeline.Branches[0].Y.ShouldBeLessThan(timeline.Branches[1].Y);
    }

    [Fact]
    public void Drafts_beyond_four_are_counted()
    {
        var drafts = Enumerable.Range(0, 6).Select(static _ => Draft(2, 1, DraftState.Draft, _now, null)).ToImmutableArray();
        var timeline = Timeline.Of(Ruleset("2026-01-01"), drafts, _now);
        (timeline.Branches.Length, timeline.More).ShouldBe((4, 2));
    }

    [Fact]
    public void First_version_that_is_to_come_begins_at_the_present()
    {
        var timeline = Timeline.Of(Ruleset("2026-06-01"), [], _now);
        (timeline.Now, timeline.Spans[0].State).ShouldBe((0, "future"));
        timeline.Spans[0].Start.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Every_page_of_the_navigation_has_a_key_of_its_own()
    {
        Navigation.Entries.Select(static entry => entry.Key).ShouldBeUnique();
        Navigation.Entries.ShouldAllBe(static entry => char.IsAsciiLetterLower(entry.Key));
    }

    private static PublishedRuleset Ruleset(params string[] days) => new("kiosk",
    [
        .. days.Select(static (day, index) =>
        {
            var text = $"language 1\nruleset kiosk version {index + 1} effective {day}\ncredit \"credit\" to 0 decimals\naction scan\nprice scan\n  each 1 credit\n";
            var model = RulesetLibrary.Empty.Compile(SourceText.From(text, $"kiosk.v{index + 1}.rules")).Model!;
            return new PublishedVersion(model, model.EffectiveAt);
        }),
    ]);

    private static Draft Draft(int number, int of, DraftState state, Instant begun, Instant? starts) => new()
    {
        Id = "draft00000000001",
        Ruleset = "kiosk",
        Number = number,
        Base = of,
        Text = "",
        State = state,
        RowVersion = 1,
        Authors = ["kim"],
        CreatedAt = begun,
        ChangedAt = begun,
        EffectiveAt = starts,
    };
}
