namespace Rules.Dsl.Diagnostics;

// Family 00: text and syntax.
public static partial class DiagnosticDescriptors
{
    /// <summary>The text takes more than 1 MiB. No arguments.</summary>
    public static readonly DiagnosticDescriptor FileTooLarge = Error(
        "PR0001", "File too large", "This file is larger than 1 MiB, the most that is read.", "split it, or remove what it does not need");

    /// <summary>{0} the character as shown, {1} what it is.</summary>
    public static readonly DiagnosticDescriptor CharacterRefused = Error(
        "PR0002", "Character refused", "The character {0} ({1}) has no place in a rule file.", "{2}");

    /// <summary>No arguments.</summary>
    public static readonly DiagnosticDescriptor TabIndentation = Error(
        "PR0003", "Indentation with tabs", "This line is indented with a tab.", "indent with two spaces for each step");

    /// <summary>No arguments.</summary>
    public static readonly DiagnosticDescriptor QuoteNotClosed = Error(
        "PR0004", "Quote not closed", "This quote is not closed before the line ends.", "write \" where the text ends");

    /// <summary>{0} what is written, {1} why it is no number, {2} what to write.</summary>
    public static readonly DiagnosticDescriptor NotANumber = Error(
        "PR0005", "Not a number", "\"{0}\" is not a number: {1}.", "write {2}");

    /// <summary>{0} the date as written.</summary>
    public static readonly DiagnosticDescriptor NotADay = Error(
        "PR0006", "Not a day on the calendar", "{0} is not a day on the calendar.", "write a day as year-month-day, as in 2026-03-28");

    /// <summary>{0} the spaces of the line.</summary>
    public static readonly DiagnosticDescriptor IndentationMatchesNothing = Error(
        "PR0007", "Indentation matches no line above", "This line is indented by {0}, which matches no line above it.",
        "give it the indentation of the lines it belongs to");

    /// <summary>{0} the limit.</summary>
    public static readonly DiagnosticDescriptor NestedTooDeep = Error(
        "PR0008", "Nested too deep", "This is nested more than {0} levels deep.", "take it apart into simpler lines");

    /// <summary>{0} the limit.</summary>
    public static readonly DiagnosticDescriptor TooManyTiers = Error(
        "PR0009", "Too many tiers", "This file has more than {0} tiers and rows; what follows is not read.");

    /// <summary>PR0009 for a table. {0} the facts, {1} the limit.</summary>
    public static readonly DiagnosticDescriptor TableTooLarge = TooManyTiers with
    {
        MessageFormat = "A table by {0} has more than {1} combinations.",
        HelpFormat = "use fewer facts, or exceptions for the few combinations that differ",
    };

    /// <summary>{0} what is expected, {1} what was found, {2} what was probably meant.</summary>
    public static readonly DiagnosticDescriptor Expected = Error(
        "PR0010", "Something else expected", "Expected {0}, but found {1}.", "did you mean {2}?");

    /// <summary>No arguments.</summary>
    public static readonly DiagnosticDescriptor UnexpectedIndentation = Error(
        "PR0011", "Unexpected indentation", "This line is indented under a line that takes no indented lines but remarks.",
        "give it the indentation of the line above");

    /// <summary>{0} the word, {1} the word probably meant.</summary>
    public static readonly DiagnosticDescriptor DoesNotBeginARule = Error(
        "PR0012", "Does not begin a rule", "\"{0}\" does not begin a rule.", "did you mean \"{1}\"?");

    /// <summary>No arguments.</summary>
    public static readonly DiagnosticDescriptor SecondPriceLine = Error(
        "PR0013", "Second price line without a word",
        "A second price line needs a word to say how it combines with the first.",
        "write \"plus\" before it to add the two, or \"except when ...\" to replace the first");

    /// <summary>{0} the first word that is left over.</summary>
    public static readonly DiagnosticDescriptor LineShouldEnd = Error(
        "PR0014", "Line should have ended", "This line should end before {0}.", "delete the rest of the line, or put it on a line of its own");

    /// <summary>{0} "18 digits before the point" or "9 digits after the point".</summary>
    public static readonly DiagnosticDescriptor NumberTooLong = Error(
        "PR0015", "Number too long", "This number has more than {0}.", "write it with at most 18 digits before and 9 after the point");

    /// <summary>{0} the time as written.</summary>
    public static readonly DiagnosticDescriptor NotATimeOfDay = Error(
        "PR0016", "Not a time of day", "{0} is not a time of day.", "write hours and minutes from 00:00 to 23:59");

    /// <summary>{0} the word, {1} the block, such as <c>a price</c>, {2} the word probably meant.</summary>
    public static readonly DiagnosticDescriptor DoesNotBeginALine = Error(
        "PR0017", "Does not begin a line here", "{0} does not begin a line of {1}.", "did you mean \"{2}\"?");

    /// <summary>PR0017 where no word is near. {2} the words that begin a line there.</summary>
    public static readonly DiagnosticDescriptor BeginsNoLine = DoesNotBeginALine with { HelpFormat = "begin it with {2}" };

    /// <summary>{0} what is missing, such as <c>tiers</c>.</summary>
    public static readonly DiagnosticDescriptor BlockMissing = Error(
        "PR0018", "Indented lines missing", "This line needs {0} on indented lines under it.", "write them on the next lines, indented by two more spaces");

    /// <summary>No arguments.</summary>
    public static readonly DiagnosticDescriptor TextNotNormalized = Error(
        "PR0019", "Text in a second spelling", "This text spells a letter in parts, so two texts that look alike could differ.",
        "write each letter with its accents as one character");

    /// <summary>{0} the version as written.</summary>
    public static readonly DiagnosticDescriptor LanguageNotKnown = Error(
        "PR0020", "Language version not known", "Language {0} is not known here; this is language 1.", "write: language 1");

    /// <summary>{0} the figure as written.</summary>
    public static readonly DiagnosticDescriptor NotAWholeNumber = Error(
        "PR0021", "Not a whole number", "{0} is not a whole number from 0 to 2,147,483,647.", "write a whole number");

    /// <summary>{0} the item, such as <c>price</c>.</summary>
    public static readonly DiagnosticDescriptor IndentedRule = Error(
        "PR0022", "Rule indented", "A rule begins at the left margin, but this one is indented.", "delete the spaces before \"{0}\"");

    /// <summary>{0} <c>name</c> or <c>quoted text</c>, {1} the most characters it may have.</summary>
    public static readonly DiagnosticDescriptor WordTooLong = Error(
        "PR0023", "Name or text too long", "This {0} has more than {1} characters.", "choose a shorter one");
}
