using System.Collections.Immutable;
using Rules.Dsl.Text;
using Rules.Engine.Comparison;
using Rules.Portal.Drafts;

namespace Rules.Portal.Pages.Shared;

/// <summary>What one text changes of another, in words.</summary>
/// <param name="Changes">The dearest first; null where nothing can be told.</param>
/// <param name="LinkTo">Where a place of either text is shown.</param>
public sealed record ChangesView(ImmutableArray<Change>? Changes, Func<TextLocation, (string Address, string Words)> LinkTo)
{
    /// <summary>Said where nothing changes.</summary>
    public string Unchanged { get; init; } = "Nothing that affects prices changed (number, day or layout only).";

    /// <summary>Said where nothing can be told.</summary>
    public string Untold { get; init; } = "What changes is told of a text that can be read whole.";

    public static ChangesView Of(DraftPreview preview)
    {
        ArgumentNullException.ThrowIfNull(preview);
        var view = new ChangesView(preview.Changes, preview.LinkTo);
        return preview.Against?.Text == preview.Check.Compilation.Source.ToString() ? view with { Unchanged = "Nothing that affects prices changed." }
            : preview.Declared is { } declared ? view with { Untold = declared }
            : view;
    }
}
