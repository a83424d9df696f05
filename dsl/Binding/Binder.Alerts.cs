using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    private BoundAlert BindAlert(AlertSyntax syntax)
    {
        var symbol = _alerts.Find(syntax.Name.ValueText) ?? new AlertSymbol(syntax.Name.ValueText, syntax.Name.Location) { IsError = true };
        var levels = ImmutableArray.CreateBuilder<BoundAlertLevel>();
        var seen = new HashSet<(LevelCrossing, AmountKind, ExactDecimal, BucketSymbol?, LevelFigure)>();
        var alert = new BoundAlert(LineLocation(syntax), symbol, []) { Remarks = BindRemarks(syntax) };
        foreach (var line in Lines(syntax))
        {
            switch (line)
            {
                case AlertLevelLineSyntax level:
                    levels.Add(BindAlertLevel(level, seen));
                    break;
                case ShowsLineSyntax shows:
                    alert = alert with { Shows = [.. alert.Shows, .. shows.Names.Items.Where(static n => !n.IsMissing).Select(static n => n.ValueText)] };
                    break;
                case OffersLineSyntax offers:
                    foreach (var name in offers.Names.Items)
                    {
                        Use(_packs.Find(name.ValueText), name);
                    }

                    alert = alert with { Offers = [.. alert.Offers, .. offers.Names.Items.Where(static n => !n.IsMissing).Select(static n => n.ValueText)] };
                    break;
                case AlertPhraseLineSyntax { Phrase.First: SyntaxKind.AgainKeyword }:
                    alert = alert with { FiresAgain = true };
                    break;
                case AlertPhraseLineSyntax:
                    alert = alert with { CountsFreshCreditsOnly = true };
                    break;
            }
        }

        ReportRepeatedLines(syntax, static line => line is AlertPhraseLineSyntax { Phrase.First: var first } ? first.ToString() : null);
        return alert with { Levels = levels.ToImmutable() };
    }

    private BoundAlertLevel BindAlertLevel(
        AlertLevelLineSyntax syntax, HashSet<(LevelCrossing, AmountKind, ExactDecimal, BucketSymbol?, LevelFigure)> seen)
    {
        var crossing = syntax switch
        {
            { EveryKeyword: not null } => LevelCrossing.AtEvery,
            { DirectionKeyword.Kind: SyntaxKind.AboveKeyword } => LevelCrossing.Above,
            { DirectionKeyword.Kind: SyntaxKind.BelowKeyword } => LevelCrossing.Below,
            _ => LevelCrossing.At,
        };
        var figure = syntax.FigureKeyword.Kind == SyntaxKind.LeftKeyword ? LevelFigure.Left : LevelFigure.Used;
        if (!syntax.HasError)
        {
            CheckDirection(syntax, crossing, figure);
        }

        var bucket = syntax.Of is { Bucket: { Kind: not SyntaxKind.BalanceKeyword } name } && name.ValueText != "balance" ? LookupBucket(name) : null;
        ImmutableArray<BoundAmount> amounts = [.. syntax.Levels.Amounts.Select(amount => BindLevel(amount, bucket, figure))];
        foreach (var amount in amounts)
        {
            if (amount.Kind != AmountKind.Error && TryConstant(amount, out var value) && !seen.Add((crossing, amount.Kind, value, bucket, figure)))
            {
                Report(DiagnosticDescriptors.LevelTwice, amount.Location, Write(amount));
            }
        }

        BoundAmount? step = null;
        if (syntax.Steps is { } steps)
        {
            step = BindLevel(steps.Amount, bucket, figure);
            RequireStep(step);
            if (crossing == LevelCrossing.AtEvery)
            {
                Report(DiagnosticDescriptors.DeclaredTwice, steps.ThenEvery.Location, "every", syntax.Location.Line);
            }
        }

        if (crossing == LevelCrossing.AtEvery)
        {
            foreach (var amount in amounts)
            {
                RequireStep(amount);
            }
        }

        return new BoundAlertLevel(LineLocation(syntax), crossing, amounts, bucket, figure, step) { Remarks = BindRemarks(syntax) };
    }

    private void CheckDirection(AlertLevelLineSyntax syntax, LevelCrossing crossing, LevelFigure figure)
    {
        if (crossing == LevelCrossing.AtEvery && figure == LevelFigure.Left)
        {
            Report(DiagnosticDescriptors.FallingStepsWithoutLevel, LineLocation(syntax));
        }
        else if (crossing == LevelCrossing.Below && figure == LevelFigure.Used)
        {
            ReportDirection(syntax, "below", "left", "used", "rises", "above");
        }
        else if (crossing == LevelCrossing.Above && figure == LevelFigure.Left)
        {
            ReportDirection(syntax, "above", "used", "left", "falls", "below");
        }
    }

    private void ReportDirection(AlertLevelLineSyntax syntax, string direction, string its, string figure, string moves, string other) => Report(
        DiagnosticDescriptors.LevelOfOtherDirection, syntax.DirectionKeyword.Location,
        [
            new DiagnosticFix($"write \"{other}\"", syntax.DirectionKeyword.Span, other),
            new DiagnosticFix($"write \"{its}\"", syntax.FigureKeyword.Span, its),
        ],
        direction, its, figure, moves, other);

    private BoundAmount BindLevel(AmountSyntax syntax, BucketSymbol? bucket, LevelFigure figure)
    {
        // The balance may be used beyond what was granted: by postpaid use, and by what is owed.
        var amount = syntax is PercentAmountSyntax { Base: null, Percent: { IsMissing: false, HasError: false } percent } && figure == LevelFigure.Used && bucket is null
            ? new BoundLiteralAmount(percent.Location, AmountKind.Percent, null, percent.NumberValue)
            : BindAmount(syntax);
        if (amount.Kind == AmountKind.Money)
        {
            Report(DiagnosticDescriptors.WrongUnit, amount.Location, Noun(amount), "an amount of credits or a percentage");
            return new BoundErrorAmount(amount.Location);
        }

        if (amount.Kind == AmountKind.Percent && bucket is { Funding: BucketFunding.Postpaid, IsError: false })
        {
            Report(DiagnosticDescriptors.PercentOfPostpaid, amount.Location, bucket.Name);
            return new BoundErrorAmount(amount.Location);
        }

        return amount;
    }

    private void RequireStep(BoundAmount amount)
    {
        if (TryConstant(amount, out var value) && value.IsZero)
        {
            Report(DiagnosticDescriptors.FigureOutOfRange, amount.Location, amount.Location.Text, "levels that repeat are further apart than nothing");
        }
    }
}
