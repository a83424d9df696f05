namespace Rules.Dsl.Diagnostics;

/// <summary>A kind of mistake, apart from its occurrences. Descriptors live in <see cref="DiagnosticDescriptors"/>; an id is never used twice.</summary>
/// <param name="Id"><c>PR</c> and four digits, the first two of which are the family: 00 text and syntax, 01 tiers, 02 names, 03 units
/// and figures, 04 coverage of prices, 05 buckets, plans and cycle, 06 conditions, 07 advice, 08 examples and promises, 09 versions.</param>
/// <param name="Severity">Of every occurrence.</param>
/// <param name="Title">A short noun phrase for lists and pages, without the author's values.</param>
/// <param name="MessageFormat">One or two sentences with their stops, the author's words in quotes; <c>{0}</c> and on are the arguments.</param>
/// <param name="HelpFormat">What to do, in lower case and without a stop; drawn from the same arguments. Null where there is no general advice.</param>
public sealed record DiagnosticDescriptor(
    string Id, DiagnosticSeverity Severity, string Title, string MessageFormat, string? HelpFormat = null);
