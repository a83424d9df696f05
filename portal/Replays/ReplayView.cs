using System.Collections.Immutable;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Dsl.Text;
using Rules.Engine.Replay;
using Rules.Ledger.Replays;
using Rules.Portal.Display;

namespace Rules.Portal.Replays;

/// <summary>A kept result as a page shows it, read from the bytes that were stored: nothing is computed again.</summary>
public sealed record ReplayView
{
    /// <summary>Why there is no result; null where there is one.</summary>
    public string? Failure { get; private init; }

    public bool IsPartial { get; private init; }

    /// <summary>As of <see cref="ReplayBinding.Published"/>.</summary>
    public string Published { get; private init; } = "";

    public long Events { get; private init; }

    public int Accounts { get; private init; }

    public ImmutableArray<CandidateView> Candidates { get; private init; } = [];

    /// <summary>Accounts with the largest effect, that one first.</summary>
    public ImmutableArray<AccountView> Largest { get; private init; } = [];

    /// <summary>What uses came to by each name that was asked for.</summary>
    public ImmutableArray<GroupsView> Groups { get; private init; } = [];

    /// <summary>Null where nothing was kept: it was stopped before anything was replayed.</summary>
    public static ReplayView? Read(StoredReplay replay)
    {
        if (replay.Result.IsEmpty)
        {
            return null;
        }

        using var document = JsonDocument.Parse(replay.Result);
        var root = document.RootElement;
        return root.TryGetProperty("failure", out var failure)
            ? new ReplayView { Failure = $"{failure.GetString()} {root.GetProperty("help").GetString()}" }
            : new ReplayView
            {
                IsPartial = root.GetProperty("partial").GetBoolean(),
                Published = root.GetProperty("binding").GetProperty("published").GetString()!,
                Events = root.GetProperty("events").GetInt64(),
                Accounts = root.GetProperty("accounts").GetInt32(),
                Candidates = [.. root.GetProperty("candidates").EnumerateArray().Select(CandidateView.Read)],
                Largest = [.. root.GetProperty("largest").EnumerateArray().Select(AccountView.Read)],
                Groups = [.. root.GetProperty("by").EnumerateArray().Select(GroupsView.Read)],
            };
    }

    /// <summary>What a replay was asked for. The end of its window is where it was asked at the latest.</summary>
    public static AskedReplay AskedOf(StoredReplay replay)
    {
        using var document = JsonDocument.Parse(replay.Request);
        var root = document.RootElement;
        return new AskedReplay(
            new PastWindow(InstantOf(root, "from")!.Value, Instant.Min(InstantOf(root, "to")!.Value, replay.RequestedAt)),
            [.. root.GetProperty("drafts").EnumerateArray().Select(static draft => new AskedDraft(draft.GetProperty("name").GetString()!, draft.GetProperty("sha256").GetString()!))])
        {
            Source = root.TryGetProperty("source", out _) ? PastSource.Imported : PastSource.Ledger,
            Against = root.TryGetProperty("against", out var against) ? against.GetInt32() : null,
        };
    }

    internal static Instant? InstantOf(JsonElement of, string name) =>
        of.TryGetProperty(name, out var at) ? InstantPattern.ExtendedIso.Parse(at.GetString()!).Value : null;
}

/// <summary>What a kept replay was asked for.</summary>
public sealed record AskedReplay(PastWindow Window, ImmutableArray<AskedDraft> Drafts)
{
    /// <inheritdoc cref="ReplayRequest.Source"/>
    public PastSource Source { get; init; }

    /// <inheritdoc cref="ReplayRequest.Against"/>
    public int? Against { get; init; }
}

/// <param name="Sha256">Of its text, in lower-case hex.</param>
public sealed record AskedDraft(string Name, string Sha256);

/// <summary>What was published, or a draft.</summary>
/// <param name="Uses">Outcomes with their counts; those that did not occur are left out.</param>
/// <param name="Change">Credits against the first candidate; null for that one.</param>
public sealed record CandidateView(string Name, string Charged, string Lapsed, string RolloverLost, string Billed, ImmutableArray<(string Outcome, long Count)> Uses, string? Change)
{
    public long EventsChanged { get; private init; }

    public int AccountsChanged { get; private init; }

    public int AccountsSooner { get; private init; }

    /// <summary>Events that cost something before and nothing now.</summary>
    public long NewZeros { get; private init; }

    /// <summary>Events that give credits back now and did not before.</summary>
    public long NewNegatives { get; private init; }

    public ImmutableArray<GuardRail> GuardRails { get; private init; } = [];

    public ImmutableArray<(string Range, int Accounts)> Histogram { get; private init; } = [];

    public ImmutableArray<CauseView> Causes { get; private init; } = [];

    internal static CandidateView Read(JsonElement json)
    {
        var uses = json.GetProperty("uses").EnumerateObject().Select(static use => (use.Name, use.Value.GetInt64())).Where(static use => use.Item2 > 0).ToImmutableArray();
        var view = new CandidateView(
            json.GetProperty("name").GetString()!, json.GetProperty("charged").GetString()!, json.GetProperty("lapsed").GetString()!,
            json.GetProperty("rollover_lost").GetString()!, AccountView.BilledOf(json), uses, Change: null);
        return json.TryGetProperty("against_first", out var against)
            ? view with
            {
                Change = against.GetProperty("change").GetString(),
                EventsChanged = against.GetProperty("events_changed").GetInt64(),
                AccountsChanged = against.GetProperty("accounts_changed").GetInt32(),
                AccountsSooner = against.GetProperty("accounts_sooner").GetInt32(),
                NewZeros = against.GetProperty("new_zeros").GetInt64(),
                NewNegatives = against.GetProperty("new_negatives").GetInt64(),
                GuardRails = [.. against.GetProperty("guard_rails").EnumerateArray().Select(RailOf)],
                Histogram = [.. against.GetProperty("histogram").EnumerateArray().Select(static bar => (RangeOf(bar), bar.GetProperty("accounts").GetInt32()))],
                Causes = [.. against.GetProperty("causes").EnumerateArray().Select(CauseView.Read)],
            }
            : view;
    }

    // Percentages of what an account was charged.
    private static string RangeOf(JsonElement bar) => (Percent(bar, "from"), Percent(bar, "to")) switch
    {
        ({ } from, { } to) => from == to ? "unchanged" : $"{from} to {to}",
        ({ } from, null) => $"{from} and more",
        (null, { } to) => $"less than {to}",
        _ => "charged for the first time",
    };

    private static string? Percent(JsonElement bar, string name) =>
        bar.TryGetProperty(name, out var value) ? PercentText.OfWhole(value.GetInt32()) : null;

    private static GuardRail RailOf(JsonElement rail) => new(
        rail.GetProperty("name").GetString()!, rail.GetProperty("text").GetString()!, rail.GetProperty("holds").GetBoolean(),
        rail.GetProperty("figure").GetString()!, rail.GetProperty("limit").GetString()!);
}

/// <summary>A difference and the rule lines that made it.</summary>
public sealed record CauseView(string Difference, long Events, ImmutableArray<string> Before, ImmutableArray<string> After)
{
    internal static CauseView Read(JsonElement json) => new(
        json.GetProperty("difference").GetString()!, json.GetProperty("events").GetInt64(), Lines(json.GetProperty("before")), Lines(json.GetProperty("after")));

    private static ImmutableArray<string> Lines(JsonElement lines) =>
        [.. lines.EnumerateArray().Select(static line => $"{line.GetProperty("file").GetString()} {line.GetProperty("line").GetRawText()}: {line.GetProperty("text").GetString()!.Trim()}")];
}

/// <summary>Uses added up by one name.</summary>
/// <param name="LeftOut">Values that are not listed.</param>
public sealed record GroupsView(string Name, int LeftOut, ImmutableArray<GroupView> Groups)
{
    internal static GroupsView Read(JsonElement json) => new(
        json.GetProperty("name").GetString()!,
        json.GetProperty("left_out").GetInt32(),
        [.. json.GetProperty("groups").EnumerateArray().Select(static group => new GroupView(
            group.GetProperty("value").GetString()!,
            group.GetProperty("events").GetInt64(),
            [.. group.GetProperty("charged").EnumerateArray().Select(static charged => charged.GetString()!)]))]);
}

/// <param name="Charged">One per candidate.</param>
public sealed record GroupView(string Value, long Events, ImmutableArray<string> Charged);

/// <summary>One account under each candidate, in their order.</summary>
public sealed record AccountView(string Account, string? Plan, long Events, ImmutableArray<AccountResultView> Results)
{
    /// <summary>Credits that a candidate charges more than the first.</summary>
    public ExactDecimal Change(int candidate) => ExactDecimal.Parse(Results[candidate].Charged) - ExactDecimal.Parse(Results[0].Charged);

    internal static AccountView Read(JsonElement json) => new(
        json.GetProperty("account").GetString()!,
        json.TryGetProperty("plan", out var plan) ? plan.GetString() : null,
        json.GetProperty("events").GetInt64(),
        [.. json.GetProperty("results").EnumerateArray().Select(static result => new AccountResultView(
            result.GetProperty("charged").GetString()!,
            result.GetProperty("blocked").GetInt64() + result.GetProperty("paused").GetInt64() + result.GetProperty("refused").GetInt64(),
            ReplayView.InstantOf(result, "ran_out_at"),
            result.TryGetProperty("days_later", out var days) ? days.GetInt32() : null))]);

    internal static string BilledOf(JsonElement json) =>
        string.Join(", ", json.GetProperty("billed").EnumerateArray().Select(static money => $"{money.GetProperty("amount").GetString()} {money.GetProperty("currency").GetString()}"));
}

/// <param name="Stopped">Uses that were blocked, paused or refused.</param>
/// <param name="DaysLater">Than under the first candidate; below zero: sooner.</param>
public sealed record AccountResultView(string Charged, long Stopped, Instant? RanOutAt, int? DaysLater);
