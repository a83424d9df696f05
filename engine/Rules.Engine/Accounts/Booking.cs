using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>
/// What a command did to an account: the entries to append, in order, the state after them, and the answer. What fell due stands
/// first; then the command's own entry, the only one without a system key; then what follows from it (grants of the plan just chosen). With an <see cref="Error"/> there is no answer, no entry, and the state is the one before.
/// </summary>
/// <param name="State">A refused charge still moves <see cref="AccountState.LastAt"/> and carries what fell due.</param>
public sealed record Booking<TAnswer>(AccountState State, ImmutableArray<Entry> Entries, TAnswer? Answer, EvaluationError? Error)
    where TAnswer : class
{
    [MemberNotNullWhen(true, nameof(Answer))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Succeeded => Error is null;
}
