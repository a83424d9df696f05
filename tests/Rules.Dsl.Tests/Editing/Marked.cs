using Rules.Dsl.Binding;
using Rules.Dsl.Syntax;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

/// <summary>A rule file with a caret: the position of the one <c>|</c>, which is not part of the text.</summary>
internal sealed record Marked(Compilation Compilation, int Position)
{
    public const string Shop = """
        language 1
        ruleset shop version 1 effective 2026-01-01
        credit "credit" to 4 decimals
        account studio
          has region one of eu, us, normally eu
        list model
          "Claude Haiku"   fast
          "Big Model"
        meter image whole
        meter query plural queries whole
        action make keyed by batch
          has model from model
          measures image
        action ask
          measures query
        price make regardless of model
          per image, graduated within each batch
            base        0.0006 credits
            over 1,000  0.0004 credits
            over 5,000  0.0002 credits
        unmetered ask when region is eu
        price ask
          per query  0.5 credits
        bucket allotment from plan
          unused expires at cycle end
        bucket topup from purchase
          unused never expires
        consume allotment, then topup
        cycle monthly
        plan Hobby grants 100 credits every month into allotment
        plan "Big Plan" grants 500 credits every month into allotment
        pack Small 50 credits into topup
        at zero
          block make, ask until renewal
          if short refuse
        example "two queries"
          given plan Hobby
          do ask of 2 queries
          expect 1 credit

        """;

    public static Marked Parse(string text)
    {
        var position = text.IndexOf('|', StringComparison.Ordinal);
        var plain = text.Remove(position, 1);
        plain.Contains('|', StringComparison.Ordinal).ShouldBeFalse();
        return new Marked(Compilation.Create(SyntaxTree.Parse(plain, "shop.rules")), position);
    }

    /// <summary>The shop with one passage replaced by another that has the caret.</summary>
    public static Marked At(string passage, string marked)
    {
        Shop.Split(passage).Length.ShouldBe(2, passage);
        return Parse(Shop.Replace(passage, marked, StringComparison.Ordinal));
    }
}
