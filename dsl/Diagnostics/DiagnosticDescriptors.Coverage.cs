namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
    /// <summary>PR0401. Arguments: the action.</summary>
    public static readonly DiagnosticDescriptor ActionWithoutPrice = Error(
        "PR0401", "Action without a price",
        "The action \"{0}\" has no price.",
        "add \"price {0}\", or declare it with \"free action {0}\"");

    /// <summary>PR0402. Arguments: the action.</summary>
    public static readonly DiagnosticDescriptor FreeActionPriced = Error(
        "PR0402", "Free action with a price",
        "\"{0}\" is listed as free and also has a price.",
        "delete one of the two, or mark the price \"waived\"");

    /// <summary>PR0403. Arguments: the value, or the values of a combination joined by "in".</summary>
    public static readonly DiagnosticDescriptor ValueWithoutPrice = Error(
        "PR0403", "Value without a price",
        "No price for {0}.",
        "add a row for it, or an \"otherwise\" row");

    /// <summary>PR0404. Arguments: the fact, the line of the price, the action.</summary>
    public static readonly DiagnosticDescriptor RegardlessFactRead = Error(
        "PR0404", "Fact read that the price disregards",
        "This exception depends on {0}, but line {1} says the price of {2} holds regardless of {0}.",
        "delete one of the two");

    /// <summary>PR0404 in the rows of the price itself. Arguments: the fact, the line of the price, the action.</summary>
    public static readonly DiagnosticDescriptor RegardlessFactInRows = RegardlessFactRead with
    {
        MessageFormat = "The price of {2} is by {0} and also holds regardless of {0}.",
    };

    /// <summary>PR0405. Arguments: the action.</summary>
    public static readonly DiagnosticDescriptor PriceEmpty = Error(
        "PR0405", "Price without a line",
        "The price of \"{0}\" says nothing.",
        "add \"each ...\" or \"per ...\" under it");

    /// <summary>PR0406. Arguments: the action.</summary>
    public static readonly DiagnosticDescriptor PriceWithoutDefault = Error(
        "PR0406", "Exceptions without a default",
        "The price of \"{0}\" has no default line; outside its exceptions nothing would be charged.",
        "add \"each ...\" or \"per ...\" before the first exception");

    /// <summary>PR0407. Arguments: the value or combination, the line of the first row.</summary>
    public static readonly DiagnosticDescriptor ValuePricedTwice = Error(
        "PR0407", "Value priced twice",
        "{0} is already priced on line {1}.",
        "delete one of the two rows");

    /// <summary>PR0408. Arguments: the number of values in the row, the number of facts.</summary>
    public static readonly DiagnosticDescriptor RowOfOtherWidth = Error(
        "PR0408", "Row that does not fit its facts",
        "This row has {0}, but the price is by {1}.",
        "write one value for each fact, in the order of \"by\"");
}
