using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Engine.Wire;

namespace Rules.Portal.Api;

/// <summary>Parameters of an address, read as strictly as a body: an unknown or repeated one is refused, so that no filter is lost to a typing error.</summary>
internal static class Parameters
{
    public static Problem? Unknown(HttpRequest request, params ReadOnlySpan<string> known)
    {
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name))
            {
                return Refuse($"There is no parameter \"{WireText.Shown(name)}\" here.", known.IsEmpty ? "Leave it out." : $"Use only {string.Join(", ", known)}.");
            }

            if (values.Count > 1)
            {
                return Refuse($"The parameter \"{name}\" stands twice.", "Write it once.");
            }
        }

        return null;
    }

    public static bool TryInstant(HttpRequest request, string name, out Instant? instant, [NotNullWhen(false)] out Problem? problem)
    {
        instant = null;
        problem = null;
        if (request.Query[name] is not [{ Length: > 0 } text])
        {
            return true;
        }

        if (InstantText.TryParse(Encoding.UTF8.GetBytes(text), out var value))
        {
            instant = value;
            return true;
        }

        problem = Refuse(
            $"The parameter \"{name}\" is not an instant: \"{WireText.Shown(text)}\".", "Write RFC 3339 with an offset, such as 2026-05-01T10:00:00Z; a plus sign is %2B.");
        return false;
    }

    public static bool TryCount(HttpRequest request, string name, int normal, int most, out int count, [NotNullWhen(false)] out Problem? problem)
    {
        count = normal;
        problem = null;
        if (request.Query[name] is not [{ Length: > 0 } text]
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count >= 1 && count <= most))
        {
            return true;
        }

        problem = Refuse(
            $"The parameter \"{name}\" is not a number from 1 to {most.ToString(CultureInfo.InvariantCulture)}: \"{WireText.Shown(text)}\".", "Write digits only.");
        return false;
    }

    public static Problem Refuse(string detail, string help) => new(ProblemKinds.ParameterInvalid, detail, help);
}
