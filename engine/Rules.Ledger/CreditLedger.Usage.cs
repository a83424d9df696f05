using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Rules.Engine.Accounts;
using Rules.Engine.Wire;
using Rules.Ledger.Storage;

namespace Rules.Ledger;

public sealed partial class CreditLedger
{
    private const int LargestReport = 1000;

    /// <summary>
    /// Adds up use by account and up to two recorded names over a window, page by page. Reads the uses of the window and no others, one account
    /// at a time; a limit outside 1 to 1,000 is brought inside.
    /// </summary>
    public async Task<UsageReport> UsageAsync(UsageFilter filter, CancellationToken cancellationToken)
    {
        if (!UsageCursor.TryParse(filter.After, out var after))
        {
            return new UsageReport([], null, UsageFault.CursorInvalid);
        }

        var limit = Math.Clamp(filter.Limit, 1, LargestReport);
        var page = ImmutableArray.CreateBuilder<UsageRow>();
        await using var snapshot = await _store.BeginReadAsync(cancellationToken);
        UsageGroups? groups = null;
        await foreach (var use in snapshot.UsesAsync(filter, after.Account, cancellationToken))
        {
            if (groups is not null && !string.Equals(groups.Account, use.Account, StringComparison.Ordinal))
            {
                groups.AddTo(page, after);
                groups = null;
                if (page.Count > limit)
                {
                    break;
                }
            }

            groups ??= new UsageGroups(use.Account, use.Ruleset, Rulesets.Find(use.Ruleset) is { } ruleset ? Decimals(ruleset) : 0, filter.By);
            if (!groups.Add(use))
            {
                return new UsageReport([], null, UsageFault.TooManyGroups);
            }
        }

        groups?.AddTo(page, after);
        if (page.Count <= limit)
        {
            return new UsageReport(page.ToImmutable(), null);
        }

        var rows = page.Take(limit).ToImmutableArray();
        return new UsageReport(rows, UsageCursor.After(rows[^1]));
    }

    /// <summary>The uses of one account, added up by their values.</summary>
    private sealed class UsageGroups(string account, string ruleset, int decimals, ImmutableArray<string> by)
    {
        private readonly SortedDictionary<string, UsageRow> _rows = new(StringComparer.Ordinal);

        public string Account => account;

        public bool Add(StoredUse use)
        {
            var values = ImmutableArray.CreateBuilder<string?>(by.Length);
            foreach (var name in by)
            {
                values.Add(name == "action" ? use.Action : Recorded(use.Event.Span, name));
            }

            var key = UsageCursor.KeyOf(values);
            if (!_rows.TryGetValue(key, out var row))
            {
                if (_rows.Count == UsageReport.MostGroups)
                {
                    return false;
                }

                row = new UsageRow(account, ruleset, decimals, values.ToImmutable(), 0, 0);
            }

            _rows[key] = use.Kind == EntryKind.Reversal
                ? row with { Units = row.Units - use.Amount }
                : row with { Events = row.Events + 1, Units = row.Units + use.Amount };
            return true;
        }

        public void AddTo(ImmutableArray<UsageRow>.Builder page, UsageCursor after)
        {
            foreach (var (key, row) in _rows)
            {
                if (!string.Equals(after.Account, account, StringComparison.Ordinal) || string.CompareOrdinal(key, after.Key) > 0)
                {
                    page.Add(row);
                }
            }
        }

        // What an event says of a name: recorded beside it, as a key, or as a fact.
        public static string? Recorded(ReadOnlySpan<byte> json, string name)
        {
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
                    inside = reader.ValueTextEquals("record"u8) || reader.ValueTextEquals("keys"u8) || reader.ValueTextEquals("facts"u8);
                }
                else if (inside && reader.CurrentDepth == 2 && reader.ValueTextEquals(name))
                {
                    reader.Read();
                    return reader.GetString();
                }
            }

            return null;
        }
    }

    /// <summary>The last row of a page: account and values.</summary>
    private readonly record struct UsageCursor(string? Account, string Key)
    {
        public static string KeyOf(IReadOnlyList<string?> values) =>
            string.Concat(values.Select(static value => value is null ? "-\0" : $"+{value}\0"));

        public static string After(UsageRow row) =>
            Convert.ToHexStringLower(Encoding.UTF8.GetBytes($"{row.Account}\n{KeyOf(row.Values)}"));

        public static bool TryParse(string? text, out UsageCursor cursor)
        {
            cursor = new UsageCursor(null, "");
            if (text is null)
            {
                return true;
            }

            var bytes = new byte[text.Length / 2];
            if (text.Length is < 4 or > 16_384 || Convert.FromHexString(text, bytes, out _, out var written) != System.Buffers.OperationStatus.Done)
            {
                return false;
            }

            var parts = Encoding.UTF8.GetString(bytes, 0, written).Split('\n', 2);
            cursor = new UsageCursor(parts[0], parts[^1]);
            return parts.Length == 2 && IdText.IsValid(parts[0]);
        }
    }
}
