using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Rules.Engine.Pricing;

namespace Rules.Ledger.Imports;

/// <summary>
/// Which column of a file says which member of an event. Members are <c>id</c>, <c>account</c>, <c>at</c>, <c>action</c>, <c>amount</c>, <c>quantities.METER</c>,
/// <c>facts.NAME</c>, <c>keys.NAME</c>, <c>record.NAME</c>, <c>state.plan</c>, <c>state.facts.NAME</c>, <c>state.terms.NAME</c> and <c>state.balances.BUCKET</c>;
/// a column that has the name of a member says that member unless another column does.
/// </summary>
/// <param name="IsCsv">Rows with a header; else an object of JSON a line, whose nested members are columns with points between names.</param>
/// <param name="Columns">Names are members, values are columns.</param>
/// <param name="Constants">Names are members, values are what every event says.</param>
public sealed record UsageMapping(bool IsCsv, ImmutableArray<NamedText> Columns, ImmutableArray<NamedText> Constants)
{
    /// <summary>The members in words.</summary>
    public const string Members = "Members are id, account, at, action, amount, quantities.METER, facts.NAME, keys.NAME, record.NAME, state.plan, state.facts.NAME, state.terms.NAME and state.balances.BUCKET.";

    private static readonly string[] _single = ["id", "account", "at", "action", "amount", "state.plan"];

    private static readonly string[] _named = ["quantities", "facts", "keys", "record", "state.facts", "state.terms", "state.balances"];

    /// <summary>Nothing is renamed: a line of JSON is an event as it stands.</summary>
    public bool IsIdentity => Columns.IsEmpty && Constants.IsEmpty;

    /// <summary>The first word that is no member, or is mapped twice; null where there is none.</summary>
    public string? Unusable
    {
        get
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            return Columns.Concat(Constants).Select(static pair => pair.Name).FirstOrDefault(member => TargetOf(member) is null || !seen.Add(member));
        }
    }

    /// <summary>The same for the same mapping, in whatever order it is written.</summary>
    internal byte[] Sha256()
    {
        var text = new StringBuilder(IsCsv ? "csv" : "jsonl");
        foreach (var (name, value) in Columns.Select(static c => (c.Name, "=" + c.Value)).Concat(Constants.Select(static c => (c.Name, ":" + c.Value))).Order())
        {
            text.Append('\n').Append(name.Length).Append(' ').Append(name).Append(value.Length).Append(' ').Append(value);
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>What a column says; null: nothing.</summary>
    internal Target? OfColumn(string column)
    {
        foreach (var (member, mapped) in Columns)
        {
            if (mapped == column)
            {
                return TargetOf(member);
            }
        }

        return Columns.Concat(Constants).Any(pair => pair.Name == column) ? null : TargetOf(column);
    }

    /// <summary>The column that says a member.</summary>
    internal string ColumnOf(string member) => Columns.FirstOrDefault(pair => pair.Name == member).Value ?? member;

    internal static Target? TargetOf(string member)
    {
        if (_single.Contains(member, StringComparer.Ordinal))
        {
            return member == "state.plan" ? new Target("state", "plan") : new Target("", member);
        }

        var group = _named.FirstOrDefault(named => member.Length > named.Length + 1 && member[named.Length] == '.' && member.StartsWith(named, StringComparison.Ordinal));
        return group is null ? null : new Target(group, member[(group.Length + 1)..]);
    }

    /// <param name="Group">The object the member stands in; empty: the event itself.</param>
    internal readonly record struct Target(string Group, string Name);
}
