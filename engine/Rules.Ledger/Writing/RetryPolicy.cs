using Rules.Ledger.Storage;

namespace Rules.Ledger.Writing;

/// <summary>
/// Runs a transaction again that failed in passing: as a whole, with the same keys, over a new connection. At most 5 times within 10 seconds, with
/// waits of up to 20, 60, 170 and 500 ms, each drawn from its whole range so that those who collided come apart.
/// </summary>
/// <param name="below">A random number from 0 up to but not including its argument.</param>
internal sealed class RetryPolicy(TimeProvider time, Func<int, int> below)
{
    private static readonly int[] _longestWaits = [20, 60, 170, 500];

    public static int Attempts => _longestWaits.Length + 1;

    public static TimeSpan Budget { get; } = TimeSpan.FromSeconds(10);

    /// <exception cref="StoreException">It is not transient, or it still fails.</exception>
    public async Task RunAsync(Func<Task> transaction)
    {
        var begun = time.GetTimestamp();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await transaction();
                return;
            }
            catch (StoreException e) when (e.IsTransient && attempt < Attempts)
            {
                var wait = TimeSpan.FromMilliseconds(below(_longestWaits[attempt - 1] + 1));
                if (time.GetElapsedTime(begun) + wait >= Budget)
                {
                    throw;
                }

                await Task.Delay(wait, time);
            }
        }
    }
}
