using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

// The lines of a price beside its components: language section 8.
internal sealed partial class Binder
{
    // Of the exceptions around the line being bound: a fact that only an event states, innermost on top.
    private readonly Stack<FactSymbol?> _eventFact = new();

    private BoundPriceBody BindBodyLine(LineSyntax line, BoundPriceBody body, PriceContext context)
    {
        switch (line)
        {
            case AllowanceLineSyntax allowance:
                return body with { Allowances = body.Allowances.Add(BindAllowance(allowance, context)) };
            case CountLineSyntax count:
                return body with { Floors = body.Floors.Add(BindFloor(count, context)) };
            case AdjustmentLineSyntax adjustment:
                return body with { Adjustments = body.Adjustments.Add(BindAdjustment(adjustment)) };
            case BoundLineSyntax limit:
                return body with { Limits = body.Limits.Add(BindLimit(limit, context)) };
            case CorrectionsLineSyntax corrections:
                var kind = corrections.Phrase.First == SyntaxKind.AllowedKeyword ? CorrectionsKind.Allowed : CorrectionsKind.CostNothing;
                return body with { Corrections = new BoundCorrections(LineLocation(line), kind) { Remarks = BindRemarks(line) } };
            default:
                throw new UnreachableException($"A price has no line of kind {line.GetType().Name}.");
        }
    }

    private BoundAllowance BindAllowance(AllowanceLineSyntax syntax, PriceContext context)
    {
        var isEvents = syntax.Unit.Kind is SyntaxKind.EventsKeyword or SyntaxKind.EventKeyword;
        var unit = isEvents ? null : BindMeasured(syntax.Unit, context);
        var scope = BindScope(syntax.Scope, context);
        RequireScope(syntax, LineLocation(syntax), scope, isEvents ? "has free events" : "has free units", context);
        if (isEvents && !syntax.Number.NumberValue.IsWhole)
        {
            Report(DiagnosticDescriptors.NotWhole, syntax.Number.Location, syntax.Number.Text, "events");
        }

        return new BoundAllowance(LineLocation(syntax), BindSize(syntax.Number, unit), unit, scope) { Remarks = BindRemarks(syntax) };
    }

    private BoundFloor BindFloor(CountLineSyntax syntax, PriceContext context)
    {
        var unit = BindMeasured(syntax.Meter, context);
        return new BoundFloor(
            LineLocation(syntax), syntax.AtLeast is null ? FloorKind.More : FloorKind.AtLeast, BindSize(syntax.Number, unit), unit)
        {
            Remarks = BindRemarks(syntax),
        };
    }

    private BoundAdjustment BindAdjustment(AdjustmentLineSyntax syntax)
    {
        var kind = syntax.Phrase.First == SyntaxKind.MarkedKeyword ? AdjustmentKind.MarkUp : AdjustmentKind.Discount;
        BoundAmount percent;
        if (syntax.Value.Kind != SyntaxKind.PercentToken)
        {
            percent = Require(BindNamedAmount(syntax.Value), AmountKind.Percent, "a percentage");
        }
        else if (kind == AdjustmentKind.Discount || syntax.Value.HasError)
        {
            percent = BindPercentLiteral(syntax.Value);
        }
        else
        {
            // A mark-up may be more than the whole.
            percent = new BoundLiteralAmount(syntax.Value.Location, AmountKind.Percent, null, syntax.Value.NumberValue);
        }

        return new BoundAdjustment(LineLocation(syntax), kind, percent) { Remarks = BindRemarks(syntax) };
    }

    private BoundPriceLimit BindLimit(BoundLineSyntax syntax, PriceContext context)
    {
        var kind = syntax.Phrase.Last == SyntaxKind.LeastKeyword ? LimitKind.AtLeast : LimitKind.AtMost;
        var amount = RequirePriced(BindAmount(syntax.Amount), context, counted: null);
        if (context.Action is not null)
        {
            WatchDecimals(amount);
        }

        var scope = BindScope(syntax.Scope, context);
        if (kind == LimitKind.AtLeast && scope is { Kind: ScopeKind.Key, Key: { IsError: false } key })
        {
            Report(DiagnosticDescriptors.MinimumNeverDue, LineLocation(syntax), key.Name);
        }
        else if (kind == LimitKind.AtLeast && scope is { Kind: not (ScopeKind.Event or ScopeKind.Key) } && _eventFact.TryPeek(out var fact) && fact is not null)
        {
            Report(DiagnosticDescriptors.MinimumDependsOnEvent, LineLocation(syntax), fact.Name, scope.Location.Text.Split(' ')[^1]);
        }

        return new BoundPriceLimit(LineLocation(syntax), kind, amount, scope) { Remarks = BindRemarks(syntax) };
    }

    private BoundConversion BindConversion(RoundedClauseSyntax syntax, BoundCountedUnit unit) => new(
        syntax.Location,
        syntax.Mode.First switch
        {
            SyntaxKind.UpKeyword => ConversionRounding.Up,
            SyntaxKind.DownKeyword => ConversionRounding.Down,
            _ => ConversionRounding.HalfUp,
        },
        syntax.Steps is { } steps ? BindSize(steps.Step, unit.Unit) : unit.Size);

    /// <summary>A figure above zero that fits the unit; 1 where none is written or after a report.</summary>
    private ExactDecimal BindSize(SyntaxToken? token, UnitSymbol? unit)
    {
        if (token is null || token.IsMissing || token.HasError)
        {
            return 1;
        }

        var size = token.NumberValue;
        if (size.Sign <= 0)
        {
            Report(DiagnosticDescriptors.FigureOutOfRange, token.Location, token.Text, "write a figure above 0");
            return 1;
        }

        if (unit is MeterSymbol { IsWhole: true, IsError: false } && !size.IsWhole)
        {
            Report(DiagnosticDescriptors.NotWhole, token.Location, token.Text, Plural(unit));
        }

        return size;
    }

    /// <summary>A unit that the action of the price measures, or an error symbol.</summary>
    private UnitSymbol BindMeasured(SyntaxToken name, PriceContext context)
    {
        if (LookupCountedUnit(name) is not { } unit)
        {
            return new MeterSymbol(name.ValueText, name.ValueText, isWhole: false, name.Location) { IsError = true };
        }

        if (context.Action is { IsError: false } action && !action.Measures.Contains(unit))
        {
            Report(DiagnosticDescriptors.ActionDoesNotMeasure, name.Location, action.Name, Singular(unit));
        }

        return unit;
    }

    /// <summary>PR0106 where a total is formed and nothing says over what; a purchase is its own scope.</summary>
    private void RequireScope(LineSyntax line, TextLocation location, BoundScope? scope, string what, PriceContext context)
    {
        if (scope is null && !line.HasError && context.Action is { IsError: false } action)
        {
            var scopes = action.Key is { } key
                ? $"\"within each event\", \"within each {key.Name}\" or \"within each cycle\""
                : "\"within each event\" or \"within each cycle\"";
            Report(DiagnosticDescriptors.TotalWithoutScope, location, scopes, what);
        }
    }

    private void ReportRepeated<T>(ImmutableArray<T> lines, Func<T, string> keyOf)
        where T : BoundNode
    {
        if (lines.Length < 2)
        {
            return;
        }

        foreach (var again in lines.GroupBy(keyOf, StringComparer.Ordinal).SelectMany(static g => g.Skip(1).Select(l => (First: g.First(), Line: l))))
        {
            ReportTwice(again.Line.Location, again.Line.Location.Text, again.First.Location);
        }
    }

    private void CheckBody(BoundPriceBody body, LineSyntax head)
    {
        CheckShares(body);
        ReportScopesThatDiffer(body);
        ReportRepeatedLines(head, static line => line switch
        {
            AdjustmentLineSyntax adjustment => "adjust " + adjustment.Phrase.First,
            CorrectionsLineSyntax => "corrections",
            _ => null,
        });
        ReportRepeated(body.Allowances, static a => a.Unit?.Name ?? "events");
        ReportRepeated(body.Floors, static f => f.Kind + f.Unit.Name);
        ReportRepeated(body.Limits, static l => l.Kind + (l.Scope?.Kind ?? ScopeKind.Event).ToString());
        if (body.Corrections is { Kind: CorrectionsKind.Allowed } corrections && body.Allowances.FirstOrDefault(static a => a.Unit is null) is { } events)
        {
            Report(DiagnosticDescriptors.CorrectionOfFreeEvents, corrections.Location, events.Count.ToGroupedString());
        }

        foreach (var least in body.Limits.Where(static l => l.Kind == LimitKind.AtLeast))
        {
            var most = body.Limits.FirstOrDefault(l => l.Kind == LimitKind.AtMost && l.Scope?.Kind == least.Scope?.Kind);
            if (most is not null && TryConstant(least.Amount, out var low) && TryConstant(most.Amount, out var high) && low > high)
            {
                Report(DiagnosticDescriptors.MinimumAboveMaximum, least.Location, Write(least.Amount), Write(most.Amount));
            }
        }
    }

    /// <summary>PR0307: a share without a decimal value, unless the total is rounded so that every part of it is a whole number of shares.</summary>
    private void CheckShares(BoundPriceBody body)
    {
        foreach (var line in body.Components.OfType<BoundPerComponent>())
        {
            var unit = line.Unit;
            if (unit.Counting != UnitCounting.Exact || unit.Size.HasFiniteReciprocal || CountsWholeShares(line, body.Allowances))
            {
                continue;
            }

            var rate = line.Cost?.Rate ?? line.Ladder?.Tiers.FirstOrDefault()?.Cost.Rate ?? line.Matrix?.Rows.FirstOrDefault()?.Cost.Rate;
            Report(
                DiagnosticDescriptors.NoExactShare, unit.Location,
                rate is null or BoundErrorAmount ? "A price" : Write(rate), $"{unit.Size.ToGroupedString()} {unit.Location.Text.Split(' ')[^1]}");
        }
    }

    private static bool CountsWholeShares(BoundPerComponent line, ImmutableArray<BoundAllowance> allowances)
    {
        var size = line.Unit.Size;
        return line.Conversion is { } conversion && conversion.Step.IsMultipleOf(size)
            && (line.Ladder is not { Kind: LadderKind.Graduated } ladder || ladder.Tiers.All(tier => tier.End is not { } end || end.IsMultipleOf(size)))
            && allowances.All(free => free.Unit != line.Unit.Unit || free.Count.IsMultipleOf(size));
    }

    /// <summary>The first fact of an event that a condition reads; null where it reads only what the account states.</summary>
    private static FactSymbol? EventFactOf(BoundCondition condition) => condition switch
    {
        BoundAndCondition and => and.Operands.Select(EventFactOf).FirstOrDefault(static f => f is not null),
        BoundOrCondition or => or.Operands.Select(EventFactOf).FirstOrDefault(static f => f is not null),
        BoundNotCondition not => EventFactOf(not.Operand),
        BoundErrorCondition => null,
        _ => FactOf(condition) is { Owner: FactOwner.Action } fact ? fact : null,
    };

    /// <summary>Fees, packages and options of a ladder whose bounds are known.</summary>
    private void CheckTiers(BoundLadder ladder, BoundCountedUnit unit)
    {
        for (var i = 0; i < ladder.Tiers.Length; i++)
        {
            var tier = ladder.Tiers[i];
            if (i > 0 && tier.Cost.Fee is { EvenAtZero: true } fee)
            {
                Report(DiagnosticDescriptors.EvenAtZeroLater, fee.Location);
            }

            if (tier.Cost.PackageSize is not null && unit.Counting != UnitCounting.Exact)
            {
                Report(DiagnosticDescriptors.PackagesOfPackages, tier.Location, unit.Size.ToGroupedString());
            }
            else if (tier.End is { } end)
            {
                CheckPackages(tier, end, ladder.Kind, unit);
            }
        }
    }

    private void CheckPackages(BoundTier tier, ExactDecimal end, LadderKind kind, BoundCountedUnit unit)
    {
        if (unit.Counting == UnitCounting.StartedPackages && !end.IsMultipleOf(unit.Size))
        {
            ReportLimit(tier, end, 0, unit.Size);
        }
        else if (tier.Cost.PackageSize is { } size && kind == LadderKind.Graduated && !(end - tier.Start).IsMultipleOf(size))
        {
            ReportLimit(tier, end, tier.Start, size);
        }
    }

    private void ReportLimit(BoundTier tier, ExactDecimal end, ExactDecimal start, ExactDecimal size)
    {
        var scale = Math.Max(Math.Max(end.Scale, start.Scale), size.Scale);
        var packages = BigInteger.Divide(
            (end - start).Mantissa * BigInteger.Pow(10, scale - (end - start).Scale), size.Mantissa * BigInteger.Pow(10, scale - size.Scale));
        var below = start + (new ExactDecimal(packages) * size);
        var choices = below == start ? (below + size).ToGroupedString() : $"{below.ToGroupedString()} or {(below + size).ToGroupedString()}";
        Report(DiagnosticDescriptors.LimitCutsPackage, tier.Location, end.ToGroupedString(), size.ToGroupedString(), choices);
    }
}
