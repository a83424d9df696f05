using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Rules.Dsl.Tests.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

public sealed class ClassifierTests
{
    private const string Header = "language 1\nruleset r version 1 effective 2026-01-01\n";

    [Theory]
    [InlineData("price scan # x", "Keyword price|Name scan|Comment # x")]
    [InlineData("bucket free postpaid at 0.02 USD", "Keyword bucket|Name free|Keyword postpaid|Keyword at|Number 0.02|Unit USD")]
    [InlineData("pack S 1,000 credits into a", "Keyword pack|Name S|Number 1,000|Unit credits|Keyword into|Name a")]
    [InlineData("alert \"80%\"\n  at 80% of free used", "Keyword alert|String \"80%\"|Keyword at|Percent 80%|Keyword of|Name free|Keyword used")]
    [InlineData("applies when created before 2026-01-01", "Keyword applies|Keyword when|Name created|Keyword before|Date 2026-01-01")]
    [InlineData("whatever 5", "Error whatever|Error 5")]
    [InlineData("meter image whole twice", "Keyword meter|Name image|Keyword whole|Error twice")]
    public void Each_run_of_characters_has_its_class(string line, string expected)
    {
        var tree = SyntaxTree.Parse(Header + line + "\n");

        var classified = Classifier.ClassifyLines(tree).Skip(2).SelectMany(spans => spans)
            .Select(span => $"{span.Class} {tree.Text.ToString(span.Span)}");
        string.Join('|', classified).ShouldBe(expected);
    }

    [Fact]
    public void Runs_of_a_line_lie_in_it_in_order_without_overlap()
    {
        foreach (var name in TestFiles.Names)
        {
            var tree = TestFiles.Parse(name);
            var lines = Classifier.ClassifyLines(tree);
            lines.Length.ShouldBe(tree.Text.LineCount);
            for (var i = 0; i < lines.Length; i++)
            {
                var line = tree.Text.GetLine(i + 1);
                var next = line.Span.Start;
                foreach (var run in lines[i])
                {
                    run.Span.Start.ShouldBeGreaterThanOrEqualTo(next);
                    run.Span.Length.ShouldBeGreaterThan(0);
                    next = run.Span.End;
                }

                next.ShouldBeLessThanOrEqualTo(line.Span.End);
            }
        }
    }
}
