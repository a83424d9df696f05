using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.LanguageServer.Protocol;
using Range = Rules.LanguageServer.Protocol.Range;

namespace Rules.LanguageServer.Features;

/// <summary>The mechanical repairs of the diagnostics at a place.</summary>
internal static class CodeActions
{
    /// <summary>By position of the diagnostic, then likeliest first; the first of each diagnostic is the preferred one.</summary>
    public static ImmutableArray<CodeAction> At(OpenDocument document, Range range, DiagnosticMap map)
    {
        var asked = PositionMap.ToSpan(document.Source, range);
        var actions = ImmutableArray.CreateBuilder<CodeAction>();
        foreach (var diagnostic in document.Diagnostics.Where(d => ReferenceEquals(d.Location.Source, document.Source)))
        {
            var span = diagnostic.Location.Span;
            if (span.Start > asked.End || span.End < asked.Start)
            {
                continue;
            }

            for (var i = 0; i < diagnostic.Fixes.Length; i++)
            {
                actions.Add(Action(document, diagnostic, diagnostic.Fixes[i], isPreferred: i == 0, map));
            }
        }

        return actions.ToImmutable();
    }

    private static CodeAction Action(OpenDocument document, Diagnostic diagnostic, DiagnosticFix fix, bool isPreferred, DiagnosticMap map)
    {
        var edits = fix.Edits.Select(e => new ProtocolTextEdit(PositionMap.ToRange(document.Source, e.Span), e.NewText)).ToImmutableArray();
        var changes = ImmutableDictionary<string, ImmutableArray<ProtocolTextEdit>>.Empty.Add(document.Uri, edits);
        return new CodeAction(fix.Title, "quickfix", [map.One(document, diagnostic)], isPreferred, new WorkspaceEdit(changes));
    }
}
