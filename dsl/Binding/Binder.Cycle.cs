using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    private (TextLocation Location, string What)? _cycleNeeded;

    private void NeedCycle(TextLocation location, string what) => _cycleNeeded ??= (location, what);

    private BoundCycle BindCycle(CycleSyntax syntax)
    {
        var location = LineLocation(syntax);
        var cycle = syntax.Length switch
        {
            MonthlyOrAnnualCycleLengthSyntax either => new BoundCycle(location, CycleKind.MonthlyOrAnnual, new Duration(1, DurationUnit.Month))
            {
                By = BindCycleFact(either.Fact),
            },
            EveryCycleLengthSyntax every => new BoundCycle(location, CycleKind.Interval, BindDuration(every.Duration)),
            PhraseCycleLengthSyntax { Phrase.First: SyntaxKind.CalendarKeyword } =>
                new BoundCycle(location, CycleKind.CalendarMonth, new Duration(1, DurationUnit.Month)),
            PhraseCycleLengthSyntax { Phrase.First: SyntaxKind.AnnualKeyword } =>
                new BoundCycle(location, CycleKind.Interval, new Duration(1, DurationUnit.Year)),
            PhraseCycleLengthSyntax { Phrase.First: SyntaxKind.WeeklyKeyword } =>
                new BoundCycle(location, CycleKind.Interval, new Duration(1, DurationUnit.Week)),
            _ => new BoundCycle(location, CycleKind.Interval, new Duration(1, DurationUnit.Month)),
        };
        cycle = cycle with { Remarks = BindRemarks(syntax) };
        foreach (var line in Lines(syntax))
        {
            switch (line)
            {
                case PlanChangeLineSyntax change:
                    cycle = cycle with { PlanChanges = cycle.PlanChanges.Add(BindPlanChange(change)) };
                    break;
                case AnnualGrantsLineSyntax upFront:
                    cycle = cycle with { UpFront = BindUpFront(upFront) };
                    break;
                case AnchoredLineSyntax anchored:
                    cycle = cycle with { Anchor = BindAnchor(anchored, cycle.Kind) };
                    break;
            }
        }

        CheckPlanChanges(syntax);
        ReportRepeatedLines(syntax, static line => line is PlanChangeLineSyntax change ? "change " + change.Subject.First : line.GetType().Name);
        return cycle;
    }

    private FactSymbol? BindCycleFact(SyntaxToken name)
    {
        var fact = LookupFact(name, null);
        if (fact is not null && !(fact.Domain.Values.Contains("monthly", StringComparer.Ordinal) && fact.Domain.Values.Contains("annual", StringComparer.Ordinal)))
        {
            Report(DiagnosticDescriptors.CycleFactNeedsValues, name.Location, fact.Name, Describe(fact.Domain));
        }

        return fact;
    }

    private BoundUpFront BindUpFront(AnnualGrantsLineSyntax syntax)
    {
        var months = syntax.Count.IntegerValue;
        if (!syntax.Count.IsMissing && !syntax.Count.HasError && months is < 1 or > 12)
        {
            Report(DiagnosticDescriptors.FigureOutOfRange, syntax.Count.Location, syntax.Count.Text, "a year has 1 to 12 months");
        }

        return new BoundUpFront(LineLocation(syntax), Math.Clamp(months, 1, 12)) { Remarks = BindRemarks(syntax) };
    }

    private BoundPlanChange BindPlanChange(PlanChangeLineSyntax syntax)
    {
        var move = syntax.Subject.First switch
        {
            SyntaxKind.UpgradeKeyword => PlanMove.Upgrade,
            SyntaxKind.DowngradeKeyword => PlanMove.Downgrade,
            _ => PlanMove.Any,
        };
        return new BoundPlanChange(LineLocation(syntax), move, BindPlanChangeKind(syntax)) { Remarks = BindRemarks(syntax) };
    }

    private PlanChangeKind BindPlanChangeKind(PlanChangeLineSyntax syntax)
    {
        switch (syntax.Effect)
        {
            case RestartsCycleSyntax { CarryingUnused: not null }:
                return PlanChangeKind.RestartsCarryingUnused;
            case RestartsCycleSyntax:
                return PlanChangeKind.Restarts;
            case WaitsForRenewalSyntax:
                return PlanChangeKind.WaitsForRenewal;
            case KeepsCycleSyntax { Grants: null } keeps:
                if (!syntax.HasError)
                {
                    Report(DiagnosticDescriptors.KeptCycleGrantNotStated, keeps.Location);
                }

                return PlanChangeKind.KeepsGrantingNothing;
            case KeepsCycleSyntax { Grants.Phrase: var phrase }:
                return phrase.First switch
                {
                    SyntaxKind.TheKeyword => PlanChangeKind.KeepsGrantingDifference,
                    SyntaxKind.AKeyword => PlanChangeKind.KeepsGrantingShare,
                    SyntaxKind.InKeyword => PlanChangeKind.KeepsGrantingInFull,
                    _ => PlanChangeKind.KeepsGrantingNothing,
                };
            default:
                return PlanChangeKind.Restarts;
        }
    }

    private BoundPlan BindPlan(PlanSyntax syntax)
    {
        var symbol = _plans.Find(syntax.Name.ValueText) ?? new PlanSymbol(syntax.Name.ValueText, syntax.Name.Location) { IsError = true };
        NeedCycle(syntax.Name.Location, $"The plan \"{symbol.Name}\"");
        var plan = new BoundPlan(LineLocation(syntax), symbol, [BindPlanGrant(syntax.Grant, LineLocation(syntax))]) { Remarks = BindRemarks(syntax) };
        foreach (var line in Lines(syntax))
        {
            switch (line)
            {
                case UnusedLineSyntax unused:
                    plan = plan with { Unused = BindUnused(unused) };
                    break;
                case AlsoGrantsLineSyntax also:
                    plan = plan with { Grants = plan.Grants.Add(BindPlanGrant(also.Grant, LineLocation(also)) with { Remarks = BindRemarks(also) }) };
                    break;
                case ExistingAccountsLineSyntax existing:
                    plan = plan with { ExistingAccounts = BindExistingAccounts(existing) };
                    break;
            }
        }

        ReportRepeatedLines(syntax, static line => line is AlsoGrantsLineSyntax ? null : line.GetType().Name);
        return plan;
    }

    private BoundPlanGrant BindPlanGrant(PlanGrantSyntax syntax, TextLocation location)
    {
        var bucket = LookupBucket(syntax.Bucket);
        RequireHoldsCredits(bucket, syntax.Bucket);
        Duration? interval = syntax.Interval.Duration is { } duration ? BindDuration(duration) : null;
        return new BoundPlanGrant(location, BindKeptCredits(syntax.Amount), interval, bucket);
    }

    private BoundPack BindPack(PackSyntax syntax)
    {
        var symbol = _packs.Find(syntax.Name.ValueText) ?? new PackSymbol(syntax.Name.ValueText, syntax.Name.Location) { IsError = true };
        var bucket = LookupBucket(syntax.Bucket);
        RequireHoldsCredits(bucket, syntax.Bucket);
        return new BoundPack(LineLocation(syntax), symbol, BindKeptCredits(syntax.Amount), bucket) { Remarks = BindRemarks(syntax) };
    }

    private BoundInvoice BindInvoice(InvoiceSyntax syntax)
    {
        var day = syntax.Day.IntegerValue;
        if (!syntax.Day.IsMissing && !syntax.Day.HasError && day is < 1 or > 31)
        {
            Report(DiagnosticDescriptors.FigureOutOfRange, syntax.Day.Location, syntax.Day.Text, "a month has days 1 to 31");
        }

        return new BoundInvoice(LineLocation(syntax), Math.Clamp(day, 1, 31), syntax.Collection is not null) { Remarks = BindRemarks(syntax) };
    }

    private BoundRecord BindRecord(RecordSyntax syntax) => new(
        LineLocation(syntax), [.. syntax.Names.Items.Where(static n => !n.IsMissing).Select(static n => n.ValueText)])
    {
        Remarks = BindRemarks(syntax),
    };

    private static BoundTransfers BindTransfers(TransfersSyntax syntax) =>
        new(LineLocation(syntax), syntax.PolicyKeyword.Kind == SyntaxKind.AllowedKeyword) { Remarks = BindRemarks(syntax) };
}
