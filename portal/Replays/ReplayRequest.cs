using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Accounts;
using Rules.Engine.Replay;
using Rules.Ledger.Replays;

namespace Rules.Portal.Replays;

/// <summary>A past to be replayed under drafts.</summary>
/// <param name="Window">By the instants of recording. The end is brought down to now.</param>
/// <param name="Drafts">1 to 5 texts of versions of the ruleset.</param>
public sealed record ReplayRequest(string Ruleset, PastWindow Window, ImmutableArray<DraftText> Drafts)
{
    /// <summary>Names to group by.</summary>
    public const int MostNames = 4;

    /// <summary>Only this account; null: all.</summary>
    public string? Account { get; init; }

    /// <summary>Which usage is replayed.</summary>
    public PastSource Source { get; init; }

    /// <summary>The account of the ledger whose past it is; null: what it comes to may tell of all accounts of the ruleset.</summary>
    public string? LedgerAccount => Source == PastSource.Ledger ? Account : null;

    /// <summary>The published version that the drafts are compared with, in force for the whole window; null: each account as it was charged.</summary>
    public int? Against { get; init; }

    /// <summary>Names of what charges record by which the result is grouped; at most <see cref="MostNames"/>.</summary>
    public ImmutableArray<string> Records { get; init; } = [];
}

/// <summary>Whence the past of a replay comes.</summary>
public enum PastSource
{
    /// <summary>What the ledger's entries tell.</summary>
    Ledger,

    /// <summary>Usage that was imported and never charged.</summary>
    Imported,
}

/// <param name="Name">For people: <c>draft 14</c>. Different for each of a request.</param>
/// <param name="Text">A rule file; it may amend a published version.</param>
public sealed record DraftText(string Name, string Text);

/// <summary>How far a replay has come.</summary>
/// <param name="IsReading">The past is still read: figures count entries, and there is no total.</param>
/// <param name="Done">Entries read, or events replayed.</param>
/// <param name="Events">Events of the past; 0 while it is read.</param>
public readonly record struct ReplayStep(bool IsReading, long Done, long Events);

/// <summary>What a replay came to: a report, or why there is none.</summary>
public sealed record ReplayOutcome
{
    /// <summary>The first candidate is what was published. Null where <see cref="Refusal"/> is set.</summary>
    public ReplayReport? Report { get; init; }

    /// <summary>What all of it will come to, about: told ahead of a report, never beside one.</summary>
    public ReplayEstimate? Estimate { get; init; }

    /// <summary>What was replayed; null where there is neither a report nor an estimate.</summary>
    public PastUsage? Past { get; init; }

    public ReplayRefusal? Refusal { get; init; }

    /// <summary>What the report is bound to; null without one.</summary>
    public ReplayBinding? Binding { get; init; }

    /// <summary>Accounts whose past could be read up to an entry only; the report has them up to there.</summary>
    public ImmutableArray<StuckAccount> Stuck { get; init; } = [];

    /// <summary>By draft, in order: what the compiler says of it. Without errors also where there is a report.</summary>
    public ImmutableArray<ImmutableArray<Diagnostic>> Diagnostics { get; init; } = [];

    /// <summary>What lines of the one draft of a preview made; empty for a run, and where no line makes a price alone.</summary>
    public ImmutableArray<LineUse> Lines { get; init; } = [];

    /// <summary>What the ruleset's guard rails let through.</summary>
    public GuardLimits Guards { get; init; } = new();

    /// <summary>Explains events of this past; null without a report.</summary>
    internal Func<int, string, int, Quote?>? Explain { get; init; }

    /// <summary>The full evaluation of one event under a candidate, with its working; null where it cannot be priced, or is not there.</summary>
    /// <param name="candidate">Place in <see cref="ReplayReport.Candidates"/>.</param>
    /// <param name="index">Place of the event in the account's past, as <see cref="Difference.Index"/> has it.</param>
    public Quote? ExplainEvent(int candidate, string account, int index) => Explain?.Invoke(candidate, account, index);
}

/// <summary>The same binding is the same report.</summary>
/// <param name="Texts">SHA-256 of each draft's text, lower-case hex.</param>
/// <param name="Past">Hash of the past: <see cref="PastUsage.Hash"/>.</param>
/// <param name="Published">SHA-256 of the texts of the published versions that took part.</param>
/// <param name="Engine">Version of this program.</param>
public sealed record ReplayBinding(ImmutableArray<string> Texts, string Past, string Published, string Engine);

/// <param name="Message">A sentence or two for people.</param>
public sealed record ReplayRefusal(ReplayRefusalKind Kind, string Message, string Help)
{
    /// <summary>Place of the draft at fault; null where none is.</summary>
    public int? Draft { get; init; }
}

/// <summary>Why a past is not replayed.</summary>
public enum ReplayRefusalKind
{
    RulesetUnknown = 1,
    VersionUnknown = 2,
    DraftHasErrors = 3,
    DraftOfAnotherRuleset = 4,
    WindowIsEmpty = 5,
    TooManyEvents = 6,
}
