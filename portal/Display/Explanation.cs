using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Rules.Portal.Display;

/// <summary>
/// What a charge's stored event and answer say, read back for a page. Nothing here is computed again: every figure stands in the answer
/// that the charge's own evaluation gave, in plain decimal notation.
/// </summary>
public sealed record Explanation
{
    public required string Charge { get; init; }

    public required ImmutableArray<ExplanationStep> Steps { get; init; }

    public required ImmutableArray<string> Alerts { get; init; }

    /// <summary>The most places that the amount of any step has.</summary>
    public int Places => Steps.Select(static step => PlacesOf(step.Amount)).DefaultIfEmpty().Max();

    /// <param name="answer">Canonical JSON of an answer, as the ledger stored it.</param>
    public static Explanation Read(ReadOnlyMemory<byte> answer)
    {
        using var document = JsonDocument.Parse(answer);
        var root = document.RootElement;
        return new Explanation
        {
            Charge = Text(root, "charge") ?? "0",
            Steps = [.. Items(root, "steps").Select((step, index) => new ExplanationStep(
                index + 1,
                Text(step, "text") ?? "",
                Text(step, "formula"),
                Text(step, "amount"),
                Number(step, "line"),
                !step.TryGetProperty("applied", out var applied) || applied.ValueKind != JsonValueKind.False)
            {
                File = Text(step, "file"),
            })],
            Alerts = [.. Items(root, "alerts").Select(alert => alert.GetString() ?? "")],
        };
    }

    /// <summary>What was priced, as label and value: the action, its quantities, facts, keys and records, in the event's order.</summary>
    /// <param name="usage">Canonical JSON of a usage event.</param>
    public static ImmutableArray<ExplanationFact> ReadFacts(ReadOnlyMemory<byte> usage)
    {
        using var document = JsonDocument.Parse(usage);
        var root = document.RootElement;
        var facts = ImmutableArray.CreateBuilder<ExplanationFact>();
        if (Text(root, "action") is { } action)
        {
            facts.Add(new ExplanationFact("action", action, IsNumber: false));
        }

        foreach (var (group, isNumber) in new[] { ("quantities", true), ("facts", false), ("keys", false), ("record", false) })
        {
            if (root.TryGetProperty(group, out var members) && members.ValueKind == JsonValueKind.Object)
            {
                facts.AddRange(members.EnumerateObject().Select(member => new ExplanationFact(member.Name, Scalar(member.Value) ?? "", isNumber)));
            }
        }

        return facts.ToImmutable();
    }

    private static int PlacesOf(string? plain) => plain is null || !plain.Contains('.', StringComparison.Ordinal) ? 0 : plain.Length - plain.IndexOf('.', StringComparison.Ordinal) - 1;

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? Scalar(value) : null;

    private static int? Number(JsonElement parent, string name) =>
        Text(parent, name) is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string? Scalar(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => value.GetRawText(),
    };
}

/// <param name="Number">From 1, in the order of the evaluation.</param>
/// <param name="Amount">Exact credits in plain notation; null where the step has none.</param>
/// <param name="Line">Line of the rule that made the step, from 1; null where no single line did.</param>
public sealed record ExplanationStep(int Number, string Text, string? Formula, string? Amount, int? Line, bool Applied)
{
    /// <summary>The file that <see cref="Line"/> counts in: <c>roboflow.v2.rules</c>; null for the file of the version that priced.</summary>
    public string? File { get; init; }
}

public sealed record ExplanationFact(string Name, string Value, bool IsNumber);
