using System.Text.Json;
using System.Text.Json.Serialization;
using Rules.Client;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

/// <summary>Holds, their settlement, and what gives credits back or ends grants, over a real socket by the typed client.</summary>
[Collection(SharedPortal.Name)]
public sealed class MovementTests(RunningPortal portal)
{
    private static readonly JsonSerializerOptions _strict =
        new(ClientJson.Default.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow };

    [Fact]
    public async Task Captured_hold_charges_what_was_used_and_returns_the_rest()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        var hold = (await portal.Client.HoldAsync(Reply(account, "h"), portal.New("hold"))).EnsureGranted();
        hold.Held.ShouldBe(5);
        hold.Balances["allotment"].ShouldBe(1995);
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Held.ShouldBe(5);

        var captured = (await portal.Client.CaptureAsync(new NewCapture { Account = account, Id = "h", Amount = 3 }, portal.New("capture"))).EnsureGranted();

        (captured.Settled, captured.Charged, captured.Returned).ShouldBe(("captured", 3m, 2m));
        captured.Back.Single().ShouldBe(new CreditsBack { Bucket = "allotment", Lot = 1, Amount = 2, To = "lot" });
        captured.Balances["allotment"].ShouldBe(1997);
        (await portal.Client.EntryAsync(account, captured.Entry!.Value)).EnsureGranted().Kind.ShouldBe("capture");
        (await portal.Client.EntryAsync(account, hold.Entry!.Value)).EnsureGranted().Quote!.Charge.ShouldBe(5);
    }

    [Fact]
    public async Task Released_hold_returns_everything()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        (await portal.Client.HoldAsync(Reply(account, "h"), portal.New("hold"))).EnsureGranted();

        var released = (await portal.Client.ReleaseAsync(new NewRelease { Account = account, Id = "h" }, portal.New("release"))).EnsureGranted();

        (released.Settled, released.Charged, released.Returned).ShouldBe(("released", 0m, 5m));
        released.Balances["allotment"].ShouldBe(2000);
    }

    [Fact]
    public async Task Hold_is_settled_once()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        (await portal.Client.HoldAsync(Reply(account, "h"), portal.New("hold"))).EnsureGranted();
        (await portal.Client.HoldAsync(Reply(account, "h"), portal.New("hold"))).Problem!.Code.ShouldBe("id_used");
        var capture = new NewCapture { Account = account, Id = "h", Amount = 3 };
        var key = portal.New("capture");
        (await portal.Client.CaptureAsync(capture, key)).EnsureGranted().Repeated.ShouldBeNull();

        (await portal.Client.CaptureAsync(capture, key)).Replayed.ShouldBeTrue();
        (await portal.Client.CaptureAsync(capture, portal.New("capture"))).EnsureGranted().Repeated.ShouldBe(true);
        var other = await portal.Client.ReleaseAsync(new NewRelease { Account = account, Id = "h" }, portal.New("release"));

        (other.Status, other.Problem!.Code).ShouldBe((409, "hold_closed"));
        (other.Value!.Settled, other.Value.Charged).ShouldBe(("captured", 3m));
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["allotment"].ShouldBe(1997);
    }

    [Fact]
    public async Task Hold_that_the_credits_do_not_cover_is_402_with_its_quote()
    {
        var account = await portal.OpenBookbagAsync("Free");

        var held = await portal.Client.HoldAsync(Reply(account, "h") with { Amount = 101 }, portal.New("hold"));

        (held.Status, held.Problem!.Code, held.Value!.Held, held.Value.Short).ShouldBe((402, "refused", 0m, 1m));
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Held.ShouldBe(0);
    }

    [Fact]
    public async Task Reversal_returns_a_use_in_parts_and_no_more_than_there_is()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        var use = portal.New("reply");
        (await portal.Client.ChargeAsync(Use(account), use)).EnsureGranted();

        var part = (await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = use, Amount = 2 }, portal.New("undo"))).EnsureGranted();
        (part.Use, part.Amount, part.Balances["allotment"]).ShouldBe((use, 2m, 1997m));
        var tooMuch = await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = use, Amount = 4 }, portal.New("undo"));
        (tooMuch.Status, tooMuch.Problem!.Code).ShouldBe((409, "exceeds_use"));
        var rest = (await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = use }, portal.New("undo"))).EnsureGranted();

        (rest.Amount, rest.Balances["allotment"]).ShouldBe((3m, 2000m));
        (await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = "nothing" }, portal.New("undo"))).Problem!.Code.ShouldBe("unknown_use");
    }

    [Fact]
    public async Task Captured_hold_is_reversed_by_its_id()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        (await portal.Client.HoldAsync(Reply(account, "h"), portal.New("hold"))).EnsureGranted();
        var open = await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = "h" }, portal.New("undo"));
        (open.Status, open.Problem!.Code).ShouldBe((409, "not_reversible"));
        open.Problem.Help.ShouldBe("release it while it is open: that gives its credits back");
        (await portal.Client.CaptureAsync(new NewCapture { Account = account, Id = "h" }, portal.New("capture"))).EnsureGranted();

        var reversed = (await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = "h" }, portal.New("undo"))).EnsureGranted();

        (reversed.Use, reversed.Amount, reversed.Balances["allotment"]).ShouldBe(("h", 5m, 2000m));
    }

    [Fact]
    public async Task Refund_gives_back_what_was_spent_and_loses_the_rest()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        (await portal.Client.ChargeAsync(Use(account), portal.New("reply"))).EnsureGranted();

        var refund = (await portal.Client.RefundAsync(new NewRefund { Account = account, Amount = 7 }, portal.New("refund"))).EnsureGranted();

        (refund.Use, refund.Amount, refund.Lost, refund.Balances["allotment"]).ShouldBe((null, 5m, 2m, 2000m));
    }

    [Fact]
    public async Task Correction_is_charged_however_late()
    {
        var account = portal.New("lab");
        var then = TimeProvider.System.GetUtcNow().AddDays(-40);
        (await portal.Client.OpenAccountAsync(new NewAccount { Account = account, Ruleset = "biodock", At = then.AddDays(-1) }, portal.New("open"))).EnsureGranted();
        var run = new UsageEvent
        {
            Account = account,
            At = then,
            Action = "analysis",
            Quantities = new Dictionary<string, decimal> { ["image"] = 1001, ["crop"] = 0 },
            Keys = new Dictionary<string, string> { ["run"] = "r" },
        };
        (await portal.Client.ChargeAsync(run, portal.New("late"))).Problem!.Code.ShouldBe("too_old");

        var corrected = (await portal.Client.CorrectAsync(run, portal.New("correct"))).EnsureGranted();

        corrected.Charge.ShouldBe(1.0004m);
        (await portal.Client.EntryAsync(account, corrected.Entry!.Value)).EnsureGranted().ShouldSatisfyAllConditions(
            entry => entry.Kind.ShouldBe("correction"), entry => entry.Quote!.Charge.ShouldBe(1.0004m));
    }

    [Fact]
    public async Task Grant_is_voided_once_and_a_replaced_one_has_a_successor()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        (await portal.Client.GrantAsync(new NewGrant { Account = account, Id = "g", Bucket = "allotment", Amount = 50 }, portal.New("grant"))).EnsureGranted();

        var replaced = (await portal.Client.ReplaceAsync(
            new NewReplacement { Account = account, Grant = "g", Id = "g2", Amount = 80 }, portal.New("replace"))).EnsureGranted();
        (replaced.Ended, replaced.Lapsed, replaced.Id, replaced.Balances["allotment"]).ShouldBe((2, 50m, "g2", 2080m));
        var voided = (await portal.Client.VoidAsync(new NewVoid { Account = account, Id = "g2" }, portal.New("void"))).EnsureGranted();
        (voided.Voided, voided.Balances["allotment"]).ShouldBe((80m, 2000m));

        var again = await portal.Client.VoidAsync(new NewVoid { Account = account, Id = "g2" }, portal.New("void"));
        (again.Status, again.Problem!.Code).ShouldBe((409, "too_late"));
        var unknown = await portal.Client.VoidAsync(new NewVoid { Account = account, Id = "g9" }, portal.New("void"));
        (unknown.Status, unknown.Problem!.Code).ShouldBe((404, "unknown_grant"));
        var ofPlan = (await portal.Client.BalanceAsync(account)).EnsureGranted().Lots.Single(lot => lot.Origin == "plan").Id;
        (await portal.Client.VoidAsync(new NewVoid { Account = account, Id = ofPlan }, portal.New("void"))).EnsureGranted().Balances["allotment"].ShouldBe(0);
    }

    [Fact]
    public async Task Reset_grants_the_plan_anew_and_restarts_the_cycle_where_it_is_asked_to()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        (await portal.Client.ChargeAsync(Use(account), portal.New("reply"))).EnsureGranted();
        var cycle = (await portal.Client.BalanceAsync(account)).EnsureGranted().Cycle!;

        var kept = (await portal.Client.ResetAsync(new NewReset { Account = account }, portal.New("reset"))).EnsureGranted();
        (kept.Cut, kept.Carried, kept.Balances["allotment"], kept.Cycle!.End).ShouldBe((1995m, 0m, 2000m, cycle.End));
        var key = portal.New("reset");
        var restarted = (await portal.Client.ResetAsync(new NewReset { Account = account, Cycle = "restart" }, key)).EnsureGranted();

        restarted.Cycle!.Start.ShouldBeGreaterThan(cycle.Start);
        restarted.Cycle.Number.ShouldBe(1);
        (await portal.Client.ResetAsync(new NewReset { Account = account, Cycle = "restart" }, key)).Replayed.ShouldBeTrue();
        (await portal.Client.EntryAsync(account, restarted.Entry!.Value)).EnsureGranted().Kind.ShouldBe("reset");
        (await portal.Client.ResetAsync(new NewReset { Account = account, Cycle = "stop" }, portal.New("reset"))).Problem!.Code.ShouldBe("unknown_word");
        (await portal.Client.ResetManyAsync([new() { Account = account, IdempotencyKey = portal.New("reset") }])).EnsureGranted().Results.Single().Status.ShouldBe(200);
        (await portal.Portal.Ledger.VerifyAsync(account, null, default)).Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/v1/holds", """{"account":"a","action":"reply"}""", "member_missing")]
    [InlineData("/v1/holds", """{"account":"a","id":"h","quantities":{"x":1}}""", "member_missing")]
    [InlineData("/v1/holds", """{"account":"a","id":"h","action":"reply","amount":1,"quantities":{"x":1}}""", "member_conflict")]
    [InlineData("/v1/holds", """{"account":"a","id":"h","action":"reply","idempotency_key":"k"}""", "unknown_member")]
    [InlineData("/v1/captures", """{"account":"a"}""", "member_missing")]
    [InlineData("/v1/captures", """{"account":"a","id":"h","amount":1,"quantities":{"x":1}}""", "member_conflict")]
    [InlineData("/v1/captures", """{"account":"a","id":"h","amount":1e3}""", "invalid_number")]
    [InlineData("/v1/releases", """{"account":"a","id":"h","expires":"soon"}""", "wrong_type")]
    [InlineData("/v1/reversals", """{"account":"a","use":"u"}""", "unknown_member")]
    [InlineData("/v1/refunds", """{"amount":1}""", "member_missing")]
    [InlineData("/v1/voids", """{"account":"a","id":""}""", "invalid_text")]
    [InlineData("/v1/replacements", """{"account":"a","grant":"g","id":"n"}""", "member_missing")]
    public async Task Body_that_cannot_be_read_is_400(string path, string json, string code)
    {
        using var response = await portal.PostAsync(path, json, portal.New("key"));
        (await response.CodeAsync()).ShouldBe(code);
        ((int)response.StatusCode).ShouldBe(400);
    }

    [Fact]
    public async Task Command_without_a_key_is_refused()
    {
        foreach (var path in new[] { "holds", "captures", "releases", "reversals", "refunds", "corrections", "voids", "replacements", "resets" })
        {
            using var response = await portal.PostAsync("/v1/" + path, "{}");
            (await response.CodeAsync()).ShouldBe("idempotency_key_required", path);
        }
    }

    [Fact]
    public async Task Many_are_done_in_their_order_each_by_itself()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        var holds = (await portal.Client.HoldManyAsync([.. Enumerable.Range(0, 3).Select(n => Keyed(account, $"h{n}")), Keyed(account, "h0") with { IdempotencyKey = "other" }]))
            .EnsureGranted().Results;
        holds.Select(result => (result.Status, result.Answer?.Held, result.Problem?.Code))
            .ShouldBe([(200, 5m, null), (200, 5m, null), (200, 5m, null), (422, null, "id_used")]);

        KeyedCapture[] settle =
        [
            new() { Account = account, Id = "h0", Amount = 1, IdempotencyKey = "c0" },
            new() { Account = account, Id = "h1", IdempotencyKey = "c1" },
            new() { Account = account, Id = "h0", Amount = 2, IdempotencyKey = "c2" },
            new() { Account = account, Id = "h9", IdempotencyKey = "c3" },
        ];
        var captures = (await portal.Client.CaptureManyAsync(settle)).EnsureGranted().Results;
        captures.Select(result => (result.Status, result.Answer?.Charged, result.Problem?.Code))
            .ShouldBe([(200, 1m, null), (200, 5m, null), (409, 1m, "hold_closed"), (404, null, "unknown_hold")]);
        (await portal.Client.CaptureManyAsync(settle)).EnsureGranted().Results.Select(result => result.Replayed).ShouldBe([true, true, true, false]);

        (await portal.Client.ReleaseManyAsync([new() { Account = account, Id = "h2", IdempotencyKey = "r2" }])).EnsureGranted().Results.Single().Answer!.Returned.ShouldBe(5);
        (await portal.Client.ReverseManyAsync([new() { Account = account, Id = "h1", IdempotencyKey = "u1" }])).EnsureGranted().Results.Single().Answer!.Amount.ShouldBe(5);
        (await portal.Client.RefundManyAsync([new() { Account = account, Amount = 1, IdempotencyKey = "f1" }])).EnsureGranted().Results.Single().Answer!.Amount.ShouldBe(1);
        (await portal.Client.BalanceAsync(account)).EnsureGranted().Balances["allotment"].ShouldBe(2000);
    }

    [Fact]
    public async Task Accounts_are_opened_stated_and_moved_in_bulk()
    {
        var ids = new[] { portal.New("desk"), portal.New("desk") };

        (await portal.Client.OpenManyAsync([.. ids.Select(id => new KeyedAccount { Account = id, Ruleset = "bookbag", Plan = "Hobby", IdempotencyKey = "open" })]))
            .EnsureGranted().Results.ShouldAllBe(result => result.Status == 200);
        (await portal.Client.SetManyAsync([.. ids.Select(id => new KeyedFactsAndTerms { Account = id, IdempotencyKey = "set", Facts = new Dictionary<string, string> { ["deployment"] = "self-hosted" } })]))
            .EnsureGranted().Results.ShouldAllBe(result => result.Status == 200);
        (await portal.Client.ChangePlanManyAsync([.. ids.Select(id => new KeyedPlanChange { Account = id, Plan = "Standard", IdempotencyKey = "plan" })]))
            .EnsureGranted().Results.ShouldAllBe(result => result.Answer!.Plan == "Standard");
        (await portal.Client.GrantManyAsync([.. ids.Select(id => new KeyedGrant { Account = id, Id = "g", Bucket = "allotment", Amount = 1, IdempotencyKey = "grant" })]))
            .EnsureGranted().Results.ShouldAllBe(result => result.Answer!.Balances["allotment"] == 12_001);
        (await portal.Client.VoidManyAsync([.. ids.Select(id => new KeyedVoid { Account = id, Id = "g", IdempotencyKey = "void" })]))
            .EnsureGranted().Results.ShouldAllBe(result => result.Answer!.Voided == 1);
        (await portal.Client.AccountAsync(ids[1])).EnsureGranted().Facts!["deployment"].ShouldBe("self-hosted");
    }

    [Fact]
    public async Task Answers_have_no_member_that_the_described_types_lack()
    {
        var account = await portal.OpenBookbagAsync("Hobby");
        Strictly<Hold>((await portal.Client.HoldAsync(Reply(account, "h"), portal.New("hold"))).Body);
        Strictly<Settlement>((await portal.Client.CaptureAsync(new NewCapture { Account = account, Id = "h", Amount = 3 }, portal.New("capture"))).Body);
        Strictly<CreditsReturned>((await portal.Client.ReverseAsync(new NewReversal { Account = account, Id = "h" }, portal.New("undo"))).Body);
        Strictly<Grant>((await portal.Client.GrantAsync(new NewGrant { Account = account, Id = "g", Bucket = "allotment", Amount = 50 }, portal.New("grant"))).Body);
        Strictly<Replacement>((await portal.Client.ReplaceAsync(new NewReplacement { Account = account, Grant = "g", Id = "g2", Amount = 80 }, portal.New("replace"))).Body);
        Strictly<VoidedGrant>((await portal.Client.VoidAsync(new NewVoid { Account = account, Id = "g2" }, portal.New("void"))).Body);
        Strictly<AccountReset>((await portal.Client.ResetAsync(new NewReset { Account = account }, portal.New("reset"))).Body);
    }

    private static void Strictly<T>(ReadOnlyMemory<byte> body)
        where T : class => JsonSerializer.Deserialize<T>(body.Span, _strict).ShouldNotBeNull();

    private static UsageEvent Use(string account) =>
        new() { Account = account, Action = "reply", Facts = new Dictionary<string, string> { ["model"] = "GPT-4o" } };

    private static NewHold Reply(string account, string id) =>
        new() { Account = account, Id = id, Action = "reply", Facts = new Dictionary<string, string> { ["model"] = "GPT-4o" } };

    private static KeyedHold Keyed(string account, string id) =>
        new() { Account = account, Id = id, Action = "reply", Facts = new Dictionary<string, string> { ["model"] = "GPT-4o" }, IdempotencyKey = "key-" + id };
}
