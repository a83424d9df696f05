using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>Prices a purchase as the bucket's <c>sell</c> says and grants its credits; the price is rounded once, in the currency.</summary>
    public static Booking<PurchaseAnswer> Buy(PublishedRuleset ruleset, AccountState state, BuyCredits command, Instant recordedAt)
    {
        var grant = new GrantCredits(command.Id, command.Bucket, command.Amount, command.At);
        var booking = Grant(ruleset, state, grant, recordedAt, LotOrigin.Purchase);
        if (!booking.Succeeded)
        {
            return Fail<PurchaseAnswer>(state, booking.Error.Member == "bucket" ? booking.Error with { Member = "into" } : booking.Error);
        }

        var model = Current(ruleset, booking.State)!;
        return Purchases.PriceOf(model, booking.State, model.FindBucket(command.Bucket)!, command.Amount, recordedAt, out var price) is { } error
            ? Fail<PurchaseAnswer>(state, error)
            : new Booking<PurchaseAnswer>(booking.State, booking.Entries, new PurchaseAnswer(booking.Answer, price), Error: null);
    }

    /// <summary>Grants the credits of a pack, which has no price of its own in a rule file.</summary>
    public static Booking<PurchaseAnswer> Buy(PublishedRuleset ruleset, AccountState state, BuyPack command, Instant recordedAt)
    {
        var advanced = new Journal(state, ruleset);
        if (AdvanceTo(ruleset, advanced, recordedAt) is { } stuck)
        {
            return Fail<PurchaseAnswer>(state, stuck);
        }

        if (Current(ruleset, advanced.State) is not { } model)
        {
            return Fail<PurchaseAnswer>(state, EvaluationErrors.NoVersion(ruleset.Name));
        }

        if (model.Packs.FirstOrDefault(p => p.Name == command.Pack) is not { } pack)
        {
            return Fail<PurchaseAnswer>(state, EvaluationErrors.UnknownPack(command.Pack, model));
        }

        if (AccountReading.AmountAt(model, advanced.State, pack.Amount, recordedAt, out var credits) is { } unset)
        {
            return Fail<PurchaseAnswer>(state, unset);
        }

        if (credits is not { } amount)
        {
            return Fail<PurchaseAnswer>(state, EvaluationErrors.EndlessFigure(pack.Amount.Location.Text.ToString()));
        }

        var grant = new GrantCredits(command.Id, model.Buckets[pack.Bucket].Name, amount, command.At);
        var booking = Grant(ruleset, state, grant, recordedAt, LotOrigin.Purchase);
        return booking.Succeeded
            ? new Booking<PurchaseAnswer>(booking.State, booking.Entries, new PurchaseAnswer(booking.Answer, Price: null), Error: null)
            : Fail<PurchaseAnswer>(state, booking.Error);
    }
}

/// <summary>What credits of a bucket cost: the evaluator that prices actions, with the purchase as the event and the scope.</summary>
internal static class Purchases
{
    /// <param name="credits">Above zero, at most 9 decimals.</param>
    /// <param name="price">Null where the bucket is not sold.</param>
    public static EvaluationError? PriceOf(
        RulesetModel model, AccountState state, BucketRule bucket, ExactDecimal credits, Instant at, out PurchasePrice? price)
    {
        price = null;
        if (model.SellOf(bucket.Index) is not { } sell)
        {
            return null;
        }

        var facts = AccountReading.FactsAt(model, state, at);
        var table = model.SellTables[bucket.Index];
        if (table is null && TermFigures.TableFor(model, state, sell.Price, sell.Price.BodyFor(facts), sell.Money, at, out table) is { } unset)
        {
            return unset;
        }

        return PriceOf(model, sell, table!, facts, credits, at, out price);
    }

    /// <param name="facts">Of the account, by index, the plan last.</param>
    public static EvaluationError? PriceOf(
        RulesetModel model, SellRule sell, PriceTable table, FactValue[] facts, ExactDecimal credits, Instant at, out PurchasePrice? price)
    {
        price = null;
        var meter = sell.Price.Meters[0];
        var action = new ActionRule(-1, "buy " + model.Buckets[sell.Bucket].Name, IsFree: false, sell.Location)
        {
            Meters = sell.Price.Meters,
            Facts = model.AccountFacts,
            AccountFacts = model.AccountFacts.Length,
            Price = sell.Price,
        };
        if (!Scaled.TryFromExact(credits, meter.Places, out Int128 quantity) || quantity >= ResolvedEvent.Limit(meter))
        {
            return EvaluationErrors.TooLarge(meter);
        }

        var trace = new StepRecorder();
        var resolved = new ResolvedEvent(action, [quantity], Reported: 1, facts);
        var context = new ScopeContext(model, [], Key: null, Cycle: null, at, Commits: false, sell.Money);
        if (PriceEvaluator.Evaluate(table, resolved, context, ref trace, out var outcome) is { } error)
        {
            return error;
        }

        price = new PurchasePrice(sell.Money.Name, sell.Money.Decimals, outcome.Charge, outcome.Exact, trace.ToImmutable());
        return null;
    }
}
