using Rules.Dsl.Tests.Reference;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Proof;

public sealed class AmendmentTests
{
    private static readonly ReferencePage s_page = ReferencePage.Diagnostic("PR0904");

    [Fact]
    public void Inherited_example_that_no_longer_holds_is_reported_where_it_is_taken_over()
    {
        var failure = ExampleRunner.Run(Compile("Example")).SelectMany(r => r.Failures).ShouldHaveSingleItem();

        failure.Diagnostic.Id.ShouldBe("PR0904");
        failure.Diagnostic.Message.ShouldBe("Example \"one scan\" of version 1 expects 1; under version 2 it is 2.");
        failure.Diagnostic.Location.FileName.ShouldBe("sample.v2.rules");
        s_page.Under("Example")!.Marked("PR0904").ShouldBe([failure.Diagnostic.Location.Line]);
    }

    [Fact]
    public void Restated_example_holds() => ExampleRunner.Run(Compile("Mended")).ShouldHaveSingleItem().Holds.ShouldBeTrue();

    [Fact]
    public void Model_of_an_amendment_points_into_the_version_that_wrote_the_rule()
    {
        var model = Compile("Mended");

        model.Version.ShouldBe(2);
        model.Actions.Single().Price!.Location.FileName.ShouldBe("sample.v2.rules");
        model.Plans.ShouldAllBe(p => p.Location.FileName == "sample.v1.rules");
    }

    [Fact]
    public void Amendment_of_itself_is_refused_and_never_followed_round()
    {
        var source = SourceText.From("language 1\nruleset sample version 2 effective 2027-03-01 amends version 2\n", "sample.v2.rules");

        RulesetLibrary.Of(source).Compile(source).Diagnostics.ShouldHaveSingleItem().Severity.ShouldBe(Dsl.Diagnostics.DiagnosticSeverity.Error);
    }

    private static RulesetModel Compile(string heading)
    {
        var before = SourceText.From(s_page.Under("Version before")!.Text, "sample.v1.rules");
        var compilation = RulesetLibrary.Of(before).Compile(SourceText.From(s_page.Under(heading)!.Text, "sample.v2.rules"));
        return compilation.Model.ShouldNotBeNull(string.Join('\n', compilation.Diagnostics));
    }
}
