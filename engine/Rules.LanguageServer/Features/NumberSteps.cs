using System.Collections.Immutable;
using Rules.Dsl.Editing;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>Stepping the figure at a place by its last digit: <c>rules/stepNumber</c>, a request of our own.</summary>
internal static class NumberSteps
{
    /// <summary>One edit; none where there is no figure, or none further.</summary>
    public static ImmutableArray<ProtocolTextEdit> At(OpenDocument document, Position position, int steps) =>
        NumberStepper.Step(document.Tree, PositionMap.ToOffset(document.Source, position), Math.Clamp(steps, -1_000_000, 1_000_000)) is { } edit
            ? [new ProtocolTextEdit(PositionMap.ToRange(document.Source, edit.Span), edit.NewText)]
            : [];
}
