using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Engine.Model;
using Rules.Ledger.Drafts;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>
/// Versions on a horizontal track, and drafts that branch off it; places in per mille of its width. What was and what is to come have a scale each, so that a change of
/// tomorrow is seen beside years.
/// </summary>
/// <param name="Spans">In order of time, those of scheduled drafts too.</param>
/// <param name="Branches">Drafts that are not scheduled, the one changed last first.</param>
/// <param name="Now">Place of the present.</param>
/// <param name="More">Drafts that are not drawn.</param>
public sealed record Timeline(ImmutableArray<TimelineSpan> Spans, ImmutableArray<TimelineBranch> Branches, int Now, int More)
{
    /// <summary>Where the track begins, from above.</summary>
    public const int Track = 22;

    /// <summary>Where it ends.</summary>
    public const int TrackEnd = Track + 24;

    private const int Whole = 1000;
    private const int Present = 800;
    private const int PresentBeforeChanges = 680;
    private const int LastChange = 920;
    private const int MostBranches = 4;
    private const int Lane = 24;

    /// <summary>Versions and scheduled drafts that are not in force yet.</summary>
    public int Coming => Spans.Count(static span => span.State == "future");

    /// <summary>Pixels.</summary>
    public int Height => TrackEnd + 12 + (Branches.Length * Lane);

    /// <summary>What is written beside the present finds no room before it.</summary>
    public bool IsNowLeft => Now < 400;

    /// <param name="drafts">Those that are open, the one changed last first. One that is scheduled is drawn where it will begin, any other from the version that it changes.</param>
    public static Timeline Of(PublishedRuleset ruleset, ImmutableArray<Draft> drafts, Instant now)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        var starts = ruleset.Versions.Select(version => (Version: version.Model.Version, At: version.ActiveFrom, IsDraft: false))
            .Concat(drafts.Where(static draft => draft.State == DraftState.Scheduled).OrderBy(static draft => draft.Number).Select(static draft => (Version: draft.Number, At: draft.EffectiveAt!.Value, IsDraft: true)))
            .ToList();
        var first = Instant.Min(starts[0].At, now);
        var last = Instant.Max(starts[^1].At, now);
        var present = first == now ? 0 : last > now ? PresentBeforeChanges : Present;
        int Place(Instant at) => at <= now
            ? Part(at - first, now - first, present)
            : present + Part(at - now, last - now, LastChange - present);
        var spans = starts.Select((version, index) =>
        {
            var end = index + 1 < starts.Count ? starts[index + 1].At : (Instant?)null;
            var from = Place(version.At);
            var state = version.IsDraft || version.At > now ? "future" : end <= now ? "past" : "span";
            return new TimelineSpan(version.Version, version.At, from, (end is { } until ? Place(until) : Whole) - from, state);
        }).ToImmutableArray();
        var branching = drafts.Where(static draft => draft.State != DraftState.Scheduled).ToList();
        var branches = branching.Take(MostBranches).Select((draft, lane) =>
        {
            // A draft leaves its version where it was begun, as far as the version held by then.
            var of = spans.FirstOrDefault(span => span.Version == draft.Base);
            var from = of.Version == 0 ? 0 : Math.Clamp(Place(draft.CreatedAt), of.Start, of.Start + of.Width);
            return new TimelineBranch(Math.Min(from, present), TrackEnd + 8 + ((lane + 1) * Lane) - (Lane / 2),
                string.Create(CultureInfo.InvariantCulture, $"v{draft.Number} of {draft.Author}, {(draft.State == DraftState.Draft ? "" : DraftWords.Of(draft.State) + ", ")}on v{draft.Base}"));
        });
        return new Timeline(spans, [.. branches], present, Math.Max(0, branching.Count - MostBranches));
    }

    /// <summary>A place as an attribute of the drawing: <c>12.3%</c>.</summary>
    public static string Percent(int place) => string.Create(CultureInfo.InvariantCulture, $"{place / 10}.{place % 10}%");

    private static int Part(Duration part, Duration whole, int places) =>
        whole <= Duration.Zero ? 0 : (int)((long)part.TotalMinutes * places / Math.Max(1, (long)whole.TotalMinutes));
}

/// <param name="From">When it takes effect.</param>
/// <param name="State">Class of the stylesheet: past, span or future.</param>
public readonly record struct TimelineSpan(int Version, Instant From, int Start, int Width, string State);

/// <param name="From">Where it leaves the track.</param>
/// <param name="Y">Of its line, in pixels from above.</param>
public readonly record struct TimelineBranch(int From, int Y, string Words);
