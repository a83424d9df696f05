using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Rules.Portal.Startup;

/// <summary>
/// Holds the service on this machine, because nothing encrypts what it says. Configured addresses are checked before anything starts, and the transport
/// itself refuses to listen anywhere but on 127.0.0.1 and [::1], whatever way the address came.
/// </summary>
public static class LoopbackOnly
{
    public const string DefaultAddress = "http://127.0.0.1:5080";

    private static readonly char[] _separators = [';', ','];

    /// <summary>Checks every address that is configured and names the default where there is none.</summary>
    /// <exception cref="StartRefusedException">An address is not loopback, or cannot be read.</exception>
    public static IWebHostBuilder UseLoopbackOnly(this IWebHostBuilder host, IConfiguration configuration)
    {
        var addresses = Configured(configuration).ToList();
        foreach (var (key, address) in addresses)
        {
            Check(key, address);
        }

        if (addresses.Count == 0)
        {
            host.UseUrls(DefaultAddress);
        }

        return host.ConfigureServices(services =>
        {
            services.AddSingleton<SocketTransportFactory>();
            services.AddSingleton<IConnectionListenerFactory, LoopbackTransport>();
        });
    }

    // Every way in which the host takes addresses from its configuration; names are those without the ASPNETCORE_ prefix.
    private static IEnumerable<(string Key, string Address)> Configured(IConfiguration configuration)
    {
        foreach (var address in Split(configuration["urls"]))
        {
            yield return ("urls", address);
        }

        foreach (var key in new[] { "http_ports", "https_ports" })
        {
            foreach (var port in Split(configuration[key]))
            {
                yield return (key, "http://*:" + port);
            }
        }

        foreach (var endpoint in configuration.GetSection("Kestrel:Endpoints").GetChildren())
        {
            yield return (endpoint.Path, endpoint["Url"] ?? "");
        }
    }

    private static string[] Split(string? list) =>
        list?.Split(_separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static void Check(string key, string address)
    {
        BindingAddress binding;
        try
        {
            binding = BindingAddress.Parse(address);
        }
        catch (FormatException exception)
        {
            throw Unreadable(key, address, exception);
        }

        if (binding.Port is < 0 or > IPEndPoint.MaxPort)
        {
            throw Unreadable(key, address);
        }

        var isLoopback = !binding.IsUnixPipe && !binding.IsNamedPipe
            && (binding.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(binding.Host, out var ip) && IPAddress.IsLoopback(ip)));
        if (!isLoopback)
        {
            throw Refusal($"\"{address}\" ({key})");
        }
    }

    private static StartRefusedException Unreadable(string key, string address, Exception? exception = null) =>
        new(ExitCodes.Usage, $"The address \"{address}\" ({key}) cannot be read. Write it as {DefaultAddress}.", exception);

    private static StartRefusedException Refusal(string address) => new(
        ExitCodes.Usage,
        $"The service listens on this machine only and refuses the address {address}. "
        + $"Use {DefaultAddress}, http://localhost:5080 or http://[::1]:5080, and a tunnel such as \"ssh -L 5080:127.0.0.1:5080\" from elsewhere.");

    private sealed class LoopbackTransport(SocketTransportFactory sockets) : IConnectionListenerFactory
    {
        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
            endpoint is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address)
                ? sockets.BindAsync(endpoint, cancellationToken)
                : throw Refusal($"\"{endpoint}\"");
    }
}
