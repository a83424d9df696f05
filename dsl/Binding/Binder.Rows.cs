using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    // A table is kept as one cell per combination.
    private const int MaximumCombinations = 1_000_000;

    /// <summary>How many values without a price are named in one message.</summary>
    private const int NamedMissingValues = 3;

    private ImmutableArray<BoundRow> BindRows(
        ImmutableArray<RowLineSyntax> lines, LineSyntax head, ImmutableArray<FactSymbol> by, PriceContext context, UnitSymbol? counted = null)
    {
        var rows = ImmutableArray.CreateBuilder<BoundRow>();
        var priced = new Dictionary<string, TextLocation>(StringComparer.Ordinal);
        var isUnderstood = !BlockHasError(head);
        if (!lines.IsEmpty && by.Aggregate(1L, static (product, f) => Math.Min(MaximumCombinations + 1L, product * Math.Max(1, f.Domain.Values.Length))) > MaximumCombinations)
        {
            Report(
                DiagnosticDescriptors.TableTooLarge, LineLocation(head),
                string.Join(", ", by), ExactDecimal.FromUnits(MaximumCombinations, 0).ToGroupedString());
            return [];
        }

        foreach (var line in lines)
        {
            var cost = BindCost(line.Cost, context, counted, list: null);
            var values = BindRowValues(line, by);
            if (values is null)
            {
                isUnderstood = false;
                continue;
            }

            var label = line.OtherwiseKeyword is not null ? "otherwise" : Label(values.Value);
            var location = line.Values?.Location ?? line.OtherwiseKeyword!.Location;
            if (!priced.TryAdd(label, location))
            {
                Report(DiagnosticDescriptors.ValuePricedTwice, location, label, priced[label].Line);
            }

            rows.Add(new BoundRow(LineLocation(line), values.Value, cost) { Remarks = BindRemarks(line) });
        }

        if (isUnderstood && !rows.Any(static r => r.IsOtherwise) && rows.Count > 0)
        {
            ReportValuesWithoutPrice(head, by, priced);
        }

        return rows.ToImmutable();
    }

    /// <summary>The values of a row, empty for <c>otherwise</c>; null where one is unknown, which is then reported.</summary>
    private ImmutableArray<FactValue>? BindRowValues(RowLineSyntax line, ImmutableArray<FactSymbol> by)
    {
        if (line.Values is not { } tokens)
        {
            return [];
        }

        if (by.IsEmpty)
        {
            return null;
        }

        if (tokens.Items.Length != by.Length)
        {
            Report(
                DiagnosticDescriptors.RowOfOtherWidth, tokens.Location,
                tokens.Items.Length == 1 ? "one value" : $"{tokens.Items.Length} values", string.Join(", ", by));
            return null;
        }

        var values = ImmutableArray.CreateBuilder<FactValue>();
        for (var i = 0; i < by.Length; i++)
        {
            if (BindValue(by[i].Name, by[i].Domain, tokens.Items[i]) is { } value)
            {
                values.Add(value);
            }
        }

        return values.Count == by.Length ? values.ToImmutable() : null;
    }

    private void ReportValuesWithoutPrice(LineSyntax head, ImmutableArray<FactSymbol> by, Dictionary<string, TextLocation> priced)
    {
        if (by.FirstOrDefault(static f => !f.Domain.IsEnumeration) is { } open)
        {
            Report(DiagnosticDescriptors.ValueWithoutPrice, LineLocation(head), $"any other {open.Name}");
            return;
        }

        var missing = Combinations(by, 0).Select(Label).Where(label => !priced.ContainsKey(label)).Take(NamedMissingValues + 1).ToList();
        if (missing.Count > 0)
        {
            var named = string.Join(" or ", missing.Take(NamedMissingValues));
            Report(DiagnosticDescriptors.ValueWithoutPrice, LineLocation(head), missing.Count > NamedMissingValues ? named + " and others" : named);
        }
    }

    private static IEnumerable<ImmutableArray<FactValue>> Combinations(ImmutableArray<FactSymbol> by, int index)
    {
        if (index == by.Length)
        {
            yield return [];
            yield break;
        }

        foreach (var value in by[index].Domain.Values)
        {
            foreach (var rest in Combinations(by, index + 1))
            {
                yield return rest.Insert(0, FactValue.OfName(value));
            }
        }
    }

    private static string Label(ImmutableArray<FactValue> values) =>
        string.Join(" in ", values.Select(static v => v.Kind == FactValueKind.Name ? Quote(v.Name) : v.ToString()));
}
