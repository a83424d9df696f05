namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
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
}
