using System.Collections.Immutable;
using System.Security.Cryptography;
using NodaTime;
using Rules.Ledger.Access;
using Rules.Ledger.Drafts;
using Rules.Ledger.Imports;
using Rules.Ledger.Outbox;
using Rules.Ledger.People;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Stores;

/// <summary>What every store promises of the service's own rows. A store's tests are a class that inherits these and says how the store is opened.</summary>
public abstract class AppStoreContract : IAsyncLifetime
{
    private static readonly Instant _t0 = BankCommands.Start;
    private static readonly Instant _t1 = _t0 + Duration.FromMinutes(1);
    private static readonly Instant _t2 = _t0 + Duration.FromMinutes(2);

    // Longer than any name: nothing has it, and asking for it is no error.
    private static readonly string _nothing = new('n', 1000);

    private ILedgerStore _store = null!;

    private IAppStore App => _store.App!;

    protected abstract ILedgerStore Open(TimeProvider time);

    public Task InitializeAsync()
    {
        _store = Open(new ManualTime(_t0));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Keys_are_rotated_used_and_revoked()
    {
        var key = new StoredApiKey(
            new ApiKey { Id = "key0000000000001", Name = "till", Scopes = KeyScopes.Read | KeyScopes.Charge, Rulesets = ["bank"], Rate = 5, CreatedAt = _t0, CreatedBy = "command", ExpiresAt = _t2 },
            Hash(1), default, null);
        KeyRecord Told(Instant at, KeyAction action, string? detail = null) => new(0, at, "kim", action, key.Key.Id, "till", detail);
        await App.AddKeyAsync(key, Told(_t0, KeyAction.Made, "read, charge"), default);
        Same((await App.KeyAsync(key.Key.Id, default))!, key);
        (await App.KeyAsync(key.Key.Id + " ", default)).ShouldBeNull();

        (await App.RotateKeyAsync(Hash(2), _t2, Told(_t1, KeyAction.Rotated), default)).ShouldBeTrue();
        await App.NoteKeyUseAsync([KeyValuePair.Create(key.Key.Id, _t2), KeyValuePair.Create(key.Key.Id, _t1)], default);
        Same((await App.KeysAsync(default)).ShouldHaveSingleItem(), key with { Key = key.Key with { RotatedAt = _t1, LastUsedAt = _t2 }, Hash = Hash(2), PreviousHash = Hash(1), PreviousUntil = _t2 });

        await App.RevokeKeyAsync(Told(_t1, KeyAction.Revoked), default);
        await App.RevokeKeyAsync(Told(_t2, KeyAction.Revoked), default);
        (await App.KeyAsync(key.Key.Id, default))!.Key.RevokedAt.ShouldBe(_t1);
        (await App.RotateKeyAsync(Hash(3), _t2, Told(_t1, KeyAction.Rotated), default)).ShouldBeFalse();

        // What changed nothing is told by no line.
        var log = await App.KeyLogAsync(null, long.MaxValue, 10, default);
        log.Select(static line => (line.Action, line.At, line.By, line.Key, line.KeyName, line.Detail)).ShouldBe(
        [
            (KeyAction.Revoked, _t1, "kim", key.Key.Id, "till", null), (KeyAction.Rotated, _t1, "kim", key.Key.Id, "till", null), (KeyAction.Made, _t0, "kim", key.Key.Id, "till", "read, charge"),
        ]);
        (await App.KeyLogAsync(key.Key.Id, log[0].Position, 1, default)).ShouldHaveSingleItem().ShouldBe(log[1]);
        (await App.KeyLogAsync("key0000000000002", long.MaxValue, 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Views_are_their_persons_written_over_by_name_and_deleted()
    {
        var kim = new Person { Id = "person0000000001", Name = "Kim", Roles = PersonRoles.Viewer, Stamp = "s", CreatedAt = _t0, CreatedBy = "system", RowVersion = 1 };
        await App.AddPersonAsync(kim, new PersonRecord(0, _t0, "system", PersonAction.Added, kim.Id, "Kim", "viewer"), default);
        var view = new ReportView("view000000000001", kim.Id, "By model", "ruleset=bank&by=model", _t0);
        await App.KeepViewAsync(view, default);
        await App.KeepViewAsync(view with { Id = "view000000000002", Name = "A day", Query = "ruleset=bank" }, default);
        await App.KeepViewAsync(view with { Id = "view000000000003", Query = "ruleset=bank&by=model&compare=true", CreatedAt = _t1 }, default);
        (await App.ViewsAsync(kim.Id, default)).ShouldBe(
            [view with { Id = "view000000000002", Name = "A day", Query = "ruleset=bank" }, view with { Query = "ruleset=bank&by=model&compare=true", CreatedAt = _t1 }]);
        (await App.ViewsAsync("person0000000002", default)).ShouldBeEmpty();

        (await App.RemoveViewAsync("person0000000002", view.Id, default)).ShouldBeFalse();
        (await App.RemoveViewAsync(kim.Id, view.Id, default)).ShouldBeTrue();
        (await App.RemoveViewAsync(kim.Id, view.Id, default)).ShouldBeFalse();
        (await App.ViewsAsync(kim.Id, default)).ShouldHaveSingleItem().Name.ShouldBe("A day");
    }

    [Fact]
    public async Task Mutes_are_lines_of_which_the_newest_counts_and_none_changes()
    {
        MuteRecord Line(Instant at, MuteAction action, string alert, string? account = null, Instant? until = null) =>
            new(0, at, "kim", action, "bank", alert, account, until, action == MuteAction.Muted ? "noise" : null);
        await App.AddMuteAsync(Line(_t0, MuteAction.Muted, "low"), default);
        await App.AddMuteAsync(Line(_t0, MuteAction.Muted, "low", "acme", _t1), default);
        await App.AddMuteAsync(Line(_t0, MuteAction.Muted, "empty"), default);
        await App.AddMuteAsync(Line(_t1, MuteAction.Unmuted, "empty"), default);
        await App.AddMuteAsync(Line(_t2, MuteAction.Muted, "empty", "acme"), default);

        var log = await App.MuteLogAsync(long.MaxValue, 10, default);
        log.Select(static line => (line.At, line.By, line.Action, line.Ruleset, line.Alert, line.Account, line.Until, line.Reason)).ShouldBe(
        [
            (_t2, "kim", MuteAction.Muted, "bank", "empty", "acme", null, "noise"), (_t1, "kim", MuteAction.Unmuted, "bank", "empty", null, null, null),
            (_t0, "kim", MuteAction.Muted, "bank", "empty", null, null, "noise"), (_t0, "kim", MuteAction.Muted, "bank", "low", "acme", _t1, "noise"),
            (_t0, "kim", MuteAction.Muted, "bank", "low", null, null, "noise"),
        ]);
        (await App.MuteLogAsync(log[0].Position, 1, default)).ShouldHaveSingleItem().ShouldBe(log[1]);

        (await App.MutesAsync(_t0 - Duration.FromMinutes(1), default)).ShouldBe(log.Reverse());
        // What ended before is left out, and what ends it too.
        (await App.MutesAsync(_t1, default)).ShouldBe([log[4], log[0]]);
        var mutes = new Mutes(await App.MutesAsync(_t0, default));
        mutes.Of("bank", "low", "acme", _t0)!.Account.ShouldBeNull();
        mutes.Exactly("bank", "low", "acme", _t0)!.Until.ShouldBe(_t1);
        mutes.Exactly("bank", "low", "acme", _t1).ShouldBeNull();
        mutes.Of("bank", "empty", "else", _t0)!.Reason.ShouldBe("noise");
        mutes.Of("bank", "empty", "acme", _t1).ShouldBeNull();
        mutes.Holding(_t2).Select(static mute => (mute.Alert, mute.Account)).ShouldBe([("empty", "acme"), ("low", null)]);
    }

    [Fact]
    public async Task A_beat_answers_the_latest_of_all()
    {
        (await App.BeatAsync(_t1, default)).ShouldBe(_t1);
        (await App.BeatAsync(_t0, default)).ShouldBe(_t1);
        (await App.BeatAsync(_t2, default)).ShouldBe(_t2);
    }

    [Fact]
    public async Task A_message_is_due_at_the_webhooks_that_were_there_until_it_is_delivered_or_they_are_removed()
    {
        var first = new StoredWebhook("hook000000000001", "https://one.example/", new byte[] { 1, 2 }, _t0, "test");
        var second = new StoredWebhook("hook000000000002", "https://two.example/", new byte[] { 3 }, _t1, "test");
        await App.AddWebhookAsync(first, default);
        await App.AddWebhookAsync(second, default);
        (await App.WebhooksAsync(default)).Select(webhook => webhook.Id).ShouldBe([first.Id, second.Id]);
        var position = await TellAsync("acme");
        (await App.MessagesAsync(null, 0, 10, default)).ShouldHaveSingleItem().Position.ShouldBe(position);
        (await App.MessagesAsync("acme", position, 10, default)).ShouldBeEmpty();
        (await App.NewestMessagesAsync("acme", position + 1, 10, default)).ShouldHaveSingleItem().Body.ToArray().ShouldBe("{}"u8.ToArray());
        (await App.MessagesAsync(_nothing, 0, 10, default)).ShouldBeEmpty();

        var due = await App.TakeDueAsync(_t2, _t2 + Duration.FromMinutes(1), 10, default);
        due.Select(delivery => (delivery.Message, delivery.Webhook.Id, delivery.Attempts)).ShouldBe([(position, first.Id, 0), (position, second.Id, 0)], ignoreOrder: true);
        (await App.TakeDueAsync(_t2, _t2 + Duration.FromMinutes(1), 10, default)).ShouldBeEmpty();
        await App.NoteDeliveryAsync(first.Id, position, new DeliveryAttempt(1, _t2, 12, 500, "status"), DeliveryState.Waiting, _t2 + Duration.FromMinutes(5), default);
        var told = (await App.DeliveriesAsync(first.Id, long.MaxValue, 10, default))!.Value.ShouldHaveSingleItem();
        told.ShouldBe(new DeliveryRecord(position, DeliveryState.Waiting, 1, _t2 + Duration.FromMinutes(5), new DeliveryAttempt(1, _t2, 12, 500, "status")));
        await App.NoteDeliveryAsync(first.Id, position, new DeliveryAttempt(2, _t2, 3, 200, null), DeliveryState.Delivered, _t2, default);
        (await App.ResendAsync(first.Id, position, _t2, default)).ShouldBeTrue();
        (await App.TakeDueAsync(_t2, _t2 + Duration.FromMinutes(1), 10, default)).ShouldHaveSingleItem().Attempts.ShouldBe(2);

        await App.MuteDeliveryAsync(first.Id, position, default);
        (await App.DeliveriesAsync(first.Id, long.MaxValue, 10, default))!.Value.ShouldHaveSingleItem().ShouldBe(
            told with { State = DeliveryState.Muted, Attempts = 2, NextAt = null, Last = new DeliveryAttempt(2, _t2, 3, 200, null) });
        (await App.TakeDueAsync(_t2 + Duration.FromDays(1), _t2 + Duration.FromDays(2), 10, default)).ShouldHaveSingleItem().Webhook.Id.ShouldBe(second.Id);

        (await App.RemoveWebhookAsync(second.Id, _t2, default)).ShouldBeTrue();
        (await App.RemoveWebhookAsync(second.Id, _t2, default)).ShouldBeFalse();
        (await App.DeliveriesAsync(second.Id, long.MaxValue, 10, default))!.Value.ShouldHaveSingleItem().State.ShouldBe(DeliveryState.Removed);
        (await App.ResendAsync(second.Id, position, _t2, default)).ShouldBeFalse();
        (await App.DeliveriesAsync(_nothing, long.MaxValue, 10, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_first_version_changes_none_and_is_found_by_its_number_once_it_is_published()
    {
        var draft = new Draft { Id = "draft00000000001", Ruleset = "stall", Number = 1, Base = 0, Text = "text", State = DraftState.Draft, RowVersion = 1, Authors = ["Kim"], CreatedAt = _t0, ChangedAt = _t0 };
        await App.AddDraftAsync(draft, Line(draft, AuditAction.Created), default);
        (await App.DraftAsync(draft.Id, default))!.IsFirst.ShouldBeTrue();
        var published = draft with { State = DraftState.Published, RowVersion = 2, EffectiveAt = _t1, Approval = new Approval(Hash(2), "Max", _t1) };
        (await App.ChangeDraftAsync(published, Line(published, AuditAction.Published), default)).ShouldBeTrue();
        (await App.PublishedDraftAsync("stall", 1, default))!.Id.ShouldBe(draft.Id);
        (await App.PublishedDraftAsync("stall", 2, default)).ShouldBeNull();
        (await App.PublishedDraftAsync(_nothing, 1, default)).ShouldBeNull();

        // Any later version changes one.
        await Should.ThrowAsync<Exception>(async () => await App.AddDraftAsync(draft with { Id = "draft00000000002", Number = 2 }, Line(draft, AuditAction.Created), default));
    }

    [Fact]
    public async Task A_draft_is_changed_by_the_faster_one_and_its_line_is_written_with_it()
    {
        var draft = new Draft { Id = "draft00000000001", Ruleset = "bank", Number = 2, Base = 1, Text = "text", State = DraftState.Draft, RowVersion = 1, Authors = ["Kim"], CreatedAt = _t0, ChangedAt = _t0 };
        await App.AddDraftAsync(draft, Line(draft, AuditAction.Created), default);
        var approved = draft with
        {
            Text = "other \u00e9",
            State = DraftState.Approved,
            RowVersion = 2,
            Authors = ["Kim", "Lee"],
            ChangedAt = _t1,
            ReplaySha256 = Hash(1),
            EffectiveAt = _t2,
            Approval = new Approval(Hash(2), "Max", _t1),
        };
        (await App.ChangeDraftAsync(approved, Line(approved, AuditAction.Approved), default)).ShouldBeTrue();
        (await App.ChangeDraftAsync(approved, Line(approved, AuditAction.Approved), default)).ShouldBeFalse();
        var read = (await App.DraftAsync(draft.Id, default)).ShouldNotBeNull();
        (read.Text, read.State, read.RowVersion, read.ChangedAt, read.EffectiveAt).ShouldBe((approved.Text, approved.State, 2, _t1, _t2));
        read.Authors.ShouldBe(approved.Authors);
        read.ReplaySha256.ToArray().ShouldBe(Hash(1));
        (read.Approval!.By, read.Approval.At).ShouldBe(("Max", _t1));
        read.Approval.Sha256.ToArray().ShouldBe(Hash(2));
        (await App.DraftsAsync("bank", open: true, 10, default)).ShouldHaveSingleItem().Id.ShouldBe(draft.Id);
        (await App.DraftsAsync(_nothing, open: false, 10, default)).ShouldBeEmpty();
        (await App.PublishedDraftAsync("bank", 2, default)).ShouldBeNull();

        var lines = await App.AuditAsync("bank", draft.Id, long.MaxValue, 10, default);
        lines.Select(line => line.Action).ShouldBe([AuditAction.Approved, AuditAction.Created]);
        (await App.AuditAsync(null, null, lines[0].Position, 10, default)).ShouldHaveSingleItem().Action.ShouldBe(AuditAction.Created);
        (await App.AuditAsync(_nothing, null, long.MaxValue, 10, default)).ShouldBeEmpty();
        (await App.AuditAsync(null, _nothing, long.MaxValue, 10, default)).ShouldBeEmpty();
        (await App.DraftAsync(_nothing, default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_name_is_one_persons_and_a_link_signs_in_once()
    {
        var kim = Someone("person0000000001", "Kim", PersonRoles.Admin);
        await App.AddPersonAsync(kim, Line(kim, PersonAction.Added), default);
        var other = Someone("person0000000002", "kim", PersonRoles.Viewer);
        await Should.ThrowAsync<StoreException>(async () => await App.AddPersonAsync(other, Line(other, PersonAction.Added), default));
        (await App.PersonByNameAsync(Person.Lookup("kIM"), default)).ShouldBe(kim);
        (await App.PersonByNameAsync(Person.Lookup("kim "), default)).ShouldBeNull();
        (await App.PersonByNameAsync(_nothing, default)).ShouldBeNull();
        var changed = kim with { PasswordHash = "hash", Stamp = "next", FailedSignIns = 2, LockedUntil = _t2, RowVersion = 2 };
        (await App.ChangePersonAsync(changed, null, default)).ShouldBeTrue();
        (await App.ChangePersonAsync(changed, null, default)).ShouldBeFalse();
        (await App.PeopleAsync(default)).ShouldBe([changed]);
        // Nobody could let anybody in any more.
        await Should.ThrowAsync<StoreException>(async () => await App.ChangePersonAsync(changed with { RevokedAt = _t1, RowVersion = 3 }, null, default));

        await App.AddLinkAsync(new SignInLink(Hash(1), kim.Id, _t0, _t2), Line(kim, PersonAction.LinkIssued), default);
        await App.AddLinkAsync(new SignInLink(Hash(2), kim.Id, _t0, _t2), Line(kim, PersonAction.LinkIssued), default);
        (await App.LinkAsync(Hash(1), _t1, default)).ShouldBeNull();
        (await App.LinkAsync(Hash(2), _t1, default)).ShouldBe(kim.Id);
        (await App.LinkAsync(Hash(2), _t2, default)).ShouldBeNull();
        (await App.UseLinkAsync(Hash(2), _t1, default)).ShouldBeTrue();
        (await App.UseLinkAsync(Hash(2), _t1, default)).ShouldBeFalse();
        await App.TellAsync(Line(kim, PersonAction.SignedIn), default);
        (await App.PeopleLogAsync(kim.Id, long.MaxValue, 10, default)).Select(line => line.Action)
            .ShouldBe([PersonAction.SignedIn, PersonAction.LinkIssued, PersonAction.LinkIssued, PersonAction.Added]);
        (await App.PeopleLogAsync(_nothing, long.MaxValue, 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replay_is_listed_newest_first_without_its_result()
    {
        foreach (var number in new[] { 1, 2 })
        {
            await App.AddReplayAsync(new StoredReplay(0, $"replay000000000{number}", "bank", number == 1 ? "acme" : null, _t0, "Kim", _t1, ReplayState.Done, new byte[] { 1 }, new byte[] { 2, 3 })
            {
                Events = number == 1 ? 12 : null,
                Published = number == 1 ? "hash" : null,
            }, default);
        }

        var list = await App.ReplaysAsync("bank", long.MaxValue, 10, default);
        list.Select(replay => (replay.Id, replay.Account, replay.Result.Length, replay.Events, replay.Published)).ShouldBe(
            [("replay0000000002", null, 0, null, null), ("replay0000000001", "acme", 0, 12, "hash")]);
        (await App.ReplaysAsync("bank", list[0].Position, 10, default)).ShouldHaveSingleItem().Id.ShouldBe("replay0000000001");
        (await App.ReplaysAsync(_nothing, long.MaxValue, 10, default)).ShouldBeEmpty();
        (await App.ReplayAsync("replay0000000001", default))!.Result.ToArray().ShouldBe([2, 3]);
        (await App.ReplayAsync(_nothing, default)).ShouldBeNull();
    }

    [Fact]
    public async Task Imported_usage_is_read_from_where_one_stopped()
    {
        var batch = new UsageBatch("bank", 1, "import0000000001", "use.csv", Hash(1), _t0, "Kim", 100, Hash(2), 10, 9, 1, IsLast: false);
        var segments = ImmutableArray.Create(Segment(1, "a", "f"), Segment(2, "g", "m"));
        await App.AddUsageAsync(batch, segments, default);
        await Should.ThrowAsync<StoreException>(async () => await App.AddUsageAsync(batch, segments, default));
        var read = (await App.UsageBatchesAsync("bank", default)).ShouldHaveSingleItem();
        (read.Import, read.Source, read.Position, read.Events, read.Duplicates, read.IsLast).ShouldBe((batch.Import, batch.Source, 100, 9, 1, false));
        (await App.UsageBatchesAsync(_nothing, default)).ShouldBeEmpty();

        (await App.UsageSegmentsAsync("bank", null, _t2, (0, 0), 10, default)).Select(segment => segment.Number).ShouldBe([1, 2]);
        (await App.UsageSegmentsAsync("bank", null, _t2, (1, 1), 10, default)).ShouldHaveSingleItem().Ids.ToArray().ShouldBe([2]);
        (await App.UsageSegmentsAsync("bank", "h", _t2, (0, 0), 10, default)).ShouldHaveSingleItem().Number.ShouldBe(2);
        (await App.UsageSegmentsAsync("bank", null, _t0, (0, 0), 10, default)).ShouldBeEmpty();
        (await App.UsageSegmentsAsync("bank", _nothing, _t2, (0, 0), 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Import_is_taken_back_whole_and_only_once()
    {
        UsageBatch Batch(long number, string import) => new("bank", number, import, "use.csv", Hash(1), _t0, "Kim", 100, Hash(2), 10, 9, 1, IsLast: false);
        await App.AddUsageAsync(Batch(1, "import0000000001"), [Segment(1, "a", "f"), Segment(2, "g", "m")], default);
        await App.AddUsageAsync(Batch(2, "import0000000002"), [Segment(1, "a", "f") with { Batch = 2 }], default);
        await App.AddUsageAsync(Batch(3, "import0000000001"), [Segment(1, "n", "z") with { Batch = 3 }], default);

        await App.WithdrawUsageAsync("import0000000001", new UsageWithdrawal(_t1, "Lee"), default);

        (await App.UsageSegmentsAsync("bank", null, _t2, (0, 0), 10, default)).ShouldHaveSingleItem().Batch.ShouldBe(2);
        (await App.UsageBatchesAsync("bank", default)).Select(batch => batch.Withdrawn).ShouldBe([new UsageWithdrawal(_t1, "Lee"), null, new UsageWithdrawal(_t1, "Lee")]);
        await Should.ThrowAsync<StoreException>(async () => await App.WithdrawUsageAsync("import0000000001", new UsageWithdrawal(_t2, "Kim"), default));
        await Should.ThrowAsync<StoreException>(async () => await App.AddUsageAsync(Batch(4, "import0000000001"), [Segment(1, "a", "f") with { Batch = 4 }], default));
        (await App.UsageBatchesAsync("bank", default)).Length.ShouldBe(3);
    }

    private static StoredUsageSegment Segment(int number, string first, string last) =>
        new(1, number, first, last, _t0, _t1, 5, new byte[] { 1 }, Hash(3), new byte[] { 2 }, Hash(4));

    private static Person Someone(string id, string name, PersonRoles roles) =>
        new() { Id = id, Name = name, Roles = roles, Stamp = "stamp", CreatedAt = _t0, CreatedBy = "system", RowVersion = 1 };

    private static PersonRecord Line(Person person, PersonAction action) => new(0, _t0, "system", action, person.Id, person.Name, null);

    private static AuditRecord Line(Draft draft, AuditAction action) => new(0, _t0, "Kim", action, draft.Ruleset, draft.Id, draft.Number, Hash(9), "because", null);

    private static byte[] Hash(byte of) => SHA256.HashData([of]);

    private static void Same(StoredApiKey actual, StoredApiKey expected)
    {
        actual.Key.Rulesets.ShouldBe(expected.Key.Rulesets);
        (actual.Key with { Rulesets = [], Accounts = [] }).ShouldBe(expected.Key with { Rulesets = [], Accounts = [] });
        actual.Hash.ToArray().ShouldBe(expected.Hash.ToArray());
        actual.PreviousHash.ToArray().ShouldBe(expected.PreviousHash.ToArray());
        actual.PreviousUntil.ShouldBe(expected.PreviousUntil);
    }

    /// <summary>An account with an entry that has something to tell; the position of its message.</summary>
    private async Task<long> TellAsync(string account)
    {
        await _store.RunAsync(BankCommands.Open(account, _t0));
        await using (var transaction = await _store.BeginWriteAsync(default))
        {
            var before = (await transaction.AccountAsync(account, default))!;
            await transaction.AppendAsync(new AccountAppend
            {
                Before = before,
                Entries = [],
                Answers = [],
                Scopes = [],
                Cycles = [],
                Values = [],
                After = before.State,
                Messages = [new NewMessage(before.HeadSequence, 0, "{}"u8.ToArray())],
            }, default);
            await transaction.CommitAsync(default);
        }

        return (await App.NewestMessagesAsync(account, long.MaxValue, 1, default)).Single().Position;
    }
}
