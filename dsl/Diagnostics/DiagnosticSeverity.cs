namespace Rules.Dsl.Diagnostics;

/// <summary>How much a diagnostic weighs; ordered, so that the worst of several is their maximum.</summary>
public enum DiagnosticSeverity
{
    /// <summary>Worth knowing; nothing has to be done.</summary>
    Information,

    /// <summary>Probably a mistake; the file still compiles.</summary>
    Warning,

    /// <summary>The file does not compile.</summary>
    Error,
}
