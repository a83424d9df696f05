using NodaTime;
using Rules.Portal.Web;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Web;

public sealed class FreshReadingTests
{
    [Fact]
    public async Task Reading_is_shared_for_a_minute_and_read_once_by_those_who_ask_at_once()
    {
        var clock = new HandClock();
        var reads = 0;
        var gate = new TaskCompletionSource();
        using var fresh = new FreshReading<string>(clock, async (now, _) =>
        {
            var read = $"{++reads} at {now}";
            await gate.Task;
            return read;
        });
        var asked = new[] { fresh.ReadAsync(default).AsTask(), fresh.ReadAsync(default).AsTask() };
        gate.SetResult();
        (await Task.WhenAll(asked)).ShouldBe(["1 at 2026-05-10T09:00:00Z", "1 at 2026-05-10T09:00:00Z"]);

        clock.Now += Duration.FromSeconds(59);
        (await fresh.ReadAsync(default)).ShouldStartWith("1 at");
        clock.Now += Duration.FromSeconds(1);
        (await fresh.ReadAsync(default)).ShouldStartWith("2 at");
    }

    [Fact]
    public async Task Reading_that_fails_or_lies_in_the_future_is_read_again()
    {
        var clock = new HandClock();
        var reads = 0;
        using var fresh = new FreshReading<string>(clock, (_, _) => ++reads == 1 ? throw new InvalidOperationException("no store") : Task.FromResult($"{reads}"));
        await Should.ThrowAsync<InvalidOperationException>(async () => await fresh.ReadAsync(default));
        (await fresh.ReadAsync(default)).ShouldBe("2");
        clock.Now -= Duration.FromSeconds(1);
        (await fresh.ReadAsync(default)).ShouldBe("3");
    }

    private sealed class HandClock : IClock
    {
        public Instant Now { get; set; } = Instant.FromUtc(2026, 5, 10, 9, 0);

        public Instant GetCurrentInstant() => Now;
    }
}
