using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Ledger.Storage;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    /// <summary>Adds up the use of all accounts of a ruleset by day and up to two names. Reads the uses of the window and keeps the totals only.</summary>
    public async Task<UsageTotals> TotalsAsync(UsageTotalsFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var decimals = Rulesets.Find(filter.Ruleset) is { } ruleset ? Decimals(ruleset) : 0;
        var days = new DayFinder(filter.Zone);
        var rows = new Dictionary<(LocalDate Day, string Key), UsageTotal>();
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        var uses = new UsageFilter(filter.From, filter.To, filter.By, filter.Account, filter.Ruleset);
        await foreach (var use in snapshot.UsesAsync(uses, null, cancellationToken))
        {
            ImmutableArray<string?> values = [.. filter.By.Select(name => name switch
            {
                "account" => use.Account,
                "action" => use.Action,
                "version" => use.Version?.ToString(CultureInfo.InvariantCulture),
                _ => UsageGroups.Recorded(use.Event.Span, name),
            })];
            var key = (days.DayOf(use.OccurredAt), UsageCursor.KeyOf(values));
            if (!rows.TryGetValue(key, out var row))
            {
                if (rows.Count == UsageTotals.MostRows)
                {
                    return new UsageTotals([], decimals, UsageFault.TooManyGroups);
                }

                row = new UsageTotal(values, key.Item1, 0, 0, ExactDecimal.Zero);
            }

            rows[key] = use.Kind == EntryKind.Reversal
                ? row with { Units = row.Units - use.Amount }
                : row with { Events = row.Events + 1, Units = row.Units + use.Amount, Quantity = row.Quantity + QuantityOf(use.Event.Span, filter.Meter) };
        }

        return new UsageTotals([.. rows.Values], decimals);
    }

    /// <summary>What each account used within <c>[from, to)</c> by quarters of an hour, by account, then by quarter.</summary>
    /// <param name="account">Null for all.</param>
    public async Task<ImmutableArray<QuarterUse>> QuartersAsync(Instant from, Instant to, string? account, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        return await snapshot.UsesByQuarterAsync(from, to, account, cancellationToken);
    }

    /// <summary>What each version of a ruleset charged, by version; a version that charged nothing is left out. Read from an index, without the entries.</summary>
    public async Task<ImmutableArray<VersionUse>> VersionUsesAsync(string ruleset, CancellationToken cancellationToken)
    {
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        return await snapshot.UsesByVersionAsync(ruleset, cancellationToken);
    }

    private static ExactDecimal QuantityOf(ReadOnlySpan<byte> json, string? meter)
    {
        if (meter is null)
        {
            return ExactDecimal.Zero;
        }

        var reader = new Utf8JsonReader(json);
        var inside = false;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == 1)
            {
                inside = reader.ValueTextEquals("quantities"u8);
            }
            else if (inside && reader.CurrentDepth == 2 && reader.ValueTextEquals(meter))
            {
                reader.Read();
                return ExactDecimal.TryParse(reader.GetString(), out var quantity) ? quantity : ExactDecimal.Zero;
            }
        }

        return ExactDecimal.Zero;
    }

    // Uses come day by day as a rule, so the last day is asked first.
    private sealed class DayFinder(DateTimeZone zone)
    {
        private LocalDate _day;
        private Instant _from;
        private Instant _until;

        public LocalDate DayOf(Instant at)
        {
            if (at < _from || at >= _until)
            {
                _day = at.InZone(zone).Date;
                _from = zone.AtStartOfDay(_day).ToInstant();
                _until = zone.AtStartOfDay(_day.PlusDays(1)).ToInstant();
            }

            return _day;
        }
    }
}
