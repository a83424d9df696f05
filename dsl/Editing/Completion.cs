using Rules.Dsl.Text;

namespace Rules.Dsl.Editing;

/// <summary>What a completion writes.</summary>
public enum CompletionKind
{
    /// <summary>Words of the language: one, or as many as must follow one another.</summary>
    Keyword,

    /// <summary>A meter, a currency.</summary>
    Unit,

    /// <summary>An action.</summary>
    Action,

    /// <summary>A fact, or the key of an action.</summary>
    Fact,

    /// <summary>A value that a fact may have, or a tag of such values.</summary>
    Value,

    /// <summary>A bucket.</summary>
    Bucket,

    /// <summary>A plan or a pack.</summary>
    Plan,

    /// <summary>A rate or a term.</summary>
    Rate,

    /// <summary>A list.</summary>
    List,

    /// <summary>An alert.</summary>
    Alert,
}

/// <summary>Something that could stand at a place.</summary>
/// <param name="Label">What a list shows: the words, or the name without quotes.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Detail">One line about it.</param>
/// <param name="Edit">Writes it in place of the word the position touches, in quotes where the name needs them.</param>
public sealed record Completion(string Label, CompletionKind Kind, string Detail, TextEdit Edit);
