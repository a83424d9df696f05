using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Rules.Dsl.Tests.Binding;
using Rules.Dsl.Text;

namespace Rules.Dsl.Tests.Reference;

internal static class RuleTextBinding
{
    /// <summary>The text, bound over the version before where it amends one, and over the common files it includes.</summary>
    public static Compilation Bind(this RuleText text, params IEnumerable<RuleText?> others) =>
        new RuleLibrary(RuleLibrary.Among(others.OfType<RuleText>().Select(static t => SourceText.From(t.Text, "other.rules"))), RuleFile.Options)
            .Compile(SyntaxTree.Parse(SourceText.From(text.Text, "page.rules")));

    /// <summary>The texts of a page that its example builds on.</summary>
    public static IEnumerable<RuleText> Others(this ReferencePage page) => page.RuleTexts.Where(static t => t.Heading is "Version before" or "Included");
}
