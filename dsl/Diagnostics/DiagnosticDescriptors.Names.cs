namespace Rules.Dsl.Diagnostics;

// The last argument of each is the near miss, left out where there is none.
public static partial class DiagnosticDescriptors
{
    /// <summary>PR0201. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownMeter = Error(
        "PR0201", "Unknown meter", "No meter called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0202. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownAction = Error(
        "PR0202", "Unknown action", "No action called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0203 where an account's facts are looked up. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownFact = Error(
        "PR0203", "Unknown fact", "No fact called \"{0}\" is declared for the account.", "did you mean \"{1}\"?");

    /// <summary>PR0203 on an action. Arguments: the name, the action, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownActionFact = UnknownFact with
    {
        MessageFormat = "No fact called \"{0}\" is declared for the action {1} or the account.",
        HelpFormat = "did you mean \"{2}\"?",
    };

    /// <summary>PR0203 where only the action's facts may stand. Arguments: the name, the action, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownEventFact = UnknownFact with
    {
        MessageFormat = "No fact called \"{0}\" is declared for the action {1}.",
        HelpFormat = "did you mean \"{2}\"?",
    };

    /// <summary>PR0204. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownList = Error(
        "PR0204", "Unknown list", "No list called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0205. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownPlan = Error(
        "PR0205", "Unknown plan", "No plan called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0206. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownBucket = Error(
        "PR0206", "Unknown bucket", "No bucket called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0207 on a list. Arguments: the value, the list, the near miss.</summary>
    public static readonly DiagnosticDescriptor ValueNotInList = Error(
        "PR0207", "Value outside its list", "\"{0}\" is not in the list \"{1}\".", "did you mean \"{2}\"?");

    /// <summary>PR0207 on another enumeration. Arguments: the value, the fact, its values, the near miss.</summary>
    public static readonly DiagnosticDescriptor ValueNotOfFact = ValueNotInList with
    {
        MessageFormat = "\"{0}\" is not a value of {1}, which is one of {2}.",
        HelpFormat = "did you mean \"{3}\"?",
    };

    /// <summary>PR0208. Arguments: the action, the unit.</summary>
    public static readonly DiagnosticDescriptor ActionDoesNotMeasure = Error(
        "PR0208", "Unit that the action does not measure",
        "The action {0} does not measure {1}.",
        "add to the action: measures {1}");

    /// <summary>PR0209. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownRateOrTerm = Error(
        "PR0209", "Unknown rate or term", "No rate or term called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0210. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownPack = Error(
        "PR0210", "Unknown pack", "No pack called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0211. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownCurrency = Error(
        "PR0211", "Unknown currency", "No currency called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0212. Arguments: the title, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownAlert = Error(
        "PR0212", "Unknown alert", "No alert called \"{0}\" is declared.", "did you mean \"{1}\"?");

    /// <summary>PR0213. Arguments: the name, the action, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownKey = Error(
        "PR0213", "Unknown key",
        "The action {1} is not keyed by \"{0}\".",
        "did you mean \"{2}\"?");

    /// <summary>PR0213 where no name is near. Arguments: the name, the action, what can be written.</summary>
    public static readonly DiagnosticDescriptor UnknownScope = UnknownKey with { HelpFormat = "write {2}" };

    /// <summary>PR0214. Arguments: the name or phrase, the line of the first.</summary>
    public static readonly DiagnosticDescriptor DeclaredTwice = Error(
        "PR0214", "Declared twice",
        "\"{0}\" is already stated on line {1}.",
        "delete one of the two, or give it another name");

    /// <summary>PR0215. Arguments: the word, the words that may stand there, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownWord = Error(
        "PR0215", "Word without a meaning here",
        "\"{0}\" means nothing here; write {1}.",
        "did you mean \"{2}\"?");

    /// <summary>PR0209 where a bucket or term may stand. Arguments: the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor UnknownBucketOrTerm = UnknownRateOrTerm with
    {
        MessageFormat = "No bucket or term called \"{0}\" is declared.",
    };

    /// <summary>PR0214 for a name the language gives. Arguments: the name.</summary>
    public static readonly DiagnosticDescriptor BuiltInName = DeclaredTwice with
    {
        MessageFormat = "\"{0}\" is built in and cannot be declared.",
        HelpFormat = "give it another name",
    };

    /// <summary>PR0214 for a name that a common file declares. Arguments: what is declared, the common file, the line in it.</summary>
    public static readonly DiagnosticDescriptor DeclaredByIncluded = DeclaredTwice with
    {
        MessageFormat = "The {0} is declared by {1}, line {2}, which this file includes.",
        HelpFormat = "delete it here, or give it another name",
    };

    /// <summary>PR0216. No arguments.</summary>
    public static readonly DiagnosticDescriptor NoCredit = Error(
        "PR0216", "No credit",
        "The file does not declare its credit.",
        "add: credit \"credit\" to 2 decimals, rounding half up");

    /// <summary>PR0217. Arguments: the action, how many meters an action may measure.</summary>
    public static readonly DiagnosticDescriptor TooManyMeters = Error(
        "PR0217", "Too many meters",
        "The action {0} measures more than {1} meters.",
        "split the action, or add meters up before they are reported");
}
