using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Diagnostics;

/// <summary>Collects the diagnostics of one stage. Not thread-safe.</summary>
public sealed class DiagnosticBag
{
    private List<Diagnostic>? _diagnostics;

    /// <summary>The number reported so far.</summary>
    public int Count => _diagnostics?.Count ?? 0;

    /// <summary>True where at least one error was reported.</summary>
    public bool HasErrors => _diagnostics is not null && _diagnostics.Exists(static d => d.Severity == DiagnosticSeverity.Error);

    /// <summary>Reports a mistake that has no mechanical repair.</summary>
    public void Report(DiagnosticDescriptor descriptor, TextLocation location, params ReadOnlySpan<object?> arguments) =>
        Add(new Diagnostic(descriptor, location, [.. arguments], []));

    /// <summary>Reports a mistake with its repairs, the likeliest first.</summary>
    public void Report(
        DiagnosticDescriptor descriptor,
        TextLocation location,
        ImmutableArray<DiagnosticFix> fixes,
        params ReadOnlySpan<object?> arguments) => Add(new Diagnostic(descriptor, location, [.. arguments], fixes));

    /// <summary>Adds one diagnostic.</summary>
    public void Add(Diagnostic diagnostic) => (_diagnostics ??= []).Add(diagnostic);

    /// <summary>Adds the diagnostics of an earlier stage.</summary>
    public void AddRange(ImmutableArray<Diagnostic> diagnostics)
    {
        if (!diagnostics.IsEmpty)
        {
            (_diagnostics ??= []).AddRange(diagnostics);
        }
    }

    /// <summary>All diagnostics by position, then in the order they were reported.</summary>
    public ImmutableArray<Diagnostic> ToImmutable() =>
        _diagnostics is null ? [] : [.. _diagnostics.OrderBy(static d => d.Location.Span.Start)];
}
