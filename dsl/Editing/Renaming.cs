using System.Collections.Immutable;
using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>The answer to a wish to rename: either the edits, by position, or why it is refused.</summary>
/// <param name="Edits">Empty where it is refused, and where the name stays as it is.</param>
/// <param name="Refusal">A sentence for people; null where the name can be changed.</param>
public sealed record Renaming(ImmutableArray<TextEdit> Edits, string? Refusal);
