using NodaTime;

namespace Rules.Engine.Accounts;

/// <summary>What one use owes because credits ran out under <c>if short owe</c> (time, rule 16). Immutable once made.</summary>
/// <param name="Number">1, 2, 3 … per account, in order of making: debts are repaid in this order.</param>
/// <param name="Action">The action that owes; its credits repay.</param>
/// <param name="Amount">Smallest units, above zero.</param>
/// <param name="OwedAt">The time of recording.</param>
public sealed record Debt(long Number, string Action, long Amount, Instant OwedAt);

/// <summary>A debt that is open.</summary>
/// <param name="Left">Smallest units still owed; above zero, at most the debt's amount.</param>
/// <param name="Repayments">How many entries have repaid part of it; numbers the next one.</param>
public readonly record struct DebtState(Debt Debt, long Left, int Repayments)
{
    /// <summary>The debt after one line.</summary>
    public DebtState Apply(in DebtLine line) => this with
    {
        Left = Left - line.Amount,
        Repayments = Repayments + (line.Kind == DebtLineKind.Repaid ? 1 : 0),
    };
}

/// <summary>How a debt shrinks. The numbers are stored and hashed.</summary>
public enum DebtLineKind
{
    /// <summary>By credits: the entry's postings say which lots gave them.</summary>
    Repaid = 1,

    /// <summary>By a renewal, under <c>dropped at renewal</c>.</summary>
    Dropped = 2,

    /// <summary>By a reversal or a correction of the use that owes.</summary>
    Reversed = 3,

    /// <summary>By a refund.</summary>
    Refunded = 4,
}

/// <summary>A line of an entry that lowers a debt.</summary>
/// <param name="Debt">Its number.</param>
/// <param name="Amount">Smallest units, above zero, at most what was left.</param>
public readonly record struct DebtLine(long Debt, DebtLineKind Kind, long Amount);
