using Rules.Portal.Display;

namespace Rules.Portal.Pages.Shared;

/// <summary>The steps of an evaluation as a list, without a source beside it.</summary>
/// <param name="Places">Digits that the amounts keep under each other.</param>
/// <param name="Link">Where the line that made a step stands: address, words, and the line of the text in the editor where it is that text's; null for none.</param>
public sealed record StepsView(Explanation Explanation, int Places, Func<ExplanationStep, (string Address, string Words, int? Line)?> Link);
