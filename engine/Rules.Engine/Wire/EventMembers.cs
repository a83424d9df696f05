using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;

namespace Rules.Engine.Wire;

/// <summary>The members that say what was used. Every command that carries an event reads them here.</summary>
internal struct EventMembers()
{
    /// <summary>The place of <c>action</c> among <see cref="Names"/>.</summary>
    public const int Action = 0;

    public static readonly string[] Names = ["action", "quantities", "facts", "keys", "record", "amount", "only"];

    private string _action = "";
    private ExactDecimal? _amount;
    private ImmutableArray<MeteredQuantity> _quantities = [];
    private ImmutableArray<NamedText> _facts = [];
    private ImmutableArray<NamedText> _keys = [];
    private ImmutableArray<NamedText> _record = [];
    private ImmutableArray<string> _only = [];

    /// <summary>An amount stands for quantities, and then for the action as well where the rules price one.</summary>
    public readonly bool HasAmount => _amount is not null;

    /// <param name="member">Its place among <see cref="Names"/>.</param>
    public bool TryRead(ref JsonCursor cursor, int member)
    {
        switch (member)
        {
            case Action:
                return cursor.Text(WireLimits.NameCharacters, out _action);
            case 1:
                return cursor.Amounts(out _quantities);
            case 2:
                return cursor.Texts(out _facts);
            case 3:
                return cursor.Texts(out _keys);
            case 4:
                return cursor.Texts(out _record);
            case 5:
                var read = cursor.Amount(out var amount);
                _amount = amount;
                return read;
            default:
                return cursor.Names(out _only);
        }
    }

    /// <summary>The event, once everything is read.</summary>
    public readonly bool TryGet(ref JsonCursor cursor, Instant at, bool timedOnArrival, out UsageEvent? usage)
    {
        usage = null;
        if (_amount is not null && !_quantities.IsEmpty)
        {
            return cursor.Exclude("quantities", "amount");
        }

        usage = new UsageEvent
        {
            OccurredAt = at,
            TimedOnArrival = timedOnArrival,
            Action = _action,
            Quantities = _quantities,
            Amount = _amount,
            Facts = _facts,
            Keys = _keys,
            Record = _record,
            Only = _only,
        };
        return true;
    }
}
