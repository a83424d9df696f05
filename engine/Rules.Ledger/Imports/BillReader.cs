using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Wire;

namespace Rules.Ledger.Imports;

/// <summary>Which columns of a bill say what.</summary>
/// <param name="Value">By which its rows are compared: a customer, an action, a model.</param>
/// <param name="Amount">Plain decimal numbers; those below zero take off.</param>
/// <param name="Day">A day, or an instant with its offset; null: every row belongs to the window.</param>
public sealed record BillMapping(string Value, string Amount, string? Day);

/// <summary>What a bill has under one value.</summary>
/// <param name="Value">Null where its rows leave the field empty.</param>
/// <param name="Rows">Of the file; at least 1.</param>
public sealed record BilledValue(string? Value, ExactDecimal Amount, long Rows);

/// <summary>A bill that was read.</summary>
/// <param name="Values">In no order; incomplete where there are mistakes.</param>
/// <param name="Rows">Of the file, without its header.</param>
/// <param name="Outside">Rows of days outside the window, which <paramref name="Values"/> leaves out.</param>
/// <param name="Mistakes">The first of them, by line.</param>
/// <param name="MistakeCount">All of them.</param>
public sealed record ReadBill(ImmutableArray<BilledValue> Values, long Rows, long Outside, ImmutableArray<UsageMistake> Mistakes, long MistakeCount);

/// <summary>Reads a bill that somebody else made: CSV with a header. Every row is read or named as a mistake.</summary>
public static class BillReader
{
    /// <summary>Mistakes that are told.</summary>
    public const int MostMistakes = 20;

    /// <summary>Different values.</summary>
    public const int MostValues = 200_000;

    /// <summary>Characters of a value.</summary>
    public const int LongestValue = 400;

    /// <summary>Digits of an amount.</summary>
    public const int MostDigits = 40;

    /// <param name="first">The first day of the window.</param>
    /// <param name="last">The last day of the window; inclusive.</param>
    /// <param name="zone">Whose days they are.</param>
    public static async Task<ReadBill> ReadAsync(Stream file, BillMapping mapping, LocalDate first, LocalDate last, DateTimeZone zone, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        var run = new Run(mapping, first, last, zone);
        using var records = new UsageRecords(file, isCsv: true);
        var isHead = true;
        while (await records.MoveNextAsync(cancellationToken))
        {
            if (isHead)
            {
                isHead = false;
                if (!run.ReadHead(records.Record.Span))
                {
                    return run.End();
                }
            }
            else if (records.Record.Span.IndexOfAnyExcept(" \t"u8) >= 0)
            {
                run.Read(records.Record.Span, records.Line);
            }

            records.Accept();
        }

        if (records.IsTooLong)
        {
            run.Note(new UsageMistake(records.Line, null, WireCodes.TooLarge, $"The line is longer than {WireLimits.BodyBytes / 1024} KiB.", "Look for a quote that is not closed."));
        }

        return run.End();
    }

    private sealed class Run(BillMapping mapping, LocalDate first, LocalDate last, DateTimeZone zone)
    {
        private readonly List<string> _fields = [];
        private readonly Dictionary<string, BilledValue> _values = new(StringComparer.Ordinal);
        private readonly ImmutableArray<UsageMistake>.Builder _mistakes = ImmutableArray.CreateBuilder<UsageMistake>();
        private int _columns;
        private int _value;
        private int _amount;
        private int _day = -1;
        private long _rows;
        private long _outside;
        private long _mistaken;

        public ReadBill End() => new([.. _values.Values], _rows, _outside, _mistakes.ToImmutable(), _mistaken);

        public void Note(UsageMistake mistake)
        {
            _mistaken++;
            if (_mistakes.Count < MostMistakes)
            {
                _mistakes.Add(mistake);
            }
        }

        public bool ReadHead(ReadOnlySpan<byte> record)
        {
            if (CsvFields.Split(record, 1, _fields) is { } broken)
            {
                Note(broken);
                return false;
            }

            _columns = _fields.Count;
            return Find(mapping.Value, out _value) & Find(mapping.Amount, out _amount) & (mapping.Day is null || Find(mapping.Day, out _day));
        }

        public void Read(ReadOnlySpan<byte> record, long line)
        {
            _rows++;
            if (CsvFields.Split(record, line, _fields) is { } broken)
            {
                Note(broken);
                return;
            }

            if (_fields.Count != _columns)
            {
                Note(new UsageMistake(line, null, UsageMistakeCodes.MalformedCsv, $"The line has {_fields.Count} fields and the header {_columns}.", "Write a field with a comma or a line end in quotes."));
                return;
            }

            var value = CsvFields.Unguarded(_fields[_value].Trim());
            if (value.Length > LongestValue)
            {
                Note(new UsageMistake(line, mapping.Value, WireCodes.TooLarge, $"The value has {value.Length} characters; at most {LongestValue} are read.", "Choose the column that names what is billed."));
                return;
            }

            var written = _fields[_amount].Trim();
            if (written.Length > MostDigits || !ExactDecimal.TryParse(written, out var amount))
            {
                Note(new UsageMistake(line, mapping.Amount, WireCodes.InvalidNumber, written.Length == 0 ? "There is no amount." : $"\"{Shown(written)}\" is not a plain number.",
                    "Write amounts as 1234.50 and -3: a point, no separators, no currency, no exponent."));
                return;
            }

            if (_day >= 0)
            {
                if (DayOf(_fields[_day].Trim()) is not { } day)
                {
                    Note(new UsageMistake(line, mapping.Day, WireCodes.InvalidInstant, $"\"{Shown(_fields[_day])}\" is no day.", "Write days as 2026-05-01, or instants as 2026-05-01T10:00:00Z."));
                    return;
                }

                if (day < first || day > last)
                {
                    _outside++;
                    return;
                }
            }

            if (_values.TryGetValue(value, out var known))
            {
                _values[value] = known with { Amount = known.Amount + amount, Rows = known.Rows + 1 };
            }
            else if (_values.Count < MostValues)
            {
                _values.Add(value, new BilledValue(value.Length == 0 ? null : value, amount, 1));
            }
            else
            {
                Note(new UsageMistake(line, mapping.Value, WireCodes.TooLarge, string.Create(CultureInfo.InvariantCulture, $"There are more than {MostValues:N0} different values."), "Choose a column with fewer of them."));
            }
        }

        private LocalDate? DayOf(string text) => LocalDatePattern.Iso.Parse(text) is { Success: true } day ? day.Value
            : OffsetDateTimePattern.Rfc3339.Parse(text) is { Success: true } at ? at.Value.InZone(zone).Date : null;

        private bool Find(string column, out int place)
        {
            place = _fields.IndexOf(column);
            if (place < 0)
            {
                Note(new UsageMistake(1, column, UsageMistakeCodes.ColumnMissing, $"The file has no column \"{Shown(column)}\".", "Columns are named as in the first line, in the same letters."));
                return false;
            }

            if (_fields.LastIndexOf(column) != place)
            {
                Note(new UsageMistake(1, column, UsageMistakeCodes.DuplicateColumn, "Two columns have this name.", "Keep one of them, or give the other another name."));
                return false;
            }

            return true;
        }

        private static string Shown(string text) => text.Length <= 60 ? text : text[..60] + "…";
    }
}
