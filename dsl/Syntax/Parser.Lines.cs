using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Dsl.Syntax;

// Lines and blocks, and how the parser finds its way after a mistake: the rest of a line, an indented block and a rule end where the
// layout says so, whatever stands in them.
internal sealed partial class Parser
{
    // The end of a line and the block under it. What is required of the block is named for the message.
    private Tail ParseTail(BlockKind block = BlockKind.Remarks, string? required = null, BlockKind tableOf = BlockKind.Remarks)
    {
        var end = ParseLineEnd();
        var hasError = _lineHasError || end.NewLine.HasError;
        var lines = ParseBlock(block, tableOf);
        if (required is not null && lines is null && !hasError)
        {
            _diagnostics.Report(DiagnosticDescriptors.BlockMissing, new TextLocation(_source, new TextSpan(_lastEnd, 0)), required);
            hasError = true;
        }

        return new Tail(end, lines, hasError);
    }

    private LineEndSyntax ParseLineEnd()
    {
        var errorAtEnd = AtLineEnd && _lineHasError;
        var start = Start;
        var remarks = ParseRemarks();
        if (!AtLineEnd)
        {
            ReportLineShouldEnd();
            while (!AtLineEnd && !AtRemark)
            {
                SkipToken();
            }

            remarks = remarks.AddRange(ParseRemarks());
            while (!AtLineEnd)
            {
                SkipToken();
            }
        }

        _errorReachesNextLine = errorAtEnd;
        var newLine = _current.Kind == SyntaxKind.NewLineToken ? Take() : Missing(SyntaxKind.NewLineToken);
        return Node(start, new LineEndSyntax(remarks, newLine));
    }

    private bool AtRemark => SyntaxFacts.IsRemark(_current.ContextualKind) && Peek(1).Kind == SyntaxKind.StringToken;

    private ImmutableArray<RemarkSyntax> ParseRemarks()
    {
        if (!At(SyntaxKind.SaysKeyword) && !At(SyntaxKind.AssumeKeyword) && !At(SyntaxKind.NoteKeyword))
        {
            return [];
        }

        var remarks = ImmutableArray.CreateBuilder<RemarkSyntax>(1);
        while (SyntaxFacts.IsRemark(_current.ContextualKind))
        {
            var start = Start;
            remarks.Add(Node(start, new RemarkSyntax(TakeKeyword(), ExpectText("the text of the remark in quotes"))));
        }

        return remarks.DrainToImmutable();
    }

    private void ReportLineShouldEnd()
    {
        var line = _current;
        var last = line;
        for (var i = _index; _tokens[i].Kind is not (SyntaxKind.NewLineToken or SyntaxKind.EndOfFileToken); i++)
        {
            last = _tokens[i];
        }

        var rest = TextSpan.FromBounds(_lastEnd, last.Span.End);
        Report(DiagnosticDescriptors.LineShouldEnd, line.Span, [new DiagnosticFix("delete the rest of the line", rest, "")], Describe(line));
    }

    private BlockSyntax? ParseBlock(BlockKind kind, BlockKind tableOf)
    {
        // A line that takes remarks alone does not take what merely stands too far in.
        if (_current.Kind != SyntaxKind.IndentToken || (kind == BlockKind.Remarks && !SyntaxFacts.IsRemark(Peek(1).ContextualKind)))
        {
            return null;
        }

        var start = Peek(1).Span.Start;
        var indent = Take();
        var lines = ImmutableArray.CreateBuilder<LineSyntax>();
        var components = 0;
        ParseLines(kind, tableOf, lines, ref components);
        var dedent = _current.Kind == SyntaxKind.DedentToken ? Take() : Missing(SyntaxKind.DedentToken);
        return Node(start, new BlockSyntax(indent, lines.DrainToImmutable(), dedent));
    }

    private void ParseLines(BlockKind kind, BlockKind tableOf, ImmutableArray<LineSyntax>.Builder lines, ref int components)
    {
        var strays = 0;
        while (_current.Kind != SyntaxKind.EndOfFileToken)
        {
            if (_current.Kind == SyntaxKind.IndentToken)
            {
                strays++;
                SkipToken();
                ReportStray(kind);
                continue;
            }

            if (_current.Kind == SyntaxKind.DedentToken)
            {
                if (strays == 0)
                {
                    if (kind != BlockKind.File)
                    {
                        return;
                    }

                    strays = 1;
                }

                strays--;
                SkipToken();
                continue;
            }

            var index = _index;
            lines.Add(ParseLine(kind, tableOf, ref components));
            if (_index == index)
            {
                // Unreachable by design: every line takes at least its first word or its break.
                SkipToken();
            }
        }
    }

    // The lines that stand too far in are read as lines of the block around them.
    private void ReportStray(BlockKind kind)
    {
        _lineHasError = _suppressNextLine;
        _suppressNextLine = true;
        if (_errorReachesNextLine)
        {
            return;
        }

        var line = _source.GetLine(_source.GetLineNumber(Start));
        var leading = TextSpan.FromBounds(line.Span.Start, Start);
        if (kind == BlockKind.File && BlockFacts.IsStarter(BlockKind.File, _current.ContextualKind))
        {
            Report(
                DiagnosticDescriptors.IndentedRule, _current.Span, [new DiagnosticFix("delete the spaces before it", leading, "")], _current.Text);
            return;
        }

        Report(DiagnosticDescriptors.UnexpectedIndentation, _current.Span, []);
    }

    private LineSyntax ParseLine(BlockKind kind, BlockKind tableOf, ref int components)
    {
        _lineHasError = _suppressNextLine;
        _suppressNextLine = false;
        var broken = _errorReachesNextLine;
        if (_index == _probe)
        {
            _expected!.AddStarters(kind);
        }

        if ((_current.Flags & TokenFlags.Misaligned) != TokenFlags.None)
        {
            ReportMisaligned(broken);
        }

        if (SyntaxFacts.IsRemark(_current.ContextualKind) && (kind != BlockKind.File || AtRemark) && Peek(1).Kind != SyntaxKind.NewLineToken)
        {
            if (kind != BlockKind.File)
            {
                return ParseRemarkLine();
            }
        }

        var first = FindStarter(kind, tableOf);
        var line = first == SyntaxKind.None ? null : ParseLine(kind, first, ref components);
        if (line is null)
        {
            return ParseUnreadable(kind, broken);
        }

        return line;
    }

    private void ReportMisaligned(bool broken)
    {
        if (!broken)
        {
            var line = _source.GetLine(_source.GetLineNumber(Start));
            var leading = TextSpan.FromBounds(line.Span.Start, Start);
            var above = _source.GetLine(_source.GetLineNumber(_lastEnd)).ToString();
            var width = above.Length - above.TrimStart().Length;
            Report(
                DiagnosticDescriptors.IndentationMatchesNothing,
                leading,
                [new DiagnosticFix("give it the indentation of the line above", leading, new string(' ', width))],
                leading.Length == 1 ? "1 space" : $"{leading.Length} spaces");
        }

        _lineHasError = true;
    }

    private LineSyntax? ParseLine(BlockKind kind, SyntaxKind first, ref int components) => kind switch
    {
        BlockKind.File => ParseItem(first),
        BlockKind.Header => ParseHeadline(first),
        BlockKind.Account or BlockKind.Action => ParseActionLine(first),
        BlockKind.List => ParseListEntry(),
        BlockKind.Body => ParseBodyLine(first, ref components),
        BlockKind.Rows => ParseRow(),
        BlockKind.Tiers => ParseTier(first),
        BlockKind.Bucket => ParseBucketLine(first),
        BlockKind.Consume => ParseException(BlockKind.ConsumeException),
        BlockKind.ConsumeException => ParseConsume(),
        BlockKind.Cycle => ParseCycleLine(first),
        BlockKind.Plan => ParsePlanLine(first),
        BlockKind.Alert => ParseAlertLine(first),
        BlockKind.AtZero => ParseAtZeroLine(first),
        BlockKind.Holds => ParseHoldsLine(first),
        BlockKind.Promise => ParsePromiseLine(first),
        BlockKind.Example => ParseStep(first),
        _ => null,
    };

    private RemarkLineSyntax ParseRemarkLine()
    {
        var start = Start;
        var tail = ParseTail();
        return Line(start, tail, new RemarkLineSyntax(tail.End, tail.Block));
    }

    // The word that says what a line is; a misspelt one is taken for what it nearly is. NameToken stands for a row or an entry.
    private SyntaxKind FindStarter(BlockKind kind, BlockKind tableOf)
    {
        var first = _current.ContextualKind;
        if (_current.Kind == SyntaxKind.NameToken && BlockFacts.IsStarter(kind, first))
        {
            return first;
        }

        switch (kind)
        {
            case BlockKind.Tiers when _current.Kind == SyntaxKind.NumberToken:
                return SyntaxKind.NumberToken;
            case BlockKind.List when _current.Kind is SyntaxKind.NameToken or SyntaxKind.StringToken:
            case BlockKind.Rows when IsRowStart():
                return SyntaxKind.NameToken;
            case BlockKind.Body when tableOf == BlockKind.Rows && IsRowStart() && !MisspeltBeforeKeyword(kind):
                return SyntaxKind.NameToken;
        }

        if (_current.Kind != SyntaxKind.NameToken || _index == _probe)
        {
            return SyntaxKind.None;
        }

        var words = BlockFacts.Starters(kind);
        if (kind == BlockKind.File || !BlockFacts.IsStarter(BlockKind.File, first) || Peek(1).Kind == SyntaxKind.NumberToken)
        {
            if (Spelling.Nearest(_current.Text, words) is { } meant)
            {
                ReportUnreadable(kind, meant);
                _current.BecomeMisspelt(SyntaxFacts.GetKeywordKind(meant));
                return _current.ContextualKind;
            }
        }

        return SyntaxKind.None;
    }

    private bool IsRowStart() =>
        _current.Kind is SyntaxKind.NameToken or SyntaxKind.StringToken or SyntaxKind.NumberToken or SyntaxKind.DateToken;

    private bool MisspeltBeforeKeyword(BlockKind kind) => _current.Kind == SyntaxKind.NameToken
        && SyntaxFacts.IsKeyword(Peek(1).ContextualKind) && Spelling.Nearest(_current.Text, BlockFacts.Starters(kind)) is not null;

    private void ReportUnreadable(BlockKind kind, string? meant)
    {
        ImmutableArray<DiagnosticFix> fixes = meant is null ? [] : [new DiagnosticFix($"did you mean \"{meant}\"?", _current.Span, meant)];
        var word = Shorten(_current.Text);
        if (kind == BlockKind.File)
        {
            ReadOnlySpan<object?> arguments = meant is null ? [word] : [word, meant];
            Report(DiagnosticDescriptors.DoesNotBeginARule, _current.Span, fixes, arguments);
        }
        else if (meant is null && BlockFacts.IsStarter(BlockKind.File, _current.ContextualKind))
        {
            var line = _source.GetLine(_source.GetLineNumber(Start));
            var leading = TextSpan.FromBounds(line.Span.Start, Start);
            Report(DiagnosticDescriptors.IndentedRule, _current.Span, [new DiagnosticFix("delete the spaces before it", leading, "")], word);
        }
        else
        {
            var isKnown = meant is not null || BlockFacts.Starters(kind).IsEmpty;
            ReadOnlySpan<object?> arguments = isKnown && meant is null
                ? [Describe(_current), BlockFacts.Name(kind)]
                : [Describe(_current), BlockFacts.Name(kind), meant ?? BlockFacts.Beginnings(kind)];
            Report(isKnown ? DiagnosticDescriptors.DoesNotBeginALine : DiagnosticDescriptors.BeginsNoLine, _current.Span, fixes, arguments);
        }
    }

    // The line goes with its indented lines; the names in it count as declared.
    private UnreadableLineSyntax ParseUnreadable(BlockKind kind, bool broken)
    {
        var start = Start;
        if (!broken)
        {
            ReportUnreadable(kind, null);
        }

        _lineHasError = true;
        var line = TakeUnreadable();
        _errorReachesNextLine = true;
        return Node(start, line);
    }

    private UnreadableLineSyntax TakeUnreadable()
    {
        var start = Start;
        var tokens = ImmutableArray.CreateBuilder<SyntaxToken>();
        while (!AtLineEnd)
        {
            RememberName(_current);
            tokens.Add(Take());
        }

        var endStart = Start;
        var newLine = _current.Kind == SyntaxKind.NewLineToken ? Take() : Missing(SyntaxKind.NewLineToken);
        var end = Node(endStart, new LineEndSyntax([], newLine));
        var block = TakeUnreadableBlock();
        var line = new UnreadableLineSyntax(tokens.DrainToImmutable(), end, block) { HasError = true };
        return Node(start, line);
    }

    // The lexer bounds the depth of blocks, so this recursion is bounded too.
    private BlockSyntax? TakeUnreadableBlock()
    {
        if (_current.Kind != SyntaxKind.IndentToken)
        {
            return null;
        }

        var start = Peek(1).Span.Start;
        var indent = Take();
        var lines = ImmutableArray.CreateBuilder<LineSyntax>();
        while (_current.Kind is not (SyntaxKind.DedentToken or SyntaxKind.EndOfFileToken))
        {
            lines.Add(TakeUnreadable());
        }

        var dedent = _current.Kind == SyntaxKind.DedentToken ? Take() : Missing(SyntaxKind.DedentToken);
        return Node(start, new BlockSyntax(indent, lines.DrainToImmutable(), dedent));
    }
}
