using System.Collections.Immutable;

namespace Rules.Dsl.Diagnostics;

/// <summary>The catalogue of all kinds of mistakes, one partial file per family.</summary>
public static partial class DiagnosticDescriptors
{
    private static Dictionary<string, DiagnosticDescriptor>? s_defined;
    private static ImmutableArray<DiagnosticDescriptor> s_all;

    /// <summary>Every descriptor, by id.</summary>
    public static ImmutableArray<DiagnosticDescriptor> All
    {
        get
        {
            if (s_all.IsDefault)
            {
                s_all = [.. s_defined!.Values.OrderBy(static d => d.Id, StringComparer.Ordinal)];
            }

            return s_all;
        }
    }

    // No initializer on s_defined: the fields of the other files run first or last, as the compiler likes.
    private static DiagnosticDescriptor Define(
        string id, DiagnosticSeverity severity, string title, string messageFormat, string? helpFormat = null)
    {
        var descriptor = new DiagnosticDescriptor(id, severity, title, messageFormat, helpFormat);
        (s_defined ??= []).Add(id, descriptor);
        return descriptor;
    }

    private static DiagnosticDescriptor Error(string id, string title, string messageFormat, string? helpFormat = null) =>
        Define(id, DiagnosticSeverity.Error, title, messageFormat, helpFormat);
}
