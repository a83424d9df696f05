using System.Text;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Formatting;

/// <summary>Turns one tree into lines and the lines into text.</summary>
internal sealed class LayoutBuilder(SyntaxTree tree)
{
    private const int IndentWidth = 2;
    private const int ContinuationWidth = 4;
    private const string Gap = "  ";

    private readonly List<LayoutLine> _lines = [];

    // Trivia before the next line, from tokens that have no text of their own.
    private readonly List<SyntaxTrivia> _pending = [];

    // Indentation as written, by depth, of the lines that enclose the next one.
    private readonly List<int> _columns = [];
    private int _groups;
    private (Type Type, int Group)? _run;

    public string Build()
    {
        var root = tree.Root;
        AddLine(root.Language, 0, default);
        AddLine(root.Header, 0, default);
        AddLines(root.Items, 0, default);
        AddTrivia(root.EndOfFile);
        FlushTrivia(0, 0);
        return Render();
    }

    private void AddLines(IEnumerable<LineSyntax> lines, int depth, Columns columns)
    {
        _run = null;
        foreach (var line in lines)
        {
            AddLine(line, depth, columns);
        }

        _run = null;
    }

    private void AddLine(LineSyntax line, int depth, Columns columns)
    {
        var tokens = Tokens(line).ToList();
        AddTrivia(tokens[0]);
        var column = ColumnOf(tokens[0]);
        if (FlushTrivia(depth, column))
        {
            _run = null;
        }

        _columns.RemoveRange(Math.Min(depth, _columns.Count), Math.Max(0, _columns.Count - depth));
        _columns.Add(column);
        var cells = CellLayout.Of(line).Select(cell => Join(cell, depth)).Where(static c => c.Length > 0).ToList();
        foreach (var remark in line.End.Remarks)
        {
            cells.Add(Join([remark.Keyword, remark.Text], depth));
        }

        if (CommentOf(line.End.NewLine) is { } comment)
        {
            cells.Add(comment);
        }

        var continued = cells.Exists(static c => c.Contains('\n', StringComparison.Ordinal));
        _lines.Add(new LayoutLine(depth, cells, continued ? 0 : GroupOf(line, columns)));
        if (line.Block is { } block)
        {
            // Columns run through all ladders of one price, and through all its tables.
            var inner = line is PerComponentSyntax ? columns : new Columns(++_groups, ++_groups, ++_groups);
            foreach (var trivia in block.Indent.LeadingTrivia)
            {
                _pending.Add(trivia);
            }

            AddLines(block.Lines, depth + 1, inner);
            foreach (var trivia in block.Dedent.LeadingTrivia)
            {
                _pending.Add(trivia);
            }
        }
    }

    private int GroupOf(LineSyntax line, Columns columns)
    {
        switch (line)
        {
            case TierLineSyntax:
                return columns.Tiers;
            case RowLineSyntax:
                return columns.Rows;
            case ListEntryLineSyntax:
                return columns.Entries;
            case PlanSyntax or PackSyntax or RateSyntax or TermSyntax or CreditSyntax or CurrencySyntax or MeterSyntax or FactLineSyntax:
                var group = _run is { } run && run.Type == line.GetType() ? run.Group : ++_groups;
                _run = line.Block is null ? (line.GetType(), group) : null;
                return group;
            default:
                _run = null;
                return 0;
        }
    }

    /// <summary>Words with one space between them, except where a comma or a bracket stands close; breaks inside stay.</summary>
    private string Join(IReadOnlyList<SyntaxToken> tokens, int depth)
    {
        var text = new StringBuilder();
        SyntaxToken? before = null;
        foreach (var token in tokens)
        {
            if (before is not null)
            {
                if (Break(token, depth) is { } broken)
                {
                    text.Append(broken);
                }
                else if (token.Kind is not (SyntaxKind.CommaToken or SyntaxKind.CloseParenthesisToken) && before.Kind != SyntaxKind.OpenParenthesisToken)
                {
                    text.Append(' ');
                }
            }

            text.Append(token.Text);
            before = token;
        }

        return text.ToString();
    }

    private string? Break(SyntaxToken token, int depth)
    {
        var broken = false;
        var text = new StringBuilder();
        foreach (var trivia in token.LeadingTrivia)
        {
            if (trivia.Kind == SyntaxKind.CommentTrivia)
            {
                text.Append(broken ? Indentation(depth, ContinuationWidth) : Gap).Append(tree.Text.ToString(trivia.Span).TrimEnd());
            }
            else if (trivia.Kind == SyntaxKind.NewLineTrivia && (!broken || text[^1] != '\n'))
            {
                text.Append('\n');
                broken = true;
            }
        }

        return broken ? text.Append(Indentation(depth, ContinuationWidth)).ToString() : null;
    }

    private string? CommentOf(SyntaxToken newLine)
    {
        foreach (var trivia in newLine.LeadingTrivia)
        {
            if (trivia.Kind == SyntaxKind.CommentTrivia)
            {
                return tree.Text.ToString(trivia.Span).TrimEnd();
            }
        }

        return null;
    }

    private void AddTrivia(SyntaxToken token) => _pending.AddRange(token.LeadingTrivia);

    /// <summary>Writes the comments and single blank lines before a line; true where there was one.</summary>
    private bool FlushTrivia(int depth, int column)
    {
        var breaks = 0;
        var any = false;
        var opensBlock = _lines.Count > 0 && !_lines[^1].IsBlank && depth > _lines[^1].Depth;
        foreach (var trivia in _pending)
        {
            switch (trivia.Kind)
            {
                case SyntaxKind.NewLineTrivia:
                    breaks++;
                    break;
                case SyntaxKind.CommentTrivia:
                    AddBlank(breaks, opensBlock);
                    breaks = -1;
                    any = true;
                    _lines.Add(new LayoutLine(DepthOf(trivia, depth, column), [tree.Text.ToString(trivia.Span).TrimEnd()], 0));
                    opensBlock = false;
                    break;
            }
        }

        _pending.Clear();
        return AddBlank(breaks, opensBlock) || any;
    }

    // The first break after a comment ends its line; every further one is an empty line.
    private bool AddBlank(int breaks, bool opensBlock)
    {
        if (breaks < 1 || opensBlock || _lines.Count == 0 || _lines[^1].IsBlank)
        {
            return false;
        }

        _lines.Add(LayoutLine.Blank);
        return true;
    }

    /// <summary>A comment stays with the lines above it where it was indented like them, else it goes with the line below.</summary>
    private int DepthOf(SyntaxTrivia comment, int depth, int column)
    {
        var written = tree.Text.GetLinePosition(comment.Span.Start).Column - 1;
        for (var outer = _columns.Count - 1; outer > depth; outer--)
        {
            if (written >= _columns[outer] && written > column)
            {
                return outer;
            }
        }

        return depth;
    }

    private string Render()
    {
        var widths = new Dictionary<(int Group, int Column), int>();
        foreach (var line in _lines.Where(static l => l.Group != 0))
        {
            for (var i = 0; i < line.Cells.Count - 1; i++)
            {
                var width = LayoutLine.Width(line.Cells[i]);
                widths[(line.Group, i)] = Math.Max(widths.GetValueOrDefault((line.Group, i)), width);
            }
        }

        var text = new StringBuilder();
        while (_lines.Count > 0 && _lines[^1].IsBlank)
        {
            _lines.RemoveAt(_lines.Count - 1);
        }

        foreach (var line in _lines)
        {
            if (!line.IsBlank)
            {
                text.Append(Indentation(line.Depth, 0));
            }

            for (var i = 0; i < line.Cells.Count; i++)
            {
                text.Append(line.Cells[i]);
                if (i < line.Cells.Count - 1)
                {
                    var padding = line.Group == 0 ? 0 : widths[(line.Group, i)] - LayoutLine.Width(line.Cells[i]);
                    text.Append(' ', padding).Append(Gap);
                }
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private int ColumnOf(SyntaxToken token) => tree.Text.GetLinePosition(token.Span.Start).Column - 1;

    private static string Indentation(int depth, int more) => new(' ', (depth * IndentWidth) + more);

    /// <summary>The words of a line itself, its line break included.</summary>
    private static IEnumerable<SyntaxToken> Tokens(LineSyntax line)
    {
        foreach (var child in line.Children)
        {
            if (child.Node is BlockSyntax)
            {
                yield break;
            }

            if (child.Token is { } token)
            {
                yield return token;
                continue;
            }

            foreach (var descendant in child.Node!.DescendantTokens)
            {
                yield return descendant;
            }
        }
    }

    /// <summary>The groups of the lines in one block.</summary>
    private readonly record struct Columns(int Tiers, int Rows, int Entries);
}
