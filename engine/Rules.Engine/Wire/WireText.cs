using System.Text;

namespace Rules.Engine.Wire;

/// <summary>Text of a sender as it may be shown back to people.</summary>
public static class WireText
{
    private const int Limit = 60;

    /// <summary>At most 60 characters; what does not print is shown as U+FFFD.</summary>
    public static string Shown(string text)
    {
        var shown = new StringBuilder(Math.Min(text.Length, Limit + 1));
        foreach (var rune in text.EnumerateRunes())
        {
            if (shown.Length >= Limit)
            {
                return shown.Append('…').ToString();
            }

            var category = Rune.GetUnicodeCategory(rune);
            var prints = category is not (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
                or System.Globalization.UnicodeCategory.OtherNotAssigned or System.Globalization.UnicodeCategory.PrivateUse);
            shown.Append((prints ? rune : Rune.ReplacementChar).ToString());
        }

        return shown.ToString();
    }
}
