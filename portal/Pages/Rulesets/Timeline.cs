using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger.Drafts;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>Versions on a horizontal track, places in per mille of its width.</summary>
/// <param name="Now">Place of the present.</param>
public sealed record Timeline(ImmutableArray<TimelineSpan> Spans, int Now)
{
    private const int Whole = 1000;

    /// <summary>The last version's span is open: the track runs on for a quarter of what came before it.</summary>
    /// <param name="drafts">Those that are scheduled are drawn where they will begin.</param>
    public static Timeline Of(PublishedRuleset ruleset, ImmutableArray<Draft> drafts, Instant now)
    {
        var starts = ruleset.Versions.Select(version => (Version: version.Model.Version, At: version.ActiveFrom, IsDraft: false))
            .Concat(drafts.Where(draft => draft.State == DraftState.Scheduled).OrderBy(draft => draft.Number).Select(draft => (Version: draft.Number, At: draft.EffectiveAt!.Value, IsDraft: true)))
            .ToList();
        var start = Instant.Min(ruleset.Versions[0].ActiveFrom, now);
        var last = Instant.Max(starts[^1].At, now);
        var minutes = Math.Max(1, (long)Math.Round((last - start).TotalMinutes));
        var whole = minutes + Math.Max(1, minutes / 4);
        int Place(Instant at) => (int)(((long)Math.Round((at - start).TotalMinutes)) * Whole / whole);
        var spans = starts.Select((version, index) =>
        {
            var end = index + 1 < starts.Count ? starts[index + 1].At : (Instant?)null;
            var from = Place(version.At);
            var state = version.IsDraft || version.At > now ? "future" : end <= now ? "past" : "span";
            return new TimelineSpan(version.Version, from, (end is { } until ? Place(until) : Whole) - from, state);
        });
        return new Timeline([.. spans], Place(now));
    }

    /// <summary>A place as an attribute of the drawing: <c>12.3%</c>.</summary>
    public static string Percent(int place) => string.Create(CultureInfo.InvariantCulture, $"{place / 10}.{place % 10}%");
}

/// <param name="State">Class of the stylesheet: past, span or future.</param>
public readonly record struct TimelineSpan(int Version, int Start, int Width, string State);
