using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Text;

namespace Rules.Dsl.Diagnostics;

/// <summary>One occurrence of a mistake: data, worded only when it is shown.</summary>
public sealed class Diagnostic
{
    /// <summary>Arguments and fixes may be empty, never default.</summary>
    public Diagnostic(
        DiagnosticDescriptor descriptor, TextLocation location, ImmutableArray<object?> arguments, ImmutableArray<DiagnosticFix> fixes)
    {
        Descriptor = descriptor;
        Location = location;
        Arguments = arguments;
        Fixes = fixes;
    }

    /// <summary>The kind of mistake.</summary>
    public DiagnosticDescriptor Descriptor { get; }

    /// <summary>The id of the descriptor, such as <c>PR0010</c>.</summary>
    public string Id => Descriptor.Id;

    /// <summary>The severity of the descriptor.</summary>
    public DiagnosticSeverity Severity => Descriptor.Severity;

    /// <summary>The words at fault; an empty span stands where something is missing.</summary>
    public TextLocation Location { get; }

    /// <summary>The values of the message in the order of its placeholders; text, or values that print themselves in the author's notation.</summary>
    public ImmutableArray<object?> Arguments { get; }

    /// <summary>Repairs that can be applied as they stand, the likeliest first; empty where none is mechanical.</summary>
    public ImmutableArray<DiagnosticFix> Fixes { get; }

    /// <summary>The message in words.</summary>
    public string Message => Format(Descriptor.MessageFormat) ?? Descriptor.MessageFormat;

    /// <summary>
    /// What to do, in words: the advice of the descriptor, or, where it has none or an argument that it needs was not given, the title of the
    /// first fix. Null where there is neither.
    /// </summary>
    public string? Help => (Descriptor.HelpFormat is { } format ? Format(format) : null) ?? (Fixes.IsEmpty ? null : Fixes[0].Title);

    /// <summary><c>file:line:column: severity id: message</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Location}: {Severity switch
        {
            DiagnosticSeverity.Error => "error",
            DiagnosticSeverity.Warning => "warning",
            _ => "info",
        }} {Id}: {Message}");

    private string? Format(string format)
    {
        var composite = System.Text.CompositeFormat.Parse(format);
        return composite.MinimumArgumentCount <= Arguments.Length
            ? string.Format(CultureInfo.InvariantCulture, composite, Arguments.AsSpan())
            : null;
    }
}
