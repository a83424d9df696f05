namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
    /// <summary>PR0099. Arguments: what is not supported.</summary>
    public static readonly DiagnosticDescriptor NotSupported = Error(
        "PR0099", "Not supported yet", "{0} is not supported yet.");

    /// <summary>PR0701. Arguments: the name.</summary>
    public static readonly DiagnosticDescriptor NeverUsed = Define(
        "PR0701", DiagnosticSeverity.Warning, "Name that is never used",
        "\"{0}\" is declared but never used.",
        "use it, or delete it");

    /// <summary>PR0702. Arguments: the figure before, the figure here.</summary>
    public static readonly DiagnosticDescriptor RateRises = Define(
        "PR0702", DiagnosticSeverity.Warning, "Rate that rises along a ladder",
        "The rate goes up here, from {0} to {1}. Most ladders go down.");

    /// <summary>PR0703. Arguments: the sentence.</summary>
    public static readonly DiagnosticDescriptor NotOnThePage = Define(
        "PR0703", DiagnosticSeverity.Warning, "Sentence that the page does not hold",
        "The source page does not contain \"{0}\".",
        "quote the page exactly, or use note");

    /// <summary>PR0704. Arguments: the quantities and "cost", the first of the next tier, the last of these, its price, the price of the first.</summary>
    public static readonly DiagnosticDescriptor MoreCostsLess = Define(
        "PR0704", DiagnosticSeverity.Information, "More that costs less",
        "{0} more than {1}: {2} costs {3}, {1} costs {4}.",
        "this is how volume prices behave; write \"graduated\" if it is not meant");

    /// <summary>PR0801. Reported by the proof. Arguments: the promise, the counter-example, the left bucket, its price, the right bucket, its price.</summary>
    public static readonly DiagnosticDescriptor PromiseBroken = Error(
        "PR0801", "Broken promise",
        "Promise \"{0}\" is broken: for {1}, {2} costs {3} and {4} costs {5} per credit.",
        "change the ladder, or the promise");

    /// <summary>PR0802. Reported by the proof. Arguments: the example, what it expects, what the rules give.</summary>
    public static readonly DiagnosticDescriptor ExampleFails = Error(
        "PR0802", "Example that does not hold",
        "Example \"{0}\" expected {1}, but the rules give {2}.",
        "change the rule, or expect {2}");

    /// <summary>PR0803. Arguments: the line that is missing.</summary>
    public static readonly DiagnosticDescriptor PromiseIncomplete = Error(
        "PR0803", "Promise without a claim",
        "This promise does not say \"{0}\".",
        "add the line under it");

    /// <summary>PR0804. Arguments: the bucket.</summary>
    public static readonly DiagnosticDescriptor BucketNotSold = Error(
        "PR0804", "Promise about a bucket that has no price",
        "\"{0}\" is neither sold nor postpaid, so it has no price per credit.",
        "name a bucket that has a \"sell\" or is postpaid");

    /// <summary>PR0901. Reported on publishing. Arguments: the rule set, the version, the version before.</summary>
    public static readonly DiagnosticDescriptor VersionNotAscending = Error(
        "PR0901", "Version out of order",
        "Version {1} of {0} does not come after version {2}, which is published.",
        "give it the next number and a later date");

    /// <summary>PR0902. Reported on publishing. Arguments: the two versions, the rule set, the day.</summary>
    public static readonly DiagnosticDescriptor VersionsTakeEffectTogether = Error(
        "PR0902", "Two versions on one day",
        "Versions {0} and {1} of {2} both take effect on {3}; the file does not say which applies that day.",
        "give version {1} a later date");

    /// <summary>PR0903. Arguments: the version that is amended, the kind, the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor NothingToRemove = Error(
        "PR0903", "Nothing to remove",
        "Version {0} has no {1} \"{2}\" to remove.",
        "did you mean \"{3}\"?");

    /// <summary>PR0904. Reported by the proof. Arguments: the example, its version, what it expects, this version, what the rules give.</summary>
    public static readonly DiagnosticDescriptor InheritedExampleFails = Error(
        "PR0904", "Inherited example that no longer holds",
        "Example \"{0}\" of version {1} expects {2}; under version {3} it is {4}.",
        "restate the example here, or remove it");

    /// <summary>PR0905. Reported on publishing. Arguments: the version, the day it was published, the next version.</summary>
    public static readonly DiagnosticDescriptor PublishedVersionEdited = Error(
        "PR0905", "Published version edited",
        "Version {0} was published on {1} and cannot be edited. Start version {2}.",
        "create version {2} amending version {0}");

    /// <summary>PR0906. Reported on publishing. Arguments: the decimals of the version before, the decimals here.</summary>
    public static readonly DiagnosticDescriptor DecimalsChanged = Error(
        "PR0906", "Decimals changed",
        "Credits were kept to {0} decimals, here to {1}; amounts already recorded could not be compared.",
        "write: to {0} decimals");

    /// <summary>PR0907. Arguments: the version, the rule set.</summary>
    public static readonly DiagnosticDescriptor BaseMissing = Error(
        "PR0907", "Amended version not found",
        "Version {0} of {1}, which this file amends, was not found.",
        "{1}.v{0}.rules is looked for beside this file; or state all rules here and delete \"amends version {0}\"");

    /// <summary>PR0908. Arguments: the version, the rule set.</summary>
    public static readonly DiagnosticDescriptor BaseHasErrors = Error(
        "PR0908", "Amended version with errors",
        "Version {0} of {1}, which this file amends, has errors of its own.",
        "mend version {0} first");

    /// <summary>PR0909.</summary>
    public static readonly DiagnosticDescriptor RemoveWithoutBase = Error(
        "PR0909", "Removal without a version",
        "This file amends no version, so there is nothing to remove from.",
        "write \"amends version\" and its number on the first line of the rule set, or delete this line");
}
