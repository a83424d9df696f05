using Rules.Dsl.Diagnostics;

namespace Rules.Portal.Display;

/// <summary>Names and pictures of a problem's weight.</summary>
public static class ProblemText
{
    public static string Class(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "error",
        DiagnosticSeverity.Warning => "warning",
        _ => "information",
    };

    public static string Icon(DiagnosticSeverity severity) => severity switch
    {
        DiagnosticSeverity.Error => "circle-alert",
        DiagnosticSeverity.Warning => "triangle-alert",
        _ => "info",
    };
}
