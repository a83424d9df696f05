using Microsoft.AspNetCore.Mvc;
using Rules.Client;
using Rules.Engine.Accounts;
using Rules.Engine.Wire;
using Rules.Ledger.Access;
using Rules.Portal.Access;
using Hold = Rules.Client.Hold;
using Quote = Rules.Client.Quote;

namespace Rules.Portal.Api;

/// <summary>The commands: what each is called, who may give it, and what runs it. Each is taken by itself and, under <c>bulk</c>, a thousand at once.</summary>
internal static class CommandApi
{
    private static readonly ApiCommand<Engine.Pricing.UsageEvent> _charge = new(
        EventReader.Read, static (ledger, account, command, key, cancellation) => ledger.ChargeAsync(account, command, key, cancellation));

    private static readonly ApiCommand<Engine.Pricing.UsageEvent> _correct = new(
        EventReader.Read, static (ledger, account, command, key, cancellation) => ledger.CorrectAsync(account, command, key, cancellation));

    private static readonly ApiCommand<HoldCredits> _hold = new(
        CommandReader.ReadHold, static (ledger, account, command, key, cancellation) => ledger.HoldAsync(account, command, key, cancellation));

    private static readonly ApiCommand<CaptureHold> _capture = new(
        CommandReader.ReadCapture, static (ledger, account, command, key, cancellation) => ledger.CaptureAsync(account, command, key, cancellation));

    private static readonly ApiCommand<ReleaseHold> _release = new(
        CommandReader.ReadRelease, static (ledger, account, command, key, cancellation) => ledger.ReleaseAsync(account, command, key, cancellation));

    private static readonly ApiCommand<ReverseUse> _reverse = new(
        CommandReader.ReadReverse, static (ledger, account, command, key, cancellation) => ledger.ReverseAsync(account, command, key, cancellation));

    private static readonly ApiCommand<RefundCredits> _refund = new(
        CommandReader.ReadRefund, static (ledger, account, command, key, cancellation) => ledger.RefundAsync(account, command, key, cancellation));

    private static readonly ApiCommand<OpenAccount> _open = new(
        CommandReader.ReadOpenAccount,
        static (ledger, account, command, key, cancellation) => ledger.OpenAccountAsync(command, key, cancellation));

    private static readonly ApiCommand<GrantCredits> _grant = new(
        CommandReader.ReadGrant, static (ledger, account, command, key, cancellation) => ledger.GrantAsync(account, command, key, cancellation));

    private static readonly ApiCommand<VoidGrant> _void = new(
        CommandReader.ReadVoid, static (ledger, account, command, key, cancellation) => ledger.VoidAsync(account, command, key, cancellation));

    private static readonly ApiCommand<ReplaceGrant> _replace = new(
        CommandReader.ReadReplace, static (ledger, account, command, key, cancellation) => ledger.ReplaceAsync(account, command, key, cancellation));

    private static readonly ApiCommand<CreditPurchase> _buy = new(
        CommandReader.ReadPurchase, static (ledger, account, purchase, key, cancellation) => purchase.Pack is { } pack
            ? ledger.BuyAsync(account, pack, key, cancellation)
            : ledger.BuyAsync(account, purchase.Credits!, key, cancellation));

    private static readonly ApiCommand<SetFactsAndTerms> _set = new(
        static (json, _, place) => CommandReader.ReadFactsAndTerms(json, place),
        static (ledger, account, command, key, cancellation) => ledger.SetAsync(account, command, key, cancellation));

    private static readonly ApiCommand<ChangePlan> _changePlan = new(
        static (json, _, place) => CommandReader.ReadPlanChange(json, place),
        static (ledger, account, command, key, cancellation) => ledger.ChangePlanAsync(account, command, key, cancellation));

    private static readonly ApiCommand<ResetAccount> _reset = new(
        CommandReader.ReadReset, static (ledger, account, command, key, cancellation) => ledger.ResetAsync(account, command, key, cancellation));

    public static void MapCommands(this RouteGroupBuilder api)
    {
        api.MapOne("/charges", _charge, "charge", "Usage", KeyScopes.Charge)
            .WithSummary("Charge an event")
            .WithDescription("A quote that is committed. Refused with 402 when credits are lacking; the problem then holds the quote's members.")
            .Takes<UsageEvent>(ApiExamples.Event).Answers<Quote>(ApiExamples.Charge).Refuses(400, 402, 404, 413, 415, 422, 503);
        api.MapMany("/charges/bulk", _charge, "charge-many", "Usage", KeyScopes.Charge).WithSummary("Charge up to 1,000 events")
            .Takes<BulkItems<KeyedUsageEvent>>(ApiExamples.BulkCharges).Answers<BulkResults<Quote>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/holds", _hold, "hold", "Usage", KeyScopes.Charge)
            .WithSummary("Set credits aside")
            .WithDescription("Quotes an event, or takes an amount, and keeps those credits back until the hold is captured, released or over. "
                + "Refused with 402 when credits are lacking; the problem then holds the quote's members.")
            .Takes<NewHold>(ApiExamples.NewHold).Answers<Hold>(ApiExamples.Hold).Refuses(400, 402, 404, 413, 415, 422, 503);
        api.MapMany("/holds/bulk", _hold, "hold-many", "Usage", KeyScopes.Charge).WithSummary("Set credits aside up to 1,000 times")
            .Takes<BulkItems<KeyedHold>>(ApiExamples.BulkHolds).Answers<BulkResults<Hold>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/captures", _capture, "capture", "Usage", KeyScopes.Charge)
            .WithSummary("Settle a hold at what its use came to")
            .WithDescription("An amount, or quantities that are priced as the hold was; neither: as it was quoted. What was held and not used returns. "
                + "The same capture again answers \"repeated\": true; a hold that was settled otherwise is 409, with how it was settled.")
            .Takes<NewCapture>(ApiExamples.NewCapture).Answers<Settlement>(ApiExamples.Settlement).Refuses(400, 402, 404, 409, 413, 415, 422, 503);
        api.MapMany("/captures/bulk", _capture, "capture-many", "Usage", KeyScopes.Charge).WithSummary("Settle up to 1,000 holds")
            .Takes<BulkItems<KeyedCapture>>(ApiExamples.BulkCaptures).Answers<BulkResults<Settlement>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/releases", _release, "release", "Usage", KeyScopes.Charge)
            .WithSummary("Give a hold up")
            .WithDescription("Everything that was held returns. The same release again answers \"repeated\": true; a hold that was settled otherwise is 409.")
            .Takes<NewRelease>(ApiExamples.NewRelease).Answers<Settlement>(ApiExamples.Released).Refuses(400, 404, 409, 413, 415, 422, 503);
        api.MapMany("/releases/bulk", _release, "release-many", "Usage", KeyScopes.Charge).WithSummary("Give up to 1,000 holds up")
            .Takes<BulkItems<KeyedRelease>>(ApiExamples.BulkReleases).Answers<BulkResults<Settlement>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/reversals", _reverse, "reverse", "Credits back", KeyScopes.Grant)
            .WithSummary("Take back a use, whole or in part")
            .WithDescription("The use is named by the Idempotency-Key of its charge or correction, or by the id of its hold. Credits go back to the very grants that "
                + "paid, last drawn first; nothing is priced again.")
            .Takes<NewReversal>(ApiExamples.NewReversal).Answers<CreditsReturned>(ApiExamples.Reversal).Refuses(400, 404, 409, 413, 415, 422, 503);
        api.MapMany("/reversals/bulk", _reverse, "reverse-many", "Credits back", KeyScopes.Grant).WithSummary("Take back up to 1,000 uses")
            .Takes<BulkItems<KeyedReversal>>(ApiExamples.BulkReversals).Answers<BulkResults<CreditsReturned>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/refunds", _refund, "refund", "Credits back", KeyScopes.Grant)
            .WithSummary("Give credits back that no use is named for")
            .WithDescription("Debts first, then grants in draw order, each up to what was spent from it; what is left over is \"lost\" and creates nothing.")
            .Takes<NewRefund>(ApiExamples.NewRefund).Answers<CreditsReturned>(ApiExamples.Refund).Refuses(400, 404, 413, 415, 422, 503);
        api.MapMany("/refunds/bulk", _refund, "refund-many", "Credits back", KeyScopes.Grant).WithSummary("Give credits back up to 1,000 times")
            .Takes<BulkItems<KeyedRefund>>(ApiExamples.BulkRefunds).Answers<BulkResults<CreditsReturned>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/corrections", _correct, "correct", "Credits back", KeyScopes.Grant)
            .WithSummary("Put an earlier charge right")
            .WithDescription("An event that is priced as of its own instant, however long ago; below zero where the price allows corrections.")
            .Takes<UsageEvent>(ApiExamples.Correction).Answers<Quote>(ApiExamples.Charge).Refuses(400, 402, 404, 413, 415, 422, 503);
        api.MapMany("/corrections/bulk", _correct, "correct-many", "Credits back", KeyScopes.Grant).WithSummary("Put up to 1,000 charges right")
            .Takes<BulkItems<KeyedUsageEvent>>(ApiExamples.BulkCharges).Answers<BulkResults<Quote>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/accounts", _open, "open-account", "Accounts", KeyScopes.Grant).WithMetadata(new OpensAccount())
            .WithSummary("Open an account")
            .WithDescription("Opens an account of one rule set and, where a plan is named, subscribes it: its first cycle begins at that instant.")
            .Takes<NewAccount>(ApiExamples.NewAccount).Answers<Account>(ApiExamples.Account).Refuses(400, 409, 413, 415, 422, 503);
        api.MapMany("/accounts/bulk", _open, "open-many", "Accounts", KeyScopes.Grant).WithMetadata(new OpensAccount()).WithSummary("Open up to 1,000 accounts")
            .Takes<BulkItems<KeyedAccount>>(ApiExamples.BulkAccounts).Answers<BulkResults<Account>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/grants", _grant, "grant", "Accounts", KeyScopes.Grant)
            .WithSummary("Grant credits")
            .Takes<NewGrant>(ApiExamples.NewGrant).Answers<Grant>(ApiExamples.Grant).Refuses(400, 404, 413, 415, 422, 503);
        api.MapMany("/grants/bulk", _grant, "grant-many", "Accounts", KeyScopes.Grant).WithSummary("Grant credits up to 1,000 times")
            .Takes<BulkItems<KeyedGrant>>(ApiExamples.BulkGrants).Answers<BulkResults<Grant>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/voids", _void, "void", "Accounts", KeyScopes.Grant)
            .WithSummary("End a grant")
            .WithDescription("What is left of it is gone; what is held of it stays held.")
            .Takes<NewVoid>(ApiExamples.NewVoid).Answers<VoidedGrant>(ApiExamples.VoidedGrant).Refuses(400, 404, 409, 413, 415, 422, 503);
        api.MapMany("/voids/bulk", _void, "void-many", "Accounts", KeyScopes.Grant).WithSummary("End up to 1,000 grants")
            .Takes<BulkItems<KeyedVoid>>(ApiExamples.BulkVoids).Answers<BulkResults<VoidedGrant>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/replacements", _replace, "replace", "Accounts", KeyScopes.Grant)
            .WithSummary("End a grant and put another in its place")
            .WithDescription("The new grant has the bucket, priority, cost and end of the old one; credits that return to the old one move to it.")
            .Takes<NewReplacement>(ApiExamples.NewReplacement).Answers<Replacement>(ApiExamples.Replacement).Refuses(400, 404, 409, 413, 415, 422, 503);
        api.MapMany("/replacements/bulk", _replace, "replace-many", "Accounts", KeyScopes.Grant).WithSummary("Replace up to 1,000 grants")
            .Takes<BulkItems<KeyedReplacement>>(ApiExamples.BulkReplacements).Answers<BulkResults<Replacement>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/purchases", _buy, "buy", "Accounts", KeyScopes.Grant)
            .WithSummary("Sell credits or a pack to an account")
            .WithDescription("Either \"amount\" and \"into\", priced as the bucket is sold, or \"pack\". The answer says the price; taking the money is yours.")
            .Takes<NewPurchase>(ApiExamples.NewPurchase).Answers<Purchase>(ApiExamples.Purchase).Refuses(400, 404, 413, 415, 422, 503);
        api.MapMany("/purchases/bulk", _buy, "buy-many", "Accounts", KeyScopes.Grant).WithSummary("Sell up to 1,000 times")
            .Takes<BulkItems<KeyedPurchase>>(ApiExamples.BulkPurchases).Answers<BulkResults<Purchase>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/accounts/{account}/facts-and-terms", _set, "set-facts-and-terms", "Accounts", KeyScopes.Grant)
            .WithSummary("State facts and terms of an account")
            .WithDescription("They hold from now on; earlier events keep those of their own time.")
            .Takes<FactsAndTerms>(ApiExamples.FactsAndTerms).Answers<Account>(ApiExamples.Account).Refuses(400, 404, 413, 415, 422, 503);
        api.MapMany("/facts-and-terms/bulk", _set, "set-many", "Accounts", KeyScopes.Grant).WithSummary("State facts and terms of up to 1,000 accounts")
            .Takes<BulkItems<KeyedFactsAndTerms>>(ApiExamples.BulkFactsAndTerms).Answers<BulkResults<Account>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/accounts/{account}/plan", _changePlan, "change-plan", "Accounts", KeyScopes.Grant)
            .WithSummary("Move an account to another plan")
            .WithDescription("As the cycle's rule says: at once or at the renewal, with the difference, a share or in full. The answer lists what was granted and what lapsed.")
            .Takes<PlanChange>(ApiExamples.PlanChange).Answers<Account>(ApiExamples.Account).Refuses(400, 404, 413, 415, 422, 503);
        api.MapMany("/plan-changes/bulk", _changePlan, "change-plan-many", "Accounts", KeyScopes.Grant).WithSummary("Move up to 1,000 accounts to another plan")
            .Takes<BulkItems<KeyedPlanChange>>(ApiExamples.BulkPlanChanges).Answers<BulkResults<Account>>(null).Refuses(400, 413, 415, 422, 503);

        api.MapOne("/resets", _reset, "reset", "Accounts", KeyScopes.Grant)
            .WithSummary("Renew an account now")
            .WithDescription("Rolls what is unused over as a renewal would, cuts it to its caps and grants the plan anew. The running cycle keeps its boundaries, "
                + "unless it is to be restarted; debts are kept or dropped as the rules say, unless it is said here.")
            .Takes<NewReset>(ApiExamples.NewReset).Answers<AccountReset>(ApiExamples.AccountReset).Refuses(400, 404, 413, 415, 422, 503);
        api.MapMany("/resets/bulk", _reset, "reset-many", "Accounts", KeyScopes.Grant).WithSummary("Renew up to 1,000 accounts now")
            .Takes<BulkItems<KeyedReset>>(ApiExamples.BulkResets).Answers<BulkResults<AccountReset>>(null).Refuses(400, 413, 415, 422, 503);
    }

    private static RouteHandlerBuilder MapOne<TCommand>(
        this RouteGroupBuilder api, string path, ApiCommand<TCommand> command, string name, string tag, KeyScopes scope)
        where TCommand : class
    {
        // Accounts are listed at the address at which they are opened.
        api.RefuseOthers(path, path == "/accounts" ? [HttpMethods.Get, HttpMethods.Post] : [HttpMethods.Post]);
        return api.MapPost(path, command.RunAsync).WithName(name).WithTags(tag).Needs(scope).TakesKey();
    }

    private static RouteHandlerBuilder MapMany<TCommand>(
        this RouteGroupBuilder api, string path, ApiCommand<TCommand> command, string name, string tag, KeyScopes scope)
        where TCommand : class
    {
        api.RefuseOthers(path, HttpMethods.Post);
        return api.MapPost(path, command.RunManyAsync).WithName(name).WithTags(tag).Needs(scope)
            .WithMetadata(new RequestSizeLimitAttribute(WireLimits.BulkBytes))
            .WithDescription("Done in their order, each under the idempotency_key that it carries and with a result of its own; one that is refused stops no other. "
                + "They share commits. After a lost connection send the same request again: what was done answers again.");
    }
}
