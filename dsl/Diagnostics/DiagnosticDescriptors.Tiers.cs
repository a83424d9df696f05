namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
    /// <summary>PR0101. Arguments: the first quantity without a price, the end above, the start here, the start meant.</summary>
    public static readonly DiagnosticDescriptor TierGap = Error(
        "PR0101", "Quantities without a price",
        "Quantity {0} has no price: the tier above ends at {1} and this one starts at {2}.",
        "start this tier at {3}");

    /// <summary>PR0101 where the unit is fractional. Arguments: the end above, the start here.</summary>
    public static readonly DiagnosticDescriptor TierFractionGap = TierGap with
    {
        MessageFormat = "Quantities between {0} and {1} have no price: the tier above ends at {0} and this one starts at {1}.",
        HelpFormat = "start this tier at {0}",
    };

    /// <summary>PR0101 at the end of a ladder. Arguments: the end of the last tier, how to write it.</summary>
    public static readonly DiagnosticDescriptor TierOpenEnd = TierGap with
    {
        MessageFormat = "Quantities over {0} have no price: the last tier ends at {0}.",
        HelpFormat = "write the last tier as: {1}",
    };

    /// <summary>PR0102. Arguments: the end above, the start here, the start meant.</summary>
    public static readonly DiagnosticDescriptor TierOverlap = Error(
        "PR0102", "Quantities priced twice",
        "{1} is priced twice: the tier above runs to {0} and this one starts at {1}.",
        "start this tier at {2}");

    /// <summary>PR0103. Arguments: the start here, the start before.</summary>
    public static readonly DiagnosticDescriptor TierNotAscending = Error(
        "PR0103", "Tiers out of order",
        "This tier starts at {0}, which is not above the tier before it ({1}), so one of them is never reached.",
        "put the tiers in ascending order");

    /// <summary>PR0103 after a tier without an end. No arguments.</summary>
    public static readonly DiagnosticDescriptor TierAfterOpenEnd = TierNotAscending with
    {
        MessageFormat = "This tier is never reached: the one before it has no end.",
    };

    /// <summary>PR0104. Arguments: the spelling of this tier, the spelling of the first.</summary>
    public static readonly DiagnosticDescriptor TierSpellingsMixed = Error(
        "PR0104", "Two ways of writing tiers",
        "This tier is written \"{0}\", but the ladder began with \"{1}\"; a ladder is written in one way.",
        "write every tier as \"{1}\"");

    /// <summary>PR0105. Arguments: the start of the first tier, how a first tier is written.</summary>
    public static readonly DiagnosticDescriptor TierFirstStart = Error(
        "PR0105", "Ladder that does not start at the first unit",
        "The first tier starts at {0}, so what comes before has no price.",
        "begin the ladder with \"{1}\"");

    /// <summary>PR0106 on a ladder. Arguments: the scopes to choose from.</summary>
    public static readonly DiagnosticDescriptor LadderWithoutScope = Error(
        "PR0106", "Total without a scope",
        "This ladder does not say over what the quantity adds up, so the tier a unit falls in is undefined.",
        "write {0}");

    /// <summary>PR0106 on a line that needs a total. Arguments: the scopes to choose from, what the line does.</summary>
    public static readonly DiagnosticDescriptor TotalWithoutScope = LadderWithoutScope with
    {
        MessageFormat = "This price {1} but does not say over what they add up.",
    };

    /// <summary>PR0107. Arguments: the end, the start.</summary>
    public static readonly DiagnosticDescriptor TierBackwards = Error(
        "PR0107", "Tier that ends before it starts",
        "This tier ends at {0}, which is not above its start, {1}.",
        "write the smaller figure first");

    /// <summary>PR0108. Arguments: the scope as written.</summary>
    public static readonly DiagnosticDescriptor VolumeAccumulates = Error(
        "PR0108", "Volume price over a scope",
        "A volume price {0} would re-price units already charged when a later unit reaches the next tier.",
        "write \"graduated\", or drop \"within each ...\" so that each event is priced on its own quantity");

    /// <summary>PR0109. Arguments: the figure, the unit in the plural.</summary>
    public static readonly DiagnosticDescriptor NotWhole = Error(
        "PR0109", "Fraction of a whole unit",
        "{0} is not a whole number, but {1} are counted whole.",
        "write a whole number, or declare the meter fractional");

    /// <summary>PR0110. Arguments: the scope as written.</summary>
    public static readonly DiagnosticDescriptor ScopeInSell = Error(
        "PR0110", "Scope in a sell",
        "\"{0}\" has no meaning here: each purchase is priced by itself.",
        "delete it");

    /// <summary>PR0113. Arguments: the scope here, the line of the first, the first.</summary>
    public static readonly DiagnosticDescriptor ScopesDiffer = Error(
        "PR0113", "Two scopes in one price",
        "This line counts {0}, but line {1} of the same price counts {2}.",
        "use one of the two");

    /// <summary>PR0111. Arguments: the limit, the size of a package, the limits that fit.</summary>
    public static readonly DiagnosticDescriptor LimitCutsPackage = Error(
        "PR0111", "Limit inside a package",
        "The limit {0} is not a whole number of packages of {1}, so the package across it would be charged twice.",
        "write {2}");

    /// <summary>PR0112. No arguments.</summary>
    public static readonly DiagnosticDescriptor EvenAtZeroLater = Error(
        "PR0112", "Fee at zero in a later tier",
        "\"even at zero\" belongs to the first tier; this one is only reached by use.",
        "delete \"even at zero\"");

    /// <summary>PR0114. Arguments: the key.</summary>
    public static readonly DiagnosticDescriptor MinimumNeverDue = Error(
        "PR0114", "Minimum that never falls due",
        "Nothing closes a {0}, so this minimum would never fall due.",
        "write \"within each cycle\", or \"each\" for every event");

    /// <summary>PR0115. Arguments: the minimum, the maximum.</summary>
    public static readonly DiagnosticDescriptor MinimumAboveMaximum = Error(
        "PR0115", "Minimum above the maximum",
        "The minimum ({0}) is above the maximum ({1}).",
        "lower the minimum or raise the maximum");

    /// <summary>PR0116. Arguments: the fact, the scope that closes.</summary>
    public static readonly DiagnosticDescriptor MinimumDependsOnEvent = Error(
        "PR0116", "Minimum that depends on an event",
        "This minimum depends on {0}, which is not known when a {1} closes without use.",
        "move it to the default of the price");

    /// <summary>PR0117. Arguments: the number of free events.</summary>
    public static readonly DiagnosticDescriptor CorrectionOfFreeEvents = Error(
        "PR0117", "Correction of free events",
        "A correction cannot say which of the first {0} events it takes back.",
        "write free units, or \"corrections cost nothing\"");

    /// <summary>PR0118. Arguments: the size of the line's packages.</summary>
    public static readonly DiagnosticDescriptor PackagesOfPackages = Error(
        "PR0118", "Packages in a ladder of packages",
        "This ladder already counts packages of {0}, so a tier cannot have packages of its own.",
        "count packages on the line, or in each tier");

    /// <summary>PR0119. No arguments.</summary>
    public static readonly DiagnosticDescriptor GraduatedTiersBy = Error(
        "PR0119", "Graduated ladder by another meter",
        "\"tiers by\" needs a volume ladder: a graduated one would have to split two quantities.",
        "write \"volume\"");

    /// <summary>PR0120. No arguments.</summary>
    public static readonly DiagnosticDescriptor GraduatedReprices = Error(
        "PR0120", "Graduated ladder that re-prices",
        "\"re-pricing earlier units\" needs a volume ladder: a graduated one never changes the price of a unit.",
        "delete it, or write \"volume\"");

    /// <summary>PR0121. Arguments: the facts of the rows, what the row would need a total for.</summary>
    public static readonly DiagnosticDescriptor RowWithoutTotal = Error(
        "PR0121", "Row without a total",
        "Rows by {0} price each unit by itself, so {1} has no total to go by.",
        "write a price per unit, or an exception with a line of its own");

    /// <summary>PR0121 where an event is priced. No arguments.</summary>
    public static readonly DiagnosticDescriptor EventWithoutUnits = RowWithoutTotal with
    {
        MessageFormat = "This is a price for an event, which has no units to put into packages.",
        HelpFormat = "write a line that begins with \"per\"",
    };
}
