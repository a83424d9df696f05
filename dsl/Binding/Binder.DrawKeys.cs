using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    /// <summary>Keys of <c>drawn</c>, which order the grants of one bucket, or of <c>consume by</c>, which order all.</summary>
    private ImmutableArray<BoundDrawKey> BindKeys(DrawKeyListSyntax syntax, bool isOneBucket)
    {
        var keys = ImmutableArray.CreateBuilder<BoundDrawKey>();
        DrawKeySyntax? before = null;
        foreach (var written in syntax.Keys)
        {
            if (BindKey(written, isOneBucket) is { } key)
            {
                CheckKeyDecides(syntax, written, before, key, keys, isOneBucket);
                keys.Add(key);
            }

            before = written;
        }

        return keys.ToImmutable();
    }

    private BoundDrawKey? BindKey(DrawKeySyntax syntax, bool isOneBucket)
    {
        switch (syntax)
        {
            case ExpiryDrawKeySyntax expiry:
                return new BoundDrawKey(syntax.Location, DrawKeyKind.SoonestExpiry)
                {
                    Resolution = expiry.Resolution?.UnitKeyword.Kind switch
                    {
                        SyntaxKind.SecondKeyword => ExpiryResolution.Second,
                        SyntaxKind.MinuteKeyword => ExpiryResolution.Minute,
                        SyntaxKind.HourKeyword => ExpiryResolution.Hour,
                        SyntaxKind.DayKeyword => ExpiryResolution.Day,
                        _ => ExpiryResolution.Exact,
                    },
                };
            case BucketsDrawKeySyntax order:
                return BindBucketsKey(order, isOneBucket);
            case PhraseDrawKeySyntax { Phrase: var phrase }:
                DrawKeyKind? kind = (phrase.First, phrase.Last) switch
                {
                    (SyntaxKind.LowestKeyword, SyntaxKind.PriorityKeyword) => DrawKeyKind.LowestPriority,
                    (SyntaxKind.LowestKeyword, SyntaxKind.CostKeyword) => DrawKeyKind.LowestCost,
                    (SyntaxKind.EarliestKeyword, _) => DrawKeyKind.EarliestStart,
                    (SyntaxKind.OldestKeyword, _) => DrawKeyKind.Oldest,
                    (SyntaxKind.NewestKeyword, _) => DrawKeyKind.Newest,
                    (SyntaxKind.LargestKeyword, _) => DrawKeyKind.Largest,
                    (SyntaxKind.SmallestKeyword, _) => DrawKeyKind.Smallest,
                    (SyntaxKind.NarrowestKeyword, _) => DrawKeyKind.Narrowest,
                    _ => null,
                };
                return kind is { } known ? new BoundDrawKey(syntax.Location, known) : null;
            default:
                return null;
        }
    }

    private BoundDrawKey BindBucketsKey(BucketsDrawKeySyntax syntax, bool isOneBucket)
    {
        var buckets = ImmutableArray.CreateBuilder<BucketSymbol>();
        var isKnown = true;
        foreach (var name in syntax.Buckets.Items.Where(static n => !n.IsMissing))
        {
            var bucket = LookupBucket(name);
            isKnown &= !bucket.IsError && !IsGuess(name, bucket);
            if (bucket is { Funding: BucketFunding.Postpaid, IsError: false })
            {
                Report(DiagnosticDescriptors.LineNeedsOtherFunding, name.Location, "before", bucket.Name, "is postpaid and comes last anyway");
            }

            if (buckets.Contains(bucket))
            {
                Report(DiagnosticDescriptors.BucketTwiceInOrder, name.Location, bucket.Name);
                continue;
            }

            buckets.Add(bucket);
        }

        var left = _buckets.Symbols.Where(b => b.Funding != BucketFunding.Postpaid && !buckets.Contains(b)).ToList();
        if (isKnown && !isOneBucket && left.Count > 0 && !syntax.Buckets.Items.Any(static n => n.IsMissing))
        {
            var addition = string.Concat(left.Select(static b => " before " + WriteName(b.Name)));
            Report(
                DiagnosticDescriptors.BucketMissingFromKey, syntax.Location,
                [new DiagnosticFix($"write {syntax.Location.Text}{addition}", new TextSpan(syntax.Span.End, 0), addition)],
                syntax.Location.Text, left[0].Name, syntax.Location.Text + addition);
        }

        return new BoundDrawKey(syntax.Location, DrawKeyKind.BucketOrder) { Buckets = buckets.ToImmutable() };
    }

    /// <summary>PR0524: grants that a key leaves equal are equal for the same key, for its opposite, and for a coarser one.</summary>
    private void CheckKeyDecides(
        DrawKeyListSyntax list, DrawKeySyntax written, DrawKeySyntax? before, BoundDrawKey key,
        ImmutableArray<BoundDrawKey>.Builder earlier, bool isOneBucket)
    {
        var start = before?.Span.End ?? written.Span.Start;
        ImmutableArray<DiagnosticFix> fixes = before is not null || list.Keys.Length == 1
            ? [new DiagnosticFix("delete it", TextSpan.FromBounds(start, written.Span.End), "")]
            : [];
        if (isOneBucket && key.Kind is (DrawKeyKind.BucketOrder or DrawKeyKind.Narrowest))
        {
            Report(DiagnosticDescriptors.KeyOfManyBuckets, written.Location, before is null ? [] : fixes, written.Location.Text);
            return;
        }

        for (var i = 0; i < earlier.Count; i++)
        {
            if (Compares(earlier[i].Kind) == Compares(key.Kind) && (key.Kind != DrawKeyKind.SoonestExpiry || earlier[i].Resolution <= key.Resolution))
            {
                Report(
                    DiagnosticDescriptors.KeyNeverDecides, written.Location, fixes,
                    "then " + written.Location.Text, (i > 0 ? "then " : "") + earlier[i].Location.Text);
                return;
            }
        }
    }

    private static DrawKeyKind Compares(DrawKeyKind kind) => kind switch
    {
        DrawKeyKind.Newest => DrawKeyKind.Oldest,
        DrawKeyKind.Smallest => DrawKeyKind.Largest,
        _ => kind,
    };
}
