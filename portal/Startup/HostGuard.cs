using Rules.Portal.Api;

namespace Rules.Portal.Startup;

/// <summary>
/// Answers only to names of this machine, so that a page whose own name was pointed at 127.0.0.1 cannot talk to the service with its visitor's browser.
/// </summary>
public sealed class HostGuard(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context) => IsThisMachine(context.Request.Host.Value)
        ? next(context)
        : new ProblemBody(new Problem(
            ProblemKinds.HostNotAllowed, Help: "Use http://127.0.0.1, http://localhost or http://[::1] with the service's port.")).ExecuteAsync(context);

    private static bool IsThisMachine(ReadOnlySpan<char> host)
    {
        var colon = host.LastIndexOf(':');
        var name = colon > host.LastIndexOf(']') ? host[..colon] : host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name is "127.0.0.1" or "[::1]";
    }
}
