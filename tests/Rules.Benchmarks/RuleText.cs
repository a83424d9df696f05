using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;

namespace Rules.Benchmarks;

/// <summary>
/// From text to answer: a file of 100 lines and one of 10,000, made of the same prices with an example each, read, bound, built and proved.
/// Every operation begins with a text of which nothing is known yet.
/// </summary>
internal static class RuleText
{
    private const int Block = 10;
    private const int Head = 10;

    public static void Run(TextWriter output)
    {
        output.WriteLine("## 5. Rule text, per 100 lines");
        output.WriteLine("| stage | lines | us, whole file | us per 100 lines | goal, us | kB per 100 lines |");
        output.WriteLine("|---|---|---|---|---|---|");
        foreach (var (lines, operations) in new[] { (100, 200), (10_000, 1) })
        {
            foreach (var (figure, goal) in Measure(lines, operations))
            {
                var microseconds = figure.Nanoseconds / 1000;
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {figure.Name} | {lines:N0} | {microseconds:N0} | {microseconds * 100 / lines:N1} | {goal} | {figure.Bytes * 100m / lines / 1024:N1} |"));
            }
        }
    }

    private static IEnumerable<(Figure Figure, string Goal)> Measure(int lines, int operations)
    {
        var text = Write(lines);
        var compilation = Compile(text);
        var bound = compilation.Ruleset;
        var examples = (lines - Head) / Block;
        var model = ModelCompiler.Build(bound, DateTimeZone.Utc);
        if (compilation.HasErrors || SourceText.From(text).LineCount != lines + 1)
        {
            throw new InvalidOperationException($"The file is not as it should be: {string.Join('\n', compilation.Diagnostics)}");
        }

        var figures = Measurement.Compare(
            new Candidate("full-fidelity parse", operations, n => Repeat(n, () => SyntaxTree.Parse(SourceText.From(text)).Root.Items.Length)),
            new Candidate("parse, bind and every check", operations, n => Repeat(n, () => Compile(text).Ruleset.Examples.Length)),
            new Candidate("build the model", operations, n => Repeat(n, () => ModelCompiler.Build(bound, DateTimeZone.Utc).Examples.Length)),
            new Candidate("run every example", operations, n => Repeat(n, () => ExampleRunner.Run(model).Count(static r => r.Holds))),
            new Candidate(
                "an edit: all of it, text to proof",
                operations,
                n => Repeat(n, () => ExampleRunner.Run(RulesetCompiler.Compile(SourceText.From(text)).Model!).Count(static r => r.Holds))));
        if (ExampleRunner.Run(model).Count(static r => r.Holds) != examples)
        {
            throw new InvalidOperationException("An example does not hold.");
        }

        return figures.Zip(["60", "500", "-", "-", lines == 100 ? "5,000" : "-"]);
    }

    private static Compilation Compile(string text) => Compilation.Create(SyntaxTree.Parse(SourceText.From(text)));

    private static void Repeat(int times, Func<int> work)
    {
        var sum = 0;
        for (var i = 0; i < times; i++)
        {
            sum += work();
        }

        if (sum == 0)
        {
            throw new InvalidOperationException("A candidate has no answer.");
        }
    }

    private static string Write(int lines)
    {
        var text = new StringBuilder(
            """
            # Prices of a scanner, one per product
            language 1
            ruleset scanner version 1 effective 2026-01-01
              timezone "UTC"

            credit "credit" to 3 decimals, rounding half up

            account shop
            meter page whole


            """);
        for (var i = 1; i <= (lines - Head) / Block; i++)
        {
            // 1,000 pages at 0.003 and 1,000 at 0.002.
            text.Append(
                CultureInfo.InvariantCulture,
                $"""
                 action scan-{i} keyed by batch
                   measures page
                 price scan-{i}
                   per page, graduated within each batch
                     base         0.003 credits
                     over 1,000   0.002 credits
                     over {i + 10_000:N0}  0.001 credits
                 example "product {i}"
                   do scan-{i} of 2,000 pages
                   expect 5 credits

                 """);
        }

        return text.ToString();
    }
}
