using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>An example of one event, to be written into a rule file. Names and values are those of the rule file, without quotes.</summary>
public sealed record WrittenExample
{
    public required string Name { get; init; }

    /// <summary>Null where the account has none.</summary>
    public string? Plan { get; init; }

    /// <summary>Facts of the account.</summary>
    public ImmutableArray<WrittenValue> Given { get; init; } = [];

    /// <summary>Credits that a bucket is given in place of what the plan grants.</summary>
    public ImmutableArray<WrittenCredits> Balances { get; init; } = [];

    public required string Action { get; init; }

    public ImmutableArray<WrittenQuantity> Quantities { get; init; } = [];

    /// <summary>Facts of the event.</summary>
    public ImmutableArray<WrittenValue> With { get; init; } = [];

    /// <summary>Credits charged; below zero: given back. Not read where <see cref="Outcome"/> is set.</summary>
    public ExactDecimal Charge { get; init; }

    /// <summary>What came of the event in the language's words (<c>free</c>, <c>not applicable</c>); null where credits were charged.</summary>
    public string? Outcome { get; init; }
}

/// <param name="Value">As a caller states it: <c>yes</c>, <c>1000</c>, <c>GPT-4o</c>, <c>2026-03-28</c>.</param>
public readonly record struct WrittenValue(string Name, string Value);

/// <summary>What a bucket is given.</summary>
public readonly record struct WrittenCredits(string Bucket, ExactDecimal Credits);

/// <param name="Unit">The meter's name as that many are called: <c>pages</c>.</param>
public readonly record struct WrittenQuantity(ExactDecimal Quantity, string Unit);

/// <summary>Writes examples as the formatter would lay them out.</summary>
public static class ExampleWriter
{
    /// <summary>The example's lines, the last one ended.</summary>
    public static string Write(WrittenExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        var text = new StringBuilder();
        text.Append("example ").Append(Binder.Quote(example.Name)).Append('\n');
        var given = new List<string>();
        if (example.Plan is { } plan)
        {
            given.Add($"plan {Name(plan)}");
        }

        given.AddRange(example.Given.Select(static fact => IsDate(fact.Value) ? $"{Name(fact.Name)} {fact.Value}" : $"{Name(fact.Name)} is {Value(fact.Value)}"));
        given.AddRange(example.Balances.Select(static balance => $"{Name(balance.Bucket)} {CreditText.Of(balance.Credits)}"));
        if (given.Count > 0)
        {
            text.Append("  given ").AppendJoin(", ", given).Append('\n');
        }

        text.Append("  do ").Append(Name(example.Action));
        if (!example.Quantities.IsEmpty)
        {
            text.Append(" of ").AppendJoin(", ", example.Quantities.Select(static quantity => $"{quantity.Quantity.ToGroupedString()} {Name(quantity.Unit)}"));
        }

        if (!example.With.IsEmpty)
        {
            text.Append(" with ").AppendJoin(", ", example.With.Select(static fact => $"{Name(fact.Name)} {Value(fact.Value)}"));
        }

        text.Append("\n  expect ").Append(Expected(example)).Append('\n');
        return text.ToString();
    }

    /// <summary>The text with an example at its end, an empty line before it.</summary>
    /// <param name="line">The line of its head, from 1.</param>
    public static string Append(string text, WrittenExample example, out int line)
    {
        ArgumentNullException.ThrowIfNull(text);
        var body = text.TrimEnd() + "\n\n";
        line = body.Count(static c => c == '\n') + 1;
        return body + Write(example);
    }

    private static string Expected(WrittenExample example) => example.Outcome
        ?? (example.Charge.IsNegative ? $"{CreditText.Of(-example.Charge)} back" : CreditText.Of(example.Charge));

    private static string Value(string value) => value is "yes" or "no" or "on" or "off" || ExactDecimal.TryParse(value, out _) || IsDate(value)
        ? value
        : Name(value);

    private static bool IsDate(string value) => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    // A word of the language could mean itself.
    private static string Name(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.NameToken ? Binder.WriteName(name) : Binder.Quote(name);
}
