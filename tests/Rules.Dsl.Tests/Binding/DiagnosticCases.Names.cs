namespace Rules.Dsl.Tests.Binding;

internal static partial class DiagnosticCases
{
    private const string Reply = Models + """
        price reply
          each 1 credit

        """;

    private static string MetersOf(int count, string last) =>
        string.Concat(Enumerable.Range(1, count).Select(i => $"meter m{i} whole\n")) + "action scan\n  measures "
        + string.Join(", ", Enumerable.Range(1, count - 1).Select(i => $"m{i}")) + $", {last}\nprice scan\n  each 1 credit\n";

    private static IEnumerable<DiagnosticCase> Names =>
    [
        new("too many meters", "PR0217", MetersOf(65, "[m65]"), MetersOf(64, "m64"), "scan", "64"),
        new("meter", "PR0201",
            Scan + "price scan\n  per [paeg] 1 credit\n",
            Scan + "price scan\n  per page 1 credit\n", "paeg", "page"),
        new("action", "PR0202",
            Scan + "price [scna]\n  per page 1 credit\n",
            Scan + "price scan\n  per page 1 credit\n", "scna", "scan"),
        new("fact of the account", "PR0203",
            Account + Priced + "applies when [blk] and created before 2026-01-01 and tier is gold and size over 1 and bulk\n",
            Account + Priced + "applies when bulk and created before 2026-01-01 and tier is gold and size over 1\n", "blk", "bulk"),
        new("fact of an action", "PR0203",
            Models + "price reply by model regardless of [pined]\n  \"Small\"  1 credit\n  \"Large\"  2 credits\n",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  \"Large\"  2 credits\n", "pined", "reply", "pinned"),
        new("fact of an event", "PR0203",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  \"Large\"  2 credits\nexample \"x\"\n  do reply with [modle] \"Small\"\n",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  \"Large\"  2 credits\nexample \"x\"\n  do reply with model \"Small\"\n", "modle", "reply", "model"),
        new("list", "PR0204",
            Priced + "list color\n  red\naccount shop\n  has paint from [colour]\napplies when paint is red\n",
            Priced + "list color\n  red\naccount shop\n  has paint from color\napplies when paint is red\n", "colour", "color"),
        new("plan", "PR0205",
            Priced + Included + Cycle + AtZero + "consume included\nexample \"x\"\n  given plan [Taem]\n",
            Priced + Included + Cycle + AtZero + "consume included\nexample \"x\"\n  given plan Team\n", "Taem", "Team"),
        new("bucket", "PR0206",
            Priced + Included + Cycle + AtZero + "consume included\nplan Pro grants 20 credits every month into [inclded]\n",
            Priced + Included + Cycle + AtZero + "consume included\nplan Pro grants 20 credits every month into included\n", "inclded", "included"),
        new("value of a list", "PR0207",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  [\"Lrge\"]  2 credits\n",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  \"Large\"  2 credits\n", "Lrge", "model", "Large"),
        new("value of a fact", "PR0207",
            Priced + "account shop\n  has tier one of gold, silver\napplies when tier is [sliver]\n",
            Priced + "account shop\n  has tier one of gold, silver\napplies when tier is silver\n", "sliver", "tier", "gold, silver", "silver"),
        new("unit not measured", "PR0208",
            Priced + "meter hour fractional\naction run-it\n  measures hour\nprice run-it\n  per hour 1 credit\nexample \"x\"\n  do scan of 3 [hours]\n",
            Priced + "meter hour fractional\naction run-it\n  measures hour\nprice run-it\n  per hour 1 credit\nexample \"x\"\n  do run-it of 3 hours\n", "scan", "hour"),
        new("rate", "PR0209",
            Scan + "rate page-rate is 1 credit per page\nprice scan\n  per page [page-rat]\n",
            Scan + "rate page-rate is 1 credit per page\nprice scan\n  per page page-rate\n", "page-rat", "page-rate"),
        new("bucket or term", "PR0209",
            Priced + Included + Cycle + AtZero + "consume included\nexample \"x\"\n  given [inclded] 5 credits\n",
            Priced + Included + Cycle + AtZero + "consume included\nexample \"x\"\n  given included 5 credits\n", "inclded", "included"),
        new("pack", "PR0210",
            Priced + Included + Cycle + AtZero + "consume included\npack Small 5 credits into included\nexample \"x\"\n  buy pack [Smal]\n",
            Priced + Included + Cycle + AtZero + "consume included\npack Small 5 credits into included\nexample \"x\"\n  buy pack Small\n", "Smal", "Small"),
        new("currency", "PR0211",
            Priced + Included + Cycle + AtZero + "consume included\npack Small 5 [crdits] into included\n",
            Priced + Included + Cycle + AtZero + "consume included\npack Small 5 credits into included\n", "crdits", "credits"),
        new("alert", "PR0212",
            Priced + Included + Cycle + AtZero + "consume included\nalert \"half gone\"\n  at 50% of included used\nexample \"x\"\n  expect alert [\"half gon\"]\n",
            Priced + Included + Cycle + AtZero + "consume included\nalert \"half gone\"\n  at 50% of included used\nexample \"x\"\n  expect alert \"half gone\"\n",
            "half gon", "half gone"),
        Ladder("key", "PR0213", """
            per page, graduated within each [rnu]
              base  2 credits
            """, """
            per page, graduated within each run
              base  2 credits
            """, "rnu", "scan", "run"),
        Ladder("scope that is none", "PR0213", """
            per page, graduated within each [month]
              base  2 credits
            """, """
            per page, graduated within each day
              base  2 credits
            """, "month", "scan", "\"within each run\", \"within each event\", \"within each hour\", \"within each day\" or \"within each cycle\""),
        new("twice", "PR0214",
            Priced + "meter [page] fractional\n",
            Priced + "meter sheet whole\naction cut\n  measures sheet\nprice cut\n  per sheet 1 credit\n", "page", "4"),
        new("item twice", "PR0214",
            Priced + Included + AtZero + "consume included\ncycle monthly\n[cycle] calendar month\n",
            Priced + Included + AtZero + "consume included\ncycle monthly\n", "cycle", "16"),
        new("built-in name", "PR0214",
            Priced + "account shop\n  has [plan] yes or no\n",
            Priced + "account shop\n  has big-plan yes or no\napplies when big-plan\n", "plan"),
        new("what ends a stop", "PR0215",
            Priced + Included + Cycle + "consume included\nat zero\n  block scan until [renewl]\n  if short refuse\n",
            Priced + Included + Cycle + "consume included\nat zero\n  block scan until renewal or upgrade\n  if short refuse\n",
            "renewl", "renewal, purchase, upgrade or grant", "renewal"),
    ];

    private static IEnumerable<DiagnosticCase> Figures =>
    [
        new("price in money", "PR0301",
            Scan + Money + "rate usual is 4 USD\nprice scan\n  per page [0.5 USD]\nsell prepaid\n  per credit usual\nbucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero,
            Scan + Money + "rate usual is 4 USD\nprice scan\n  per page 0.5 credits\nsell prepaid\n  per credit usual\nbucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero,
            "USD"),
        new("money where credits are needed", "PR0301",
            Priced + Money + Included + Cycle + AtZero + "consume included\npack Small [5 USD] into included\n",
            Priced + Included + Cycle + AtZero + "consume included\npack Small 5 credits into included\n",
            "an amount of USD", "an amount of credits"),
        new("two currencies", "PR0302",
            Priced + Money + "currency EUR to 2 decimals\nbucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero
                + "sell prepaid\n  per credit, volume\n    base  4 USD\n    over 10  [3 EUR]\n",
            Priced + Money + "bucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero
                + "sell prepaid\n  per credit, volume\n    base  4 USD\n    over 10  3 USD\n",
            "EUR", "USD"),
        new("rate of another unit", "PR0303",
            Scan + "meter request whole\naction ask\n  measures request\nprice ask\n  per request request-rate\nrate request-rate is 0.02 credits per request\nprice scan\n  per page [request-rate]\n",
            Scan + "meter request whole\naction ask\n  measures request\nprice ask\n  per request request-rate\nrate request-rate is 0.02 credits per request\nprice scan\n  per page 1 credit\n",
            "request-rate", "0.02 credits", "request", "page"),
        new("rate without a unit", "PR0303",
            Scan + "rate page-rate is 0.02 credits per page\nprice scan\n  per page page-rate\n  plus each [page-rate]\n",
            Scan + "rate page-rate is 0.02 credits per page\nprice scan\n  per page page-rate\n  plus each 1 credit\n",
            "page-rate", "0.02 credits", "page"),
        new("more decimals than credits keep", "PR0304",
            Scan + "price scan\n  per page [0.00004 credits]\n",
            Scan + "price scan\n  per page 0.0004 credits\n", "0.00004 credits", "5", "4", "credit", "5"),
        Ladder("claim", "PR0305", """
            per page, graduated within each run
              base  0.001 credits
              over 1,000  0.0005 credits  [60% off]
            """, """
            per page, graduated within each run
              base  0.001 credits
              over 1,000  0.0004 credits  60% off
            """, "60%", "0.001", "0.0004", "0.0005", "50%", "0.0004 credits"),
        Ladder("claim that no percentage fits", "PR0305", """
            per page, graduated within each run
              base  3 credits
              over 1,000  2 credits  [60% off]
            """, """
            per page, graduated within each run
              base  3 credits
              over 1,000  1.2 credits  60% off
            """, "60%", "3", "1.2", "2", "1.2 credits"),
        Ladder("claim without a figure", "PR0305", """
            each 1 credit [60% off]
            """, """
            each 1 credit
            """, "60%"),
        Ladder("claim on a single rate", "PR0305", """
            per page 1 credit [60% off]
            """, """
            per page 1 credit
            """, "60%"),
        Ladder("every claim of a ladder fails", "PR0305", """
            per page, graduated within each run
              base  0.01 credits
              over 1,000  0.0004 credits  [60% off]
              over 5,000  0.0002 credits  80% off
            """, """
            per page, graduated within each run
              base  0.001 credits
              over 1,000  0.0004 credits  60% off
              over 5,000  0.0002 credits  80% off
            """, "60%", "0.01", "0.004", "0.0004", "96%", "0.004 credits"),
        Ladder("percentage", "PR0309", """
            per page, graduated within each run
              base  3 credits
              over 1,000  [101%] off
            """, """
            per page, graduated within each run
              base  3 credits
              over 1,000  100% off
            """, "101%"),
        new("rate of itself", "PR0310",
            Priced + "rate a is [a]\nmeter hour whole\naction go\n  measures hour\nprice go\n  per hour a\n",
            Priced + "rate a is 1 credit\nmeter hour whole\naction go\n  measures hour\nprice go\n  per hour a\n", "a"),
        new("figure out of range", "PR0311",
            Priced + "currency USD to [10] decimals\nbucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero + "sell prepaid\n  per credit 2 USD\n",
            Priced + "currency USD to 9 decimals\nbucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero + "sell prepaid\n  per credit 2 USD\n",
            "10", "amounts are kept to 0 to 9 decimals"),
        new("sell by a meter", "PR0312",
            Priced + Money + "bucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero + "sell prepaid\n  per [page] 2 USD\n",
            Priced + Money + "bucket prepaid from purchase\n  unused never expires\nconsume prepaid\n" + AtZero + "sell prepaid\n  per credit 2 USD\n", "page"),
        new("grant finer than credits are kept", "PR0313",
            Priced + Cycle + AtZero + "bucket included from plan\n  unused never expires\nplan Team grants [0.00005 credits] every month into included\nconsume included\n",
            Priced + Cycle + AtZero + "bucket included from plan\n  unused never expires\nplan Team grants 0.0005 credits every month into included\nconsume included\n",
            "0.00005 credits", "5", "4"),
    ];
}
