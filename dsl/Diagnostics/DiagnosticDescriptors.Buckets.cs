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
    public static readonly DiagnosticDescriptor MinimumAboveCap = Error(
        "PR0510", "Minimum above its cap",
        "\"at least {0}\" is more than \"up to {1}\".",
        "lower the minimum or raise the limit");

    /// <summary>PR0511. Arguments: the key, the bucket left out, the key with all buckets.</summary>
    public static readonly DiagnosticDescriptor BucketMissingFromKey = Error(
        "PR0511", "Bucket missing from a key",
        "\"{0}\" leaves out \"{1}\", so the order of its credits is not decided.",
        "write: {2}");

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

    /// <summary>PR0515. Arguments: the word, what it is for, the figure here, how that moves, the other word.</summary>
    public static readonly DiagnosticDescriptor LevelOfOtherDirection = Error(
        "PR0515", "Level that is never crossed",
        "\"{0}\" is for credits {1}; what is {2} {3}.",
        "write \"{4}\", or \"{1}\"");

    /// <summary>PR0516. Arguments: the percentage, the bucket.</summary>
    public static readonly DiagnosticDescriptor CapWithoutBase = Error(
        "PR0516", "Percentage without a base",
        "\"up to {0}\" has no base: no plan grants into \"{1}\".",
        "write an amount, or \"{0} of unused\"");

    /// <summary>PR0517. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor PostpaidRepaysNoDebts = Error(
        "PR0517", "Debts repaid by a postpaid bucket",
        "Debts cannot be repaid by \"{0}\": it is postpaid and holds no credits.",
        "delete it from the list");

    /// <summary>PR0518. Arguments: the life.</summary>
    public static readonly DiagnosticDescriptor CarriedLifeTooShort = Define(
        "PR0518", DiagnosticSeverity.Warning, "Carried credits that lapse before a renewal",
        "Carried credits live {0}, less than one cycle; they lapse before the next renewal.");

    /// <summary>PR0519.</summary>
    public static readonly DiagnosticDescriptor FallingStepsWithoutLevel = Error(
        "PR0519", "Falling steps without a level",
        "Falling steps need a first level.",
        "write: at 200 credits left, then every 100 credits");

    /// <summary>PR0520. Arguments: the day.</summary>
    public static readonly DiagnosticDescriptor AnchorOnLateDay = Define(
        "PR0520", DiagnosticSeverity.Information, "Anchor on a day that not every month has",
        "Months without a day {0} use their last day.");

    /// <summary>PR0521. Arguments: the second line, the change both speak of.</summary>
    public static readonly DiagnosticDescriptor PlanChangeTwice = Error(
        "PR0521", "Plan change decided twice",
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

    /// <summary>PR0524. Arguments: the key, the key before it.</summary>
    public static readonly DiagnosticDescriptor KeyNeverDecides = Define(
        "PR0524", DiagnosticSeverity.Warning, "Key that never decides",
        "\"{0}\" after \"{1}\" never decides.",
        "delete it");

    /// <summary>PR0524 inside one bucket. Arguments: the key.</summary>
    public static readonly DiagnosticDescriptor KeyOfManyBuckets = KeyNeverDecides with
    {
        MessageFormat = "\"{0}\" never decides inside one bucket.",
    };

    /// <summary>PR0525. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor PostpaidHoldsNoCredits = Error(
        "PR0525", "Credits into a postpaid bucket",
        "\"{0}\" is postpaid and holds no credits, so none can be put into it.",
        "use a bucket from a plan, purchase or grant");

    /// <summary>PR0526. Arguments: the line, the bucket, what it does.</summary>
    public static readonly DiagnosticDescriptor LineNeedsOtherFunding = Error(
        "PR0526", "Line that does not fit its bucket",
        "\"{0}\" has no meaning for \"{1}\", which {2}.",
        "delete it");

    /// <summary>PR0527.</summary>
    public static readonly DiagnosticDescriptor AnchorOfCalendarMonth = Error(
        "PR0527", "Anchor of a calendar month",
        "A calendar month begins on its first day, so it cannot be anchored elsewhere.",
        "write \"cycle monthly\", or delete this line");
}
