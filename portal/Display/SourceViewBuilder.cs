using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;

namespace Rules.Portal.Display;

/// <summary>Cuts a rule text into the lines and spans of a <see cref="SourceView"/>: classes from the editing services, marks from the diagnostics.</summary>
/// <param name="shown">The text and where its lines were written; the file of a version, or its full text.</param>
/// <param name="styles">Classes of the shown text.</param>
/// <param name="own">The version's file: its lines are not marked as taken over.</param>
public sealed class SourceViewBuilder(ResolvedText shown, ImmutableArray<StyledSpan> styles, SourceText own)
{
    private readonly SourceText _source = shown.Text;
    private readonly List<ExplanationStep> _steps = [];
    private ImmutableArray<Diagnostic> _diagnostics = [];
    private int? _chosen;

    /// <summary>A file as it is.</summary>
    public SourceViewBuilder(SourceText source, ImmutableArray<StyledSpan> styles)
        : this(ResolvedText.Of(source), styles, source)
    {
    }

    /// <summary>Marks the words at fault and their lines.</summary>
    public SourceViewBuilder WithProblems(ImmutableArray<Diagnostic> diagnostics)
    {
        _diagnostics = diagnostics;
        return this;
    }

    /// <summary>Puts each step at the end of the line that made it.</summary>
    /// <param name="chosen">Number of the step whose line is lit from the start; null for none.</param>
    public SourceViewBuilder WithSteps(ImmutableArray<ExplanationStep> steps, int? chosen)
    {
        _chosen = chosen;
        _steps.AddRange(steps);
        return this;
    }

    public SourceView Build(string label)
    {
        var lines = ImmutableArray.CreateBuilder<SourceLine>(_source.LineCount);
        var next = 0;
        for (var number = 1; number <= _source.LineCount; number++)
        {
            var span = _source.GetLine(number).Span;
            if (number == _source.LineCount && span.IsEmpty && number > 1)
            {
                break; // the line break that ends the file begins no line
            }

            var text = _source.AsSpan(span);
            var content = text.TrimStart(' ');
            var origin = shown.Lines[number - 1];
            var isOwn = ReferenceEquals(origin.Source, own) || ReferenceEquals(origin.Source, _source);
            var from = isOwn ? null : RuleFileId.OfFileName(origin.Source.FileName);
            var steps = _steps.FindAll(step => step.Line == origin.Number && (step.File is null ? isOwn : step.File == origin.Source.FileName));
            lines.Add(new SourceLine(number, Spans(span, ref next))
            {
                FileName = origin.Source.FileName,
                Written = origin.Number,
                Origin = from,
                OriginLabel = LabelOf(from),
                Indent = text.Length - content.Length,
                HasContent = content is not ([] or ['#', ..]),
                Steps = [.. steps.Select(step => step.Number)],
                Lit = steps.Exists(step => step.Number == _chosen),
                Dim = steps.Count > 0 && steps.TrueForAll(step => !step.Applied),
                Fault = Worst(origin),
            });
        }

        return new SourceView(label, lines.ToImmutable()) { LitStep = _chosen };
    }

    // Versions of the same rules are told apart by their numbers alone.
    private string? LabelOf(RuleFileId? from) => from is not { } id ? null
        : id.Name == RuleFileId.OfFileName(own.FileName)?.Name ? string.Create(CultureInfo.InvariantCulture, $"v{id.Version}")
        : string.Create(CultureInfo.InvariantCulture, $"{id.Name}-v{id.Version}");

    private ImmutableArray<SourceSpan> Spans(TextSpan line, ref int next)
    {
        var spans = ImmutableArray.CreateBuilder<SourceSpan>();
        var at = line.Start;
        while (next < styles.Length && styles[next].Span.End <= line.Start)
        {
            next++;
        }

        for (var i = next; i < styles.Length && styles[i].Span.Start < line.End; i++)
        {
            var style = styles[i];
            var start = Math.Max(style.Span.Start, at);
            var end = Math.Min(style.Span.End, line.End);
            if (start >= end)
            {
                continue;
            }

            Add(spans, at, start, null);
            Add(spans, start, end, style.Class);
            at = end;
        }

        Add(spans, at, line.End, null);
        return spans.ToImmutable();
    }

    private void Add(ImmutableArray<SourceSpan>.Builder spans, int start, int end, string? style)
    {
        while (start < end)
        {
            var (mark, until) = MarkAt(start, end);
            spans.Add(new SourceSpan(_source.ToString(TextSpan.FromBounds(start, until)), style, mark));
            start = until;
        }
    }

    private (string? Mark, int Until) MarkAt(int position, int end)
    {
        Diagnostic? worst = null;
        foreach (var diagnostic in ReferenceEquals(_source, own) ? _diagnostics : [])
        {
            var span = diagnostic.Location.Span;
            if (span.Contains(position))
            {
                end = Math.Min(end, span.End);
                worst = worst is null || diagnostic.Severity > worst.Severity ? diagnostic : worst;
            }
            else if (span.Start > position)
            {
                end = Math.Min(end, span.Start);
            }
        }

        return (worst is null ? null : ProblemText.Class(worst.Severity), end);
    }

    private string? Worst(TextLine origin)
    {
        DiagnosticSeverity? worst = null;
        var line = origin.Span;
        foreach (var diagnostic in _diagnostics.Where(d => ReferenceEquals(d.Location.Source, origin.Source) || d.Location.FileName == origin.Source.FileName))
        {
            var span = diagnostic.Location.Span;
            if (span.Overlaps(line) || (span.Start >= line.Start && span.Start <= line.End))
            {
                worst = worst is null || diagnostic.Severity > worst ? diagnostic.Severity : worst;
            }
        }

        return worst switch
        {
            DiagnosticSeverity.Error => "fault",
            DiagnosticSeverity.Warning => "fault-warning",
            _ => null,
        };
    }
}

/// <summary>Characters of one class; spans come in order and do not overlap.</summary>
/// <param name="Class">Of the stylesheet's <c>t-</c> classes.</param>
public readonly record struct StyledSpan(TextSpan Span, string Class);
