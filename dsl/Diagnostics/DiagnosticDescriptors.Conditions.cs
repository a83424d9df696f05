namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
    /// <summary>PR0601 on an exception.</summary>
    public static readonly DiagnosticDescriptor ExceptionNeverApplies = Error(
        "PR0601", "Condition that never holds",
        "This exception can never apply: its conditions contradict each other.",
        "change one of the conditions, or delete the exception");

    /// <summary>PR0601 on an exception whose own conditions agree. Arguments: the line of the exception it stands in.</summary>
    public static readonly DiagnosticDescriptor ExceptionOutsideParent = ExceptionNeverApplies with
    {
        MessageFormat = "This exception can never apply: its conditions contradict those of line {0}, which it stands in.",
    };

    /// <summary>PR0601 anywhere else.</summary>
    public static readonly DiagnosticDescriptor ConditionNeverHolds = ExceptionNeverApplies with
    {
        MessageFormat = "This can never hold: its conditions contradict each other.",
        HelpFormat = "change one of the conditions",
    };

    /// <summary>PR0602. Arguments: the line of the other exception, facts for which both hold.</summary>
    public static readonly DiagnosticDescriptor ExceptionsOverlap = Error(
        "PR0602", "Exceptions that overlap",
        "This exception and the one on line {0} can both apply ({1}), and the file does not say which wins.",
        "add \"and not ...\" to one of them, or indent the narrower one under the wider one");

    /// <summary>PR0603. Arguments: the number of cases.</summary>
    public static readonly DiagnosticDescriptor ConditionTooLarge = Error(
        "PR0603", "Condition with too many cases",
        "This condition has more than {0} cases, more than can be compared with the others.",
        "split it, or collect its values in a list with tags");

    /// <summary>PR0603 where all exceptions of the file together are too many. No arguments.</summary>
    public static readonly DiagnosticDescriptor TooManyExceptions = ConditionTooLarge with
    {
        MessageFormat = "The exceptions of this file have too many cases to compare each with the others.",
        HelpFormat = "indent exceptions under a wider one they have in common",
    };

    /// <summary>PR0604. Arguments: the fact, what it is, how it is tested, a test that fits.</summary>
    public static readonly DiagnosticDescriptor TestDoesNotFitFact = Error(
        "PR0604", "Test that does not fit the fact",
        "\"{0}\" is {1}, so it cannot be tested with \"{2}\".",
        "write, for example: {3}");

    /// <summary>PR0604 for a fact that stands alone. Arguments: the fact, what it is, a test that fits.</summary>
    public static readonly DiagnosticDescriptor FactNeedsTest = TestDoesNotFitFact with
    {
        MessageFormat = "\"{0}\" is {1}, so it cannot stand alone.",
        HelpFormat = "write, for example: {2}",
    };

    /// <summary>PR0604 for a value of another type. Arguments: the value, the fact, what it is.</summary>
    public static readonly DiagnosticDescriptor ValueDoesNotFitFact = TestDoesNotFitFact with
    {
        MessageFormat = "{0} does not fit \"{1}\", which is {2}.",
        HelpFormat = "write {2}",
    };

    /// <summary>PR0604 for a fact that chooses the cycle. Arguments: the fact, what it is.</summary>
    public static readonly DiagnosticDescriptor CycleFactNeedsValues = TestDoesNotFitFact with
    {
        MessageFormat = "\"{0}\" is {1}, so it cannot choose between a monthly and an annual cycle.",
        HelpFormat = "declare it: has {0} one of monthly, annual",
    };
}
