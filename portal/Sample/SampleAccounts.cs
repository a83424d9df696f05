using System.Collections.Immutable;
using System.Globalization;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;

namespace Rules.Portal.Sample;

/// <summary>Who the sample company's customers are. All ids begin with <c>sample-</c>.</summary>
internal static class SampleAccounts
{
    /// <summary>Six accounts on two price lists with some 500 uses: written in the blink of an eye.</summary>
    public static ImmutableArray<SampleAccount> Few { get; } =
    [
        new(SampleCompany.FirstAccount, "biodock", 0, SampleRhythm.Steady(3), Analysis(3_000, 60_000)),
        new("sample-clinic", "biodock", 2, SampleRhythm.Steady(2), dice => dice.Roll(4) == 0 ? Training(dice) : Analysis(400, 9_000)(dice)),
        new("sample-archive", "biodock", 5, SampleRhythm.Steady(1), Analysis(2_000, 20_000)) { Facts = [new("contract", "file-size")] },
        new("sample-shop", "bookbag", 0, SampleRhythm.Steady(6), Reply("GPT-4o mini", "Claude Haiku 4.5", "Claude Sonnet 4.6", "GPT-4o")) { Plan = "Hobby" },
        new("sample-school", "bookbag", 1, SampleRhythm.Steady(3), Reply("Bookbag Local", "Claude Haiku 4.5", "GPT-4o")) { Plan = "Free" },
        new("sample-agency", "bookbag", 3, SampleRhythm.Steady(2), Reply("Claude Sonnet 4.6", "GPT-4o")) { Plan = "Pro", Facts = [new("keys", "own")] },
    ];

    /// <summary>Twelve accounts, three on each price list, with some 400,000 uses.</summary>
    public static ImmutableArray<SampleAccount> All { get; } =
    [
        Few[0],

        // Many images in few runs, so that the tiers within a run are reached; models trained now and then.
        new("sample-clinic", "biodock", 0, new(540, 110, 20, SampleRhythm.Office), dice => dice.Roll(60) == 0 ? Training(dice) : RunOfTheDay(dice)),

        // Pays by file size, so that nothing of it is priced here.
        new("sample-archive", "biodock", 5, new(90, 40, 0, SampleRhythm.Machines), Analysis(2_000, 20_000)) { Facts = [new("contract", "file-size")] },

        // Outgrows its plan after ten days and takes the next one.
        new("sample-shop", "bookbag", 0, new(60, 90, 240, SampleRhythm.Evenings), Reply("GPT-4o mini", "GPT-4o mini", "Claude Haiku 4.5", "Claude Haiku 4.5", "Claude Sonnet 4.6", "GPT-4o"))
        {
            Plan = "Hobby",
            Turns = [new(10, 9, "plan", (ledger, at, id, key, token) => ledger.ChangePlanAsync(id, new ChangePlan("Standard"), key, token))],
        },

        // A hundred credits a month: gone within three weeks, and refused from then on.
        new("sample-school", "bookbag", 1, new(5, 1, 0, SampleRhythm.Office), Reply("Bookbag Local", "GPT-4o mini", "Claude Haiku 4.5", "GPT-4o")) { Plan = "Free" },

        // Brings its own model keys in the third week, and is unmetered from then on.
        new("sample-agency", "bookbag", 0, new(1_900, 400, 10, SampleRhythm.Office), Reply("Bookbag Local", "GPT-4o mini", "GPT-4o mini", "Claude Haiku 4.5", "Claude Sonnet 4.6"))
        {
            Plan = "Pro",
            Turns = [new(16, 8, "own-keys", (ledger, at, id, key, token) => ledger.SetAsync(id, new SetFactsAndTerms([new("keys", "own")], []), key, token))],
        },

        new("sample-vision", "ai-engine", 0, new(3_900, 1_900, 15, SampleRhythm.Machines), dice => dice.Roll(500) switch
        {
            0 => Complex(dice, "inspection"),
            1 => Data(dice, 40, "inspection"),
            _ => Inference(dice, 15, "inspection", "sorting", "archive"),
        })
        {
            Plan = "Enterprise",
            Terms = [new("enterprise-credits", "20,000"), new("enterprise-rollover", "12 months"), new("alert-levels", "50%, 80%, 100%")],
        },

        // Trains a model every morning: the hours are held first and settled when it is done. Buys a pack when the month gets long.
        new("sample-robotics", "ai-engine", 0, new(2_500, 700, 10, SampleRhythm.Office), dice => dice.Roll(400) == 0 ? Data(dice, 25, "grasping") : Inference(dice, 7, "grasping", "navigation"))
        {
            Plan = "Professional",
            Terms = [new("alert-levels", "50%, 80%, 100%")],
            Turns =
            [
                .. Enumerable.Range(0, SampleCompany.Days + 1).SelectMany(Trained),
                new(20, 10, "pack", (ledger, at, id, key, token) => ledger.BuyAsync(id, new BuyPack("pack-1", "Standard", at), key, token)),
            ],
        },
        new("sample-maps", "ai-engine", 2, new(760, 420, 30, SampleRhythm.AllDay), dice => dice.Roll(150) == 0 ? Data(dice, 4, "tiles") : Inference(dice, 2, "tiles", "routes"))
        {
            Plan = "Standard",
            Terms = [new("alert-levels", "75%, 95%")],
        },

        // Comes close to the end of what is included, and gets one wrong use back.
        new("sample-farm", "roboflow", 0, new(3_800, 2_800, 5, SampleRhythm.Machines), Deployed(2, 13, "weeds", "harvest", "livestock"))
        {
            Plan = "Enterprise",
            Facts = [new("created", "2026-03-30")],
            Terms = [new("enterprise-included", "10,000"), new("enterprise-order", "included, then prepaid, then flex"), new("flex-threshold", "500")],
            Turns = [new(9, 14, "reversal", (ledger, at, id, key, token) => ledger.ReverseAsync(id, new ReverseUse(SampleAccount.Key(id, 9, 40), at), key, token))],
        },

        // A small plan, a prepaid bundle, and what goes beyond is billed.
        new("sample-warehouse", "roboflow", 0, new(1_750, 600, 20, SampleRhythm.Office), Deployed(1, 2, "pallets", "forklifts"))
        {
            Plan = "Core",
            Facts = [new("created", "2026-04-02")],
            Terms = [new("core-included", "60"), new("flex-threshold", "600")],
            Turns = [new(4, 11, "bundle", (ledger, at, id, key, token) => ledger.BuyAsync(id, new BuyCredits("bundle-1", "prepaid", new ExactDecimal(250), at), key, token))],
        },

        // Without flex billing it lives from bundle to bundle; the last one is nearly gone.
        new("sample-drone", "roboflow", 1, new(130, 60, 0, SampleRhythm.Office), Deployed(1, 8, "survey", "inspection"))
        {
            Plan = "Core",
            Facts = [new("created", "2026-03-28"), new("flex-billing", "off")],
            Terms = [new("core-included", "60")],
            Turns =
            [
                new(11, 12, "bundle", (ledger, at, id, key, token) => ledger.BuyAsync(id, new BuyCredits("bundle-1", "prepaid", new ExactDecimal(70), at), key, token)),
                new(13, 9, "goodwill", (ledger, at, id, key, token) => ledger.GrantAsync(id, new GrantCredits("goodwill-1", "prepaid", new ExactDecimal(25), at), key, token)),
            ],
        },
    ];

    private static IEnumerable<SampleTurn> Trained(int day)
    {
        var hours = new SampleDice("training", day).Roll(20) + 20;
        var hold = string.Create(CultureInfo.InvariantCulture, $"training-{day}");
        yield return new SampleTurn(day, 7, hold, (ledger, at, id, key, token) => ledger.HoldAsync(
            id, new HoldCredits(hold, new UsageEvent { OccurredAt = at, Action = "model-training", Quantities = [Tenths("processing-hour", 40)], Record = [new("project", "grasping")] }), key, token));
        yield return new SampleTurn(day, 11, hold + "-done", (ledger, at, id, key, token) =>
            ledger.CaptureAsync(id, new CaptureHold(hold, at) { Quantities = [Tenths("processing-hour", hours)] }, key, token));
    }

    private static Func<SampleDice, UsageEvent> Analysis(int images, int crops) => dice => new UsageEvent
    {
        OccurredAt = default,
        Action = "analysis",
        Quantities = [new("image", new(1 + dice.Roll(images))), new("crop", new(dice.Roll(crops)))],
        Keys = [new("run", string.Create(CultureInfo.InvariantCulture, $"run-{dice.Roll(90_000) + 10_000}"))],
        Record = [new("project", dice.Pick("tissue", "cells", "plates"))],
    };

    private static UsageEvent RunOfTheDay(SampleDice dice) => new()
    {
        OccurredAt = default,
        Action = "analysis",
        Quantities = [new("image", new(1 + dice.Roll(40))), new("crop", new(dice.Roll(900)))],
        Keys = [new("run", string.Create(CultureInfo.InvariantCulture, $"run-{dice.Roll(600) + 400}"))],
        Record = [new("project", dice.Pick("tissue", "tissue", "cells", "plates"))],
    };

    private static UsageEvent Training(SampleDice dice) => new()
    {
        OccurredAt = default,
        Action = "training",
        Facts = dice.Roll(2) == 0 ? [new("region-classes", "yes"), new("object-classes", "yes")] : [new("region-classes", "yes")],
    };

    private static Func<SampleDice, UsageEvent> Reply(params string[] models) => dice => new UsageEvent
    {
        OccurredAt = default,
        Action = "reply",
        Facts = [new("model", dice.Pick<string>(models))],
        Record = [new("agent", dice.Pick("helpdesk", "onboarding", "sales")), new("conversation", string.Create(CultureInfo.InvariantCulture, $"c-{dice.Roll(900) + 100}"))],
    };

    private static UsageEvent Inference(SampleDice dice, int most, params string[] projects) => new()
    {
        OccurredAt = default,
        Action = "inference",
        Quantities = [new("request", new(1 + dice.Roll(most)))],
        Record = [new("project", dice.Pick<string>(projects))],
    };

    private static UsageEvent Data(SampleDice dice, int gigabytes, string project) => new()
    {
        OccurredAt = default,
        Action = "data-processing",
        Quantities = [Tenths("gigabyte", 5 + dice.Roll(gigabytes * 10))],
        Record = [new("project", project)],
    };

    private static UsageEvent Complex(SampleDice dice, string project) => new()
    {
        OccurredAt = default,
        Action = "complex-operation",
        Quantities = [Tenths("processing-hour", 1 + dice.Roll(5)), Tenths("gigabyte", 5 + dice.Roll(40)), Tenths("compute-unit", 1 + dice.Roll(30))],
        Record = [new("project", project)],
    };

    // Hundredths of a unit each.
    private static Func<SampleDice, UsageEvent> Deployed(int least, int most, params string[] projects) => dice =>
    {
        var action = dice.Roll(25) == 0 ? "data" : "deployment";
        return new UsageEvent
        {
            OccurredAt = default,
            Action = action,
            Quantities = [new(action + "-unit", new(least + dice.Roll(most - least + 1), 2))],
            Facts = dice.Roll(5) == 0 ? [new("location", "local")] : [],
            Record = [new("project", dice.Pick<string>(projects))],
        };
    };

    private static MeteredQuantity Tenths(string meter, int tenths) => new(meter, new ExactDecimal(tenths, 1));
}
