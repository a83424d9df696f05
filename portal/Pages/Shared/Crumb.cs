namespace Rules.Portal.Pages.Shared;

/// <summary>A page above the one shown.</summary>
public readonly record struct Crumb(string Name, string Path);
