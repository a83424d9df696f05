using Rules.Dsl.Text;

namespace Rules.Cli.Input;

/// <summary>A rule file as it was found.</summary>
/// <param name="Path">As a person would write it: what was given, or the given folder with the way below it.</param>
/// <param name="Source">Named by the file's name alone, so that results are the same on every machine.</param>
public sealed record RuleFile(string Path, SourceText Source);
