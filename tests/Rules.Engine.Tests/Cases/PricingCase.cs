using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Cases;

/// <summary>One use of a case: quantities by meter, and the key that tells its scope from others.</summary>
internal sealed record CaseUse(ImmutableArray<(string Meter, ExactDecimal Quantity)> Quantities, string Key);

/// <summary>A published price as a rule file of ours and the use it is asked about (language 8.1 and 8.5).</summary>
internal sealed class PricingCase
{
    private readonly JsonElement _case;
    private readonly JsonElement _definition;
    private readonly string _model;
    private readonly List<string> _body = [];
    private readonly SortedSet<string> _meters = new(StringComparer.Ordinal);

    public PricingCase(JsonElement element)
    {
        _case = element;
        _definition = element.GetProperty("definition");
        _model = Text(element, "model")!;
        Id = Text(element, "id")!;
        WriteBody();
        Uses = [.. ReadUses()];
    }

    public string Id { get; }

    public string Model => _model;

    public ImmutableArray<CaseUse> Uses { get; }

    public ExactDecimal? Expected => Number(_case, "expected_total");

    /// <summary>What a part of the quantity has come to before; null: nothing.</summary>
    public ExactDecimal? Before => Number(_case, "previously_billed");

    public bool HasMinimum => Number(_definition, "min") is not null;

    /// <summary>The last use takes back what those before it reported.</summary>
    public bool IsCorrection => Text(_definition, "negative") == "mirror" && Number(_case, "quantity") is { Sign: < 0 };

    /// <summary>Differences due at each of several cumulative quantities; null: one total.</summary>
    public ImmutableArray<ExactDecimal>? Differences => _case.TryGetProperty("steps", out var steps)
        ? [.. steps.EnumerateArray().Select(s => Number(s, "expected_delta")!.Value)]
        : null;

    public string RuleText
    {
        get
        {
            var decimals = Number(_definition, "round_scale")?.ToString() ?? "6";
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"""
                language 1
                ruleset published version 1 effective 2026-01-01
                credit "credit" to {decimals} decimals, rounding half up
                currency USD to 2 decimals, rounding half up
                account shop

                """);
            foreach (var meter in _meters.Where(m => m != "USD"))
            {
                text.Append(CultureInfo.InvariantCulture, $"meter {meter} fractional\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"""
                action work keyed by run
                  measures {string.Join(", ", _meters)}
                price work

                """);
            foreach (var line in _body)
            {
                text.Append("  ").Append(line).Append('\n');
            }

            text.Append("""
                bucket prepaid from purchase
                  unused never expires
                  serves work
                consume prepaid
                cycle calendar month
                at zero
                  block work until purchase
                  if short refuse

                """);
            return text.ToString().ReplaceLineEndings("\n");
        }
    }

    private void WriteBody()
    {
        if (Number(_definition, "min_per_event_units") is { } floor)
        {
            _body.Add($"count at least {floor.ToGroupedString()} units each");
        }

        if (Number(_definition, "add_per_event_units") is { } more)
        {
            _body.Add($"count {more.ToGroupedString()} units more each");
        }

        switch (_model)
        {
            case "composite":
                foreach (var part in _definition.GetProperty("components").EnumerateObject())
                {
                    WriteLine(part.Value, Meter(part.Name), "within each cycle", Text(part.Value, "model")!);
                }

                break;
            case "credit_cost":
                foreach (var cost in _definition.GetProperty("costs").EnumerateObject())
                {
                    AddLine($"per {Meter(cost.Name)}  {cost.Value.GetString()} credits");
                }

                break;
            case "bucketed":
                var inner = _definition.GetProperty("inner");
                WriteLine(inner, Meter("unit"), "within each run", Text(inner, "model")!);
                break;
            default:
                WriteLine(_definition, Meter(_model is "percentage" or "graduated_percentage" ? "USD" : "unit"), ScopeOf(), _model);
                break;
        }

        WriteEnd();
    }

    // A price that takes back what was reported mirrors one event; everything else adds up over the cycle.
    private string ScopeOf() => Text(_definition, "negative") is not null ? "within each event" : "within each cycle";

    private void WriteEnd()
    {
        Add("markup_percent", v => $"marked up {v}%");
        Add("percent_discount", v => $"discounted {v}%");
        Add("min_per_event", v => $"at least {v} credits each");
        Add("max_per_event", v => $"at most {v} credits each");
        Add("min", v => $"at least {v} credits within each cycle");
        Add("max", v => $"at most {v} credits within each cycle");
        if (Text(_definition, "negative") is { } negative)
        {
            _body.Add(negative == "mirror" ? "corrections allowed" : "corrections cost nothing");
        }
    }

    private void Add(string member, Func<string, string> line)
    {
        if (Number(_definition, member) is { } value)
        {
            _body.Add(line(value.ToGroupedString()));
        }
    }

    private void WriteLine(JsonElement price, string meter, string scope, string model)
    {
        switch (model)
        {
            case "standard" or "per_event" when price.TryGetProperty("convert", out var convert):
                AddLine($"per {Converted(convert, meter)} {scope}  {Figure(price, "unit")} credits");
                break;
            case "standard" or "per_event":
                WriteFree(price, meter, scope);
                var counts = price.TryGetProperty("free_units", out _) ? $" {scope}" : "";
                AddLine($"per {meter}{counts}  {Figure(price, "unit")} credits");
                break;
            case "dynamic":
                AddLine($"per {meter}  {Figure(price, "multiplier")} credits");
                break;
            case "package":
                WriteFree(price, meter, scope);
                var kind = Text(price, "round") switch { "up" => "package of ", "down" => "complete package of ", _ => "" };
                AddLine($"per {kind}{Figure(price, "size")} {meter} {scope}  {Figure(price, "price")} credits");
                break;
            case "percentage":
                WritePercentage(price, scope);
                break;
            case "graduated_percentage":
                AddLine($"per {meter}, graduated {scope}");
                WriteTiers(price, 1, t => $"{Figure(t, "rate_percent")}% of 1 credit");
                break;
            case "graduated":
                var unit = price.TryGetProperty("convert", out var scaled) ? Converted(scaled, meter) : meter;
                var by = scaled.ValueKind == JsonValueKind.Object ? Number(scaled, "divide_by")!.Value : ExactDecimal.One;
                AddLine($"per {unit}, graduated {scope}");
                WriteTiers(price, by, t => $"{Figure(t, "unit")} credits");
                break;
            case "volume":
                var block = Number(price, "block") is { } size ? $"package of {size.ToGroupedString()} {meter}" : meter;
                var counting = scope.EndsWith("event", StringComparison.Ordinal) ? "" : $" {scope}, re-pricing earlier units";
                AddLine($"per {block}, volume{counting}");
                WriteTiers(price, 1, t => $"{Figure(t, "unit")} credits");
                break;
            case "block_graduated" or "block_volume":
                AddLine($"per {meter}, {(model == "block_volume" ? $"volume {scope}, re-pricing earlier units" : $"graduated {scope}")}");
                WriteBlocks(price);
                break;
            default:
                throw new InvalidOperationException($"No rule text for the model {model}.");
        }
    }

    private void WriteFree(JsonElement price, string meter, string scope)
    {
        if (Number(price, "free_units") is { } free)
        {
            _body.Add($"first {free.ToGroupedString()} {meter}s free {scope}");
        }
    }

    private void WritePercentage(JsonElement price, string scope)
    {
        if (Number(price, "free_events") is { } events)
        {
            _body.Add($"first {events.ToGroupedString()} events free {scope}");
        }

        if (Number(price, "free_amount") is { } amount)
        {
            _body.Add($"first {amount.ToGroupedString()} USD free {scope}");
        }

        var isCounted = price.TryGetProperty("free_events", out _) || price.TryGetProperty("free_amount", out _);
        AddLine($"per USD{(isCounted ? " " + scope : "")}  {Figure(price, "rate_percent")}% of 1 credit");
        if (Number(price, "fixed_per_event") is { } each)
        {
            AddLine($"each {each.ToGroupedString()} credits");
        }
    }

    private void WriteTiers(JsonElement price, ExactDecimal by, Func<JsonElement, string> rate)
    {
        var start = ExactDecimal.Zero;
        var isFirst = true;
        foreach (var tier in price.GetProperty("tiers").EnumerateArray())
        {
            var flat = Number(tier, "flat") is { IsZero: false } fee ? $"{fee.ToGroupedString()} credits flat" : null;
            var atZero = flat is not null && isFirst ? " even at zero" : "";
            var cost = tier.TryGetProperty("rate_percent", out _) || Number(tier, "unit") is { IsZero: false } || flat is null ? rate(tier) : null;
            var cap = Number(tier, "cap") is { } most ? $", at most {most.ToGroupedString()} credits" : "";
            var line = cost is null ? flat : flat is null ? cost : $"{cost} plus {flat}";
            _body.Add($"  {(isFirst ? "base" : $"over {(start * by).ToGroupedString()}")}  {line}{atZero}{cap}");
            start = Number(tier, "up_to") ?? start;
            isFirst = false;
        }
    }

    private void WriteBlocks(JsonElement price)
    {
        var tiers = price.GetProperty("block_tiers").EnumerateArray().ToList();
        for (var i = 0; i < tiers.Count; i++)
        {
            var size = Number(tiers[i], "block")!.Value;
            var width = i == tiers.Count - 1 ? "rest" : $"next {(size * Number(tiers[i], "max_blocks")!.Value).ToGroupedString()}";
            _body.Add($"  {width}  {Figure(tiers[i], "price")} credits per package of {size.ToGroupedString()}");
        }
    }

    private static string Converted(JsonElement convert, string meter)
    {
        var size = Number(convert, "divide_by")!.Value;
        var rounding = Text(convert, "round") switch { "ceiling" => "up", "floor" => "down", _ => "half up" };
        var step = size;
        for (var i = int.Parse(Text(convert, "scale") ?? "0", CultureInfo.InvariantCulture); i > 0; i--)
        {
            step *= new ExactDecimal(1, 1);
        }

        var steps = step == size ? "" : $" in steps of {step.ToGroupedString()}";
        return $"{size.ToGroupedString()} {meter}s, rounded {rounding}{steps}";
    }

    private void AddLine(string line) =>
        _body.Add(_body.Any(l => l.StartsWith("per ", StringComparison.Ordinal)) ? "plus " + line : line);

    private string Meter(string name)
    {
        var meter = name == "USD" ? name : name.Replace('_', '-').Replace('.', '-');
        _meters.Add(meter);
        return meter;
    }

    private IEnumerable<CaseUse> ReadUses()
    {
        if (_case.TryGetProperty("quantities", out var named))
        {
            yield return new CaseUse([.. named.EnumerateObject().Select(q => (Meter(q.Name), ExactDecimal.Parse(q.Value.GetString()!)))], "r");
            yield break;
        }

        var meter = _meters.First();
        if (_case.TryGetProperty("amounts", out var amounts))
        {
            var number = 0;
            foreach (var amount in amounts.EnumerateArray())
            {
                yield return new CaseUse([(meter, ExactDecimal.Parse(amount.GetString()!))], $"r{number++}");
            }

            yield break;
        }

        if (_case.TryGetProperty("steps", out var steps))
        {
            var before = ExactDecimal.Zero;
            foreach (var step in steps.EnumerateArray())
            {
                var total = Number(step, "cumulative_quantity")!.Value;
                yield return new CaseUse([(meter, total - before)], "r");
                before = total;
            }

            yield break;
        }

        var quantity = Number(_case, "quantity")!.Value;
        if (IsCorrection)
        {
            yield return new CaseUse([(meter, ExactDecimal.Zero - quantity)], "r");
        }

        yield return new CaseUse([(meter, quantity)], "r");
    }

    private static string Figure(JsonElement element, string member) => (Number(element, member) ?? ExactDecimal.Zero).ToGroupedString();

    private static ExactDecimal? Number(JsonElement element, string member) => Text(element, member) is { } text ? ExactDecimal.Parse(text) : null;

    private static string? Text(JsonElement element, string member) =>
        !element.TryGetProperty(member, out var value) || value.ValueKind == JsonValueKind.Null ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString()
            : value.GetRawText();
}
