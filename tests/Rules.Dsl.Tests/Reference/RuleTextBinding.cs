using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Rules.Dsl.Tests.Binding;
using Rules.Dsl.Text;

namespace Rules.Dsl.Tests.Reference;

internal static class RuleTextBinding
{
    /// <summary>The text, bound over the version before where it amends one.</summary>
    public static Compilation Bind(this RuleText text, RuleText? before) => Compilation.Create(
        SyntaxTree.Parse(SourceText.From(text.Text, "page.rules")), before is null ? null : RuleFile.Compile(before.Text), RuleFile.Options);
}
