using Rules.Engine.Accounts;
using Rules.Engine.Model;

namespace Rules.Engine.Proof;

internal sealed partial class ExampleStory
{
    private readonly HashSet<string> _alerts = new(StringComparer.Ordinal);

    /// <summary>Of the last purchase.</summary>
    private PurchasePrice? _price;

    private void Buy(BuyStep buy)
    {
        if (TryRead(buy.Credits, buy, out var credits))
        {
            Take(Bookkeeper.Buy(_ruleset, _state!, new BuyCredits(GrantId(), model.Buckets[buy.Bucket].Name, credits, _now!.Value), _now.Value), buy);
        }
    }

    private void BuyPack(BuyPackStep buy) =>
        Take(Bookkeeper.Buy(_ruleset, _state!, new BuyPack(GrantId(), buy.Pack, _now!.Value), _now.Value), buy);

    private void Take(Booking<PurchaseAnswer> booking, ExampleStep step)
    {
        if (booking.Error is { } error)
        {
            Break(step, error);
            return;
        }

        _state = booking.State;
        _price = booking.Answer!.Price;
        if (_price is { } price)
        {
            _working.Clear();
            _working.AddRange(price.Steps);
        }
    }

    private void Check(ExpectAlertStep expect)
    {
        var holds = expect.Alert is { } alert ? _alerts.Contains(alert) : _alerts.Count == 0;
        if (!holds)
        {
            Fail(
                expect,
                expect.Alert is { } wanted ? $"alert \"{wanted}\"" : "no alert",
                _alerts.Count == 0 ? "no alert" : string.Join(" and ", _alerts.Order(StringComparer.Ordinal).Select(a => $"alert \"{a}\"")));
        }
    }
}
