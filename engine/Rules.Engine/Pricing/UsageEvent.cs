using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;

namespace Rules.Engine.Pricing;

/// <summary>
/// One operation of an account that is to be priced: what <c>stories.md</c> calls an event.
/// Names are the rule file's; nothing in it has been checked against a model yet.
/// </summary>
public sealed record UsageEvent
{
    /// <summary>When it happened. Chooses the version and the price; microsecond precision.</summary>
    public required Instant OccurredAt { get; init; }

    /// <summary>
    /// True where the sender named no instant and the receiver's clock stands for it. The instant is then no part of what the sender
    /// asked for: the same event sent again under the same idempotency key is the same command.
    /// </summary>
    public bool TimedOnArrival { get; init; }

    /// <summary>The action's name. With <see cref="Amount"/> it may be empty where the rule file prices one action.</summary>
    public required string Action { get; init; }

    /// <summary>Quantities by meter, in the order given; a meter appears at most once. May be empty.</summary>
    public ImmutableArray<MeteredQuantity> Quantities { get; init; } = [];

    /// <summary>
    /// Credits to charge as they stand, in place of quantities and a price; null for an event that is priced. The action still decides whether
    /// anything is charged and which credits serve it. Below zero only where the price allows corrections.
    /// </summary>
    public ExactDecimal? Amount { get; init; }

    /// <summary>Facts of the action by name, as text in the rule file's notation (<c>yes</c>, <c>1000</c>, <c>GPT-4o</c>, <c>2026-03-28</c>).</summary>
    public ImmutableArray<NamedText> Facts { get; init; } = [];

    /// <summary>Scope keys by name (<c>run</c> → <c>r-17</c>).</summary>
    public ImmutableArray<NamedText> Keys { get; init; } = [];

    /// <summary>What <c>record … on every charge</c> asks for and is not already a fact or a key.</summary>
    public ImmutableArray<NamedText> Record { get; init; } = [];

    /// <summary>Ids of grants and names of buckets: nothing else is drawn. Empty: everything may be.</summary>
    public ImmutableArray<string> Only { get; init; } = [];
}

/// <summary>A quantity of one meter, in the meter's own unit.</summary>
public readonly record struct MeteredQuantity(string Meter, ExactDecimal Quantity);

/// <summary>A name with a value in the rule file's notation.</summary>
public readonly record struct NamedText(string Name, string Value);
