using System.Collections.Immutable;
using System.Text;
using Rules.Dsl.Text;

namespace Rules.Dsl.Tests.Binding;

/// <summary>A source text in which [brackets] mark the places where something is expected to be said.</summary>
internal sealed record AnnotatedText(string Text, ImmutableArray<TextSpan> Spans)
{
    public static AnnotatedText Parse(string annotated)
    {
        var text = new StringBuilder();
        var spans = ImmutableArray.CreateBuilder<TextSpan>();
        var open = new Stack<int>();
        foreach (var character in annotated)
        {
            switch (character)
            {
                case '[':
                    open.Push(text.Length);
                    break;
                case ']':
                    var start = open.Pop();
                    spans.Add(new TextSpan(start, text.Length - start));
                    break;
                default:
                    text.Append(character);
                    break;
            }
        }

        if (open.Count > 0)
        {
            throw new ArgumentException("A bracket is not closed.", nameof(annotated));
        }

        return new AnnotatedText(text.ToString(), spans.ToImmutable());
    }
}
