namespace Rules.Ledger.Tests.Simulation;

/// <summary>
/// The simulated ruleset done by hand, unit by unit: no store, no sequence, no posting, and no line shared with the product. Instants are
/// microseconds since 1970.
/// </summary>
/// <param name="rolls">What is left of a plan's credits rolls over.</param>
internal sealed class ReferenceBank(bool rolls)
{
    private readonly Dictionary<string, ReferenceAccount> _accounts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ReferenceAccount> Accounts => _accounts;

    public void Open(string account, long at) => _accounts.Add(account, new ReferenceAccount(at, rolls));
}

/// <param name="amount">What it was opened with; it takes back at most what it lacks of it.</param>
internal sealed class ReferenceLot(int number, string id, string bucket, long amount, long from, long end, int cycle)
{
    public int Number => number;

    public string Id => id;

    public string Bucket => bucket;

    public long Amount => amount;

    public long From => from;

    public long End => end;

    public int Cycle => cycle;

    public bool IsPostpaid => bucket == "later";

    public long Granted { get; set; }

    public long Available { get; set; }

    public long Held { get; set; }

    public long Spent { get; set; }

    public long Expired { get; set; }

    public long Moved { get; set; }

    /// <summary>Voided, replaced, or left by a change of plan.</summary>
    public bool IsEnded { get; set; }

    /// <summary>From when it is carried; none: it never is.</summary>
    public long CarriedFrom { get; init; } = long.MaxValue;

    public bool IsCarried(long at) => CarriedFrom <= at && IsLive(at);

    /// <summary>Number of the lot that took its place; 0: none.</summary>
    public int Successor { get; set; }

    public bool IsLive(long at) => !IsEnded && from <= at && at < end;

    public ReferenceLot Copy() => (ReferenceLot)MemberwiseClone();

    public override string ToString() => FormattableString.Invariant($"{number} {bucket} {Granted}={Available}+{Held}+{Spent}+{Expired}+{Moved}");
}

/// <param name="Ended">What became of it, in the words of the call; null while it is open.</param>
internal sealed record ReferenceHold(string Id, long End, List<int> Units, string? Ended);

/// <summary>The lots that paid for a use, unit by unit, in the order in which they were drawn.</summary>
internal sealed class ReferenceUse
{
    public List<int> Units { get; } = [];

    /// <summary>True for each unit that was taken back.</summary>
    public List<bool> Undone { get; } = [];

    public int Left => Undone.Count(undone => !undone);

    public void Add(int lot)
    {
        Units.Add(lot);
        Undone.Add(false);
    }
}
