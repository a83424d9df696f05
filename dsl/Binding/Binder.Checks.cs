using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Binding;

// What the file must state (language 4.5). Silent where the missing statement may be one that could not be read.
internal sealed partial class Binder
{
    private void CheckCoverage(BoundRuleset ruleset)
    {
        foreach (var action in ruleset.Actions)
        {
            if (!action.IsFree && !_pricedActions.ContainsKey(action) && !IsExcused(action))
            {
                Report(DiagnosticDescriptors.ActionWithoutPrice, action.Location, action.Name);
            }
        }
    }

    /// <summary>PR0523: an action that every bucket leaves out.</summary>
    private void CheckServed(BoundRuleset ruleset)
    {
        if (ruleset.Buckets.IsEmpty || HasUnreadableItem || ruleset.Buckets.Any(static b => b.Serves is null))
        {
            return;
        }

        var served = ruleset.Buckets.SelectMany(static b => b.Serves!.Actions).ToHashSet<Symbol>(ReferenceEqualityComparer.Instance);
        if (served.Any(static a => a.IsError) || Items<BucketSyntax>().Any(BlockHasError))
        {
            return;
        }

        foreach (var action in ruleset.Actions.Where(a => !a.IsFree && !served.Contains(a)))
        {
            Report(DiagnosticDescriptors.ActionNotServed, action.Location, action.Name);
        }
    }

    private void CheckCompleteness(BoundRuleset ruleset)
    {
        CheckUnused(ruleset);
        CheckServed(ruleset);
        CheckRollovers(ruleset);
        if (!HasUnreadableItem && _buckets.Symbols.Count > 0)
        {
            if (ruleset.Consume is null)
            {
                Report(DiagnosticDescriptors.NoConsumeOrder, _buckets.Symbols[0].Location, string.Join(", then ", _buckets.Names.Select(WriteName)));
            }

            if (ruleset.AtZero is null)
            {
                var charged = ruleset.Actions.Where(static a => !a.IsFree).Select(static a => WriteName(a.Name));
                Report(DiagnosticDescriptors.AtZeroNotStated, _buckets.Symbols[0].Location, string.Join(", ", charged));
            }
        }

        if (ruleset.AtZero is { Shortfall: null } atZero && !BlockHasError(Items<AtZeroSyntax>().First()))
        {
            Report(DiagnosticDescriptors.ShortfallNotStated, atZero.Location);
        }

        if (ruleset.Cycle is null && !HasUnreadableItem && _cycleNeeded is var (location, what))
        {
            Report(DiagnosticDescriptors.CycleNotStated, location, what);
        }
    }

    private void CheckUnused(BoundRuleset ruleset)
    {
        var plansOf = ruleset.Plans.SelectMany(static p => p.Grants.Select(g => (g.Bucket, Plan: p, Decides: ReferenceEquals(g.Bucket, p.Grants[0].Bucket))))
            .ToLookup(static g => g.Bucket, static g => (g.Plan, g.Decides), ReferenceEqualityComparer.Instance);
        foreach (var syntax in Items<BucketSyntax>())
        {
            if (_buckets.Find(syntax.Name.ValueText) is not { Funding: not BucketFunding.Postpaid } bucket
                || BlockHasError(syntax)
                || Lines(syntax).Any(static line => line is UnusedLineSyntax))
            {
                continue;
            }

            var plansDecide = bucket.Funding == BucketFunding.Plan && plansOf.Contains(bucket)
                && plansOf[bucket].All(p => (p.Decides && p.Plan.Unused is not null) || PlanHasError(p.Plan.Plan));
            if (!plansDecide)
            {
                Report(DiagnosticDescriptors.UnusedNotStated, bucket.Location, bucket.Name);
            }
        }
    }

    /// <summary>PR0703: sentences that the published page does not hold, white space apart.</summary>
    private void CheckQuotations()
    {
        if (_options.PageText is not { } written)
        {
            return;
        }

        var page = Unspaced(written);
        foreach (var remark in _file.Remarks)
        {
            if (remark is { Keyword.Kind: SyntaxKind.SaysKeyword, Text: { IsMissing: false, HasError: false, ValueText: var sentence } }
                && !page.Contains(Unspaced(sentence), StringComparison.Ordinal))
            {
                // The page is that of this version, so what is taken over is compared with it too.
                var isOwn = ReferenceEquals(remark.Source, _tree.Text);
                _diagnostics.Report(
                    DiagnosticDescriptors.NotOnThePage, remark.Text.Location,
                    isOwn ? [new DiagnosticFix("write note", remark.Keyword.Span, "note")] : [], sentence);
            }
        }
    }

    private static string Unspaced(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private bool PlanHasError(PlanSymbol plan) => Items<PlanSyntax>().Any(p => p.Name.ValueText == plan.Name && BlockHasError(p));

    /// <summary>PR0701: names that no rule reads. Examples do not count; what callers name (actions, plans, packs, alerts) is never unused.</summary>
    private void CheckUse()
    {
        CheckUse(_currencies.Symbols);
        CheckUse(_lists.Symbols);
        CheckUse(_meters.Symbols);
        CheckUse(_accountFacts.Symbols);
        CheckUse(_ratesAndTerms.Values);
        foreach (var action in _actions.Symbols)
        {
            CheckUse(action.Facts);
        }
    }

    private void CheckUse(IEnumerable<Symbol> symbols)
    {
        foreach (var symbol in symbols.OrderBy(static s => s.Location.Span.Start))
        {
            if (!_used.Contains(symbol) && !symbol.IsError && !IsExcused(symbol))
            {
                Report(DiagnosticDescriptors.NeverUsed, symbol.Location, symbol.Name);
            }
        }
    }

    /// <summary>Text that could not be read names it, or a mistyped name meant it.</summary>
    private bool IsExcused(Symbol symbol) => _tree.SkippedNames.Contains(symbol.Name) || _meant.Contains(symbol.Name);
}
