using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

/// <summary>The numbers are stored and hashed: they never change meaning.</summary>
public enum EntryKind
{
    Grant = 1,
    Charge = 2,
    Reversal = 3,
    Hold = 4,
    Capture = 5,
    Release = 6,
    HoldExpiry = 7,
    Expiry = 8,
    Rollover = 9,
    PostpaidBill = 10,
    Void = 11,
    Correction = 12,
    Subscribe = 13,
    PlanChange = 14,
    FactsAndTerms = 15,
    Repayment = 16,
    DebtDrop = 17,
    Refund = 18,
    Replacement = 19,
    Reset = 20,
}

/// <summary>
/// One entry of an account's journal as the engine writes it; the ledger adds sequence, hash and key.
/// </summary>
public sealed record Entry
{
    public required EntryKind Kind { get; init; }

    /// <summary>Deterministic key of an entry that nobody asked for (<c>sys:grant:Hobby:allotment:3</c>); null for the command's own entry.</summary>
    public string? SystemKey { get; init; }

    /// <summary>True for a key of the system's own: callers' keys never begin with <c>sys:</c>.</summary>
    public static bool IsSystemKey(string key) => key.StartsWith("sys:", StringComparison.Ordinal);

    /// <summary>Smallest units, at most 10^15; what was charged, granted, expired … Below zero only for a charge or capture that gives credits back.</summary>
    public required long Amount { get; init; }

    public required Instant OccurredAt { get; init; }

    /// <summary>In draw order. Each line balances; may be empty (a free action, a ruleset without buckets).</summary>
    public ImmutableArray<Posting> Postings { get; init; } = [];

    /// <summary>Lots that this entry opens; their postings follow in <see cref="Postings"/>.</summary>
    public ImmutableArray<Lot> NewLots { get; init; } = [];

    /// <summary>Set on charges: the evaluation that made the entry, with its explanation.</summary>
    public Quote? Quote { get; init; }

    /// <summary>Set on charges: what was priced.</summary>
    public UsageEvent? Event { get; init; }

    /// <summary>Scope totals after the entry; empty where the price counts nothing.</summary>
    public ImmutableArray<ScopeState> Scopes { get; init; } = [];

    /// <summary>Facts, terms or plan that the entry sets (kinds 13 to 15).</summary>
    public ImmutableArray<DatedValue> Facts { get; init; } = [];

    public ImmutableArray<DatedValue> Terms { get; init; } = [];

    public string? Plan { get; init; }

    /// <summary>When the plan begins, where that is not the entry's own instant: a change that waits for the renewal.</summary>
    public Instant? PlanFrom { get; init; }

    /// <summary>Credits bought with each cycle that the entry sets: bucket, and amount as a decimal.</summary>
    public ImmutableArray<DatedValue> Addons { get; init; } = [];

    /// <summary>The cycle after the entry when the entry began one.</summary>
    public Cycle? Cycle { get; init; }

    /// <summary>The rule version under which the entry was made; null only where none was in effect.</summary>
    public int? Version { get; init; }

    /// <summary>Debts that the entry makes.</summary>
    public ImmutableArray<Debt> NewDebts { get; init; } = [];

    /// <summary>What it takes off debts.</summary>
    public ImmutableArray<DebtLine> DebtLines { get; init; } = [];

    /// <summary>Smallest units of the amount that <c>if short forgive</c> let go.</summary>
    public long Forgiven { get; init; }

    /// <summary>The hold that the entry makes (kind 4).</summary>
    public Hold? NewHold { get; init; }

    /// <summary>The hold that the entry settles (kinds 5 to 7).</summary>
    public HoldSettlement? Settlement { get; init; }

    /// <summary>Lots that end with the entry, whatever their own end says; in order of number. What they had available is in <see cref="Postings"/>.</summary>
    public ImmutableArray<LotEnd> EndedLots { get; init; } = [];

    /// <summary>The postings that a reversal takes back.</summary>
    public ImmutableArray<UndoneLine> Undone { get; init; } = [];

    /// <summary>Set on bills (kind 10): what the credits cost.</summary>
    public Bill? Bill { get; init; }

    /// <summary>Levels that were crossed without an event: by a lapse, a void, a renewal. They are told, and not stored.</summary>
    public ImmutableArray<AlertStep> Alerts { get; init; } = [];
}

/// <summary>
/// Postpaid use of one bucket as money: exact until the end, rounded once in the currency. The entry's amount is the credits.
/// </summary>
/// <param name="Currency">As the rule file names it.</param>
/// <param name="Decimals">Of the currency.</param>
/// <param name="Amount">Smallest units of the currency.</param>
/// <param name="Exact">Before rounding, in the currency: credits times price.</param>
/// <param name="Price">Per credit, in the currency; null: the account has agreed none, and the amount is 0.</param>
/// <param name="To">The receiver that the rule file names; null: not stated.</param>
public sealed record Bill(string Bucket, int Cycle, string Currency, int Decimals, long Amount, ExactDecimal Exact, ExactDecimal? Price, string? To);
