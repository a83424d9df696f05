using System.Net;
using System.Net.Sockets;
using Rules.Portal.Startup;

namespace Rules.Portal.Alerts;

/// <summary>
/// Where webhooks may go. Without a list: to any public address by https, in Development also to this machine. With <c>Rules:WebhookHosts</c>: to the
/// hosts that it names and to no other, by http as well and wherever they lie. The address is checked as it is connected to, so that a name cannot point
/// elsewhere in the meantime.
/// </summary>
public sealed class WebhookTargets(PortalSettings settings, IHostEnvironment environment)
{
    /// <summary>Why a URL cannot be a target; null where it can.</summary>
    public string? Fault(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("https" or "http") || url.UserInfo.Length > 0 || url.Fragment.Length > 0)
        {
            return "A webhook's address is an https URL without a user name and without #.";
        }

        if (!settings.WebhookHosts.IsEmpty)
        {
            return IsNamed(url.IdnHost) ? null : $"The service sends to no host but those that Rules:WebhookHosts names: {string.Join(", ", settings.WebhookHosts)}.";
        }

        var isHere = url.IsLoopback && environment.IsDevelopment();
        if (url.Scheme != "https" && !isHere)
        {
            return "A webhook's address begins with https://.";
        }

        return !isHere && (url.IsLoopback || (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address) && !IsPublic(address)))
            ? "A webhook cannot go to an address of a private network. Rules:WebhookHosts names hosts that may."
            : null;
    }

    /// <summary>Connects to the first address of a host that may be a target.</summary>
    /// <exception cref="HttpRequestException">The host has none.</exception>
    public async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(host.Host, cancellationToken);
        var allowed = Array.FindAll(addresses, address => IsNamed(host.Host) || (settings.WebhookHosts.IsEmpty && (IsPublic(address) || (environment.IsDevelopment() && IPAddress.IsLoopback(address)))));
        if (allowed.Length == 0)
        {
            throw new HttpRequestException("The host has no address to which webhooks may go.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>False for loopback, private, link-local, shared, multicast, reserved and documentation addresses, also where they come inside IPv6.</summary>
    public static bool IsPublic(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (address.IsIPv4MappedToIPv6)
            {
                return IsPublic(address.MapToIPv4());
            }

            // Global unicast is 2000::/3; of it, 2002::/16 and 2001::/32 wrap IPv4 addresses and 2001:db8::/32 is for documents.
            var first = (bytes[0] << 8) | bytes[1];
            var second = (bytes[2] << 8) | bytes[3];
            return (bytes[0] & 0xE0) == 0x20 && first != 0x2002 && !(first == 0x2001 && second is 0 or 0x0DB8);
        }

        return (bytes[0], bytes[1], bytes[2]) switch
        {
            (0 or 10 or 127, _, _) => false,
            (100, >= 64 and <= 127, _) => false,
            (169, 254, _) => false,
            (172, >= 16 and <= 31, _) => false,
            (192, 0, 0 or 2) => false,
            (192, 88, 99) => false,
            (192, 168, _) => false,
            (198, 18 or 19, _) => false,
            (198, 51, 100) => false,
            (203, 0, 113) => false,
            ( >= 224, _, _) => false,
            _ => true,
        };
    }

    private bool IsNamed(string host) => settings.WebhookHosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
