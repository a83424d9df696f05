using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

internal sealed partial class ModelCompiler
{
    /// <summary>A text with another number and, where it is given, another effective day in its head; the text itself where its head cannot be read.</summary>
    internal static string Renumber(SourceText source, int version, LocalDate? effective)
    {
        var header = SyntaxTree.Parse(source).Root.Header;
        var edits = new List<TextEdit>();
        if (!header.Version.IsMissing)
        {
            edits.Add(new TextEdit(header.Version.Span, version.ToString(CultureInfo.InvariantCulture)));
        }

        if (effective is { } day && !header.EffectiveDate.IsMissing)
        {
            var end = header.Time?.Span.End ?? header.EffectiveDate.Span.End;
            edits.Add(new TextEdit(TextSpan.FromBounds(header.EffectiveDate.Span.Start, end), LocalDatePattern.Iso.Format(day)));
        }

        return source.WithEdits(edits).ToString();
    }
}
