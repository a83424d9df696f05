namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
    /// <summary>PR0501. Arguments: the buckets joined by ", then ".</summary>
    public static readonly DiagnosticDescriptor NoConsumeOrder = Error(
        "PR0501", "Buckets without an order",
        "The file declares buckets but does not say in which order they are consumed.",
        "add: consume {0}");

    /// <summary>PR0502. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor BucketTwiceInOrder = Error(
        "PR0502", "Bucket twice in an order",
        "The bucket \"{0}\" appears twice in this order.",
        "delete one of the two");

    /// <summary>PR0503. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor BucketMissingFromOrder = Error(
        "PR0503", "Bucket missing from an order",
        "The bucket \"{0}\" is missing from this order, so its credits could never be spent.",
        "add: , then {0}");

    /// <summary>PR0504. Arguments: the bucket after, the postpaid bucket.</summary>
    public static readonly DiagnosticDescriptor BucketNeverReached = Error(
        "PR0504", "Bucket that is never reached",
        "\"{0}\" is never reached: \"{1}\" is postpaid without a limit.",
        "move \"{1}\" to the end, or give it a limit");

    /// <summary>PR0505. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor UnusedNotStated = Error(
        "PR0505", "Unused credits not decided",
        "The bucket \"{0}\" does not say what happens to unused credits.",
        "add one of: unused expires at cycle end / unused rolls over for 1 cycle / unused never expires");

    /// <summary>PR0506. Arguments: the actions that are charged, joined by commas.</summary>
    public static readonly DiagnosticDescriptor AtZeroNotStated = Error(
        "PR0506", "Nothing said about zero",
        "The file does not say what happens when credits are used up.",
        "add: at zero, and under it: block {0} until renewal");

    /// <summary>PR0507.</summary>
    public static readonly DiagnosticDescriptor ShortfallNotStated = Error(
        "PR0507", "Shortfall not decided",
        "\"at zero\" does not say what happens to an action that costs more than the balance.",
        "add one of: if short refuse / if short owe / if short forgive");

    /// <summary>PR0508. Arguments: what needs the cycle.</summary>
    public static readonly DiagnosticDescriptor CycleNotStated = Error(
        "PR0508", "No cycle",
        "{0} needs a cycle, but the file does not say what a cycle is.",
        "add one of: cycle calendar month / cycle monthly / cycle annual");

    /// <summary>PR0509. The parser asks for the word, the binder for the meaning.</summary>
    public static readonly DiagnosticDescriptor CarriedLifeNotStated = Error(
        "PR0509", "Life of carried credits not decided",
        "This does not say how long carried credits live.",
        "add: for 3 months, for 1 cycle, or for ever");

    /// <summary>PR0510. Arguments: the minimum, the cap.</summary>
    public static readonly DiagnosticDescriptor RolloverMinimumAboveCap = Error(
        "PR0510", "Rollover minimum above its cap",
        "\"at least {0}\" is more than \"up to {1}\".",
        "lower the minimum or raise the limit");

    /// <summary>PR0512.</summary>
    public static readonly DiagnosticDescriptor KeptCycleGrantNotStated = Error(
        "PR0512", "Grant of a kept cycle not decided",
        "\"keeps the cycle\" does not say what the new plan grants for the rest of it.",
        "add: , grants the difference (or: a share by second / in full / nothing)");

    /// <summary>PR0513. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor PercentOfPostpaid = Error(
        "PR0513", "Percentage of a postpaid bucket",
        "A percentage needs granted credits; \"{0}\" is postpaid.",
        "write an amount: at 500 credits of {0} used");

    /// <summary>PR0514. Arguments: the level.</summary>
    public static readonly DiagnosticDescriptor LevelTwice = Error(
        "PR0514", "Level twice in an alert",
        "The level {0} appears twice in this alert.",
        "delete one");

    /// <summary>PR0515.</summary>
    public static readonly DiagnosticDescriptor BelowUsed = Error(
        "PR0515", "Level that goes the other way",
        "\"below\" is for credits left; what is used rises.",
        "write \"above\", or \"left\"");

    /// <summary>PR0515 the other way round.</summary>
    public static readonly DiagnosticDescriptor AboveLeft = BelowUsed with
    {
        MessageFormat = "\"above\" is for credits used; what is left falls.",
        HelpFormat = "write \"below\", or \"used\"",
    };

    /// <summary>PR0516. Arguments: the cap as written, the bucket.</summary>
    public static readonly DiagnosticDescriptor CapWithoutBase = Error(
        "PR0516", "Percentage cap without a base",
        "\"up to {0}\" has no base: no plan grants into \"{1}\".",
        "write an amount, or \"{0} of unused\"");

    /// <summary>PR0517. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor DebtRepaidByPostpaid = Error(
        "PR0517", "Debts repaid by a postpaid bucket",
        "Debts cannot be repaid by \"{0}\": it is postpaid and holds no credits.",
        "delete it from the list");

    /// <summary>PR0519.</summary>
    public static readonly DiagnosticDescriptor FallingStepsWithoutLevel = Error(
        "PR0519", "Falling steps without a first level",
        "Falling steps need a first level.",
        "write: at 200 credits left, then every 100 credits");

    /// <summary>PR0520.</summary>
    public static readonly DiagnosticDescriptor AnchorDayClamped = Define(
        "PR0520", DiagnosticSeverity.Information, "Months without the anchor's day",
        "Months without a day {0} use their last day.");

    /// <summary>PR0521. Arguments: the line that says more.</summary>
    public static readonly DiagnosticDescriptor PlanChangeSaidTwice = Error(
        "PR0521", "Plan change said twice",
        "\"plan change\" and \"{0}\" both say what {1} does.",
        "write \"upgrade\" and \"downgrade\", or only \"plan change\"");

    /// <summary>PR0522. Arguments: the zone as written, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownTimeZone = Error(
        "PR0522", "Unknown time zone", "\"{0}\" is not a known time zone.", "did you mean \"{1}\"?");

    /// <summary>PR0523. Arguments: the action.</summary>
    public static readonly DiagnosticDescriptor ActionNotServed = Error(
        "PR0523", "Action that no bucket serves",
        "No bucket serves \"{0}\", so it could never be charged.",
        "add it to a bucket's \"serves\", or make it free");

    /// <summary>PR0525. Arguments: the bucket, what it is filled from.</summary>
    public static readonly DiagnosticDescriptor BucketOfOtherFunding = Error(
        "PR0525", "Credits into a bucket of another kind",
        "The bucket \"{0}\" is filled {1}, so {2} cannot put credits into it.",
        "use a bucket that is filled {3}");

    /// <summary>PR0526. Arguments: the line, the bucket.</summary>
    public static readonly DiagnosticDescriptor LineNeedsOtherFunding = Error(
        "PR0526", "Line that does not fit its bucket",
        "\"{0}\" has no meaning for \"{1}\", which {2}.",
        "delete it");
}
