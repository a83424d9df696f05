using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Rules.Portal.Imports;

/// <summary>What the columns of a file are, and what they probably say. A guess is put into the form, for a person to mend.</summary>
public static class ColumnGuess
{
    private const int Most = 500;

    private static readonly Dictionary<string, string> _usual = new(StringComparer.OrdinalIgnoreCase)
    {
        ["id"] = "id",
        ["event_id"] = "id",
        ["eventid"] = "id",
        ["uuid"] = "id",
        ["request_id"] = "id",
        ["idempotency_key"] = "id",
        ["account"] = "account",
        ["customer"] = "account",
        ["customer_id"] = "account",
        ["account_id"] = "account",
        ["organization"] = "account",
        ["org"] = "account",
        ["user"] = "account",
        ["workspace"] = "account",
        ["tenant"] = "account",
        ["at"] = "at",
        ["time"] = "at",
        ["timestamp"] = "at",
        ["date"] = "at",
        ["created_at"] = "at",
        ["occurred_at"] = "at",
        ["ts"] = "at",
        ["action"] = "action",
        ["event"] = "action",
        ["event_type"] = "action",
        ["operation"] = "action",
        ["type"] = "action",
        ["amount"] = "amount",
        ["credits"] = "amount",
        ["plan"] = "state.plan",
        ["model"] = "facts.model",
        ["project"] = "record.project",
        ["agent"] = "record.agent",
        ["conversation"] = "record.conversation",
        ["run"] = "keys.run",
    };

    private static readonly HashSet<string> _amounts = new(StringComparer.OrdinalIgnoreCase) { "amount", "billed", "charge", "charged", "charges", "cost", "credits", "net", "price", "sum", "total" };

    private static readonly string[] _groups = ["quantities.", "facts.", "keys.", "record.", "state."];

    /// <summary>The member that a column of that name says; empty where none can be guessed.</summary>
    public static string Of(string column) =>
        _usual.GetValueOrDefault(column.Trim()) ?? (_groups.Any(group => column.StartsWith(group, StringComparison.Ordinal)) ? column : "");

    /// <summary>The column that probably holds the amounts of a bill; null where none does.</summary>
    public static string? Amount(IEnumerable<string> columns) => columns.FirstOrDefault(static column => _amounts.Contains(column.Trim()));

    /// <summary>The fields of a first line of CSV.</summary>
    public static ImmutableArray<string> Header(string text)
    {
        var columns = ImmutableArray.CreateBuilder<string>();
        var field = new StringBuilder();
        var isQuoted = false;
        for (var i = 0; i < text.Length && columns.Count < Most; i++)
        {
            switch (text[i])
            {
                case '"' when isQuoted && i + 1 < text.Length && text[i + 1] == '"':
                    field.Append('"');
                    i++;
                    break;
                case '"':
                    isQuoted = !isQuoted;
                    break;
                case ',' when !isQuoted:
                    columns.Add(field.ToString());
                    field.Clear();
                    break;
                case '\r' or '\n' when !isQuoted:
                    columns.Add(field.ToString());
                    return columns.ToImmutable();
                default:
                    field.Append(text[i]);
                    break;
            }
        }

        columns.Add(field.ToString());
        return columns.ToImmutable();
    }

    /// <summary>The members of the first object of JSON Lines, nested ones with points between names; empty where it is none.</summary>
    public static ImmutableArray<string> Members(string text)
    {
        try
        {
            var columns = ImmutableArray.CreateBuilder<string>();
            using var json = JsonDocument.Parse(text.Split('\n', 2)[0]);
            Add(json.RootElement, "", columns);
            return columns.ToImmutable();
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static void Add(JsonElement element, string begin, ImmutableArray<string>.Builder columns)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            columns.Add(begin);
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (columns.Count < Most)
            {
                Add(member.Value, begin.Length == 0 ? member.Name : $"{begin}.{member.Name}", columns);
            }
        }
    }
}
