namespace Rules.Dsl.Tests.Binding;

internal static partial class DiagnosticCases
{
    private static IEnumerable<DiagnosticCase> Coverage =>
    [
        new("action without a price", "PR0401",
            "action [training]\n", "action training\nprice training\n  each 1 credit\n", "training"),
        new("free and priced", "PR0402",
            "free action train\nprice [train]\n  each 1 credit\n", "free action train\naction reply\nprice reply\n  each 1 credit\n", "train"),
        new("value without a row", "PR0403",
            Models + "[price reply by model regardless of pinned]\n  \"Small\"  1 credit\n",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  otherwise  2 credits\n", "\"Large\""),
        new("combination without a row", "PR0403",
            Models + "[price reply by model, pinned]\n  \"Small\", yes  1 credit\n  \"Small\", no  1 credit\n  \"Large\", yes  1 credit\n",
            Models + "price reply by model, pinned\n  \"Small\", yes  1 credit\n  \"Small\", no  1 credit\n  \"Large\", yes  1 credit\n  \"Large\", no  2 credits\n",
            "\"Large\" in \"no\""),
        new("fact disregarded and read", "PR0404",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  \"Large\"  1 credit\n  except when [pinned]\n    each 2 credits\n",
            Models + "price reply by model\n  \"Small\"  1 credit\n  \"Large\"  1 credit\n  except when pinned\n    each 2 credits\n",
            "pinned", "10", "reply"),
        new("fact disregarded and in rows", "PR0404",
            Models + "price reply by [model] regardless of model, pinned\n  otherwise  1 credit\n",
            Models + "price reply by model regardless of pinned\n  otherwise  1 credit\n",
            "model", "10", "reply"),
        new("price that says nothing", "PR0405",
            "action reply\n[price reply]\n  note \"to come\"\n",
            "action reply\nprice reply\n  note \"it is free\"\n  each 0 credits\n", "reply"),
        new("exceptions without a default", "PR0406",
            Models + "[price reply regardless of model]\n  except when pinned\n    each 2 credits\n",
            Models + "price reply regardless of model\n  each 1 credit\n  except when pinned\n    each 2 credits\n", "reply"),
        new("value priced twice", "PR0407",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  \"Large\"  2 credits\n  [\"Small\"]  3 credits\n",
            Models + "price reply by model regardless of pinned\n  \"Small\"  1 credit\n  \"Large\"  2 credits\n", "\"Small\"", "11"),
        new("row of another width", "PR0408",
            Models + "price reply by model, pinned\n  [\"Small\"]  1 credit\n  otherwise  1 credit\n",
            Models + "price reply by model, pinned\n  \"Small\", yes  1 credit\n  otherwise  1 credit\n", "one value", "model, pinned"),
    ];

    private static IEnumerable<DiagnosticCase> Buckets =>
    [
        new("no order", "PR0501",
            Priced + "bucket [included] from plan\n  unused expires at cycle end\n" + Cycle + AtZero,
            Priced + "bucket included from plan\n  unused expires at cycle end\nconsume included\n" + Cycle + AtZero, "included"),
        new("twice in an order", "PR0502",
            Priced + Included + Cycle + AtZero + "consume included, then [included]\n",
            Priced + Included + Cycle + AtZero + "consume included\n", "included"),
        new("missing from an order", "PR0503",
            Priced + Included + Cycle + AtZero + "bucket prepaid from purchase\n  unused never expires\nconsume [included]\n",
            Priced + Included + Cycle + AtZero + "bucket prepaid from purchase\n  unused never expires\nconsume included, then prepaid\n", "prepaid"),
        new("never reached", "PR0504",
            Priced + Included + Cycle + AtZero + Money + "bucket flex postpaid at 4 USD\nconsume flex, then [included]\n",
            Priced + Included + Cycle + AtZero + Flex + "consume flex, then included\n", "included", "flex"),
        new("unused not decided", "PR0505",
            Priced + Cycle + AtZero + "bucket [included] from plan\nplan Team grants 10 credits every month into included\nconsume included\n",
            Priced + Cycle + AtZero + "bucket included from plan\nplan Team grants 10 credits every month into included\n  unused never expires\nconsume included\n",
            "included"),
        new("nothing at zero", "PR0506",
            Priced + "bucket [included] from plan\n  unused expires at cycle end\nconsume included\n" + Cycle,
            Priced + "bucket included from plan\n  unused expires at cycle end\nconsume included\n" + Cycle + AtZero, "scan"),
        new("shortfall not decided", "PR0507",
            Priced + Included + Cycle + "consume included\n[at zero]\n  block scan until renewal\n",
            Priced + Included + Cycle + "consume included\nat zero\n  block scan until renewal\n  if short owe\n"),
        new("no cycle", "PR0508",
            Priced + AtZero + "bucket included from plan\n  [unused expires at cycle end]\nconsume included\n",
            Priced + AtZero + "bucket included from plan\n  unused never expires\nconsume included\n", "\"at cycle end\""),
        new("life of carried credits", "PR0509",
            Priced + Cycle + AtZero + "bucket included from plan\n  [unused rolls over]\nconsume included\n",
            Priced + Cycle + AtZero + "bucket included from plan\n  unused rolls over for 3 months\nconsume included\n"),
        new("kept cycle without a grant", "PR0512",
            Priced + Included + AtZero + "consume included\ncycle monthly\n  plan change [keeps the cycle]\n",
            Priced + Included + AtZero + "consume included\ncycle monthly\n  plan change keeps the cycle, grants the difference\n"),
        new("percentage of a postpaid bucket", "PR0513",
            Priced + Flex + Cycle + AtZero + "consume flex\nalert \"x\"\n  at [50%] of flex used\n",
            Priced + Flex + Cycle + AtZero + "consume flex\nalert \"x\"\n  at 50 credits of flex used\n", "flex"),
        new("level twice", "PR0514",
            Priced + Included + Cycle + AtZero + "consume included\nalert \"x\"\n  at 80%, [80%] of included used\n",
            Priced + Included + Cycle + AtZero + "consume included\nalert \"x\"\n  at 80%, 90% of included used\n", "80%"),
        new("action that no bucket serves", "PR0523",
            Priced + "action [go]\nprice go\n  each 1 credit\nbucket prepaid from purchase\n  unused never expires\n  serves scan\nconsume prepaid\n" + AtZero,
            Priced + "action go\nprice go\n  each 1 credit\nbucket prepaid from purchase\n  unused never expires\n  serves scan, go\nconsume prepaid\n" + AtZero,
            "go"),
        new("postpaid bucket filled", "PR0525",
            Priced + Flex + Cycle + AtZero + "consume flex\nplan Team grants 10 credits every month into [flex]\n",
            Priced + Included + Cycle + AtZero + "consume included\n", "flex"),
        new("line of another funding", "PR0526",
            Priced + Money + "bucket flex postpaid at 4 USD\n  limit 10 credits each cycle\n  [unused never expires]\n" + Cycle + AtZero + "consume flex\n",
            Priced + Flex + Cycle + AtZero + "consume flex\n", "unused", "flex", "is postpaid and holds no credits"),
    ];

    private static IEnumerable<DiagnosticCase> Conditions =>
    [
        new("exception that contradicts itself", "PR0601",
            Models + "price reply regardless of model\n  each 1 credit\n  except when [pinned and not pinned]\n    each 2 credits\n",
            Models + "price reply regardless of model\n  each 1 credit\n  except when pinned\n    each 2 credits\n"),
        new("exception that contradicts the one around it", "PR0601",
            Models + "price reply\n  each 1 credit\n  except when model is \"Small\"\n    each 2 credits\n    except when [model is hosted and pinned]\n      each 3 credits\n",
            Models + "price reply\n  each 1 credit\n  except when model is hosted\n    each 2 credits\n    except when model is \"Large\" and pinned\n      each 3 credits\n", "12"),
        new("condition that contradicts itself", "PR0601",
            Priced + "account shop\n  has created date\napplies when [created before 2026-01-01 and created on or after 2026-01-01]\n",
            Priced + "account shop\n  has created date\napplies when created before 2026-01-02 and created on or after 2026-01-01\n"),
        new("overlapping exceptions", "PR0602",
            Priced + "account shop\n  has created date\n  has bulk yes or no\naction buy-it\nprice buy-it\n  each 1 credit\n  except when created before 2026-03-28\n    each 2 credits\n  except when [bulk]\n    each 3 credits\n",
            Priced + "account shop\n  has created date\n  has bulk yes or no\naction buy-it\nprice buy-it\n  each 1 credit\n  except when created before 2026-03-28 and not bulk\n    each 2 credits\n  except when bulk\n    each 3 credits\n",
            "15", "bulk is yes, created before 2026-03-28"),
        new("too many cases", "PR0603",
            Priced + Digits + $"applies when [{ManyCases(10)}]\n",
            Priced + Digits + $"applies when {ManyCases(9)} and d10 over 0\n", "512"),
        new("date tested as a number", "PR0604",
            Priced + "account shop\n  has created date\napplies when [created over 5]\n",
            Priced + "account shop\n  has created date\napplies when created before 2026-01-01\n", "created", "a date", "over", "created before 2026-01-01"),
        new("fact that cannot stand alone", "PR0604",
            Priced + "account shop\n  has size number\napplies when [size]\n",
            Priced + "account shop\n  has size number\napplies when size over 5\n", "size", "a number", "size over 100"),
        new("value of another type", "PR0604",
            Priced + "account shop\n  has size number\napplies when size is [big]\n",
            Priced + "account shop\n  has size number\napplies when size is 5\n", "big", "size", "a number"),
        new("fact that cannot choose the cycle", "PR0604",
            Priced + Included + AtZero + "consume included\naccount shop\n  has billing yes or no\ncycle monthly or annual by [billing]\n",
            Priced + Included + AtZero + "consume included\naccount shop\n  has billing one of monthly, annual\ncycle monthly or annual by billing\n", "billing", "yes or no"),
    ];

    private static IEnumerable<DiagnosticCase> Advice =>
    [
        new("line that is not bound yet", "PR0099",
            Priced + "bucket included from grant\n  unused never expires\n  [drawn largest]\nconsume included\n" + AtZero,
            Priced + "bucket included from grant\n  unused never expires\nconsume included\n" + AtZero, "\"drawn\" in a bucket"),
        new("never used", "PR0701",
            Priced + "rate [spare] is 1 credit\n", Priced, "spare"),
        Ladder("rate that rises", "PR0702", """
            per page, graduated within each run
              base  3.6 credits
              over 10  [3.64 credits]
            """, """
            per page, graduated within each run
              base  3.6 credits
              over 10  3.6 credits
            """, "3.6", "3.64"),
        new("removal without a version", "PR0909",
            Priced + "[remove] alert \"x\"\n", Priced),
        new("promise without a claim", "PR0803",
            Priced + Flex + Cycle + AtZero + "consume flex\n[promise \"x\"]\n  for any bundle from 1 credit\n",
            Priced + Flex + Cycle + AtZero + "consume flex\npromise \"x\"\n  for any bundle from 1 credit\n  expect flex same as flex\n", "expect ..."),
        new("promise about a bucket without a price", "PR0804",
            Priced + Flex + Included + Cycle + AtZero + "consume included, then flex\npromise \"x\"\n  for any bundle from 1 credit\n  expect [included] under flex\n",
            Priced + Flex + Included + Cycle + AtZero + "consume included, then flex\npromise \"x\"\n  for any bundle from 1 credit\n  expect flex same as flex\n", "included"),
    ];

    // Ten independent number facts; (d1 under 1 or d1 over 2) and … doubles the boxes with each.
    private static readonly string Digits = "account shop\n" + string.Concat(Enumerable.Range(1, 10).Select(i => $"  has d{i} number\n"));

    private static string ManyCases(int facts) => string.Join(" and ", Enumerable.Range(1, facts).Select(i => $"(d{i} under 1 or d{i} over 2)"));
}
