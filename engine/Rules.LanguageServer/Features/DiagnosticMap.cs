using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>The compiler's diagnostics in the protocol's form.</summary>
internal sealed class DiagnosticMap(Func<string, string?> pageOf)
{
    public ImmutableArray<ProtocolDiagnostic> All(OpenDocument document) => [.. document.Diagnostics.Select(d => One(document, d))];

    /// <summary>One in a text that the document builds on stands at the line that says so, with its own place in words.</summary>
    public ProtocolDiagnostic One(OpenDocument document, Diagnostic diagnostic) => new(
        PositionMap.ToRange(document.Source, IsOwn(document, diagnostic) ? diagnostic.Location.Span : document.BuildsOnSpan),
        diagnostic.Severity switch
        {
            DiagnosticSeverity.Error => 1,
            DiagnosticSeverity.Warning => 2,
            _ => 3,
        },
        diagnostic.Id,
        pageOf(diagnostic.Id) is { } page ? new CodeDescription(page) : null,
        "rules",
        (IsOwn(document, diagnostic) ? "" : $"{diagnostic.Location.FileName}, line {diagnostic.Location.Line}: ")
            + (diagnostic.Help is { } help ? $"{diagnostic.Message}\nhelp: {help}" : diagnostic.Message));

    private static bool IsOwn(OpenDocument document, Diagnostic diagnostic) => ReferenceEquals(diagnostic.Location.Source, document.Source);
}
