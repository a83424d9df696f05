using System.Net;
using System.Net.Sockets;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Abuse;

/// <summary>H7: connections that say nothing, against a service of its own.</summary>
public sealed class IdleConnectionTests
{
    private const int Limit = 2_000;
    private const int Idle = 10_000;

    [Fact]
    public async Task H7_Ten_thousand_idle_connections_are_cut_down_to_the_limit_and_those_that_work_go_on()
    {
        var home = Directory.CreateTempSubdirectory("rules-idle-").FullName;
        try
        {
            await using var service = await ServiceProcess.StartAsync(home);
            (await service.Http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
            var open = new List<Socket>();
            try
            {
                var cut = 0;
                // As many at once as a process may have files; what the service refuses makes room for the next.
                for (var made = 0; made < Idle; made++)
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    await socket.ConnectAsync(service.Http.BaseAddress!.Host, service.Http.BaseAddress.Port);
                    open.Add(socket);
                    if (open.Count > Limit + 500)
                    {
                        cut += CloseRefused(open);
                    }
                }

                (await service.Http.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK, "This connection was there before.");
                for (var waited = 0; open.Count >= Limit && waited < 100; waited++)
                {
                    cut += CloseRefused(open);
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
                }

                open.Count.ShouldBe(Limit - 1);
                cut.ShouldBe(Idle - open.Count);
            }
            finally
            {
                open.ForEach(socket => socket.Dispose());
            }

            using var newcomer = new HttpClient { BaseAddress = service.Http.BaseAddress };
            for (var attempt = 0; ; attempt++)
            {
                try
                {
                    (await newcomer.GetAsync("/health/live")).StatusCode.ShouldBe(HttpStatusCode.OK);
                    break;
                }
                catch (HttpRequestException) when (attempt < 50)
                {
                    // The service has not seen all of them go yet.
                    await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
                }
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static int CloseRefused(List<Socket> open) => open.RemoveAll(socket =>
    {
        // Readable without anything to read: closed by the other end.
        var isClosed = socket.Poll(0, SelectMode.SelectRead);
        if (isClosed)
        {
            socket.Dispose();
        }

        return isClosed;
    });
}
