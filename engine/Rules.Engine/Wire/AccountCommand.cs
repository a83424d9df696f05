using Rules.Engine.Accounts;

namespace Rules.Engine.Wire;

/// <summary>A command with the account that it is for.</summary>
/// <param name="Account">Empty where the address or the journal names it.</param>
public sealed record AccountCommand<TCommand>(string Account, TCommand Command)
    where TCommand : class
{
    /// <summary>The key of one among many in a request; null for any other.</summary>
    public string? Key { get; init; }
}

/// <summary>What is bought: exactly one of the two is set.</summary>
public sealed record CreditPurchase(BuyCredits? Credits, BuyPack? Pack);
