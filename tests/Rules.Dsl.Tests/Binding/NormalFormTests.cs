using Rules.Dsl.Binding;
using Shouldly;

namespace Rules.Dsl.Tests.Binding;

public sealed class NormalFormTests
{
    [Fact]
    public void Hash_has_its_algorithm_and_64_digits() =>
        RuleFile.Read("biodock.rules").Ruleset.MeaningHash.ShouldMatch("^sha256:[0-9a-f]{64}$");

    [Fact]
    public void Order_of_items_does_not_count()
    {
        var text = RuleFile.ReadText("bookbag.rules");
        const string Plan = "plan Free        grants 100 credits every month into allotment\n";
        var moved = text.Replace(Plan, "", StringComparison.Ordinal) + Plan;
        HashOf(moved).ShouldBe(HashOf(text));
    }

    [Theory]
    [InlineData("# The page in worked examples\n", "")]
    [InlineData("  title \"Bookbag credits and usage\"\n", "  title \"Other\"\n")]
    [InlineData("cycle monthly  assume \"the month runs from the subscription date\"", "cycle   monthly")]
    [InlineData("expect 5 credits", "expect 6 credits")]
    [InlineData("version 1 effective 2026-01-01", "version 2 effective 2026-02-01")]
    [InlineData("bucket allotment from plan\n", "bucket   \"allotment\"   from plan\n")]
    public void What_does_not_change_a_charge_does_not_change_the_hash(string before, string after)
    {
        var text = RuleFile.ReadText("bookbag.rules");
        text.ShouldContain(before);
        HashOf(text.Replace(before, after, StringComparison.Ordinal)).ShouldBe(HashOf(text));
    }

    [Theory]
    [InlineData("\"GPT-4o\"             5 credits", "\"GPT-4o\"             6 credits")]
    [InlineData("2,000 credits every month", "2,001 credits every month")]
    [InlineData("if short refuse", "if short owe")]
    [InlineData("1 credit, waived", "1 credit")]
    [InlineData("normally cloud", "normally self-hosted")]
    [InlineData("timezone \"UTC\"", "timezone \"Europe/Berlin\"")]
    [InlineData("unused expires at cycle end", "unused rolls over for 1 month")]
    [InlineData("to 0 decimals", "to 1 decimal")]
    [InlineData("model is provider-backed", "model is not provider-backed")]
    public void What_changes_a_charge_changes_the_hash(string before, string after)
    {
        var text = RuleFile.ReadText("bookbag.rules");
        text.ShouldContain(before);
        HashOf(text.Replace(before, after, StringComparison.Ordinal)).ShouldNotBe(HashOf(text));
    }

    [Fact]
    public void Rate_means_its_amount()
    {
        var text = RuleFile.ReadText("ai-engine.rules");
        var inlined = text.Replace("  per request request-rate", "  per request 0.02 credits", StringComparison.Ordinal);
        NormalForm.Write(Bind(inlined)).ShouldBe(NormalForm.Write(Bind(text)));
    }

    [Fact]
    public void Spelling_of_a_ladder_does_not_count()
    {
        var text = RuleFile.ReadText("biodock.rules");
        var ranges = text
            .Replace("    base          0.001 credits", "    1 to 1,000    0.001 credits", StringComparison.Ordinal)
            .Replace("    over 1,000    0.0004 credits   60% off", "    1,001 to 5,000  0.0004 credits", StringComparison.Ordinal)
            .Replace("    over 5,000    0.0002 credits   80% off", "    5,001 and up  0.0002 credits", StringComparison.Ordinal);
        NormalForm.Write(Bind(ranges)).ShouldBe(NormalForm.Write(Bind(text)));
    }

    [Fact]
    public void Sides_of_and_do_not_count()
    {
        var text = RuleFile.ReadText("biodock.rules");
        HashOf(text.Replace("region-classes and object-classes", "object-classes and (region-classes)", StringComparison.Ordinal)).ShouldBe(HashOf(text));
    }

    private static string HashOf(string text) => RuleFile.Compile(text).Ruleset.MeaningHash;

    private static BoundRuleset Bind(string text) => RuleFile.Compile(text).Ruleset;
}
