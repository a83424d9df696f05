using System.Globalization;
using Rules.Dsl.Binding;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Editing;
using Rules.Dsl.Formatting;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

public sealed class IncludeTests
{
    private const string Models = """
        language 1
        common models version 3
          title "The models we sell"
        # What people call them.
        list model
          "Small"
          "Large"  fast
        meter page whole
        currency USD to 2 decimals

        """;

    private const string Rules = """
        action reply
          has model from model
        action scan
          measures pages
        price reply by model
          "Small"  1 credit
          "Large"  2 credits
        price scan
          per page 0.5 credits

        """;

    [Fact]
    public void Included_lists_meters_and_currencies_are_names_of_the_file()
    {
        var compilation = Compile(Ruleset("  include models version 3\n", Rules), Models);
        compilation.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        compilation.Ruleset.Lists.Single().Entries.Select(static e => e.Name).ShouldBe(["Small", "Large"]);
        compilation.Ruleset.Meters.Single().Location.FileName.ShouldBe("models.v3.rules");
        compilation.Ruleset.Currencies.Single().Name.ShouldBe("USD");
        compilation.Ruleset.Header.Includes.Single().Version.ShouldBe(3);
    }

    [Fact]
    public void Resolved_text_states_what_is_included_and_means_the_same()
    {
        var compilation = Compile(Ruleset("  title \"Acme\"\n  include models version 3\n", Rules), Models);
        var resolved = compilation.Resolved;
        resolved.Text.ToString().ShouldStartWith("language 1\nruleset acme version 1 effective 2026-01-01\n  title \"Acme\"\n# What people call them.\nlist model\n");
        resolved.Text.ToString().ShouldNotContain("include");
        resolved.Lines[4].Source.FileName.ShouldBe("models.v3.rules");
        resolved.Lines[4].Number.ShouldBe(5);
        var whole = RuleFile.Compile(resolved.Text.ToString());
        whole.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(RuleFile.Show).ShouldBeEmpty();
        whole.Ruleset.MeaningHash.ShouldBe(compilation.Ruleset.MeaningHash);
        Compile(Ruleset("  include models version 3\n", Rules), Models.Replace("\"Large\"", "\"Huge\"", StringComparison.Ordinal)).HasErrors.ShouldBeTrue();
        Compile(Ruleset("  include models version 3\n", Rules), Models.Replace("page whole", "page fractional", StringComparison.Ordinal))
            .Ruleset.MeaningHash.ShouldNotBe(compilation.Ruleset.MeaningHash);
    }

    [Fact]
    public void Common_file_stands_for_itself()
    {
        var compilation = Compile(Models);
        compilation.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        compilation.Ruleset.Header.IsCommon.ShouldBeTrue();
        Formatter.Format(SyntaxTree.Parse(Models.Replace("\"Large\"  fast", "\"Large\" fast", StringComparison.Ordinal)))!.ToString().ShouldBe(Models);
    }

    [Fact]
    public void Definition_and_completion_lead_into_the_common_file()
    {
        var text = Ruleset("  include models version 3\n", Rules);
        var compilation = Compile(text, Models);
        NameFinder.FindDeclaration(compilation, text.IndexOf("from model", StringComparison.Ordinal) + 6)!.Value.ToString().ShouldBe("models.v3.rules:5:6");
        NameFinder.FindDeclaration(compilation, text.IndexOf("include models", StringComparison.Ordinal) + 9)!.Value.ToString().ShouldBe("models.v3.rules:2:8");
        Completer.Complete(compilation, text.IndexOf("per page", StringComparison.Ordinal) + 5).ShouldContain(static c => c.Label == "page");
    }

    [Fact]
    public void Amendment_takes_includes_over_and_may_pin_another_version()
    {
        const string Newer = "language 1\ncommon models version 4\nlist model\n  \"Small\"\n  \"Large\"\n  \"Huge\"\nmeter page whole\n";
        var first = Ruleset("  include models version 3\n", Rules);
        const string Head = "language 1\nruleset acme version 2 effective 2026-02-01 amends version 1\n";
        var kept = Compile(Head + "free action train\n", first, Models);
        kept.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        kept.Ruleset.Lists.Single().Entries.Length.ShouldBe(2);

        var moved = Compile(Head + "  include models version 4\nprice reply by model\n  \"Small\"  1 credit\n  otherwise  2 credits\n", first, Models, Newer);
        moved.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        moved.Ruleset.Lists.Single().Entries.Length.ShouldBe(3);
        moved.Ruleset.Currencies.ShouldBeEmpty();
        moved.BuildsOn.Select(static t => t.FileName).ShouldBe(["acme.v1.rules", "models.v4.rules"]);
        RuleFile.Compile(moved.Resolved.Text.ToString()).Ruleset.MeaningHash.ShouldBe(moved.Ruleset.MeaningHash);

        var replaced = Compile(Head + "list model\n  \"Small\"\n  \"Large\"\n  \"Own\"\nprice reply by model\n  otherwise  2 credits\n", first, Models);
        replaced.Diagnostics.Select(RuleFile.Show).ShouldBeEmpty();
        replaced.Ruleset.Lists.Single().Location.FileName.ShouldBe("acme.v2.rules");
    }

    [Fact]
    public void Each_file_of_a_diamond_is_read_once()
    {
        // Each of six levels includes both files of the next: 2^6 ways lead to the last.
        var files = new List<string>();
        for (var level = 1; level <= 6; level++)
        {
            foreach (var side in "ab")
            {
                var next = level < 6 ? $"  include a{level + 1} version 1\n  include b{level + 1} version 1\n" : "";
                files.Add($"language 1\ncommon {side}{level} version 1\n{next}meter m-{side}{level} whole\n");
            }
        }

        var asked = 0;
        var find = RuleLibrary.Among(files.Select(Source));
        var library = new RuleLibrary(id => { asked++; return find(id); }, RuleFile.Options);
        var compilation = library.Compile(SyntaxTree.Parse(Source(Ruleset("  include a1 version 1\n  include b1 version 1\n", "action go\nprice go\n  each 1 credit\n"))));
        compilation.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error).Select(RuleFile.Show).ShouldBeEmpty();
        compilation.Ruleset.Meters.Length.ShouldBe(12);
        asked.ShouldBeLessThanOrEqualTo(24);
    }

    [Fact]
    public void Diamond_of_thirty_levels_is_refused_at_once()
    {
        var files = Enumerable.Range(1, 30).SelectMany(level => "ab".Select(side => string.Create(
            CultureInfo.InvariantCulture, $"language 1\ncommon {side}{level} version 1\n  include a{level + 1} version 1\n  include b{level + 1} version 1\n"))).ToArray();
        Compile(Ruleset("  include a1 version 1\n", ""), files).Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0914");
    }

    [Fact]
    public void Files_that_include_each_other_are_named_in_full()
    {
        var compilation = Compile(
            Ruleset("  include a version 1\n", ""),
            "language 1\ncommon a version 1\n  include b version 2\n", "language 1\ncommon b version 2\n  include c version 1\n", "language 1\ncommon c version 1\n  include a version 1\n");
        compilation.Diagnostics.ShouldHaveSingleItem().Message.ShouldBe("These files include each other: a version 1, b version 2, c version 1, a version 1.");
    }

    [Fact]
    public void File_that_includes_itself_is_told()
    {
        const string Self = "language 1\ncommon a version 1\n  include a version 1\n";
        Compile(Self, Self).Diagnostics.ShouldHaveSingleItem().Message.ShouldBe("These files include each other: a version 1, a version 1.");
    }

    [Fact]
    public void Ten_thousand_includes_are_refused_before_one_is_looked_for()
    {
        var asked = 0;
        var library = new RuleLibrary(_ => { asked++; return null; }, RuleFile.Options);
        var lines = string.Concat(Enumerable.Range(1, 10_000).Select(static n => string.Create(CultureInfo.InvariantCulture, $"  include m{n} version 1\n")));
        library.Compile(SyntaxTree.Parse(Source(Ruleset(lines, "")))).Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0913");
        asked.ShouldBe(0);
    }

    [Fact]
    public void More_files_than_may_be_included_are_refused_wherever_they_are_included()
    {
        var many = string.Concat(Enumerable.Range(1, 40).Select(static n => string.Create(CultureInfo.InvariantCulture, $"  include m{n} version 1\n")));
        var more = string.Concat(Enumerable.Range(41, 40).Select(static n => string.Create(CultureInfo.InvariantCulture, $"  include m{n} version 1\n")));
        string[] files =
        [
            "language 1\ncommon first version 1\n" + many, "language 1\ncommon second version 1\n" + more,
            .. Enumerable.Range(1, 80).Select(static n => string.Create(CultureInfo.InvariantCulture, $"language 1\ncommon m{n} version 1\nmeter meter-{n} whole\n")),
        ];
        Compile(Ruleset("  include first version 1\n  include second version 1\n", ""), files).Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0913");
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("\\\\host\\c$")]
    [InlineData("CON")]
    [InlineData("con")]
    [InlineData("nul")]
    [InlineData("lpt1")]
    [InlineData("a%2f..")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("https://example.com/models")]
    [InlineData("file:models")]
    [InlineData("Models")]
    [InlineData("mod els")]
    [InlineData("modèles")]
    [InlineData("")]
    public void Name_that_leads_elsewhere_is_refused_and_never_looked_for(string name)
    {
        var library = new RuleLibrary(static id => throw new InvalidOperationException($"Asked for {id}."), RuleFile.Options);
        foreach (var text in new[] { Ruleset($"  include \"{name}\" version 1\n", ""), $"language 1\nruleset \"{name}\" version 2 effective 2026-01-01 amends version 1\n" })
        {
            library.Compile(SyntaxTree.Parse(Source(text))).Diagnostics.ShouldContain(static d => d.Id == "PR0919" || d.Id == "PR0010", name);
        }
    }

    [Theory]
    [InlineData(300, "PR0023")]
    [InlineData(128, "PR0919")]
    [InlineData(65, "PR0919")]
    public void R7_name_of_a_file_that_is_too_long_is_refused_in_a_short_message(int characters, string id)
    {
        var diagnostic = Compile(Ruleset($"  include {new string('a', characters)} version 1\n", "")).Diagnostics.ShouldHaveSingleItem();
        diagnostic.Id.ShouldBe(id);
        diagnostic.Message.Length.ShouldBeLessThan(300);
        RuleFileId.IsName(new string('a', 64)).ShouldBeTrue();
        RuleFileId.IsName(new string('a', 65)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("roboflow.v2.rules", "roboflow", 2)]
    [InlineData("a.v1.v2.rules", null, 0)]
    [InlineData("a.v0.rules", null, 0)]
    [InlineData("a.v01.rules", null, 0)]
    [InlineData("a.v9999999999.rules", null, 0)]
    [InlineData("a.v.rules", null, 0)]
    [InlineData("a.rules", null, 0)]
    [InlineData(".v1.rules", null, 0)]
    [InlineData("con.v1.rules", null, 0)]
    [InlineData("a.v1.rules.bak", null, 0)]
    public void File_name_says_what_a_file_holds(string fileName, string? name, int version) =>
        RuleFileId.OfFileName(fileName).ShouldBe(name is null ? null : new RuleFileId(name, version));

    [Fact]
    public void Mistakes_of_includes_are_told_at_their_lines()
    {
        Say(Ruleset("  include models version 3\n", "list model\n  \"Small\"\n  \"Large\"\n" + Rules), Models).ShouldBe("""
            7 PR0214: The list "model" is declared by models version 3, line 5, which this file includes. (delete it here, or give it another name)
            """);
        Say(Ruleset("  include models version 9\n", Rules), Models).ShouldBe("""
            3 PR0910: models version 9, which this file includes, was not found. (models.v9.rules is looked for beside this file and in a folder models beside it or one level up; to publish, publish it first)
            """);
        Say(Ruleset("  include outer version 1\n", Rules), "language 1\ncommon outer version 1\n  include inner version 1\n").ShouldBe("""
            3 PR0910: inner version 1, which outer version 1 includes, was not found. (inner.v1.rules is looked for beside this file and in a folder inner beside it or one level up; to publish, publish it first)
            """);
        Say(Ruleset("  include models version 3\n", Rules), Models + "price reply\n  each 1 credit\n").ShouldBe("""
            3 PR0911: models version 3, which is included here, has errors of its own. (mend models.v3.rules first)
            """);
        Say(Ruleset("  include models version 3\n  include more version 1\n", Rules), Models, "language 1\ncommon more version 1\n  include models version 4\n").ShouldBe("""
            4 PR0915: models is included in version 3 and in version 4, so its names would have two meanings. (include one version of models; a common file that includes the other needs a new version as well)
            """);
        Say(Ruleset("  include models version 3\n  include more version 1\n", Rules), Models, "language 1\ncommon more version 1\nmeter page whole\n").ShouldBe("""
            4 PR0916: The meter "page" is declared by models version 3 and by more version 1, and this file includes both. (delete it in a new version of one of the two, or give it another name there)
            """);
        Say(Ruleset("  include shop version 1\n", ""), "language 1\nruleset shop version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\n").ShouldBe("""
            3 PR0917: shop version 1 is a ruleset; only a common file can be included. (write its lists, meters and currencies into a file that begins with "common NAME version N", and include that)
            """);
        Say("language 1\ncommon models version 3\n  timezone \"UTC\"\nlist model\n  \"Small\"\nprice reply\n  each 1 credit\n").ShouldBe("""
            3 PR0918: A common file holds lists, meters and currencies; "timezone" belongs in a ruleset. (move it into the rulesets that include this file)
            6 PR0918: A common file holds lists, meters and currencies; "price" belongs in a ruleset. (move it into the rulesets that include this file)
            """);
        Say("language 1\nruleset \"Acme Corp\" version 1 effective 2026-01-01\ncredit \"credit\" to 0 decimals\n").ShouldBe("""
            2 PR0919: "Acme Corp" cannot name a rule file: such a name has 1 to 64 of a to z, 0 to 9, "-" and "_", and is not kept by a system, as "con" is. (write a name such as acme-corp)
            """);
        Say("language 1\nruleset acme version 2 effective 2026-01-01 amends version 2\n").ShouldBe("""
            2 PR0920: Version 2 cannot amend version 2: a version amends an earlier one. (write the number of an earlier version)
            """);
    }

    private static string Say(string text, params string[] others) => string.Join('\n', Compile(text, others).Diagnostics
        .Select(static d => string.Create(CultureInfo.InvariantCulture, $"{d.Location.Line} {d.Id}: {d.Message} ({d.Help})")));

    private static string Ruleset(string headlines, string items) =>
        $"language 1\nruleset acme version 1 effective 2026-01-01\n{headlines}credit \"credit\" to 2 decimals, rounding half up\n{(items.StartsWith("list", StringComparison.Ordinal) ? "# Its own.\n\n" : "")}{items}";

    private static Compilation Compile(string text, params string[] others) =>
        new RuleLibrary(RuleLibrary.Among(others.Select(Source)), RuleFile.Options).Compile(SyntaxTree.Parse(Source(text)));

    private static SourceText Source(string text) => SourceText.From(text, RuleLibrary.IdOf(SyntaxTree.Parse(text)).FileName);
}
