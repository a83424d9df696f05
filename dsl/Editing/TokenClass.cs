namespace Rules.Dsl.Editing;

/// <summary>What a run of characters is to a reader. Spaces, commas and parentheses have no class.</summary>
public enum TokenClass
{
    /// <summary>A word of the language in its place.</summary>
    Keyword,

    /// <summary>A name that the author chose.</summary>
    Name,

    /// <summary>Text or a name in quotes.</summary>
    String,

    /// <summary>A figure.</summary>
    Number,

    /// <summary>What a figure counts: credits, a currency, a meter.</summary>
    Unit,

    /// <summary>A figure in hundredths.</summary>
    Percent,

    /// <summary>A day or a time of day.</summary>
    Date,

    /// <summary>From <c>#</c> to the end of the line.</summary>
    Comment,

    /// <summary>Text that could not be read, or stands for what was reported.</summary>
    Error,
}
