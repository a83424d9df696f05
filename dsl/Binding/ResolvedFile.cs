using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>
/// The lines one version consists of: those of its own file and those it takes over from the version it amends. Every line keeps the text
/// it was read from. Source: language section 6.
/// </summary>
internal sealed class ResolvedFile
{
    private readonly ImmutableArray<Entry> _entries;
    private readonly ImmutableDictionary<SourceText, BoundOrigin> _origins;
    private readonly ImmutableArray<LineSyntax> _inheritedHeadlines;
    private readonly ImmutableArray<TextLocation> _trailer;

    // What each include line that holds brings in.
    private readonly ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> _brought;

    private ResolvedFile(
        SyntaxTree tree, ImmutableArray<LineSyntax> inheritedHeadlines, ImmutableArray<Entry> entries,
        ImmutableHashSet<SyntaxToken> gone, ImmutableDictionary<SourceText, BoundOrigin> origins, ImmutableArray<TextLocation> trailer,
        ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> brought)
    {
        Tree = tree;
        Gone = gone;
        Items = [.. entries.Select(static e => e.Line)];
        Headlines = [.. HeadlinesOf(tree), .. inheritedHeadlines];
        _inheritedHeadlines = inheritedHeadlines;
        _entries = entries;
        _origins = origins;
        _trailer = trailer;
        _brought = brought;
        Included = [.. Headlines.OfType<IncludeLineSyntax>().SelectMany(l => brought.GetValueOrDefault(l, [])).DistinctBy(static f => f.Id)];
    }

    /// <summary>The version's own file.</summary>
    public SyntaxTree Tree { get; }

    /// <summary>Lines of the header that hold, remarks and unreadable ones apart.</summary>
    public ImmutableArray<LineSyntax> Headlines { get; }

    /// <summary>Items that hold, in the order of the resolved text; <c>remove</c> lines are not among them.</summary>
    public ImmutableArray<LineSyntax> Items { get; }

    /// <summary>Names of <c>free action</c> lists that no longer count.</summary>
    public ImmutableHashSet<SyntaxToken> Gone { get; }

    /// <summary>The common files whose items hold, those that a file includes before it.</summary>
    public ImmutableArray<IncludedFile> Included { get; }

    /// <summary>
    /// A file that amends nothing, its <c>remove</c> lines, if any, left out, behind what it includes. An item of its own that an included file
    /// declares as well is PR0214, one that two included files declare PR0916.
    /// </summary>
    public static ResolvedFile Whole(SyntaxTree tree, ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> brought, DiagnosticBag diagnostics)
    {
        var own = tree.Root.Items.Where(static i => i is not RemoveSyntax).Select(static i => new Entry(i, LeadingOf(i))).ToList();
        return new ResolvedFile(
            tree, [], [.. IncludedEntries(tree, brought, [], own, diagnostics), .. own], [], ImmutableDictionary<SourceText, BoundOrigin>.Empty, TrailerOf(tree), brought);
    }

    /// <summary>What an amendment with these include lines keeps of the common files that its base includes.</summary>
    public ImmutableArray<IncludedFile> IncludedWithout(IEnumerable<IncludeLineSyntax> restated)
    {
        var names = restated.Select(static l => l.Name.ValueText).ToHashSet(StringComparer.Ordinal);
        return [.. Headlines.OfType<IncludeLineSyntax>().Where(l => !names.Contains(l.Name.ValueText))
            .SelectMany(l => _brought.GetValueOrDefault(l, [])).DistinctBy(static f => f.Id)];
    }

    /// <summary>
    /// Puts an amendment over its base. An item takes the place of the one with its kind and name; kinds without names are replaced whole.
    /// A new item stands behind the last of its kind. An item that replaces keeps the comments above the old one where it has none.
    /// </summary>
    /// <param name="removed">Keys of what is removed, as <see cref="KeysOf"/> gives them.</param>
    /// <param name="brought">What the amendment's own include lines bring in: items as if they stood in it.</param>
    public static ResolvedFile Amend(
        SyntaxTree tree, ResolvedFile baseFile, BoundHeader before, IReadOnlySet<string> removed,
        ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> brought, DiagnosticBag diagnostics)
    {
        var written = OwnEntries(tree, out var trailer);
        var kept = baseFile.IncludedWithout(tree.Root.Header.Includes);
        var dropped = baseFile.Included.Except(kept).Select(static f => f.Tree.Text).ToHashSet<SourceText>(ReferenceEqualityComparer.Instance);
        List<Entry> own = [.. IncludedEntries(tree, brought, kept, written, diagnostics), .. written];
        var byKey = own.SelectMany(static e => KeysOf(e.Line).Select(k => (k.Key, Entry: e))).ToLookup(static k => k.Key, static k => k.Entry, StringComparer.Ordinal);
        var placed = new HashSet<LineSyntax>(ReferenceEqualityComparer.Instance);
        var gone = baseFile.Gone.ToBuilder();
        var result = new List<Entry>();
        foreach (var entry in baseFile._entries.Where(e => !dropped.Contains(e.Line.Source)))
        {
            var names = KeysOf(entry.Line).Where(n => n.Name is null || !gone.Contains(n.Name)).ToList();
            var replaced = names.Where(n => byKey.Contains(n.Key)).ToList();
            var left = names.Count(n => !byKey.Contains(n.Key) && !removed.Contains(n.Key));
            if (left > 0)
            {
                gone.UnionWith(names.Where(n => byKey.Contains(n.Key) || removed.Contains(n.Key)).Select(static n => n.Name).OfType<SyntaxToken>());
                result.Add(entry);
            }

            foreach (var (line, leading) in replaced.SelectMany(n => byKey[n.Key]))
            {
                if (placed.Add(line))
                {
                    result.Add(new Entry(line, left == 0 && AreBlank(leading) ? entry.Leading : leading));
                }
            }
        }

        foreach (var entry in own.Where(e => !placed.Contains(e.Line)))
        {
            var last = result.FindLastIndex(e => e.Line.GetType() == entry.Line.GetType());
            result.Insert(last < 0 || entry.Line is UnreadableLineSyntax ? result.Count : last + 1, entry);
        }

        var stated = HeadlinesOf(tree).Select(KeyOfHeadline).ToHashSet(StringComparer.Ordinal);
        return new ResolvedFile(
            tree,
            [.. baseFile.Headlines.Where(h => h is not ExistingAccountsLineSyntax && !stated.Contains(KeyOfHeadline(h)))],
            [.. result],
            gone.ToImmutable(),
            baseFile._origins.SetItem(baseFile.Tree.Text, new BoundOrigin(before.Version, before.EffectiveDate, before.EffectiveTime)),
            [.. baseFile._trailer, .. trailer],
            baseFile._brought.AddRange(brought));
    }

    /// <summary>The version whose file holds the text; null: this one.</summary>
    public BoundOrigin? OriginOf(SourceText text) => _origins.GetValueOrDefault(text);

    /// <summary>Every remark that holds, the version's own first, each file in its order.</summary>
    public IEnumerable<RemarkSyntax> Remarks
    {
        get
        {
            var remarks = new List<RemarkSyntax>();
            AddRemarks(remarks, Tree.Root.Language);
            AddRemarks(remarks, Tree.Root.Header);
            foreach (var line in Tree.Root.Items)
            {
                AddRemarks(remarks, line);
            }

            foreach (var line in _inheritedHeadlines.Concat(Items.Where(i => !ReferenceEquals(i.Source, Tree.Text))))
            {
                AddRemarks(remarks, line);
            }

            return remarks;
        }
    }

    /// <summary>One whole file with the same meaning. A file that amends and includes nothing is its own.</summary>
    public ResolvedText ToText()
    {
        if (_origins.IsEmpty && _brought.IsEmpty)
        {
            return ResolvedText.Of(Tree.Text);
        }

        var header = Tree.Root.Header;
        var text = new TextComposer();
        var written = 0;
        foreach (var cut in CutsOf(header))
        {
            text.Add(Piece(Tree.Text, written, cut.Start));
            written = cut.End;
        }

        text.Add(Piece(Tree.Text, written, Math.Max(written, EndOfLine(header))));
        foreach (var line in _inheritedHeadlines.Where(static l => l is not IncludeLineSyntax))
        {
            AddHeadline(text.EndLine(), line);
        }

        foreach (var (line, leading) in _entries)
        {
            AddBody(text.EndLine().Add(leading), line);
        }

        return text.EndLine().Add(_trailer).ToText(Tree.Text.FileName);
    }

    /// <summary>
    /// What an amendment names the item by; one for each name of a <c>free action</c> list, none for a line that could not be read.
    /// Rates and terms share their names, as do actions and free actions.
    /// </summary>
    public static IEnumerable<(string Key, SyntaxToken? Name)> KeysOf(LineSyntax item) => item switch
    {
        FreeActionSyntax free => free.Actions.Items.Where(static n => !n.IsMissing).Select(static n => ("action " + n.ValueText, (SyntaxToken?)n)),
        AtZeroSyntax => [("at zero", null)],
        RateSyntax or TermSyntax => [("rate " + NameOf(item)!.ValueText, NameOf(item))],
        ItemSyntax named when NameOf(named) is { } name => name.IsMissing ? [] : [(WordOf(named) + " " + name.ValueText, name)],
        ItemSyntax nameless => [(WordOf(nameless), null)],
        _ => [],
    };

    /// <summary>The kinds <c>remove</c> may name.</summary>
    public static ImmutableArray<string> NamedKinds { get; } =
        ["currency", "list", "meter", "action", "rate", "term", "price", "sell", "bucket", "plan", "pack", "alert", "promise", "example"];

    /// <summary>The names of a kind that hold, for a suggestion.</summary>
    public IEnumerable<string> NamesOf(string kind) => Items
        .Where(i => kind is not ("rate" or "term") || WordOf((ItemSyntax)i) == kind)
        .SelectMany(KeysOf)
        .Where(n => n.Name is not null && !Gone.Contains(n.Name) && n.Key.StartsWith((kind == "term" ? "rate" : kind) + " ", StringComparison.Ordinal))
        .Select(static n => n.Name!.ValueText);

    // What a whole text no longer says: that it amends, and what it includes.
    private static IEnumerable<TextSpan> CutsOf(HeaderSyntax header)
    {
        if (header.Amends is { Span: var amends })
        {
            var start = amends.Start;
            while (start > 0 && header.Source[start - 1] == ' ')
            {
                start--;
            }

            yield return TextSpan.FromBounds(start, amends.End);
        }

        foreach (var line in header.Includes)
        {
            yield return TextSpan.FromBounds(header.Source.GetLine(line.Location.Line).Span.Start, EndOfLine(line));
        }
    }

    private static IEnumerable<Entry> IncludedEntries(
        SyntaxTree tree, ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> brought, ImmutableArray<IncludedFile> kept,
        List<Entry> own, DiagnosticBag diagnostics)
    {
        if (brought.IsEmpty)
        {
            return [];
        }

        var declared = new Dictionary<string, (IncludedFile File, ItemSyntax Item)>(StringComparer.Ordinal);
        foreach (var file in kept)
        {
            foreach (var item in file.Tree.Root.Items.OfType<ItemSyntax>())
            {
                declared.TryAdd(KeyOf(item), (file, item));
            }
        }

        var entries = new List<Entry>();
        foreach (var line in tree.Root.Header.Includes)
        {
            foreach (var file in brought.GetValueOrDefault(line, []))
            {
                foreach (var item in file.Tree.Root.Items.OfType<ItemSyntax>())
                {
                    if (declared.TryAdd(KeyOf(item), (file, item)))
                    {
                        entries.Add(new Entry(item, LeadingOf(item)));
                    }
                    else
                    {
                        diagnostics.Report(DiagnosticDescriptors.DeclaredByTwoIncluded, line.Name.Location, Told(item), declared[KeyOf(item)].File.Id, file.Id);
                    }
                }
            }
        }

        // What a file states itself is blamed, and left out of what it includes: one mistake, one message.
        var included = entries.Select(static e => e.Line).ToHashSet<LineSyntax>(ReferenceEqualityComparer.Instance);
        foreach (var entry in own)
        {
            if (entry.Line is CurrencySyntax or ListSyntax or MeterSyntax && declared.TryGetValue(KeyOf((ItemSyntax)entry.Line), out var twice) && included.Remove(twice.Item))
            {
                diagnostics.Report(DiagnosticDescriptors.DeclaredByIncluded, NameOf(entry.Line)!.Location, Told((ItemSyntax)entry.Line), twice.File.Id, twice.Item.Location.Line);
            }
        }

        return entries.Where(e => included.Contains(e.Line));
    }

    private static string KeyOf(ItemSyntax item) => KeysOf(item).FirstOrDefault().Key ?? "";

    // list "model"
    private static string Told(ItemSyntax item) => $"{WordOf(item)} \"{NameOf(item)!.ValueText}\"";

    private static SyntaxToken? NameOf(LineSyntax item) => item switch
    {
        CurrencySyntax currency => currency.Name,
        ListSyntax list => list.Name,
        MeterSyntax meter => meter.Name,
        ActionSyntax action => action.Name,
        RateSyntax rate => rate.Name,
        TermSyntax term => term.Name,
        PriceSyntax price => price.Action,
        SellSyntax sell => sell.Bucket,
        BucketSyntax bucket => bucket.Name,
        PlanSyntax plan => plan.Name,
        PackSyntax pack => pack.Name,
        AlertSyntax alert => alert.Name,
        PromiseSyntax promise => promise.Name,
        ExampleSyntax example => example.Name,
        _ => null,
    };

    // A misspelt keyword was reported and understood; its kind says what was meant.
    private static string WordOf(ItemSyntax item) => SyntaxFacts.GetText(item.Keyword.Kind) ?? item.Keyword.Text;

    private static List<Entry> OwnEntries(SyntaxTree tree, out ImmutableArray<TextLocation> trailer)
    {
        var entries = new List<Entry>();
        ImmutableArray<TextLocation> pending = [];
        foreach (var item in tree.Root.Items)
        {
            var leading = LeadingOf(item);
            if (item is RemoveSyntax)
            {
                pending = AreBlank(leading) ? pending : [.. pending, .. leading];
                continue;
            }

            entries.Add(new Entry(item, [.. pending, .. leading]));
            pending = [];
        }

        trailer = [.. pending, .. TrailerOf(tree)];
        return entries;
    }

    private static ImmutableArray<LineSyntax> HeadlinesOf(SyntaxTree tree) =>
        [.. tree.Root.Header.Block?.Lines.Where(static l => l is not (RemarkLineSyntax or UnreadableLineSyntax)) ?? []];

    private static string KeyOfHeadline(LineSyntax line) => line is IncludeLineSyntax include ? "include " + include.Name.ValueText : line.GetType().Name;

    private static ImmutableArray<TextLocation> TrailerOf(SyntaxTree tree) => [new TextLocation(tree.Text, tree.Root.EndOfFile.FullSpan)];

    /// <summary>The comments and empty lines above a line.</summary>
    private static ImmutableArray<TextLocation> LeadingOf(LineSyntax line)
    {
        var first = line switch
        {
            ItemSyntax item => item.Keyword,
            UnreadableLineSyntax unreadable => unreadable.Tokens[0],
            _ => line.DescendantTokens.First(),
        };
        return [Piece(line.Source, first.FullSpan.Start, Math.Max(first.FullSpan.Start, line.Span.Start))];
    }

    // Only lines carry remarks, so nothing else is walked.
    private static void AddRemarks(List<RemarkSyntax> remarks, LineSyntax line)
    {
        remarks.AddRange(line.End.Remarks);
        foreach (var inner in line.Block?.Lines ?? [])
        {
            AddRemarks(remarks, inner);
        }
    }

    private static bool AreBlank(ImmutableArray<TextLocation> pieces) => pieces.All(static p => string.IsNullOrWhiteSpace(p.Text));

    private static TextLocation Piece(SourceText source, int start, int end) => new(source, TextSpan.FromBounds(start, end));

    private void AddBody(TextComposer text, LineSyntax line)
    {
        var end = EndOfLine(line);
        if (line is not FreeActionSyntax { Actions: var names } || !names.Items.Any(Gone.Contains))
        {
            text.Add(Piece(line.Source, line.Span.Start, end));
            return;
        }

        var left = string.Join(", ", names.Items.Where(n => !Gone.Contains(n)).Select(static n => n.Text));
        text.Add(Piece(line.Source, line.Span.Start, names.Span.Start))
            .Add(left, line.Source.GetLine(names.Location.Line))
            .Add(Piece(line.Source, names.Span.End, end));
    }

    // The depth of the header's lines is that of the version's own file.
    private void AddHeadline(TextComposer text, LineSyntax line)
    {
        var depth = HeadlinesOf(Tree).FirstOrDefault() is { } own ? own.Location.Column - 1 : 2;
        var written = line.Location.Column - 1;
        var first = line.DescendantTokens.First().FullSpan.Start;
        for (var number = line.Source.GetLineNumber(first); number <= line.Source.GetLineNumber(Math.Max(first, EndOfLine(line) - 1)); number++)
        {
            var origin = line.Source.GetLine(number);
            var row = origin.ToString();
            var content = row.TrimStart(' ');
            text.Add(new string(' ', content.Length == 0 ? 0 : Math.Max(0, depth + row.Length - content.Length - written)) + content + "\n", origin);
        }
    }

    private static int EndOfLine(LineSyntax line) =>
        line.Source.GetLine(line.Source.GetLineNumber(Math.Max(line.Span.Start, line.Span.End - 1))).FullSpan.End;

    private readonly record struct Entry(LineSyntax Line, ImmutableArray<TextLocation> Leading);
}
