using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Rules.Engine.Tests.Cases;

public sealed class GrandfatheringCaseTests(ITestOutputHelper output)
{
    // A case that the engine means to answer differently, with the reason.
    private static readonly Dictionary<string, string> s_different = new(StringComparer.Ordinal);

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (var one in Read())
            {
                cases.Add(one.Id, false);
                cases.Add(one.Id, true);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Published_subscription_pays_the_price_of_its_version(string id, bool amending)
    {
        var one = Read().Single(c => c.Id == id);

        var answer = Answer(one, amending);

        if (s_different.TryGetValue(id, out var reason))
        {
            answer.ShouldNotBe(Expected(one), reason);
        }
        else
        {
            answer.ShouldBe(Expected(one), string.Join("\n", one.Catalogue.RuleTexts(amending)));
        }
    }

    [Fact]
    public void Every_published_subscription_is_counted()
    {
        var outcomes = Read()
            .SelectMany(c => new[] { false, true }.Select(amending => (amending ? "amendments: " : "whole files: ")
                + (Answer(c, amending) == Expected(c) ? "equal" : s_different.ContainsKey(c.Id) ? "answered differently" : "wrong")))
            .CountBy(outcome => outcome).ToDictionary(StringComparer.Ordinal);
        foreach (var (outcome, count) in outcomes)
        {
            output.WriteLine($"{outcome} {count}");
        }

        outcomes.Keys.ShouldNotContain(o => o.EndsWith("wrong", StringComparison.Ordinal));
        outcomes.Values.Sum().ShouldBe(10);
    }

    private static ImmutableArray<GrandfatheringCase> Read() => GrandfatheringCase.Read(Path.Combine(AppContext.BaseDirectory, "Cases", "grandfathering.json"));

    private static string Expected(GrandfatheringCase one) => $"{ExactDecimal.Parse(one.ExpectedPrice)} by {one.ExpectedVersion}";

    private static string Answer(GrandfatheringCase one, bool amending)
    {
        var ruleset = Publish(one.Catalogue, amending);
        var opened = Bookkeeper.Open(ruleset, new OpenAccount("subscriber", ruleset.Name, one.SubscribedAt) { Plan = one.Plan });
        if (!opened.Succeeded)
        {
            return $"{opened.Error.Code}: {opened.Error.Message}";
        }

        var charged = Bookkeeper.Charge(ruleset, opened.State, new UsageEvent { OccurredAt = one.At, Action = "subscription" }, one.At);
        return charged.Succeeded
            ? $"{ExactDecimal.FromUnits(charged.Answer.Charge, charged.Answer.Decimals)} by {one.Catalogue.Versions[charged.Answer.Version - 1].Name}"
            : $"{charged.Error.Code}: {charged.Error.Message}";
    }

    private static PublishedRuleset Publish(Catalogue catalogue, bool amending)
    {
        var texts = catalogue.RuleTexts(amending).Select((text, i) => SourceText.From(text, $"{catalogue.Id}.v{i + 1}.rules")).ToList();
        var library = RulesetLibrary.Of(texts);
        return RuleFiles.Publish([.. texts.Select(text =>
        {
            var compilation = library.Compile(text);
            return compilation.Model.ShouldNotBeNull(
                string.Join('\n', compilation.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString())) + "\n" + text);
        })]);
    }
}
