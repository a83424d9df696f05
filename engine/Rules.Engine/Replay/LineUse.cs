using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>A line of a draft that alone makes the price of some events, and what these came to. Amounts are smallest units.</summary>
/// <param name="Line">From 1, in the draft's own file.</param>
/// <param name="Text">The line, without what surrounds it.</param>
/// <param name="Published">The line that prices the same events in what is published; null where there is no such line, or several.</param>
/// <param name="Before">Under the first candidate.</param>
/// <param name="After">Under the draft.</param>
public sealed record LineUse(int Line, string Text, string? Published, long Events, Int128 Before, Int128 After)
{
    /// <summary>
    /// The lines of a draft with their events, by line. Told from the sums of a report alone: an event counts where its action and its own facts say which one line prices it. Events
    /// that several lines price together, in tiers, within bounds, or by facts of the account, are in none.
    /// </summary>
    /// <param name="candidate">The draft's place in the report.</param>
    /// <param name="file">Name of the draft's own file: lines of files that it builds on are left out.</param>
    public static ImmutableArray<LineUse> Of(ReplayReport report, int candidate, RulesetModel draft, string file, RulesetModel published)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(published);
        var uses = new SortedDictionary<int, LineUse>();
        foreach (var shape in report.Cells.GroupBy(static cell => cell.Shape.Code))
        {
            if (PriceLineOf(draft, shape.First().Shape) is not { } location || location.FileName != file)
            {
                continue;
            }

            var was = PriceLineOf(published, shape.First().Shape) is { } old ? TextOf(old) : null;
            var known = uses.GetValueOrDefault(location.Line) ?? new LineUse(location.Line, TextOf(location), was, 0, 0, 0);
            uses[location.Line] = known with
            {
                Published = known.Published == was ? was : null,
                Events = known.Events + shape.Sum(static cell => cell.Events),
                Before = known.Before + shape.Aggregate(Int128.Zero, static (sum, cell) => sum + cell.Charged[0]),
                After = known.After + shape.Aggregate(Int128.Zero, (sum, cell) => sum + cell.Charged[candidate]),
            };
        }

        return [.. uses.Values];
    }

    private static TextLocation? PriceLineOf(RulesetModel model, UsageShape shape)
    {
        if (model.FindAction(shape.Action) is not { Price: { } price } action)
        {
            return null;
        }

        var read = new List<int>(price.By);
        foreach (var body in price.Bodies)
        {
            body.When?.CollectFacts(read);
            read.AddRange(body.Lines.OfType<PerLine>().SelectMany(static line => line.Matrix is { } matrix ? matrix.Facts : []));
        }

        var facts = new FactValue[action.Facts.Length];
        Array.Fill(facts, FactValue.Missing);
        var whole = new UsageEvent { OccurredAt = default, Action = shape.Action, Facts = shape.Facts };
        if (read.Exists(fact => fact < action.AccountFacts) || ResolvedEvent.Resolve(action, facts, whole, out _) is not null)
        {
            return null;
        }

        var chosen = price.BodyFor(facts);
        if (!chosen.Bounds.IsEmpty || chosen.Lines.Length + (chosen.Rows is null ? 0 : 1) != 1)
        {
            return null;
        }

        return chosen.Lines switch
        {
            [] => RowOf(chosen.Rows!, facts),
            [PerLine { Matrix: { } matrix }] => RowOf(matrix, facts),
            [PerLine { Ladder.Tiers.Length: > 1 }] => null,
            [var line] => line.Location,
            _ => null,
        };
    }

    private static TextLocation? RowOf(RowTable table, FactValue[] facts) => table.Find(facts) is >= 0 and var place ? table.Rows[place].Location : null;

    private static string TextOf(TextLocation location) => location.Source.GetLine(location.Line).ToString().Trim();
}
