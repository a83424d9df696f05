using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>The compiler's diagnostics in the protocol's form.</summary>
internal sealed class DiagnosticMap(Func<string, string?> pageOf)
{
    public ImmutableArray<ProtocolDiagnostic> All(OpenDocument document) => [.. document.Diagnostics.Select(d => One(document, d))];

    public ProtocolDiagnostic One(OpenDocument document, Diagnostic diagnostic) => new(
        PositionMap.ToRange(document.Source, diagnostic.Location.Span),
        diagnostic.Severity switch
        {
            DiagnosticSeverity.Error => 1,
            DiagnosticSeverity.Warning => 2,
            _ => 3,
        },
        diagnostic.Id,
        pageOf(diagnostic.Id) is { } page ? new CodeDescription(page) : null,
        "rules",
        diagnostic.Help is { } help ? $"{diagnostic.Message}\nhelp: {help}" : diagnostic.Message);
}
