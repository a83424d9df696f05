using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Binding;

// What carries credits over a boundary, and what it needs from the rest of the file (time.md 3 and 5).
internal sealed partial class Binder
{
    private void CheckRollovers(BoundRuleset ruleset)
    {
        foreach (var bucket in ruleset.Buckets)
        {
            CheckRollover(bucket.Unused, ruleset.Cycle);
            if (bucket.Unused is BoundUnusedRollsOver { Cap: { Kind: RolloverCapKind.PercentOfGranted } cap }
                && !HasUnreadableItem && !bucket.Bucket.IsError
                && !ruleset.Plans.SelectMany(static p => p.Grants).Any(g => g.Bucket.IsError || ReferenceEquals(g.Bucket, bucket.Bucket)))
            {
                Report(DiagnosticDescriptors.CapWithoutBase, cap.Location, cap.Amount.Location.Text, bucket.Bucket.Name);
            }
        }

        foreach (var plan in ruleset.Plans)
        {
            CheckRollover(plan.Unused, ruleset.Cycle);
        }
    }

    private void CheckRollover(BoundUnused? unused, BoundCycle? cycle)
    {
        if (unused is not BoundUnusedRollsOver rolls)
        {
            return;
        }

        if (rolls.Cap is { Kind: RolloverCapKind.Amount } cap && TryConstant(rolls.Minimum, out var least) && TryConstant(cap.Amount, out var most) && least > most)
        {
            Report(DiagnosticDescriptors.MinimumAboveCap, rolls.Minimum!.Location, rolls.Minimum.Location.Text, cap.Amount.Location.Text);
        }

        if (rolls.Life is BoundDurationLife life && cycle is not null && IsShorter(life.Duration, cycle.Interval))
        {
            Report(DiagnosticDescriptors.CarriedLifeTooShort, life.Location, life.Duration.ToString());
        }
    }

    /// <summary>Shorter in every calendar: the longest it can be is less than the shortest the other can be.</summary>
    private static bool IsShorter(Duration duration, Duration other)
    {
        if (Months(duration) is { } months && Months(other) is { } otherMonths)
        {
            return months < otherMonths;
        }

        return Hours(duration, 31, 366) < Hours(other, 28, 365);
    }

    private static long? Months(Duration duration) => duration.Unit switch
    {
        DurationUnit.Month => duration.Count,
        DurationUnit.Year => 12L * duration.Count,
        _ => null,
    };

    private static long Hours(Duration duration, int daysOfMonth, int daysOfYear) => (long)duration.Count * duration.Unit switch
    {
        DurationUnit.Hour => 1,
        DurationUnit.Day => 24,
        DurationUnit.Week => 7 * 24,
        DurationUnit.Month => daysOfMonth * 24,
        _ => daysOfYear * 24,
    };

    private BoundAnchor BindAnchor(AnchoredLineSyntax syntax, CycleKind cycle)
    {
        var location = LineLocation(syntax);
        if (cycle == CycleKind.CalendarMonth)
        {
            Report(DiagnosticDescriptors.AnchorOfCalendarMonth, location);
        }

        if (syntax.Day is not { } token)
        {
            var kind = syntax.Phrase.Last == SyntaxKind.MidnightKeyword ? AnchorKind.Midnight : AnchorKind.Start;
            return new BoundAnchor(location, kind, 0) { Remarks = BindRemarks(syntax) };
        }

        var day = token.IntegerValue;
        if (!token.IsMissing && !token.HasError && day is < 1 or > 31)
        {
            Report(DiagnosticDescriptors.FigureOutOfRange, token.Location, token.Text, "a month has days 1 to 31");
        }
        else if (day > 28 && cycle != CycleKind.CalendarMonth)
        {
            Report(DiagnosticDescriptors.AnchorOnLateDay, token.Location, token.Text);
        }

        return new BoundAnchor(location, AnchorKind.DayOfMonth, Math.Clamp(day, 1, 31)) { Remarks = BindRemarks(syntax) };
    }

    /// <summary>PR0521: a line for every change and one for upgrades or downgrades.</summary>
    private void CheckPlanChanges(CycleSyntax syntax)
    {
        var changes = Lines(syntax).OfType<PlanChangeLineSyntax>().ToList();
        if (!changes.Exists(static c => c.Subject.First == SyntaxKind.PlanKeyword))
        {
            return;
        }

        foreach (var change in changes.Where(static c => c.Subject.First is SyntaxKind.UpgradeKeyword or SyntaxKind.DowngradeKeyword).Take(1))
        {
            var isUpgrade = change.Subject.First == SyntaxKind.UpgradeKeyword;
            Report(DiagnosticDescriptors.PlanChangeTwice, change.Subject.Location, isUpgrade ? "upgrade" : "downgrade", isUpgrade ? "an upgrade" : "a downgrade");
        }
    }

    private BoundHolds BindHolds(HoldsSyntax syntax)
    {
        var holds = new BoundHolds(LineLocation(syntax)) { Remarks = BindRemarks(syntax) };
        foreach (var line in Lines(syntax))
        {
            var remarks = BindRemarks(line);
            holds = line switch
            {
                HoldExpiryLineSyntax expiry => holds with
                {
                    Expiry = new BoundHoldExpiry(LineLocation(line), BindDuration(expiry.Duration)) { Remarks = remarks },
                },
                CaptureLineSyntax capture => holds with
                {
                    Capture = new BoundCapture(LineLocation(line), capture.Phrase.First == SyntaxKind.MayKeyword, capture.By?.Percent.NumberValue)
                    {
                        Remarks = remarks,
                    },
                },
                ReturnedCreditsLineSyntax returned => holds with
                {
                    Returned = new BoundReturned(LineLocation(line), returned.Duration is { } live ? BindDuration(live) : null) { Remarks = remarks },
                },
                _ => holds,
            };
        }

        ReportRepeatedLines(syntax, static line => line.GetType().Name);
        return holds;
    }
}
