using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using Dapper;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;

namespace Rules.Ledger.Storage.SqlServer;

/// <summary>The result sets that make an account: head, cycle, values, lots, open debts. The same for the locked read and for a snapshot.</summary>
internal sealed record AccountLines(HeadLine Head, CycleLine? Cycle, List<ValueLine> Values, List<LotLine> Lots, List<OpenDebtLine> Debts)
{
    /// <summary>Reads the five, and leaves the reader at the next one.</summary>
    public static async Task<AccountLines> ReadAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var head = (await reader.LinesAsync<HeadLine>(cancellationToken)).Single();
        var cycle = (await reader.LinesAsync<CycleLine>(cancellationToken)).SingleOrDefault();
        var values = await reader.LinesAsync<ValueLine>(cancellationToken);
        var lots = await reader.LinesAsync<LotLine>(cancellationToken);
        return new AccountLines(head, cycle, values, lots, await reader.LinesAsync<OpenDebtLine>(cancellationToken));
    }

    /// <summary>Null for an account that is not open.</summary>
    public StoredAccount? ToAccount(string account)
    {
        if (Head.AccountId is not { } number)
        {
            return null;
        }

        var state = new AccountState
        {
            Id = account,
            Ruleset = Head.Ruleset!,
            OpenedAt = Instants.FromMicroseconds(Head.OpenedAt!.Value),
            LastAt = Instants.FromMicroseconds(Head.LastAt!.Value),
            NextLot = Head.NextLot!.Value,
            NextDebt = Head.NextDebt!.Value,
            NextHold = Head.NextHold!.Value,
            Cycle = Cycle?.ToCycle(),
            Lots = [.. Lots.Select(lot => lot.ToState())],
            Debts = [.. Debts.Select(debt => debt.ToState())],
        };
        return new StoredAccount(number, WithValues(state, Values), Head.HeadSequence!.Value, Head.HeadHash, Head.Period!.Value);
    }

    /// <summary>A state with dated values, in their order.</summary>
    public static AccountState WithValues(AccountState state, IEnumerable<ValueLine> values)
    {
        var lines = values.ToLookup(value => (DatedValueKind)value.Kind);
        return state with
        {
            Facts = [.. lines[DatedValueKind.Fact].Select(line => line.ToValue())],
            Terms = [.. lines[DatedValueKind.Term].Select(line => line.ToValue())],
            Plans = [.. lines[DatedValueKind.Plan].Select(line => line.ToValue())],
            Addons = [.. lines[DatedValueKind.Addon].Select(line => line.ToValue())],
            Version = lines[DatedValueKind.Version].LastOrDefault() is { } version ? int.Parse(version.Value, CultureInfo.InvariantCulture) : null,
        };
    }
}

internal static class Lines
{
    /// <summary>The rows of the current result set; the reader then stands at the next. An error that the server met after a row is thrown here.</summary>
    public static async Task<List<T>> LinesAsync<T>(this DbDataReader reader, CancellationToken cancellationToken)
    {
        var lines = new List<T>();
        if (await reader.ReadAsync(cancellationToken))
        {
            var parse = reader.GetRowParser<T>();
            do
            {
                lines.Add(parse(reader));
            }
            while (await reader.ReadAsync(cancellationToken));
        }

        await reader.NextResultAsync(cancellationToken);
        return lines;
    }
}

// Lines are filled by Dapper from columns of the same name; their types are those that the client gives for the columns' types.
#pragma warning disable CA1812 // Made by Dapper.

/// <summary>One row, of NULLs for an account that is not open.</summary>
internal sealed class HeadLine
{
    public long? AccountId { get; set; }

    public string? Ruleset { get; set; }

    public long? OpenedAt { get; set; }

    public long? HeadSequence { get; set; }

    public byte[]? HeadHash { get; set; }

    public long? LastAt { get; set; }

    public long? NextLot { get; set; }

    public long? NextDebt { get; set; }

    public long? NextHold { get; set; }

    public int? Period { get; set; }

    public int Versions { get; set; }

    public long Clock { get; set; }
}

internal sealed class CycleLine
{
    public int Number { get; set; }

    public string Anchor { get; set; } = "";

    public long StartAt { get; set; }

    public long EndAt { get; set; }

    public long Sequence { get; set; }

    public int Period { get; set; }

    public Cycle ToCycle() => new(Number, Instants.FromAnchor(Anchor), Instants.FromMicroseconds(StartAt), Instants.FromMicroseconds(EndAt));
}

internal sealed class ValueLine
{
    public byte Kind { get; set; }

    public string Name { get; set; } = "";

    public string Value { get; set; } = "";

    public long FromAt { get; set; }

    public long Sequence { get; set; }

    public DatedValue ToValue() => new(Name, Value, Instants.FromMicroseconds(FromAt));
}

internal sealed class LotLine
{
    public long Number { get; set; }

    public string Id { get; set; } = "";

    public string Bucket { get; set; } = "";

    public byte Origin { get; set; }

    public long Amount { get; set; }

    public long CreatedAt { get; set; }

    public long EffectiveAt { get; set; }

    public long? ExpiresAt { get; set; }

    public int? Priority { get; set; }

    public string? Cost { get; set; }

    public int? Cycle { get; set; }

    public byte? RollKind { get; set; }

    public long? RollAt { get; set; }

    public long? RollMin { get; set; }

    public long? RollMax { get; set; }

    public string? RollPercent { get; set; }

    public int? EveryCount { get; set; }

    public byte? EveryUnit { get; set; }

    public string? EveryAnchor { get; set; }

    public string? EveryZone { get; set; }

    public bool? EveryAdds { get; set; }

    public long? EveryUntil { get; set; }

    /// <summary>Of the entry that made it.</summary>
    public long Sequence { get; set; }

    public long Granted { get; set; }

    public long Available { get; set; }

    public long Held { get; set; }

    public long Spent { get; set; }

    public long Expired { get; set; }

    public long Moved { get; set; }

    /// <summary>Its own number where it ended before its time.</summary>
    public long? EndedLot { get; set; }

    public long? Successor { get; set; }

    public Lot ToLot() => new()
    {
        Number = Number,
        Id = Id,
        Bucket = Bucket,
        Origin = (LotOrigin)Origin,
        Amount = Amount,
        CreatedAt = Instants.FromMicroseconds(CreatedAt),
        EffectiveAt = Instants.FromMicroseconds(EffectiveAt),
        ExpiresAt = ExpiresAt is { } end ? Instants.FromMicroseconds(end) : null,
        Priority = Priority,
        Cost = Cost is { } cost ? ExactDecimal.Parse(cost) : null,
        Cycle = Cycle,
        Rollover = RollKind is { } kind ? new LotRollover((RolloverKind)kind, ToInstant(RollAt), RollMin!.Value, RollMax, RollPercent is { } percent ? ExactDecimal.Parse(percent) : null) : null,
        Series = EveryCount is { } count
            ? new LotSeries(new CalendarSpan(count, (CalendarUnit)EveryUnit!.Value), Instants.FromAnchor(EveryAnchor!), EveryZone!, EveryAdds!.Value, ToInstant(EveryUntil))
            : null,
    };

    private static Instant? ToInstant(long? microseconds) => microseconds is { } at ? Instants.FromMicroseconds(at) : null;

    public LotState ToState() => new(ToLot(), Granted, Available, Held, Spent, Expired, Moved) { IsEnded = EndedLot is not null, Successor = Successor };
}

internal sealed class OpenDebtLine
{
    public long Number { get; set; }

    public string Action { get; set; } = "";

    public long Amount { get; set; }

    public long OwedAt { get; set; }

    public long Owed { get; set; }

    public int Repayments { get; set; }

    /// <summary>Of the entry that made it.</summary>
    public long Sequence { get; set; }

    public Debt ToDebt() => new(Number, Action, Amount, Instants.FromMicroseconds(OwedAt));

    public DebtState ToState() => new(ToDebt(), Owed, Repayments);
}

internal sealed class HoldRowLine
{
    public long Number { get; set; }

    public string Id { get; set; } = "";

    public string Action { get; set; } = "";

    public int Version { get; set; }

    public long Amount { get; set; }

    public long HeldAt { get; set; }

    public long ExpiresAt { get; set; }

    /// <summary>Of the entry that made it.</summary>
    public long Sequence { get; set; }

    public byte? Kind { get; set; }

    public long? Charged { get; set; }

    public long? Returned { get; set; }

    public string? Asked { get; set; }

    public byte[]? Event { get; set; }

    public Hold ToHold(ImmutableArray<HoldLine> lines) => new()
    {
        Number = Number,
        Id = Id,
        Action = Action,
        Version = Version,
        Amount = Amount,
        HeldAt = Instants.FromMicroseconds(HeldAt),
        ExpiresAt = Instants.FromMicroseconds(ExpiresAt),
        Lines = lines,
    };

    public HoldSettlement? ToSettlement() => Kind is { } kind ? new HoldSettlement(Number, (SettlementKind)kind, Charged!.Value, Returned!.Value, Asked!) : null;
}

internal sealed class AnswerLine
{
    public string IdempotencyKey { get; set; } = "";

    public long? Sequence { get; set; }

    public byte[]? RequestHash { get; set; }

    public bool? Accepted { get; set; }

    public byte? Outcome { get; set; }

    public byte[]? Body { get; set; }

    public StoredAnswer ToAnswer() => new(Accepted ?? true, RequestHash ?? [], (QuoteOutcome?)Outcome, Sequence, Body ?? []);
}

internal sealed class ScopeLine
{
    public byte[] ScopeHash { get; set; } = [];

    public long BeganAt { get; set; }

    public int Version { get; set; }

    public long Posted { get; set; }

    public long Reversed { get; set; }

    public long ListedPosted { get; set; }

    public byte[] Totals { get; set; } = [];

    public ScopeState ToScope(ScopeId id)
    {
        var bodies = ScopeText.Read(Totals, out var draws, out var regained);
        return new ScopeState
        {
            Id = id,
            BeganAt = Instants.FromMicroseconds(BeganAt),
            Version = Version,
            Posted = Posted,
            Reversed = Reversed,
            ListedPosted = ListedPosted,
            Bodies = bodies,
            Draws = draws,
            Regained = regained,
        };
    }
}
#pragma warning restore CA1812
