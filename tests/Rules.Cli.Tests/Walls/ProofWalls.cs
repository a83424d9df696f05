using System.Text.RegularExpressions;

namespace Rules.Cli.Tests.Walls;

/// <summary>The table of what is proved, <c>tests/Rules.Ledger.Tests/README.md</c>, names every test that carries a label, and nothing else.</summary>
public sealed partial class ProofWalls
{
    [Fact]
    public void Every_promise_has_a_test()
    {
        var promised = Labels("L", 23).Concat(Labels("E", 16)).Concat(Labels("F", 20)).Concat(Labels("H", 10)).Concat(Labels("S", 16));

        promised.Except(Listed().Select(static row => row.Label)).ShouldBeEmpty();
    }

    [Fact]
    public void The_table_lists_each_labelled_test_of_the_source_tree_and_none_that_is_gone() =>
        Listed().Select(static row => $"{row.Label} {row.Test}").ShouldBe(Written().Select(static row => $"{row.Label} {row.Test}"), ignoreOrder: true);

    private static IEnumerable<string> Labels(string letter, int last) => Enumerable.Range(1, last).Select(number => FormattableString.Invariant($"{letter}{number}"));

    private static List<(string Label, string Test)> Listed() =>
    [
        .. from line in SourceTree.Read("tests/Rules.Ledger.Tests/README.md").Split('\n')
           where Row().IsMatch(line)
           from Match test in Test().Matches(line)
           select (Row().Match(line).Groups["label"].Value, test.Groups["test"].Value),
    ];

    private static List<(string Label, string Test)> Written() =>
    [
        .. from file in SourceTree.Files
           where file.StartsWith("tests/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal)
           from Match method in Method().Matches(SourceTree.Read(file))
           from label in method.Groups["labels"].Value.Split('_', StringSplitOptions.RemoveEmptyEntries)
           select (label, $"{Path.GetFileNameWithoutExtension(file)}.{method.Groups["labels"].Value}{method.Groups["fact"].Value}"),
    ];

    [GeneratedRegex(@"^\| (?<label>[LEFHS]\d+) \|", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<test>\w+\.\w+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Test();

    [GeneratedRegex(@"public (async )?(Task|void) (?<labels>([LEFHS]\d+_)+)(?<fact>\w+)\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Method();
}
