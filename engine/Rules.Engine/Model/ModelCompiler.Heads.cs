using System.Globalization;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Engine.Model;

internal sealed partial class ModelCompiler
{
    /// <summary>The text to go on from after a version: a whole file under the next number, and after an amendment an amendment of it that changes nothing yet.</summary>
    /// <param name="day">In its head, where that names no later one: of two versions the later one takes effect later.</param>
    internal static string Following(SourceText source, int version, LocalDate day)
    {
        var root = SyntaxTree.Parse(source).Root;
        var header = root.Header;
        if (header.Amends is not null)
        {
            var head = source.ToString(TextSpan.FromBounds(header.Keyword.Span.Start, header.Amends.Span.End));
            source = SourceText.From($"language {root.Language.Version.Text}\n{head}\n");
            header = SyntaxTree.Parse(source).Root.Header;
        }

        if (LocalDatePattern.Iso.Parse(header.EffectiveDate.Text) is { Success: true } written)
        {
            var end = header.Time?.Span.End ?? header.EffectiveDate.Span.End;
            var later = LocalDate.Max(day, written.Value.PlusDays(1));
            source = source.WithEdits(new TextEdit(TextSpan.FromBounds(header.EffectiveDate.Span.Start, end), LocalDatePattern.Iso.Format(later)));
        }

        return Renumber(source, version, version - 1);
    }

    /// <summary>A text with another number in its head and, of an amendment, another version that it amends; the text itself where its head cannot be read.</summary>
    internal static string Renumber(SourceText source, int version, int amended)
    {
        var header = SyntaxTree.Parse(source).Root.Header;
        var edits = new List<TextEdit>();
        Write(header.Version, version);
        if (header.Amends is { } amends)
        {
            Write(amends.Version, amended);
        }

        return source.WithEdits(edits).ToString();

        void Write(SyntaxToken token, int number)
        {
            if (!token.IsMissing)
            {
                edits.Add(new TextEdit(token.Span, number.ToString(CultureInfo.InvariantCulture)));
            }
        }
    }

    /// <summary>Whether a text says that it amends a version.</summary>
    internal static bool IsAmendment(SourceText source) => SyntaxTree.Parse(source).Root.Header.Amends is not null;
}
