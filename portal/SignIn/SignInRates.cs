using System.Threading.RateLimiting;
using Rules.Ledger.People;

namespace Rules.Portal.SignIn;

/// <summary>How often a password may be tried: five times a minute for a name, whoever tries, and thirty times from one address.</summary>
public sealed class SignInRates : IDisposable
{
    public const int OfName = 5;

    public const int OfAddress = 30;

    private readonly PartitionedRateLimiter<string> _names = Limiter(OfName);
    private readonly PartitionedRateLimiter<string> _addresses = Limiter(OfAddress);

    public bool TryTake(string name, string address)
    {
        using var ofAddress = _addresses.AttemptAcquire(address);
        if (!ofAddress.IsAcquired)
        {
            return false;
        }

        // What cannot be a name is one name, so that invented ones do not fill the memory.
        using var ofName = _names.AttemptAcquire(Person.IsName(name) ? Person.Lookup(name) : "");
        return ofName.IsAcquired;
    }

    public void Dispose()
    {
        _names.Dispose();
        _addresses.Dispose();
    }

    private static PartitionedRateLimiter<string> Limiter(int permits) => PartitionedRateLimiter.Create<string, string>(
        key => RateLimitPartition.GetFixedWindowLimiter(key, _ => new FixedWindowRateLimiterOptions { PermitLimit = permits, Window = TimeSpan.FromMinutes(1) }), StringComparer.Ordinal);
}
