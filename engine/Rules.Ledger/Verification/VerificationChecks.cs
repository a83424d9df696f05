using System.Collections.Immutable;

namespace Rules.Ledger.Verification;

/// <summary>What a verification looks at, in words for who has to act on it.</summary>
public static class VerificationChecks
{
    /// <summary>In the order in which a verification comes to them.</summary>
    public static ImmutableArray<VerificationCheck> All { get; } =
    [
        new("integrity", "the database finds its own files and references whole", "The file is damaged, or rows were taken out or put in by hand.",
            "Stop the service and restore a copy from before the damage; keep the damaged file."),
        new("rules", "every published text is the one whose hash was stored with it", "A published text was changed by hand: charges that it made may look wrong beside it, and later ones may be wrong.",
            "Restore a copy from before the change, or export the versions of one and compare; what is told of charges below may follow from it."),
        new("account", "every entry belongs to an account that is there", "There is no account of that id, or its row was taken out.",
            "Check the id; if it was there once, restore a copy."),
        new("gapless", "sequences run 1, 2, 3 and so on", "An entry was taken out.", "Restore a copy that has it; the entries after it cannot be trusted until then."),
        new("chain", "every entry carries the hash of the one before and of its own content", "The entry, or one before it, was changed after it was written.",
            "Compare it with an export or a copy from before, and restore that."),
        new("anchor", "no account ends before its anchor or has another entry in its place", "Commits are lost, a backup was restored, or history was written anew.",
            "Restore a newer copy; or, if this is to be the history from now on: rules ledger accept."),
        new("trace", "the stored event and answer are those that the hash covers", "What was priced, or what was answered, was changed after it was written.",
            "Compare it with an export or a copy from before, and restore that."),
        new("time", "nothing was recorded before the entry before it", "The time of recording was changed, or written by another program.", "Restore a copy."),
        new("key", "every entry's idempotency key names it", "A repeated request could be charged twice.", "Restore a copy before requests under that key are repeated."),
        new("lots", "the state of every lot is the sum of its postings", "Balances are not what the journal says: the stored state was changed by hand, or the postings were.",
            "Restore a copy, or report it with this output: the journal itself may be whole."),
        new("postings", "every line balances", "Credits appeared or vanished in a line.", "Restore a copy."),
        new("draw", "only lots that were live were drawn on", "A charge was paid from a lot that had expired or had not begun.", "Reverse the charge and post it anew, and report it."),
        new("balance", "the balance stored with an entry is that of its postings", "A listing shows a wrong balance; the lots may be right.", "Restore a copy, or report it."),
        new("debts", "every debt is what entries made of it", "The stored debts were changed by hand, or an entry takes off a debt what it does not owe.",
            "Restore a copy, or report it with this output: the journal itself may be whole."),
        new("holds", "every hold is open until one entry settles it", "The stored state of a hold was changed by hand, or a hold was settled twice.",
            "Restore a copy, or report it with this output: the journal itself may be whole."),
        new("replay", "the published rules make the same entry again", "The amount, the lots or the version are not what the rules of that time give.",
            "Look at the entry's explanation; reverse the charge and post it anew if it was wrong."),
        new("checkpoint", "every checkpoint is what the entries before it make", "The checkpoint was changed by hand or damaged. Entries and balances do not depend on it; a verification that begins at it does.",
            "Verify without --from-checkpoints; when that finds nothing else, the journal is whole."),
        new("head", "every account's head is its last entry", "Entries were taken from the end, or the head was changed by hand.", "Restore a copy."),
    ];

    /// <summary>The check of a problem's name.</summary>
    public static VerificationCheck Of(string name) => All.First(check => string.Equals(check.Name, name, StringComparison.Ordinal));
}

/// <param name="Name">As in <see cref="VerificationProblem.Check"/>.</param>
/// <param name="Proves">What holds when it passes; completes "proved that ...".</param>
/// <param name="Means">What a failure means.</param>
/// <param name="Help">What to do then.</param>
public sealed record VerificationCheck(string Name, string Proves, string Means, string Help);
