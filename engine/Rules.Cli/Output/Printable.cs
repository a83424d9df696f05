using System.Globalization;
using System.Text;

namespace Rules.Cli.Output;

/// <summary>
/// Text of a file or a caller made safe to print: a control or direction mark in it could repaint a terminal or reorder what is read.
/// </summary>
public static class Printable
{
    /// <summary>Each control, format and unpaired character becomes U+FFFD; a tab stays.</summary>
    public static string Text(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var builder = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var hostile = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
                or UnicodeCategory.OtherNotAssigned;
            builder.Append((hostile && rune.Value != '\t' ? Rune.ReplacementChar : rune).ToString());
        }

        return builder.ToString();
    }
}
