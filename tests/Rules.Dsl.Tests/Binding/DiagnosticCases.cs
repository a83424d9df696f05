namespace Rules.Dsl.Tests.Binding;

/// <summary>
/// A mistake and its near miss: the first text fires at the marked place with these arguments and says nothing else, the second says nothing.
/// Both are put behind <see cref="RuleFile.Head"/>.
/// </summary>
public sealed record DiagnosticCase(string Name, string Id, string Fires, string Quiet, params string[] Arguments)
{
    public override string ToString() => $"{Id} {Name}";
}

/// <summary>Every check that is shipped, with a text that fires and one that almost does.</summary>
internal static partial class DiagnosticCases
{
    private const string Scan = """
        meter page whole
        action scan keyed by run
          measures page

        """;

    private const string Lease = """
        meter hour fractional
        action lease keyed by run
          measures hour

        """;

    private const string Priced = Scan + """
        price scan
          per page 1 credit

        """;

    private const string Included = """
        bucket included from plan
          unused expires at cycle end
        plan Team grants 10 credits every month into included

        """;

    private const string Cycle = """
        cycle monthly

        """;

    private const string AtZero = """
        at zero
          block scan until renewal
          if short refuse

        """;

    private const string Money = """
        currency USD to 2 decimals, rounding half up

        """;

    private const string Flex = Money + """
        bucket flex postpaid at 4 USD
          limit 100 credits each cycle

        """;

    private const string Models = """
        list model
          "Small"
          "Large"  hosted
        action reply
          has model from model
          has pinned yes or no, normally no

        """;

    private const string Account = """
        account workspace
          has created date
          has size number, normally 1
          has bulk yes or no, normally no
          has tier one of gold, silver, normally silver

        """;

    public static IEnumerable<DiagnosticCase> All => [.. Tiers, .. PriceLines, .. Names, .. Figures, .. Coverage, .. Buckets, .. Anchors, .. Conditions, .. Advice];

    private static DiagnosticCase Ladder(string name, string id, string fires, string quiet, params string[] arguments) =>
        new(name, id, Scan + InPrice("scan", fires), Scan + InPrice("scan", quiet), arguments);

    private static DiagnosticCase Fractions(string name, string id, string fires, string quiet, params string[] arguments) =>
        new(name, id, Lease + InPrice("lease", fires), Lease + InPrice("lease", quiet), arguments);

    private static string InPrice(string action, string lines) => $"price {action}\n  {lines.ReplaceLineEndings("\n  ")}\n";

    private static IEnumerable<DiagnosticCase> Tiers =>
    [
        Ladder("gap", "PR0101", """
            per page, graduated within each run
              1 to 1,000  2 credits
              [1,002 and up]  1 credit
            """, """
            per page, graduated within each run
              1 to 1,000  2 credits
              1,001 and up  1 credit
            """, "1,001", "1,000", "1,002", "1,001"),
        Fractions("gap between fractions", "PR0101", """
            per hour, graduated within each run
              0 to 5  2 credits
              [6 and up]  1 credit
            """, """
            per hour, graduated within each run
              0 to 5  2 credits
              5 and up  1 credit
            """, "5", "6"),
        Ladder("closed end", "PR0101", """
            per page, graduated within each run
              1 to 1,000  2 credits
              [1,001 to 5,000]  1 credit
            """, """
            per page, graduated within each run
              1 to 1,000  2 credits
              1,001 and up  1 credit
            """, "5,000", "1,001 and up"),
        Ladder("closed end of widths", "PR0101", """
            per page, graduated within each run
              next 10  2 credits
              [next 20]  1 credit
            """, """
            per page, graduated within each run
              next 10  2 credits
              rest  1 credit
            """, "30", "rest"),
        Ladder("overlap", "PR0102", """
            per page, graduated within each run
              1 to 1,000  2 credits
              [1,000 and up]  1 credit
            """, """
            per page, graduated within each run
              1 to 1,000  2 credits
              1,001 and up  1 credit
            """, "1,000", "1,000", "1,001"),
        Ladder("not ascending", "PR0103", """
            per page, graduated within each run
              base  2 credits
              over 1,000  1.5 credits
              [over 500]  1 credit
            """, """
            per page, graduated within each run
              base  2 credits
              over 500  1.5 credits
              over 1,000  1 credit
            """, "500", "1,000"),
        Ladder("after the open end", "PR0103", """
            per page, graduated within each run
              1 to 10  2 credits
              11 and up  1.5 credits
              [20 and up]  1 credit
            """, """
            per page, graduated within each run
              1 to 10  2 credits
              11 to 19  1.5 credits
              20 and up  1 credit
            """),
        Ladder("two spellings", "PR0104", """
            per page, graduated within each run
              base  2 credits
              [from 1,001]  1 credit
            """, """
            per page, graduated within each run
              base  2 credits
              over 1,000  1 credit
            """, "from ...", "base / over ..."),
        Ladder("late start", "PR0105", """
            per page, graduated within each run
              [from 2]  2 credits
              from 10  1 credit
            """, """
            per page, graduated within each run
              from 1  2 credits
              from 10  1 credit
            """, "2", "from 1"),
        Ladder("ladder without scope", "PR0106", """
            per page, [graduated]
              base  2 credits
              over 10  1 credit
            """, """
            per page, volume
              base  2 credits
              over 10  1 credit
            """, "\"graduated within each run\" or \"graduated within each cycle\""),
        Ladder("backwards", "PR0107", """
            per page, graduated within each run
              [1 to 0]  2 credits
              2 and up  1 credit
            """, """
            per page, graduated within each run
              1 to 1  2 credits
              2 and up  1 credit
            """, "0", "1"),
        Ladder("volume over a run", "PR0108", """
            per page, volume [within each run]
              base  2 credits
              over 10  1 credit
            """, """
            per page, graduated within each run
              base  2 credits
              over 10  1 credit
            """, "within each run"),
        Ladder("fraction of a page", "PR0109", """
            per page, graduated within each run
              base  2 credits
              over [10.5]  1 credit
            """, """
            per page, graduated within each run
              base  2 credits
              over 10  1 credit
            """, "10.5", "pages"),
        new("scope in a sell", "PR0110",
            Priced + Money + """
            bucket prepaid from purchase
              unused never expires
            consume prepaid

            """ + AtZero + """
            sell prepaid
              per credit, graduated [within each cycle]
                base  2 USD
            """,
            Priced + Money + """
            bucket prepaid from purchase
              unused never expires
            consume prepaid

            """ + AtZero + """
            sell prepaid
              per credit, graduated
                base  2 USD
            """, "within each cycle"),
        new("two scopes", "PR0113",
            Scan + Cycle + """
            meter crop whole
            action cut keyed by run
              measures page, crop
            price scan
              per page 1 credit
            price cut
              per page, graduated within each run
                base  1 credit
              plus per crop, graduated [within each cycle]
                base  1 credit
            """,
            Scan + """
            meter crop whole
            action cut keyed by run
              measures page, crop
            price scan
              per page 1 credit
            price cut
              per page, graduated within each run
                base  1 credit
              plus per crop, graduated within each run
                base  1 credit
            """, "within each cycle", "14", "within each run"),
    ];
}
