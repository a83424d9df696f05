using System.Globalization;
using System.Text;
using Rules.Dsl.Text;

namespace Rules.Engine.Tests.Pricing;

/// <summary>The rule text of a price.</summary>
internal static class PriceWriter
{
    public static string Write(PriceShape price)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            language 1
            ruleset random version 1 effective 2026-01-01
            credit "credit" to {price.Decimals} decimals, rounding {price.Rounding}
            currency USD to 2 decimals
            account shop
              has tier one of basic, gold, normally basic
            meter image whole
            meter hour fractional
            action work keyed by run
              measures image, hour, USD
              has region one of north, south, west, normally north
              has size one of small, large, normally small
            cycle calendar month
            price work{(price.By.Length == 0 ? "" : " by " + string.Join(", ", price.By))}

            """);
        Write(text, price.Default, "  ");
        return text.ToString().ReplaceLineEndings("\n");
    }

    private static void Write(StringBuilder text, BodyShape body, string indent)
    {
        var scope = body.Scope is { } counted ? $" within each {counted}" : "";
        for (var i = 0; i < body.Lines.Count; i++)
        {
            Write(text, body.Lines[i], body, indent, i == 0 ? "" : "plus ");
        }

        foreach (var (values, cost) in body.Rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}{(values.Length == 0 ? "otherwise" : string.Join(", ", values))}  {cost.Text}\n");
        }

        if (body.FreeEvents is { } events)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}first {events} events free{scope}\n");
        }

        foreach (var (meter, count) in body.FreeUnits)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}first {count.ToGroupedString()} {meter} free{scope}\n");
        }

        foreach (var (meter, quantity, isMore) in body.Floors)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}count {(isMore ? "" : "at least ")}{quantity} {meter} {(isMore ? "more each" : "each")}\n");
        }

        Line(text, indent, "marked up ", body.MarkUp, "%");
        Line(text, indent, "discounted ", body.Discount, "%");
        Line(text, indent, "at least ", body.EventLeast, " credits each");
        Line(text, indent, "at most ", body.EventMost, " credits each");
        Line(text, indent, "at least ", body.ScopeLeast, $" credits within each {body.BoundScope}");
        Line(text, indent, "at most ", body.ScopeMost, $" credits within each {body.BoundScope}");
        if (body.Corrections is { } corrections)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}corrections {corrections}\n");
        }

        foreach (var (fact, value, exception) in body.Exceptions)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}except when {fact} is {value}\n");
            Write(text, exception, indent + "  ");
        }
    }

    private static void Line(StringBuilder text, string indent, string before, ExactDecimal? figure, string after)
    {
        if (figure is { } written)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}{before}{written.ToGroupedString()}{after}\n");
        }
    }

    private static void Write(StringBuilder text, LineShape line, BodyShape body, string indent, string plus)
    {
        if (line.Meter is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}{plus}each {line.Tiers[0].Cost.Text}\n");
            return;
        }

        var size = line.Size == ExactDecimal.One && line.Packages is null ? "" : line.Size.ToGroupedString() + " ";
        var packages = line.Packages is { } counted ? counted + " " : "";
        var rounded = line.Rounded is { } mode ? $", rounded {mode}{(line.Step is { } step ? $" in steps of {step.ToGroupedString()}" : "")}" : "";
        var needsScope = line.Packages is not null || line.Rounded is not null || line.Mode == "graduated" || (line.Mode == "volume" && body.Scope is not null)
            || (line.Mode is null && line.Matrix.Count == 0 && line.Tiers[0].Cost.Package is not null);
        var scope = needsScope ? $" within each {body.Scope}" : "";
        text.Append(CultureInfo.InvariantCulture, $"{indent}{plus}per {packages}{size}{line.Meter}{rounded}");
        if (line.Matrix.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{scope}, by region\n");
            foreach (var (region, cost) in line.Matrix)
            {
                text.Append(CultureInfo.InvariantCulture, $"{indent}  {region ?? "otherwise"}  {cost.Text}\n");
            }

            return;
        }

        if (line.Mode is null)
        {
            text.Append(CultureInfo.InvariantCulture, $"{scope}  {line.Tiers[0].Cost.Text}\n");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $", {line.Mode}{scope}");
        text.Append(line.TiersBy is { } by ? $", tiers by {by}" : "");
        text.Append(line.Reprices ? ", re-pricing earlier units\n" : "\n");
        foreach (var tier in line.Tiers)
        {
            text.Append(CultureInfo.InvariantCulture, $"{indent}  {tier.Bound}  {tier.Cost.Text}\n");
        }
    }
}
