using System.Globalization;
using Rules.Cli.Input;
using Rules.Dsl.Formatting;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Proof;

namespace Rules.Cli.Tests.Commands;

/// <summary>Rule files after random edits: whatever a file says, it is checked, tested and laid out without a crash.</summary>
public sealed class MutationTests
{
    // RULES_MUTATIONS raises it for a long run; a failure names the seed that repeats it.
    private static readonly int Mutants =
        int.TryParse(Environment.GetEnvironmentVariable("RULES_MUTATIONS"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 400;

    private const string Marks = ",#\"(%\t-. 0aé\u0000\ud83d";

    private static readonly string[] Texts =
        [.. RuleFiles.Find([SourceTree.PathOf("rules")]).Select(File.ReadAllText), SampleRules.Sound];

    [Fact]
    public void Mutant_is_checked_tested_and_laid_out_without_a_crash()
    {
        var crashes = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var seed = 0; seed < Mutants; seed++)
        {
            var random = new Random(seed);
            var text = Texts[seed % Texts.Length];
            for (var edits = random.Next(1, 4); edits > 0; edits--)
            {
                text = Mutate(text, random);
            }

            try
            {
                Run(text);
            }
            catch (Exception exception)
            {
                var place = exception.StackTrace?.Split('\n')[0].Trim() ?? "";
                crashes.TryAdd($"{exception.GetType().Name} {place}", $"Seed {seed}: {exception.Message}\n{exception.StackTrace}\n\n{text}");
            }
        }

        crashes.ShouldBeEmpty(string.Join("\n\n", crashes.Values));
    }

    private static void Run(string text)
    {
        var source = SourceText.From(text, "mutant.rules");
        var compilation = RulesetCompiler.Compile(source);
        foreach (var diagnostic in compilation.Diagnostics)
        {
            diagnostic.ToString().ShouldNotBeEmpty();
            diagnostic.Location.Span.End.ShouldBeLessThanOrEqualTo(source.Length);
            foreach (var fix in diagnostic.Fixes)
            {
                source.WithEdits(fix.Edits).ShouldNotBeNull();
            }
        }

        if (compilation.Model is { } model)
        {
            ExampleRunner.Run(model);
        }

        if (Formatter.Format(SyntaxTree.Parse(source)) is { } formatted)
        {
            Formatter.Format(SyntaxTree.Parse(formatted))!.ToString().ShouldBe(formatted.ToString());
            RulesetCompiler.Compile(formatted).Model?.Meaning.ShouldBe(compilation.Model?.Meaning);
        }
    }

    private static string Mutate(string text, Random random)
    {
        var lines = text.Split('\n').ToList();
        var line = random.Next(lines.Count);
        var words = lines[line].Split(' ').ToList();
        var word = random.Next(words.Count);
        switch (random.Next(9))
        {
            case 0:
                lines.RemoveAt(line);
                break;
            case 1:
                lines.Insert(line, lines[random.Next(lines.Count)]);
                break;
            case 2:
                words.RemoveAt(word);
                lines[line] = string.Join(' ', words);
                break;
            case 3:
                var other = lines[random.Next(lines.Count)].Split(' ');
                words[word] = other[random.Next(other.Length)];
                lines[line] = string.Join(' ', words);
                break;
            case 4:
                lines[line] = new string(' ', random.Next(6)) + lines[line].TrimStart();
                break;
            case 5:
                words[word] += Marks[random.Next(Marks.Length)];
                lines[line] = string.Join(' ', words);
                break;
            case 6:
                words[word] = random.Next(4) switch { 0 => "0", 1 => "999,999,999,999,999,999", 2 => "0.000000001", _ => "100%" };
                lines[line] = string.Join(' ', words);
                break;
            case 7:
                (lines[line], var swapped) = (lines[random.Next(lines.Count)], lines[line]);
                lines[random.Next(lines.Count)] = swapped;
                break;
            default:
                lines[line] = lines[line][..random.Next(lines[line].Length + 1)];
                break;
        }

        return string.Join('\n', lines.Count == 0 ? [""] : lines);
    }
}
