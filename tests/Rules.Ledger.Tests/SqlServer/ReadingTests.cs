using System.Reflection;
using Dapper;
using NodaTime;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Ledger.Storage.SqlServer;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>
/// Result sets and the lines they are read into: names and types of columns are those that the schema and the texts say, given by a reader as the client
/// would give them.
/// </summary>
public sealed class ReadingTests
{
    /// <summary>Each text that answers, with the lines of its result sets in their order.</summary>
    private static readonly Dictionary<string, Type[]> _lines = new(StringComparer.Ordinal)
    {
        ["ledger.lock_and_read"] = [typeof(HeadLine), typeof(CycleLine), typeof(ValueLine), typeof(LotLine), typeof(OpenDebtLine), typeof(AnswerLine), typeof(string)],
        ["ledger.open_account"] = [typeof(long)],
        ["ledger.lock_catalogue"] = [Nested(typeof(SqlServerWriteTransaction), "CatalogueLine")],
        ["SqlServerAccountReader.SelectAnswer"] = [typeof(AnswerLine)],
        ["SqlServerAccountReader.SelectLotId"] = [typeof(long)],
        ["SqlServerAccountReader.SelectScopes"] = [typeof(ScopeLine)],
        ["SqlServerReadSnapshot.SelectAccount"] = [typeof(HeadLine), typeof(CycleLine), typeof(ValueLine), typeof(LotLine), typeof(OpenDebtLine)],
        ["SqlServerAccountReader.SelectLotsByNumber"] = [typeof(LotLine)],
        ["SqlServerAccountReader.SelectLotById"] = [typeof(LotLine)],
        ["SqlServerAccountReader.SelectLiveLots"] = [typeof(LotLine)],
        ["SqlServerAccountReader.SelectHasUse"] = [typeof(long)],
        ["SqlServerAccountReader.SelectHolds"] = [typeof(HoldRowLine), Reader("HeldLine")],
        ["SqlServerAccountReader.SelectUse"] = [Reader("UseRowLine"), typeof(long), Reader("UsePostingLine")],
        ["SqlServerAccountReader.SelectUseOf"] = [Reader("UseRowLine"), typeof(long), Reader("UsePostingLine")],
        ["SqlServerReadSnapshot.SelectVersions"] = [Snapshot("VersionLine")],
        ["SqlServerReadSnapshot.SelectAccountAt"] =
            [Snapshot("HeadAtLine"), typeof(CycleLine), typeof(ValueLine), typeof(LotLine), typeof(OpenDebtLine), typeof(HoldRowLine), Reader("HeldLine")],
        ["SqlServerReadSnapshot.SelectOpenHolds"] = [typeof(long)],
        ["SqlServerReadSnapshot.SelectAccounts"] = [Snapshot("AccountLine")],
        ["SqlServerReadSnapshot.SelectAccountIds"] = [typeof(string)],
        ["SqlServerReadSnapshot.EntryColumns"] = [Snapshot("EntryLine")],
        ["SqlServerReadSnapshot.SelectEntriesOfAll"] = [Snapshot("EntryLine")],
        ["SqlServerReadSnapshot.SelectEntriesOfAccount"] = [Snapshot("EntryLine")],
        ["SqlServerReadSnapshot.SelectEntryByKey"] = [Snapshot("EntryLine")],
        ["SqlServerReadSnapshot.SelectEntry"] = [Snapshot("EntryLine")],
        ["SqlServerReadSnapshot.SelectProofAccounts"] = [Snapshot("ProofAccount")],
        ["SqlServerReadSnapshot.SelectAllLots"] = [typeof(LotLine)],
        ["SqlServerReadSnapshot.SelectSequences"] = [Snapshot("SequencesLine")],
        ["SqlServerReadSnapshot.SelectProofs"] = [Snapshot("ProofLine"), Snapshot("PostingLine"), typeof(LotLine), typeof(ValueLine), typeof(CycleLine),
            Snapshot("LotEndLine"), typeof(OpenDebtLine), Snapshot("PaidLine"), typeof(HoldRowLine), Snapshot("SettlementLine"), Snapshot("UndoneRowLine"), Snapshot("BillLine"),
            Snapshot("CheckpointLine")],
        ["SqlServerReadSnapshot.SelectCheckpoint"] = [Snapshot("CheckpointLine")],
        ["SqlServerReadSnapshot.SelectCheckpointsDue"] = [typeof(string)],
        ["SqlServerReadSnapshot.SelectHeads"] = [Snapshot("AccountHeadLine")],
        ["SqlServerReadSnapshot.SelectHeadsBefore"] = [Snapshot("AccountHeadLine")],
        ["SqlServerReadSnapshot.SelectEntryHash"] = [typeof(byte[])],
        ["SqlServerReadSnapshot.SelectIntegrity"] = [typeof(string)],
        ["SqlServerAppStore.KeyColumns"] = [Nested(typeof(SqlServerAppStore), "KeyLine")],
        ["SqlServerAppStore.SelectKey"] = [Nested(typeof(SqlServerAppStore), "KeyLine")],
        ["SqlServerAppStore.SelectKeys"] = [Nested(typeof(SqlServerAppStore), "KeyLine")],
        ["SqlServerAppStore.SelectKeyLog"] = [Nested(typeof(SqlServerAppStore), "KeyRecordLine")],
        ["SqlServerAppStore.SelectMutes"] = [Nested(typeof(SqlServerAppStore), "MuteLine")],
        ["SqlServerAppStore.SelectMuteLog"] = [Nested(typeof(SqlServerAppStore), "MuteLine")],
        ["SqlServerAppStore.SelectViews"] = [Nested(typeof(SqlServerAppStore), "ViewLine")],
        ["SqlServerAppStore.Beat"] = [typeof(long)],
        ["SqlServerAppStore.SelectMessages"] = [Nested(typeof(SqlServerAppStore), "MessageLine")],
        ["SqlServerAppStore.SelectNewest"] = [Nested(typeof(SqlServerAppStore), "MessageLine")],
        ["SqlServerAppStore.SelectNewestOfAccount"] = [Nested(typeof(SqlServerAppStore), "MessageLine")],
        ["SqlServerAppStore.SelectMessagesOfAccount"] = [Nested(typeof(SqlServerAppStore), "MessageLine")],
        ["SqlServerAppStore.SelectWebhooks"] = [Nested(typeof(SqlServerAppStore), "WebhookLine")],
        ["SqlServerAppStore.SelectWebhook"] = [typeof(long)],
        ["SqlServerAppStore.SelectDue"] = [Nested(typeof(SqlServerAppStore), "DueLine")],
        ["SqlServerAppStore.SelectDeliveries"] = [Nested(typeof(SqlServerAppStore), "DeliveryLine")],
        ["SqlServerAppStore.SelectDraft"] = [Nested(typeof(SqlServerAppStore), "DraftLine")],
        ["SqlServerAppStore.SelectPublishedDraft"] = [Nested(typeof(SqlServerAppStore), "DraftLine")],
        ["SqlServerAppStore.SelectDrafts"] = [Nested(typeof(SqlServerAppStore), "DraftLine")],
        ["SqlServerAppStore.SelectComments"] = [Nested(typeof(SqlServerAppStore), "CommentLine")],
        ["SqlServerAppStore.SelectGuardLimits"] = [Nested(typeof(SqlServerAppStore), "GuardLimitLine")],
        ["SqlServerAppStore.SelectAudit"] = [Nested(typeof(SqlServerAppStore), "AuditLine")],
        ["SqlServerAppStore.PersonColumns"] = [Nested(typeof(SqlServerAppStore), "PersonLine")],
        ["SqlServerAppStore.SelectPerson"] = [Nested(typeof(SqlServerAppStore), "PersonLine")],
        ["SqlServerAppStore.SelectPersonByName"] = [Nested(typeof(SqlServerAppStore), "PersonLine")],
        ["SqlServerAppStore.SelectPeople"] = [Nested(typeof(SqlServerAppStore), "PersonLine")],
        ["SqlServerAppStore.SelectPeopleLog"] = [Nested(typeof(SqlServerAppStore), "PersonRecordLine")],
        ["SqlServerAppStore.SelectLink"] = [typeof(string)],
        ["SqlServerAppStore.SelectReplay"] = [Nested(typeof(SqlServerAppStore), "ReplayLine")],
        ["SqlServerAppStore.SelectReplays"] = [Nested(typeof(SqlServerAppStore), "ReplayLine")],
        ["SqlServerAppStore.SelectUsageBatches"] = [Nested(typeof(SqlServerAppStore), "UsageBatchLine")],
        ["SqlServerAppStore.SelectUsageSegments"] = [Nested(typeof(SqlServerAppStore), "UsageSegmentLine")],
        ["SqlServerAppStore.SelectLastUsage"] = [typeof(long)],
        ["SqlServerAppStore.SelectPastSegments"] = [Nested(typeof(SqlServerAppStore), "PastSegmentLine")],
        ["SqlServerAppStore.SelectLastPastGeneration"] = [Nested(typeof(SqlServerAppStore), "PastSegmentLine")],
        ["SqlServerReadSnapshot.SelectUses"] = [Snapshot("UseLine")],
        ["SqlServerReadSnapshot.SelectQuarters"] = [Snapshot("QuarterLine")],
        ["SqlServerReadSnapshot.SelectVersionUses"] = [Snapshot("VersionUseLine")],
        ["SqlServerReadSnapshot.SelectMoments"] = [Snapshot("MomentLine")],
        ["SqlServerReadSnapshot.SelectSumsOfAll"] = [Snapshot("SumLine")],
        ["SqlServerReadSnapshot.SelectSumsOfAccount"] = [Snapshot("SumLine")],
        ["SqlServerReadSnapshot.SelectStatement"] = [Snapshot("MovedLine")],
        ["SqlServerReadSnapshot.BillColumns"] = [Snapshot("InvoiceRowLine")],
        ["SqlServerReadSnapshot.SelectBills"] = [Snapshot("InvoiceRowLine")],
        ["SqlServerReadSnapshot.SelectBill"] = [Snapshot("InvoiceRowLine")],
        ["SqlServerReadSnapshot.SelectBillLines"] = [Snapshot("BilledLine")],
        ["SqlServerMigrator.SelectHistory"] = [typeof(Storage.AppliedMigration)],
        ["SqlServerMigrator.SelectHistoryTable"] = [Nested(typeof(SqlServerMigrator), "Found")],
        ["SqlServerMigrator.TakeLock"] = [typeof(int)],
        ["ServerSettings.Select"] = [typeof(ServerSettings)],
    };

    public static TheoryData<string> Answering => [.. _lines.Keys];

    [Theory]
    [MemberData(nameof(Answering))]
    public void Every_column_is_read_into_its_property(string name)
    {
        var sets = Sets(name);
        sets.Count.ShouldBe(_lines[name].Length);
        foreach (var (set, line) in sets.Zip(_lines[name]))
        {
            using var reader = ResultSets.Reader([set], Sample);
            reader.Read().ShouldBeTrue();
            var read = reader.GetRowParser(line)(reader);
            foreach (var column in set)
            {
                var value = line.GetProperty(column.Name, BindingFlags.Instance | BindingFlags.Public) is { } property ? property.GetValue(read) : set.Count == 1 ? read : null;
                value.ShouldBe(Sample(column), $"{name}: {line.Name}.{column.Name}");
            }
        }
    }

    [Fact]
    public void Every_text_that_answers_is_read_by_a_line()
    {
        var answering = TSql.Constants.Where(text => text.Script.Batches.Count > 0 && ResultSets.Of(text.Script).Count > 0).Select(text => text.Name);
        answering.Except(_lines.Keys, StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Fact]
    public void The_locked_read_and_a_snapshot_give_an_account_in_the_same_form() =>
        Sets("ledger.lock_and_read").Take(5).SelectMany(set => set.Select(column => (column.Name, column.Type)))
            .ShouldBe(Sets("SqlServerReadSnapshot.SelectAccount").SelectMany(set => set.Select(column => (column.Name, column.Type))));

    [Fact]
    public async Task An_account_is_made_of_its_result_sets()
    {
        using var reader = ResultSets.Reader(Sets("ledger.lock_and_read"), column => column.Name switch
        {
            "Anchor" or "EveryAnchor" => "2026-03-01T10:00:00",
            "Cost" => "0.02",
            "RollPercent" => "50",
            "RollKind" => (byte)RolloverKind.Carries,
            "EveryUnit" => (byte)CalendarUnit.Month,
            "Kind" => (byte)1,
            "Origin" => (byte)3,
            "EndAt" => 8L,
            _ => Sample(column),
        });
        var lines = await AccountLines.ReadAsync(reader, default);
        var account = lines.ToAccount("acme").ShouldNotBeNull();
        account.Number.ShouldBe(7);
        account.HeadSequence.ShouldBe(7);
        account.Period.ShouldBe(7);
        account.HeadHash.Length.ShouldBe(32);
        account.State.Id.ShouldBe("acme");
        account.State.Cycle.ShouldBe(new Cycle(7, new LocalDateTime(2026, 3, 1, 10, 0), Instant.FromUnixTimeTicks(70), Instant.FromUnixTimeTicks(80)));
        account.State.Facts.ShouldBe([new DatedValue("text", "text", Instant.FromUnixTimeTicks(70))]);
        var lot = account.State.Lots.ShouldHaveSingleItem().Lot;
        lot.Origin.ShouldBe(LotOrigin.Grant);
        lot.Rollover.ShouldBe(new LotRollover(RolloverKind.Carries, Instant.FromUnixTimeTicks(70), 7, 7, 50));
        lot.Series.ShouldBe(new LotSeries(new CalendarSpan(7, CalendarUnit.Month), new LocalDateTime(2026, 3, 1, 10, 0), "text", true, Instant.FromUnixTimeTicks(70)));
        lines.Head.Versions.ShouldBe(7);
        lines.Head.Clock.ShouldBe(7);
    }

    [Fact]
    public async Task An_account_that_is_not_open_is_a_row_of_nulls()
    {
        using var reader = ResultSets.Reader([Sets("ledger.lock_and_read")[0]], column => column.Name is "Versions" or "Clock" ? Sample(column) : null);
        (await reader.LinesAsync<HeadLine>(default)).ShouldHaveSingleItem().AccountId.ShouldBeNull();
    }

    private static List<List<ResultColumn>> Sets(string name)
    {
        if (TSql.Constants.FirstOrDefault(text => text.Name == name) is { } constant)
        {
            return ResultSets.Of(constant.Script);
        }

        return ResultSets.Of(TSql.Scripts.SelectMany(script => script.Script.Find<Microsoft.SqlServer.TransactSql.ScriptDom.CreateProcedureStatement>())
            .Single(procedure => procedure.ProcedureReference.Name.Name() == name));
    }

    private static object Sample(ResultColumn column) => column.Type switch
    {
        { } type when type == typeof(long) => 7L,
        { } type when type == typeof(int) => 7,
        { } type when type == typeof(byte) => (byte)7,
        { } type when type == typeof(bool) => true,
        { } type when type == typeof(string) => "text",
        _ => new byte[32],
    };

    private static Type Reader(string name) => Nested(typeof(SqlServerAccountReader), name);

    private static Type Snapshot(string name) => Nested(typeof(SqlServerReadSnapshot), name);

    private static Type Nested(Type type, string name) => type.GetNestedType(name, BindingFlags.NonPublic) ?? throw new InvalidOperationException($"{type.Name} has no {name}.");
}
