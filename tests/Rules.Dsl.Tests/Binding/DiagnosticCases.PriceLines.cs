namespace Rules.Dsl.Tests.Binding;

internal static partial class DiagnosticCases
{
    private static IEnumerable<DiagnosticCase> PriceLines =>
    [
        Ladder("packages without scope", "PR0106", """
            per [package of 10 pages] 1 credit
            """, """
            per package of 10 pages within each run 1 credit
            """, "\"within each event\", \"within each run\" or \"within each cycle\"", "counts packages"),
        Ladder("rounding without scope", "PR0106", """
            per [10 pages], rounded up 1 credit
            """, """
            per 10 pages, rounded up within each event 1 credit
            """, "\"within each event\", \"within each run\" or \"within each cycle\"", "rounds a total"),
        Ladder("free units without scope", "PR0106", """
            per page 1 credit
            [first 10 pages free]
            """, """
            per page 1 credit
            first 10 pages free within each run
            """, "\"within each event\", \"within each run\" or \"within each cycle\"", "has free units"),
        Ladder("limit inside a package", "PR0111", """
            per package of 100 pages, graduated within each run
              [base  10 credits]
              over 1,050  5 credits
            """, """
            per package of 100 pages, graduated within each run
              base  10 credits
              over 1,000  5 credits
            """, "1,050", "100", "1,000 or 1,100"),
        Ladder("width inside a package", "PR0111", """
            per page, graduated within each run
              [next 150  2 credits per package of 100]
              rest  1 credit per package of 1,000
            """, """
            per page, graduated within each run
              next 200  2 credits per package of 100
              rest  1 credit per package of 1,000
            """, "150", "100", "100 or 200"),
        Ladder("volume ladder beside a total", "PR0113", """
            per package of 100 pages within each run 10 credits
            [plus per page, volume]
              base  2 credits
            """, """
            per package of 100 pages within each run 10 credits
            plus per page, volume within each run, re-pricing earlier units
              base  2 credits
            """, "within each event", "8", "within each run"),
        new("bound within a part of what counts", "PR0113",
            Scan + Cycle + "price scan\n  per page, graduated within each cycle\n    base  1 credit\n  at most 9 credits [within each day]\n",
            Scan + Cycle + "price scan\n  per page, graduated within each day\n    base  1 credit\n  at most 9 credits within each cycle\n",
            "within each day", "9", "within each cycle"),
        new("bounds of two scopes", "PR0113",
            Scan + Cycle + "price scan\n  per page 1 credit\n  at least 2 credits within each day\n  at most 9 credits [within each cycle]\n",
            Scan + Cycle + "price scan\n  per page 1 credit\n  at least 2 credits within each day\n  at most 9 credits within each day\n",
            "within each cycle", "10", "within each day"),
        Ladder("fee at zero in a later tier", "PR0112", """
            per page, graduated within each run
              base  2 credits
              over 5  1 credit plus 5 credits [flat even at zero]
            """, """
            per page, graduated within each run
              base  2 credits plus 5 credits flat even at zero
              over 5  1 credit
            """),
        Ladder("minimum of a run", "PR0114", """
            per page 1 credit
            [at least 10 credits within each run]
            """, """
            per page 1 credit
            at least 10 credits each
            """, "run"),
        Ladder("minimum above the maximum", "PR0115", """
            per page 1 credit
            [at least 200 credits each]
            at most 170 credits each
            """, """
            per page 1 credit
            at least 170 credits each
            at most 170 credits each
            """, "200 credits", "170 credits"),
        new("minimum that depends on an event", "PR0116",
            Models + Cycle + "price reply regardless of pinned\n  each 1 credit\n  except when model is \"Small\"\n    each 2 credits\n    [at least 9 credits within each cycle]\n",
            Models + Cycle + "price reply regardless of pinned\n  each 1 credit\n  at least 9 credits within each cycle\n  except when model is \"Small\"\n    each 2 credits\n",
            "model", "cycle"),
        Ladder("corrections of free events", "PR0117", """
            per page 1 credit
            first 3 events free within each run
            [corrections allowed]
            """, """
            per page 1 credit
            first 3 events free within each run
            corrections cost nothing
            """, "3"),
        Ladder("packages of packages", "PR0118", """
            per package of 100 pages, graduated within each run
              [base  2 credits per package of 10]
            """, """
            per package of 100 pages, graduated within each run
              base  2 credits
            """, "100"),
        new("graduated by another meter", "PR0119",
            Seats + "price rent\n  per page, graduated within each run, [tiers by] seat\n    base  2 credits\n",
            Seats + "price rent\n  per page, volume, tiers by seat\n    base  2 credits\n"),
        Ladder("graduated that re-prices", "PR0120", """
            per page, graduated within each run, [re-pricing earlier units]
              base  2 credits
            """, """
            per page, volume within each run, re-pricing earlier units
              base  2 credits
            """),
        new("packages by rows", "PR0121",
            Asked + "price ask\n  per [package of 10 tokens] within each run, by kind\n    otherwise  1 credit\n",
            Asked + "price ask\n  per 10 tokens, by kind\n    otherwise  1 credit\n",
            "kind", "a package"),
        new("fee of a row", "PR0121",
            Asked + "price ask\n  per token, by kind\n    small  1 credit plus 5 credits [flat]\n    otherwise  1 credit\n",
            Asked + "price ask\n  per token, by kind\n    small  1 credit\n    otherwise  1 credit\n",
            "kind", "a flat fee"),
        Ladder("packages of events", "PR0121", """
            per page 1 credit
            plus each 1 credit [per package of 10]
            """, """
            per page 1 credit
            plus each 1 credit
            """),
        Ladder("packages of a price without a total", "PR0106", """
            per page 1 credit [per package of 10]
            """, """
            per page within each run 1 credit per package of 10
            """, "\"within each event\", \"within each run\" or \"within each cycle\"", "counts packages"),
        Ladder("two bounds of one kind", "PR0214", """
            per page 1 credit
            at most 9 credits each
            [at most 8 credits each]
            """, """
            per page 1 credit
            at most 9 credits each
            at most 80 credits within each run
            """, "at most 8 credits each", "9"),
        Ladder("share without an exact value", "PR0307", """
            per [3 pages] 1 credit
            """, """
            per 4 pages 1 credit
            """, "1 credit", "3 pages"),
        Ladder("rounded to what is no whole number of shares", "PR0307", """
            per [60 pages], rounded up in steps of 90 within each run 1 credit
            """, """
            per 60 pages, rounded up in steps of 120 within each run 1 credit
            """, "1 credit", "60 pages"),
        Ladder("limit inside a share of a rounded total", "PR0307", """
            per [60 pages], rounded half up, graduated within each run
              base      1 credit
              over 100  0.5 credits
            """, """
            per 60 pages, rounded half up, graduated within each run
              base      1 credit
              over 120  0.5 credits
            """, "1 credit", "60 pages"),
        Ladder("free units that cut a share of a rounded total", "PR0307", """
            first 30 pages free within each run
            per [60 pages], rounded up within each run 1 credit
            """, """
            first 120 pages free within each run
            per 60 pages, rounded up within each run 1 credit
            """, "1 credit", "60 pages"),
        new("percentage of money", "PR0308",
            Money + "action send\n  measures USD\nprice send\n  per USD [1.3%]\n",
            Money + "action send\n  measures USD\nprice send\n  per USD 1.3% of 1 credit\n", "USD", "1.3%"),
    ];

    private const string Asked = """
        meter token whole
        action ask keyed by run
          measures token
          has kind one of small, large

        """;

    private const string Seats = """
        meter page whole
        meter seat whole
        action rent keyed by run
          measures page, seat

        """;
}
