using System.Text;
using System.Text.Unicode;
using Rules.Engine.Wire;

namespace Rules.Ledger.Imports;

/// <summary>The fields of a record of CSV (RFC 4180), read strictly.</summary>
internal static class CsvFields
{
    /// <summary>Puts the fields of a record in the place of those of the one before.</summary>
    /// <returns>Why the record cannot be read; null where it can.</returns>
    public static UsageMistake? Split(ReadOnlySpan<byte> record, long line, List<string> fields)
    {
        fields.Clear();
        if (!Utf8.IsValid(record))
        {
            return new UsageMistake(line, null, WireCodes.InvalidText, "The line is not UTF-8.", "Save the file as UTF-8.");
        }

        var text = Encoding.UTF8.GetString(record);
        var place = 0;
        while (true)
        {
            if (place < text.Length && text[place] == '"')
            {
                var field = new StringBuilder();
                for (place++; ; place++)
                {
                    if (place == text.Length)
                    {
                        return new UsageMistake(line, null, UsageMistakeCodes.MalformedCsv, "A quote is not closed.", "Write a quote inside a quoted field twice.");
                    }

                    if (text[place] != '"')
                    {
                        field.Append(text[place]);
                    }
                    else if (place + 1 < text.Length && text[place + 1] == '"')
                    {
                        field.Append('"');
                        place++;
                    }
                    else
                    {
                        break;
                    }
                }

                fields.Add(field.ToString());
                place++;
                if (place < text.Length && text[place] != ',')
                {
                    return new UsageMistake(line, null, UsageMistakeCodes.MalformedCsv, "Something stands between a closing quote and the next comma.", "Write a quote inside a quoted field twice.");
                }
            }
            else
            {
                var comma = text.IndexOf(',', place);
                var end = comma < 0 ? text.Length : comma;
                if (text.AsSpan(place, end - place).Contains('"'))
                {
                    return new UsageMistake(line, null, UsageMistakeCodes.MalformedCsv, "A quote stands in a field that does not begin with one.", "Quote the whole field, and write the quote in it twice.");
                }

                fields.Add(text[place..end]);
                place = end;
            }

            if (place == text.Length)
            {
                return null;
            }

            place++;
        }
    }

    /// <summary>A field without the apostrophe that our own export, and others, put before a text that a spreadsheet would run.</summary>
    public static string Unguarded(string field) => field.Length > 1 && field[0] == '\'' && Csv.IsGuarded(field[1..]) ? field[1..] : field;
}
