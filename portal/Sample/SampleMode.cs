namespace Rules.Portal.Sample;

/// <summary>Which made-up company an empty ledger gets (Rules:Sample).</summary>
public enum SampleMode
{
    Off = 0,

    /// <summary>Six accounts with some 500 uses, before the service listens.</summary>
    Small = 1,

    /// <summary>Twelve accounts with some 400,000 uses; the first one before the service listens, the others while it answers.</summary>
    Full = 2,
}
