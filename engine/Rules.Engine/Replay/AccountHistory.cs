using System.Collections.Immutable;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;

namespace Rules.Engine.Replay;

/// <summary>The past of one account in a window: where it stood, and what came in, in the order it was recorded.</summary>
/// <param name="Opening">The account before everything else.</param>
/// <param name="Scopes">The counting scopes that had begun by then.</param>
/// <param name="Operations">What neither is nor takes back a use, ascending by <see cref="PlacedOperation.Before"/>.</param>
public sealed record AccountHistory(
    AccountState Opening, ImmutableArray<ScopeState> Scopes, UsageColumns Usage, ImmutableArray<PlacedOperation> Operations)
{
    /// <summary>The account opened in the window: each candidate opens it anew, and <see cref="Opening"/> is how it stood under the rules of then.</summary>
    public OpenAccount? Opens { get; init; }

    /// <summary>Lots of which nothing was left at the opening; needed where <see cref="GivesBack"/>.</summary>
    public ImmutableArray<LotState> UsedLots { get; init; } = [];

    /// <summary>Uses before the opening that are taken back after it.</summary>
    public ImmutableArray<Use> Uses { get; init; } = [];

    /// <summary>Something after the opening may give credits back, so that every lot is kept.</summary>
    public bool GivesBack { get; init; }
}

/// <param name="Before">It came before the usage event at this place, and after the one ahead of it; the number of events: after all.</param>
public readonly record struct PlacedOperation(int Before, AccountOperation Operation);
