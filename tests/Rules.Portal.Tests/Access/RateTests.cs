using System.Net;
using Rules.Ledger.Access;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Access;

/// <summary>H8: a key that sends more than it may.</summary>
[Collection(SharedPortal.Name)]
public sealed class RateTests(RunningPortal portal)
{
    [Fact]
    public async Task H8_Key_above_its_rate_is_told_when_to_come_back_and_others_go_on()
    {
        using var eager = portal.Holding(await portal.NewKeyAsync(KeyScopes.Admin, rate: 20));
        using var calm = portal.Holding(await portal.NewKeyAsync(KeyScopes.Admin));
        var refused = 0;
        for (var request = 0; request < 200; request++)
        {
            using var response = await eager.GetAsync(new Uri("/v1/keys", UriKind.Relative));
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                refused++;
                (await response.CodeAsync()).ShouldBe("rate_limited");
                response.Headers.RetryAfter!.Delta!.Value.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
                using var beside = await calm.GetAsync(new Uri("/v1/keys", UriKind.Relative));
                beside.StatusCode.ShouldBe(HttpStatusCode.OK);
            }
        }

        refused.ShouldBeGreaterThan(0);
        while (true)
        {
            using var later = await eager.GetAsync(new Uri("/v1/keys", UriKind.Relative));
            if (later.StatusCode == HttpStatusCode.OK)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    [Fact]
    public async Task H8_Key_at_ten_times_its_rate_slows_no_other_key_down()
    {
        using var eager = portal.Holding(await portal.NewKeyAsync(KeyScopes.Admin, rate: 20));
        using var calm = portal.Holding(await portal.NewKeyAsync(KeyScopes.Admin));
        await TimesAsync(calm);
        var alone = await TimesAsync(calm);
        using var stop = new CancellationTokenSource();
        var (refused, sent) = (0, 0);
        var storm = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested || sent < 200)
            {
                using var response = await eager.GetAsync(new Uri("/v1/keys", UriKind.Relative));
                sent++;
                refused += response.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
            }
        });
        var beside = await TimesAsync(calm);
        await stop.CancelAsync();
        await storm;

        // Other tests run on these processors: a tenth of a second is what a queue behind the eager one would cost many times over.
        refused.ShouldBeGreaterThan(sent / 2);
        beside[beside.Count / 2].ShouldBeLessThan(alone[alone.Count / 2] + TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public async Task H9_Rate_does_not_depend_on_the_address_that_a_client_claims()
    {
        using var eager = portal.Holding(await portal.NewKeyAsync(KeyScopes.Admin, rate: 5));
        var statuses = new HashSet<HttpStatusCode>();
        for (var request = 0; request < 100; request++)
        {
            using var message = new HttpRequestMessage(HttpMethod.Get, "/v1/keys");
            message.Headers.TryAddWithoutValidation("X-Forwarded-For", $"10.0.0.{request}");
            message.Headers.TryAddWithoutValidation("Forwarded", $"for=10.0.0.{request}");
            using var response = await eager.SendAsync(message);
            statuses.Add(response.StatusCode);
        }

        statuses.ShouldContain(HttpStatusCode.TooManyRequests);
    }

    // Ascending, all of them answered.
    private static async Task<List<TimeSpan>> TimesAsync(HttpClient http)
    {
        var times = new List<TimeSpan>();
        for (var request = 0; request < 300; request++)
        {
            var started = TimeProvider.System.GetTimestamp();
            using var response = await http.GetAsync(new Uri("/v1/keys", UriKind.Relative));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            times.Add(TimeProvider.System.GetElapsedTime(started));
        }

        times.Sort();
        return times;
    }
}
