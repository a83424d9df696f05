using System.Net;
using System.Net.Sockets;
using Rules.Client;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Alerts;

public sealed class AlertProcessTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("rules-alert-process-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public async Task Kill_between_commit_and_delivery_loses_no_alert()
    {
        var port = FreePort();
        string secret;
        await using (var service = await ServiceProcess.StartAsync(_home, null, "--Rules:WebhookHosts", "127.0.0.1"))
        {
            var client = new RulesClient(service.Http);
            secret = (await client.AddWebhookAsync(new NewWebhook { Url = $"http://127.0.0.1:{port}/" })).EnsureGranted().Secret!;
            (await client.OpenAccountAsync(
                new NewAccount
                {
                    Account = "w",
                    Ruleset = "roboflow",
                    Plan = "Core",
                    Facts = new Dictionary<string, string> { ["created"] = "2026-04-02" },
                    Terms = new Dictionary<string, string> { ["core-included"] = "60", ["flex-threshold"] = "20" },
                }, "open")).EnsureGranted();
            (await client.ChargeAsync(new UsageEvent { Account = "w", Action = "data", Quantities = new Dictionary<string, decimal> { ["data-unit"] = 48 } }, "use")).EnsureGranted();
            await service.KillAsync();
        }

        await using var receiver = await Receiver.StartAsync(port);
        await using (var service = await ServiceProcess.StartAsync(_home, null, "--Rules:WebhookHosts", "127.0.0.1"))
        {
            // At the latest when the lease of the killed process ends.
            for (var wait = 0; receiver.Received.IsEmpty && wait < 900; wait++)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }

            var (signature, _, body) = receiver.Received.ShouldHaveSingleItem();
            WebhookSignature.IsValid(signature, body, secret, TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(5)).ShouldBeTrue();
            (await service.StopAsync()).ShouldBe(0);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
