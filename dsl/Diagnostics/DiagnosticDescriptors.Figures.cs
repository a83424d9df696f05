namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
    /// <summary>PR0301 on an action. Arguments: the unit found.</summary>
    public static readonly DiagnosticDescriptor PriceNotInCredits = Error(
        "PR0301", "Amount in the wrong unit",
        "This price is in {0}, but an action is charged in credits.",
        "write the amount in credits; money prices belong in \"sell\" or a \"rate\"");

    /// <summary>PR0301 anywhere else. Arguments: what is found, what is needed.</summary>
    public static readonly DiagnosticDescriptor WrongUnit = PriceNotInCredits with
    {
        MessageFormat = "This is {0}, but {1} belongs here.",
        HelpFormat = "write {1}",
    };

    /// <summary>PR0302. Arguments: the unit found, the other unit.</summary>
    public static readonly DiagnosticDescriptor UnitsMixed = Error(
        "PR0302", "Two units in one price",
        "This line is in {0}, but the price began in {1}; the two cannot be added.",
        "write every line of the price in {1}");

    /// <summary>PR0303. Arguments: the rate, its amount, its unit, the unit it is used for.</summary>
    public static readonly DiagnosticDescriptor RateUsedPerOtherUnit = Error(
        "PR0303", "Rate used for another unit",
        "\"{0}\" is {1} per {2}, but it is used here per {3}.",
        "use it on a \"per {2}\" line, or declare another rate");

    /// <summary>PR0303 where nothing is counted. Arguments: the rate, its amount, its unit.</summary>
    public static readonly DiagnosticDescriptor RateUsedWithoutUnit = RateUsedPerOtherUnit with
    {
        MessageFormat = "\"{0}\" is {1} per {2}, but nothing is counted here.",
        HelpFormat = "use it on a \"per {2}\" line",
    };

    /// <summary>PR0304. Arguments: the amount, the decimals it needs, the decimals kept, the credit's name, the decimals needed by the whole file.</summary>
    public static readonly DiagnosticDescriptor RateRounded = Define(
        "PR0304", DiagnosticSeverity.Warning, "Rate with more decimals than credits",
        "{0} needs {1} decimals, but credits are kept to {2}; every charge at this rate would be rounded.",
        "write: credit \"{3}\" to {4} decimals");

    /// <summary>PR0305. Arguments: the percentage claimed, the list figure, what is left of it, the figure here, the percentage this is, the amount to write.</summary>
    public static readonly DiagnosticDescriptor ClaimDoesNotHold = Error(
        "PR0305", "Percentage that does not fit the figure",
        "{0} off {1} is {2}, but this tier charges {3} ({4} off).",
        "write {5}, or {4} off");

    /// <summary>PR0305 where no percentage fits. Arguments: the percentage claimed, the list figure, what is left of it, the figure here, the amount to write.</summary>
    public static readonly DiagnosticDescriptor ClaimCannotHold = ClaimDoesNotHold with
    {
        MessageFormat = "{0} off {1} is {2}, but this tier charges {3}.",
        HelpFormat = "write {4}",
    };

    /// <summary>PR0305 where there is nothing to compare with. Arguments: the percentage or term.</summary>
    public static readonly DiagnosticDescriptor ClaimWithoutBase = ClaimDoesNotHold with
    {
        MessageFormat = "There is no figure that {0} off could refer to.",
        HelpFormat = "delete it, or add \"list price ...\" to the line of the ladder",
    };

    /// <summary>PR0306. Reported by the model compiler. Arguments: none.</summary>
    public static readonly DiagnosticDescriptor WidthUnbounded = Error(
        "PR0306", "Amount without a bound", "Nothing bounds this amount, so it cannot be computed exactly.");

    /// <summary>PR0307. Arguments: the amount, the number and unit.</summary>
    public static readonly DiagnosticDescriptor NoExactShare = Error(
        "PR0307", "Share without an exact value",
        "{0} per {1} has no exact value.",
        "write \"per package of {1}\", or a size such as 4 or 5");

    /// <summary>PR0308. Arguments: the currency, the percentage.</summary>
    public static readonly DiagnosticDescriptor PercentageOfMoney = Error(
        "PR0308", "Percentage of money as a price",
        "A percentage of {0} is money, but an action is charged in credits.",
        "write \"{1} of 1 credit\", or of a rate in credits per {0}");

    /// <summary>PR0309. Arguments: the percentage as written.</summary>
    public static readonly DiagnosticDescriptor PercentOutOfRange = Error(
        "PR0309", "Percentage above 100", "{0} is more than the whole; a percentage is from 0% to 100%.");

    /// <summary>PR0310. Arguments: the rate.</summary>
    public static readonly DiagnosticDescriptor RateOfItself = Error(
        "PR0310", "Rate defined by itself", "\"{0}\" is defined by itself.", "write the amount it stands for");

    /// <summary>PR0311. Arguments: the figure as written, what is possible.</summary>
    public static readonly DiagnosticDescriptor FigureOutOfRange = Error(
        "PR0311", "Figure out of range", "{0} is out of range: {1}.");

    /// <summary>PR0312. Arguments: the unit.</summary>
    public static readonly DiagnosticDescriptor SellCountsCredits = Error(
        "PR0312", "Sell that does not count credits",
        "A bucket is sold by the credit, not by {0}.",
        "write \"per credit\"");

    /// <summary>PR0313. Arguments: the amount, the decimals it needs, the decimals kept.</summary>
    public static readonly DiagnosticDescriptor KeptAmountTooFine = Error(
        "PR0313", "Credits finer than they are kept",
        "{0} needs {1} decimals, but credits are kept to {2}, so this amount cannot be held.",
        "write it with at most {2} decimals, or keep credits to {1}");
}
