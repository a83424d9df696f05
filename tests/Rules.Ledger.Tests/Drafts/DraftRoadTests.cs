using System.Collections.Immutable;
using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Ledger.Drafts;
using Rules.Ledger.Tests.Bank;
using Rules.Ledger.Tests.Handlers;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Drafts;

public sealed class DraftRoadTests : IAsyncLifetime, IDisposable
{
    private const string First = "language 1\nruleset kiosk version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\naction scan\naction copy\nprice scan\n  each 1 credit\nprice copy\n  each 1 credit\n";

    private static readonly string Stall = First.Replace("ruleset kiosk", "ruleset stall", StringComparison.Ordinal);

    private static readonly DraftActor _author = new("kim", DraftRights.Edit | DraftRights.Approve | DraftRights.Publish);
    private static readonly DraftActor _other = new("lee", DraftRights.Edit | DraftRights.Approve | DraftRights.Publish);
    private static readonly DraftActor _onCall = new("ada", DraftRights.Emergency);

    private readonly ManualTime _time = new(Instant.FromUtc(2026, 4, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    private DraftRoad Road => _ledger.Drafts;

    public async Task InitializeAsync()
    {
        _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        await _ledger.Rulesets.LoadAsync([new RuleFile("kiosk.v1.rules", First)], default);
    }

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Draft_begins_as_the_newest_text_under_the_next_number_and_todays_date()
    {
        var draft = await NewAsync();
        draft.Text.ShouldBe(First.Replace("version 1 effective 2026-01-01", "version 2 effective 2026-04-10", StringComparison.Ordinal));
        (draft.Number, draft.Base, draft.State, draft.RowVersion, draft.Author).ShouldBe((2, 1, DraftState.Draft, 1, "kim"));
        (await Road.FindAsync(draft.Id, default))!.ShouldSatisfyAllConditions(
            read => DraftHash.TextOf(read).ShouldBe(DraftHash.TextOf(draft)), read => read.Authors.ShouldBe(["kim"]), read => read.CreatedAt.ShouldBe(_time.Now));
    }

    [Fact]
    public async Task Draft_after_an_amendment_amends_it()
    {
        await _ledger.Rulesets.LoadAsync([RuleFiles.Roboflow, RuleFiles.RoboflowAmendment], default);
        var draft = Done(await Road.CreateAsync("roboflow", _author, default));
        draft.Text.ShouldBe("language 1\nruleset roboflow version 4 effective 2027-01-02 amends version 3\n");
        var check = _ledger.Rulesets.Check("roboflow.v4.rules", draft.Text);
        check.Examples.ShouldNotBeEmpty();
        check.Examples.ShouldAllBe(example => example.Holds);
    }

    [Fact]
    public async Task Road_from_draft_to_price_is_walked_by_two_and_told_by_the_log()
    {
        var draft = await DearerAsync();
        draft = Done(await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _author, default));
        draft = Done(await Road.ApproveAsync(draft.Id, draft.RowVersion, DraftHash.TextOf(draft), _other, default));
        draft = Done(await Road.PublishAsync(draft.Id, draft.RowVersion, _author, default));

        draft.State.ShouldBe(DraftState.Published);
        var version = _ledger.Rulesets.Versions("kiosk")[0];
        (version.Model.Version, version.Text, version.PublishedBy).ShouldBe((2, draft.Text, "kim"));
        (await ActionsAsync(draft.Id)).ShouldBe([("kim", AuditAction.Created), ("kim", AuditAction.Saved), ("kim", AuditAction.ReviewRequested), ("lee", AuditAction.Approved), ("kim", AuditAction.Published)]);
    }

    [Fact]
    public async Task First_version_of_a_ruleset_walks_the_same_road()
    {
        var draft = Done(await Road.CreateFirstAsync("stall", Stall, _author, default));
        (draft.Number, draft.Base, draft.IsFirst, draft.State, draft.Text).ShouldBe((1, 0, true, DraftState.Draft, Stall));
        draft = Done(await Road.SaveAsync(draft.Id, draft.RowVersion, Stall.Replace("each 1", "each 2", StringComparison.Ordinal), _author, default));
        draft = Done(await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _author, default));
        (await Road.ApproveAsync(draft.Id, draft.RowVersion, DraftHash.TextOf(draft), _author, default)).Problem!.Code.ShouldBe("own_draft");
        draft = Done(await Road.ApproveAsync(draft.Id, draft.RowVersion, DraftHash.TextOf(draft), _other, default));
        (await Road.PublishedAsync("stall", 1, default)).ShouldBeNull();
        draft = Done(await Road.PublishAsync(draft.Id, draft.RowVersion, _author, default));

        var version = _ledger.Rulesets.Versions("stall").ShouldHaveSingleItem();
        (version.Model.Version, version.Text, version.PublishedBy).ShouldBe((1, draft.Text, "kim"));
        (await Road.PublishedAsync("stall", 1, default))!.Id.ShouldBe(draft.Id);
        (await Road.PublishedAsync("kiosk", 1, default)).ShouldBeNull("it came from a file");
        Done(await Road.CreateAsync("stall", _author, default)).Number.ShouldBe(2);
    }

    [Fact]
    public async Task First_version_is_scheduled_and_the_next_one_is_begun_after_it()
    {
        var draft = Done(await Road.CreateFirstAsync("stall", Stall, _author, default));
        draft = Done(await Road.RequestReviewAsync(draft.Id, draft.RowVersion, Instant.FromUtc(2026, 4, 20, 0, 0), default, _author, default));
        draft = Done(await Road.ApproveAsync(draft.Id, draft.RowVersion, DraftHash.TextOf(draft), _other, default));
        Done(await Road.ScheduleAsync(draft.Id, draft.RowVersion, _author, default));
        var next = Done(await Road.CreateAsync("stall", _author, default));
        (next.Number, next.Base).ShouldBe((2, 1));
        _time.Now = Instant.FromUtc(2026, 4, 19, 23, 55);
        (await Road.PublishDueAsync(default)).ShouldHaveSingleItem().Succeeded.ShouldBeTrue();
        _ledger.Rulesets.Versions("stall").ShouldHaveSingleItem().ActiveFrom.ShouldBe(Instant.FromUtc(2026, 4, 20, 0, 0));
    }

    [Theory]
    [InlineData("kiosk", "ruleset_name_taken")]
    [InlineData("models", "ruleset_name_taken")]
    [InlineData("", "ruleset_name_invalid")]
    [InlineData("Stall", "ruleset_name_invalid")]
    [InlineData("../stall", "ruleset_name_invalid")]
    [InlineData("con", "ruleset_name_invalid")]
    public async Task New_ruleset_needs_a_name_of_its_own(string name, string code)
    {
        (await _ledger.Rulesets.PublishAsync("models.v1.rules", "language 1\ncommon models version 1\nlist model\n  \"Large\"\n", "file", default)).Common.ShouldNotBeNull();
        (await Road.CreateFirstAsync(name, Stall, _author, default)).Problem!.Code.ShouldBe(code);
        (await Road.ListAsync(null, open: false, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task New_ruleset_needs_the_right_to_edit_and_a_text_of_a_file()
    {
        (await Road.CreateFirstAsync("stall", Stall, new DraftActor("kim", DraftRights.Approve), default)).Problem!.Code.ShouldBe("draft_right_missing");
        (await Road.CreateFirstAsync("stall", new string('#', Rules.Dsl.Text.SourceText.MaximumBytes + 1), _author, default)).Problem!.Code.ShouldBe("text_too_large");
        (await Road.ListAsync(null, open: false, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_who_begin_a_ruleset_the_later_merges_onto_the_earlier()
    {
        var mine = Done(await Road.CreateFirstAsync("stall", Stall, _author, default));
        var theirs = Done(await Road.CreateFirstAsync("stall", Stall.Replace("action copy\n", "", StringComparison.Ordinal).Replace("price copy\n  each 1 credit\n", "", StringComparison.Ordinal), _other, default));
        (await Road.MergeAsync(mine.Id, mine.RowVersion, _author, default)).Problem!.Code.ShouldBe("draft_state", "nobody was faster yet");
        theirs = Done(await Road.RequestReviewAsync(theirs.Id, theirs.RowVersion, null, default, _other, default));
        theirs = Done(await Road.ApproveAsync(theirs.Id, theirs.RowVersion, DraftHash.TextOf(theirs), _author, default));
        Done(await Road.PublishAsync(theirs.Id, theirs.RowVersion, _other, default));

        (await Road.PublishInEmergencyAsync(mine.Id, mine.RowVersion, "Now.", _onCall, default)).Problem!.ShouldSatisfyAllConditions(
            problem => problem.Code.ShouldBe("change_conflicts"), problem => problem.Message.ShouldBe("Version 1 of \"stall\" came meanwhile. Merge the draft onto it."));
        mine = Done(await Road.MergeAsync(mine.Id, mine.RowVersion, _author, default));
        (mine.Number, mine.Base).ShouldBe((2, 1));
        mine.Text.ShouldBe(Stall.Replace("version 1 effective 2026-01-01", "version 2 effective 2026-04-10", StringComparison.Ordinal), "each line of both stands there once");
    }

    [Fact]
    public async Task Text_of_a_common_file_goes_to_nobody()
    {
        var draft = Done(await Road.CreateFirstAsync("stall", "language 1\ncommon stall version 1\nlist model\n  \"Large\"\n", _author, default));
        (await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _author, default)).Problem!.Code.ShouldBe("other_version");
    }

    [Fact]
    public async Task Comment_keeps_the_line_that_it_is_about_whatever_becomes_of_the_text()
    {
        var draft = await DearerAsync();
        (await Road.CommentAsync(draft.Id, 8, "  Why two? ", _other, default)).Succeeded.ShouldBeTrue();
        (await Road.CommentAsync(draft.Id, null, "Looks fine.", _author, default)).Succeeded.ShouldBeTrue();
        var text = draft.Text;
        Done(await Road.SaveAsync(draft.Id, draft.RowVersion, text + "# more\n", _author, default));

        var comments = await Road.CommentsAsync(draft.Id, default);
        comments.Select(static comment => (comment.Author, comment.Line, comment.Body)).ShouldBe([("lee", 8, "Why two?"), ("kim", null, "Looks fine.")]);
        comments[0].LineText.ShouldBe(text.Split('\n')[7]);
        comments[0].TextSha256.Span.SequenceEqual(DraftHash.OfText(text)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, "x", DraftRights.Edit, "comment_invalid")]
    [InlineData(10_000, "x", DraftRights.Edit, "comment_invalid")]
    [InlineData(null, "  ", DraftRights.Edit, "comment_invalid")]
    [InlineData(null, "x", DraftRights.Publish, "draft_right_missing")]
    public async Task Comment_that_says_nothing_or_is_of_no_line_is_refused(int? line, string body, DraftRights rights, string code)
    {
        var draft = await DearerAsync();
        (await Road.CommentAsync(draft.Id, line, body, new DraftActor("max", rights), default)).Problem!.Code.ShouldBe(code);
        (await Road.CommentsAsync(draft.Id, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Limits_of_a_ruleset_are_the_last_that_were_set_and_an_empty_one_is_the_usual()
    {
        (await Road.GuardsAsync("kiosk", default)).Limits.ShouldBe(new Rules.Engine.Replay.GuardLimits());
        (await Road.SetGuardsAsync("kiosk", new Dictionary<GuardCheck, long?> { [GuardCheck.TotalPerCent] = 50, [GuardCheck.Stopped] = 3 }, _other, default)).ShouldBeNull();
        (await Road.SetGuardsAsync("kiosk", new Dictionary<GuardCheck, long?> { [GuardCheck.TotalPerCent] = 60, [GuardCheck.Stopped] = null }, _author, default)).ShouldBeNull();
        var guards = await Road.GuardsAsync("kiosk", default);
        guards.Limits.ShouldBe(new Rules.Engine.Replay.GuardLimits { TotalPerCent = 60 });
        (guards.SetBy(GuardCheck.TotalPerCent)!.By, guards.SetBy(GuardCheck.Stopped)).ShouldBe(("kim", null));
        (await Road.SetGuardsAsync("kiosk", new Dictionary<GuardCheck, long?> { [GuardCheck.Stopped] = -1 }, _author, default))!.Code.ShouldBe("limit_invalid");
        (await Road.SetGuardsAsync("nothing", new Dictionary<GuardCheck, long?>(), _author, default))!.Code.ShouldBe("ruleset_unknown");
        (await Road.SetGuardsAsync("kiosk", new Dictionary<GuardCheck, long?> { [GuardCheck.Stopped] = 1 }, _onCall, default))!.Code.ShouldBe("draft_right_missing");
    }

    [Fact]
    public async Task Database_lets_nobody_change_what_was_said_or_which_limits_were_set()
    {
        var draft = await DearerAsync();
        await Road.CommentAsync(draft.Id, null, "x", _other, default);
        await Road.SetGuardsAsync("kiosk", new Dictionary<GuardCheck, long?> { [GuardCheck.Stopped] = 1 }, _other, default);
        using var connection = new SqliteConnection($"Data Source={_directory.Database}");
        foreach (var sql in new[] { "UPDATE draft_comment SET body='y'", "DELETE FROM draft_comment", "UPDATE guard_rail SET most=2", "DELETE FROM guard_rail" })
        {
            Should.Throw<SqliteException>(() => connection.Execute(sql)).Message.ShouldContain("append-only");
        }
    }

    [Fact]
    public async Task S3_Whoever_wrote_in_a_draft_does_not_approve_it()
    {
        var draft = await DearerAsync();
        draft = Done(await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text.Replace("each 2", "each 3", StringComparison.Ordinal), _other, default));
        draft = Done(await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _other, default));
        foreach (var name in new[] { "kim", "lee", "KIM" })
        {
            (await Road.ApproveAsync(draft.Id, draft.RowVersion, DraftHash.TextOf(draft), _other with { Name = name }, default)).Problem!.Code.ShouldBe("own_draft");
        }
    }

    [Fact]
    public async Task S3_Edit_voids_an_approval()
    {
        var draft = await ApprovedAsync();
        draft = Done(await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text + "# more\n", _author, default));
        (draft.State, draft.Approval).ShouldBe((DraftState.Draft, null));
        (await Road.PublishAsync(draft.Id, draft.RowVersion, _author, default)).Problem!.Code.ShouldBe("draft_state");
        _ledger.Rulesets.Versions("kiosk").Length.ShouldBe(1);
    }

    [Fact]
    public async Task S3_Approval_is_of_what_was_seen()
    {
        var draft = await DearerAsync();
        draft = Done(await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, new byte[32], _author, default));
        var seen = DraftHash.TextOf(draft);
        DraftHash.TextOf(draft with { Text = draft.Text + " " }).ShouldNotBe(seen);
        DraftHash.TextOf(draft with { ReplaySha256 = Enumerable.Repeat((byte)1, 32).ToArray() }).ShouldNotBe(seen);
        DraftHash.TextOf(draft with { EffectiveAt = draft.EffectiveAt!.Value + Duration.FromSeconds(1) }).ShouldNotBe(seen);
        (await Road.ApproveAsync(draft.Id, draft.RowVersion, DraftHash.TextOf(draft with { ReplaySha256 = default }), _other, default)).Problem!.Code.ShouldBe("approval_stale");
        Done(await Road.ApproveAsync(draft.Id, draft.RowVersion, seen, _other, default)).State.ShouldBe(DraftState.Approved);
    }

    [Fact]
    public async Task Rejection_needs_a_reason_and_a_rejected_draft_is_written_on()
    {
        var draft = await DearerAsync();
        draft = Done(await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _author, default));
        (await Road.RejectAsync(draft.Id, draft.RowVersion, "  ", _other, default)).Problem!.Code.ShouldBe("reason_required");
        draft = Done(await Road.RejectAsync(draft.Id, draft.RowVersion, "Too dear.", _other, default));
        draft.State.ShouldBe(DraftState.Rejected);
        (await Road.AuditAsync(null, draft.Id, null, 1, default))[0].Reason.ShouldBe("Too dear.");
        Done(await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text, _author, default)).State.ShouldBe(DraftState.Draft);
    }

    [Fact]
    public async Task Text_with_an_error_goes_to_nobody()
    {
        var draft = await NewAsync();
        draft = Done(await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text.Replace("action copy\n", "", StringComparison.Ordinal), _author, default));
        var refused = await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _author, default);
        refused.Problem!.Code.ShouldBe("text_has_errors");
        refused.Problem.Message.ShouldMatch(@"^The text has (an error|\d+ errors, the first) in line \d+, PR\d{4}: ");
        refused.Problem.Diagnostics.ShouldNotBeEmpty();
        draft = Done(await Road.SaveAsync(draft.Id, draft.RowVersion, First, _author, default));
        (await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _author, default)).Problem!.Code.ShouldBe("text_has_errors");
    }

    [Fact]
    public async Task Head_of_another_version_goes_to_nobody()
    {
        var draft = await NewAsync();
        draft = Done(await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text.Replace("version 2", "version 7", StringComparison.Ordinal), _author, default));
        (await Road.RequestReviewAsync(draft.Id, draft.RowVersion, null, default, _author, default)).Problem!.Code.ShouldBe("other_version");
    }

    [Fact]
    public async Task Of_two_who_save_one_is_told()
    {
        var draft = await NewAsync();
        Done(await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text + "# a\n", _author, default));
        var late = await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text + "# b\n", _other, default);
        late.Problem!.Code.ShouldBe("draft_changed");
        late.Draft!.Text.ShouldEndWith("# a\n");
    }

    [Fact]
    public async Task Scheduled_draft_is_published_ahead_and_takes_effect_at_its_instant()
    {
        var draft = await ScheduledAsync("2026-04-20");
        _time.Now = Instant.FromUtc(2026, 4, 19, 23, 54);
        (await Road.PublishDueAsync(default)).ShouldBeEmpty();
        _time.Now = Instant.FromUtc(2026, 4, 19, 23, 55);
        (await Road.PublishDueAsync(default)).ShouldHaveSingleItem().Succeeded.ShouldBeTrue();
        _ledger.Rulesets.Versions("kiosk")[0].ActiveFrom.ShouldBe(Instant.FromUtc(2026, 4, 20, 0, 0));
        (await Road.AuditAsync(null, draft.Id, null, 1, default))[0].By.ShouldBe("system");
    }

    [Fact]
    public async Task Start_that_its_author_chose_counts_where_it_is_later_than_the_texts()
    {
        var draft = await ApprovedAsync("2025-04-20");
        draft.EffectiveAt.ShouldBe(Instant.FromUtc(2026, 4, 10, 0, 0));
        draft = Done(await Road.WithdrawAsync(draft.Id, draft.RowVersion, _author, default));
        draft = await ApproveAsync(draft, "2026-05-01", "", " ");
        Done(await Road.PublishAsync(draft.Id, draft.RowVersion, _author, default));
        _ledger.Rulesets.Versions("kiosk")[0].ActiveFrom.ShouldBe(Instant.FromUtc(2026, 5, 1, 0, 0));
    }

    [Fact]
    public async Task Second_change_of_one_version_conflicts_when_it_is_scheduled()
    {
        var second = await ApprovedAsync("2026-04-25", "price copy\n  each 1", "price copy\n  each 5");
        await ScheduledAsync("2026-04-20");
        var refused = await Road.ScheduleAsync(second.Id, second.RowVersion, _author, default);
        (refused.Problem!.Code, refused.Problem.Message).ShouldBe(("change_conflicts", "Another draft of version 2 by kim is scheduled for 2026-04-20T00:00:00Z. Merge this one onto it."));

        var merged = Done(await Road.MergeAsync(second.Id, second.RowVersion, _author, default));
        (merged.Number, merged.Base, merged.State).ShouldBe((3, 2, DraftState.Draft));
        merged.Text.ShouldContain("price scan\n  each 2 credits");
        merged.Text.ShouldContain("price copy\n  each 5 credit");
    }

    [Theory]
    [InlineData("2026-04-20", "the later one starts before the earlier")]
    [InlineData("2026-04-15", "the later one starts before the earlier")]
    public async Task Later_version_that_starts_first_conflicts_when_it_is_scheduled(string effective, string because)
    {
        await ScheduledAsync("2026-04-20");
        var third = Done(await Road.CreateAsync("kiosk", _author, default));
        (third.Number, third.Base).ShouldBe((3, 2));
        third = await ApproveAsync(third, effective, "each 2", "each 4");
        (await Road.ScheduleAsync(third.Id, third.RowVersion, _author, default)).Problem!.Code.ShouldBe("change_conflicts", because);
    }

    [Fact]
    public async Task Draft_whose_base_was_overtaken_is_merged_before_it_is_published()
    {
        var mine = await ApprovedAsync(null, "price copy\n  each 1", "price copy\n  each 5");
        var theirs = await ApprovedAsync();
        Done(await Road.PublishAsync(theirs.Id, theirs.RowVersion, _author, default));
        (await Road.PublishAsync(mine.Id, mine.RowVersion, _author, default)).Succeeded.ShouldBeFalse();
        var merged = Done(await Road.MergeAsync(mine.Id, mine.RowVersion, _author, default));
        _time.Now += Duration.FromHours(1);
        _ledger.Rulesets.Check("kiosk.v3.rules", merged.Text).HasErrors.ShouldBeFalse();
        merged.Text.ShouldContain("each 2 credits");
    }

    [Fact]
    public async Task Schedule_that_was_overtaken_is_sent_back_with_its_cause()
    {
        var scheduled = await ScheduledAsync("2026-04-20");
        (await _ledger.Rulesets.PublishAsync("kiosk.v2.rules", First.Replace("version 1", "version 2", StringComparison.Ordinal), "file", default)).Version.ShouldNotBeNull();
        _time.Now = Instant.FromUtc(2026, 4, 20, 0, 0);
        (await Road.PublishDueAsync(default)).ShouldHaveSingleItem().Succeeded.ShouldBeFalse();
        (await Road.FindAsync(scheduled.Id, default))!.State.ShouldBe(DraftState.Draft);
        var told = (await Road.AuditAsync(null, scheduled.Id, null, 1, default))[0];
        told.Action.ShouldBe(AuditAction.ScheduleFailed);
        told.Detail!.ShouldContain("version 2 comes between");
    }

    [Fact]
    public async Task Emergency_is_a_right_of_its_own_and_is_announced_with_its_reason()
    {
        var draft = await DearerAsync();
        (await Road.PublishInEmergencyAsync(draft.Id, draft.RowVersion, "Sold below cost.", _author, default)).Problem!.Code.ShouldBe("draft_right_missing");
        (await Road.PublishInEmergencyAsync(draft.Id, draft.RowVersion, "", _onCall, default)).Problem!.Code.ShouldBe("reason_required");
        Done(await Road.PublishInEmergencyAsync(draft.Id, draft.RowVersion, "Sold below cost.", _onCall, default)).Approval.ShouldBeNull();
        var told = (await Road.EmergenciesAsync("kiosk", _time.Now, default)).ShouldHaveSingleItem();
        (told.By, told.Number, told.Reason).ShouldBe(("ada", 2, "Sold below cost."));
        (await Road.SaveAsync(draft.Id, 3, "x", _onCall, default)).Problem!.Code.ShouldBe("draft_right_missing");
    }

    [Fact]
    public async Task Rollback_is_a_reviewed_version_that_marks_the_one_it_takes_back()
    {
        var dearer = await ApprovedAsync();
        dearer = Done(await Road.PublishAsync(dearer.Id, dearer.RowVersion, _author, default));
        (await Road.PrepareRollbackAsync("kiosk", 2, "Complaints.", _author, default)).Problem!.Code.ShouldBe("version_unknown");
        var back = Done(await Road.PrepareRollbackAsync("kiosk", 1, "Complaints.", _author, default));
        (back.Number, back.Base, back.RollsBack, back.State).ShouldBe((3, 2, 2, DraftState.Draft));
        _time.Now += Duration.FromHours(1);
        back = Done(await Road.RequestReviewAsync(back.Id, back.RowVersion, null, default, _author, default));
        back = Done(await Road.ApproveAsync(back.Id, back.RowVersion, DraftHash.TextOf(back), _other, default));
        Done(await Road.PublishAsync(back.Id, back.RowVersion, _author, default));
        (await Road.FindAsync(dearer.Id, default))!.State.ShouldBe(DraftState.RolledBack);
        var versions = _ledger.Rulesets.Versions("kiosk");
        versions[0].Model.Meaning.ShouldNotBe(versions[1].Model.Meaning);
        versions[0].Text.ShouldContain("each 1 credit\nprice copy");
    }

    [Fact]
    public async Task Draft_whose_version_was_published_before_a_crash_ends_as_published()
    {
        var draft = await ApprovedAsync();
        (await _ledger.Rulesets.PublishAsync("kiosk.v2.rules", draft.Text, draft.Author, default)).Version.ShouldNotBeNull();
        Done(await Road.PublishAsync(draft.Id, draft.RowVersion, _author, default)).State.ShouldBe(DraftState.Published);
        _ledger.Rulesets.Versions("kiosk").Length.ShouldBe(2);
    }

    [Fact]
    public async Task Nameless_and_powerless_write_nothing()
    {
        (await Road.CreateAsync("kiosk", new DraftActor("", DraftRights.Edit), default)).Problem!.Code.ShouldBe("actor_name");
        (await Road.CreateAsync("kiosk", new DraftActor("kim", DraftRights.Approve), default)).Problem!.Code.ShouldBe("draft_right_missing");
        (await Road.CreateAsync("stall", _author, default)).Problem!.Code.ShouldBe("ruleset_unknown");
        (await Road.ListAsync(null, open: false, default)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("UPDATE audit SET actor='x'")]
    [InlineData("DELETE FROM audit")]
    [InlineData("DELETE FROM draft")]
    [InlineData("UPDATE draft SET text='x'")]
    [InlineData("UPDATE draft SET text='x', row_version=row_version+1")]
    [InlineData("UPDATE draft SET state=3, row_version=row_version+2")]
    public async Task Database_itself_keeps_the_log_and_what_is_approved(string sql)
    {
        await ApprovedAsync();
        await _ledger.DisposeAsync();
        using var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=False");
        Should.Throw<SqliteException>(() => connection.Execute(sql));
        await InitializeAsync();
        (await Road.ListAsync("kiosk", open: true, default))[0].State.ShouldBe(DraftState.Approved);
    }

    [Fact]
    public async Task S3_Seeded_walks_never_publish_what_nobody_else_approved()
    {
        var random = new Random(20260410);
        DraftActor[] actors = [_author, _other, new("mia", DraftRights.Edit | DraftRights.Approve | DraftRights.Publish)];
        for (var walk = 0; walk < 25; walk++)
        {
            var draft = Done(await Road.CreateAsync("kiosk", actors[random.Next(3)], default));
            for (var step = 0; step < 14 && draft.IsOpen; step++)
            {
                var by = actors[random.Next(3)];
                var row = random.Next(8) == 0 ? draft.RowVersion - 1 : draft.RowVersion;
                _ = random.Next(7) switch
                {
                    0 => await Road.SaveAsync(draft.Id, row, draft.Text.Replace("each 1", $"each {random.Next(2, 9)}", StringComparison.Ordinal), by, default),
                    1 or 2 => await Road.RequestReviewAsync(draft.Id, row, null, default, by, default),
                    3 or 4 => await Road.ApproveAsync(draft.Id, row, DraftHash.TextOf(draft), by, default),
                    5 => await Road.RejectAsync(draft.Id, row, "no", by, default),
                    _ => await Road.PublishAsync(draft.Id, row, by, default),
                };
                draft = (await Road.FindAsync(draft.Id, default))!;
            }

            _time.Now += Duration.FromMinutes(1);
            if (draft.State != DraftState.Published)
            {
                continue;
            }

            draft.Approval!.Sha256.ToArray().ShouldBe(DraftHash.Of(draft));
            draft.Authors.ShouldNotContain(draft.Approval.By);
            _ledger.Rulesets.Versions("kiosk")[0].Text.ShouldBe(draft.Text);
        }

        _ledger.Rulesets.Versions("kiosk").Length.ShouldBeGreaterThan(2);
    }

    private static Draft Done(DraftResult result) => result.Problem is null ? result.Draft! : throw new InvalidOperationException($"{result.Problem.Code}: {result.Problem.Message}");

    private async Task<Draft> NewAsync() => Done(await Road.CreateAsync("kiosk", _author, default));

    private async Task<Draft> DearerAsync()
    {
        var draft = await NewAsync();
        return Done(await Road.SaveAsync(draft.Id, draft.RowVersion, draft.Text.Replace("price scan\n  each 1 credit", "price scan\n  each 2 credits", StringComparison.Ordinal), _author, default));
    }

    private async Task<Draft> ApprovedAsync(string? effective = null, string find = "price scan\n  each 1 credit", string put = "price scan\n  each 2 credits") =>
        await ApproveAsync(await NewAsync(), effective, find, put);

    private async Task<Draft> ApproveAsync(Draft draft, string? effective, string find, string put)
    {
        var text = find.Length == 0 ? draft.Text : draft.Text.Replace(find, put, StringComparison.Ordinal);
        draft = Done(await Road.SaveAsync(draft.Id, draft.RowVersion, text, _author, default));
        Instant? startsAt = effective is null ? null : NodaTime.Text.LocalDatePattern.Iso.Parse(effective).Value.AtMidnight().InUtc().ToInstant();
        draft = Done(await Road.RequestReviewAsync(draft.Id, draft.RowVersion, startsAt, default, _author, default));
        return Done(await Road.ApproveAsync(draft.Id, draft.RowVersion, DraftHash.TextOf(draft), _other, default));
    }

    private async Task<Draft> ScheduledAsync(string effective)
    {
        var draft = await ApprovedAsync(effective);
        return Done(await Road.ScheduleAsync(draft.Id, draft.RowVersion, _author, default));
    }

    private async Task<ImmutableArray<(string, AuditAction)>> ActionsAsync(string draft) =>
        [.. (await Road.AuditAsync(null, draft, null, 100, default)).Reverse().Select(record => (record.By, record.Action))];
}
