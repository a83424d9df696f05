using System.Diagnostics.CodeAnalysis;
using Rules.Engine.Accounts;
using Rules.Engine.Wire;

namespace Rules.Portal.Api;

/// <summary>The key under which a command happens once: 1 to 128 printable ASCII characters, spaces at its ends not counted.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out string? key, [NotNullWhen(false)] out Problem? problem)
    {
        var values = request.Headers[Header];
        key = null;
        if (values.Count == 0 || string.IsNullOrWhiteSpace(values[0]))
        {
            problem = new Problem(
                ProblemKinds.KeyRequired, $"A command without the header \"{Header}\" could happen twice when it is sent again.",
                $"Add \"{Header}: \" and an id of your own for this command, and send the same one on every repeat.");
            return false;
        }

        var value = values[0]!;
        if (values.Count > 1 || value.Length > WireLimits.IdCharacters || value.AsSpan().ContainsAnyExceptInRange(' ', '~')
            || Entry.IsSystemKey(value))
        {
            problem = new Problem(
                ProblemKinds.KeyInvalid, $"The header \"{Header}\" must hold one key of 1 to 128 printable ASCII characters.",
                "Use a key such as a UUID. Keys that begin with \"sys:\" belong to entries that fall due by themselves.");
            return false;
        }

        key = value;
        problem = null;
        return true;
    }
}
