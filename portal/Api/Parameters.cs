using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Portal.Api;

/// <summary>Parameters of an address, read as strictly as a body: an unknown or repeated one is refused, so that no filter is lost to a typing error.</summary>
internal static class Parameters
{
    public static Problem? Unknown(HttpRequest request, params ReadOnlySpan<string> known) => Unknown(request, known, []);

    /// <param name="repeated">Those of the known ones that may stand more than once.</param>
    public static Problem? Unknown(HttpRequest request, ReadOnlySpan<string> known, ReadOnlySpan<string> repeated)
    {
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name))
            {
                return Refuse($"There is no parameter \"{WireText.Shown(name)}\" here.", known.IsEmpty ? "Leave it out." : $"Use only {string.Join(", ", known)}.");
            }

            if (values.Count > 1 && !repeated.Contains(name))
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

    /// <summary>Null where it is left out or empty.</summary>
    public static string? Text(HttpRequest request, string name) => request.Query[name] is [{ Length: > 0 } text] ? text : null;

    /// <summary>The required window <c>[from, to)</c>.</summary>
    public static bool TryWindow(HttpRequest request, out Instant from, out Instant to, [NotNullWhen(false)] out Problem? problem)
    {
        from = default;
        to = default;
        if (!TryInstant(request, "from", out var start, out problem) || !TryInstant(request, "to", out var end, out problem))
        {
            return false;
        }

        if (start is null || end is null)
        {
            problem = Refuse($"The parameter \"{(start is null ? "from" : "to")}\" is missing.", "Write the window as from (inclusive) and to (exclusive).");
            return false;
        }

        (from, to) = (start.Value, end.Value);
        problem = from < to ? null : Refuse("The window ends before it begins.", "Let \"from\" be earlier than \"to\".");
        return problem is null;
    }

    /// <summary>True for CSV, false for JSON, which is normal.</summary>
    public static bool TryFormat(HttpRequest request, out bool csv, [NotNullWhen(false)] out Problem? problem)
    {
        var text = Text(request, "format");
        csv = text == "csv";
        problem = text is null or "json" or "csv" ? null : Refuse($"There is no format \"{WireText.Shown(text)}\".", "Use json or csv.");
        return problem is null;
    }

    /// <summary>Names with commas between them, each once; empty where the parameter is left out.</summary>
    public static bool TryNames(HttpRequest request, string name, int most, out ImmutableArray<string> names, [NotNullWhen(false)] out Problem? problem)
    {
        names = Text(request, name)?.Split(',').ToImmutableArray() ?? [];
        problem = names.Length <= most && names.All(static n => n.Length is > 0 and <= WireLimits.NameCharacters) && names.Distinct(StringComparer.Ordinal).Count() == names.Length
            ? null
            : Refuse($"The parameter \"{name}\" must hold at most {most.ToString(CultureInfo.InvariantCulture)} different names.", "Write them with a comma between them.");
        return problem is null;
    }

    /// <summary>Every value of a repeated parameter, each written NAME=VALUE.</summary>
    public static bool TryPairs(HttpRequest request, string name, out ImmutableArray<NamedText> pairs, [NotNullWhen(false)] out Problem? problem)
    {
        var read = ImmutableArray.CreateBuilder<NamedText>();
        problem = null;
        foreach (var text in request.Query[name])
        {
            if (text?.IndexOf('=', StringComparison.Ordinal) is > 0 and var place)
            {
                read.Add(new NamedText(text[..place], text[(place + 1)..]));
            }
            else
            {
                problem ??= Refuse($"The parameter \"{name}\" is \"{WireText.Shown(text ?? "")}\".", "Write NAME=VALUE, and the parameter once for each.");
            }
        }

        pairs = read.ToImmutable();
        return problem is null;
    }

    /// <summary>The <c>next</c> of a page before, where it is a number; null where the parameter is left out or empty.</summary>
    public static bool TryCursor(HttpRequest request, string name, out string? cursor, [NotNullWhen(false)] out Problem? problem)
    {
        cursor = Text(request, name);
        problem = cursor is null || long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? null : NoCursor(name);
        return problem is null;
    }

    /// <summary>A place in a list that no page of it can have told.</summary>
    public static Problem NoCursor(string name) => Refuse($"The parameter \"{name}\" is not one that this list gave.", "Start again without it.");

    public static Problem Refuse(string detail, string help) => new(ProblemKinds.ParameterInvalid, detail, help);

    /// <summary>Names the next page of a CSV list, which has no place for it.</summary>
    /// <param name="next">Null on the last page.</param>
    public static void LinkNext(HttpContext context, string? next)
    {
        if (next is not null)
        {
            var query = QueryString.Create(context.Request.Query.Where(static p => p.Key != "after").Append(new("after", next)));
            context.Response.Headers.Link = $"<{context.Request.Path}{query}>; rel=\"next\"";
        }
    }
}
