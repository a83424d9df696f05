using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Replay;
using Rules.Ledger.Replays;
using Rules.Portal.Display;
using Rules.Portal.Replays;

namespace Rules.Portal.Drafts;

/// <summary>What a draft would have made of the last thirty days: of what was really used, priced by the evaluator that charges.</summary>
public sealed class DraftImpact
{
    /// <summary>Days that are looked back upon; the first one whole.</summary>
    public const int Days = 30;

    private const int Published = 0;
    private const int Drafted = 1;
    private const int MostRows = 10;

    private readonly ReplayOutcome _outcome;

    private DraftImpact(ReplayOutcome outcome, PastSource source, DateTimeZone zone)
    {
        _outcome = outcome;
        Source = source;
        Zone = zone;
        if (outcome.Past is not { } past)
        {
            return;
        }

        Decimals = past.Ruleset.Versions[^1].Model.Credit.Decimals;
        if (outcome.Estimate is { } estimate)
        {
            Accounts = estimate.Accounts;
            (Before, After, Sooner) = (estimate.Before, estimate.Charged, estimate.Sooner);
            Chart = DayChart.Of(past.Window, Decimals, estimate.Days, zone);
            return;
        }

        var report = outcome.Report!;
        Accounts = report.Accounts.Length;
        (Before, After) = (report.Totals[Published].Charged, report.Totals[Drafted].Charged);
        Sooner = report.Accounts.Count(static account => IsSooner(account));
        Rows = [.. report.Accounts.Where(static account => Differs(account)).OrderByDescending(static account => Math.Abs(account.Results[Drafted].Charged - account.Results[Published].Charged))
            .ThenBy(static account => account.Account, StringComparer.Ordinal).Take(MostRows)];
        Touched = report.Accounts.Count(static account => Differs(account));
        Widest = Rows.Select(static row => Math.Abs(row.Results[Drafted].Charged - row.Results[Published].Charged)).DefaultIfEmpty().Max();
        Chart = DayChart.Of(past.Window, Decimals, ReplayImpact.Days(report, Drafted), zone);
        var (fired, fires) = (report.Totals[Published].AlertsByName.ToDictionary(), report.Totals[Drafted].AlertsByName.ToDictionary());
        Alerts = [.. fired.Keys.Union(fires.Keys).Order(StringComparer.Ordinal).Select(name => (name, fired.GetValueOrDefault(name), fires.GetValueOrDefault(name)))];
    }

    /// <summary>Why there are no figures; null where there are.</summary>
    public ReplayRefusal? Refusal => _outcome.Refusal;

    /// <summary>Set while the figures are told from some of the accounts: they never stand without <see cref="Margin"/>.</summary>
    public ReplayEstimate? Estimate => _outcome.Estimate;

    /// <summary>How far an estimate may be from the truth: <c>± 0.4 %</c>.</summary>
    public string Margin => Estimate is not { } estimate ? "" : estimate.Charged > 0
        ? $"± {PercentText.OfTenths((BigInteger)Tenths(estimate))}"
        : $"± {Plain(estimate.Margin)} credits";

    /// <summary>Null for an estimate, and where there are no figures.</summary>
    public ReplayReport? Report => _outcome.Report;

    /// <summary>Which usage was priced again.</summary>
    public PastSource Source { get; }

    public PastWindow Window => _outcome.Past!.Window;

    public long Events => _outcome.Past!.Events;

    public int Accounts { get; }

    /// <summary>Of the credit.</summary>
    public int Decimals { get; }

    public bool IsPartial => _outcome.Report?.IsPartial ?? false;

    public DateTimeZone Zone { get; }

    /// <summary>Charged as it was, in smallest units.</summary>
    public Int128 Before { get; }

    /// <summary>Charged under the draft, in smallest units.</summary>
    public Int128 After { get; }

    /// <summary>Accounts that would have run out earlier than they did, or that did not run out.</summary>
    public int Sooner { get; }

    /// <summary>Accounts with any difference.</summary>
    public int Touched { get; }

    /// <summary>The accounts with the largest differences, the largest first.</summary>
    public ImmutableArray<AccountImpact> Rows { get; } = [];

    public long Widest { get; }

    /// <summary>What lines of the draft made that alone price some events; empty for an estimate.</summary>
    public ImmutableArray<LineUse> Lines => _outcome.Lines;

    /// <summary>How often each alert would have fired, as charged and under the draft; by name.</summary>
    public ImmutableArray<(string Name, long Before, long After)> Alerts { get; } = [];

    public DayChart? Chart { get; }

    /// <summary>SHA-256 of what the figures are of: text, past, published versions and program.</summary>
    public byte[] Sha256 => _outcome.Binding is { } binding ? SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(binding)) : [];

    internal static DraftImpact Of(ReplayOutcome outcome, PastSource source, DateTimeZone zone) => new(outcome, source, zone);

    /// <summary>In plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((BigInteger)units, Decimals).ToString();

    /// <summary>What the figures are about.</summary>
    public string Title => Source == PastSource.Ledger
        ? string.Create(CultureInfo.InvariantCulture, $"Impact on the last {Days} days")
        : string.Create(CultureInfo.InvariantCulture, $"Impact on the last {Days} days of imported usage");

    /// <summary>One sentence for whoever does not see the figures change.</summary>
    public string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"{(Estimate is null ? "Draft" : $"Draft, an estimate, {Margin}")}: {AmountText.Summary(Plain(After), Math.Min(Decimals, 2))} credits, {PercentText.Change(Before, After)}, {Sooner} of {Accounts} accounts run out sooner.");

    public static bool IsSooner(AccountImpact account) =>
        account.Results[Drafted].RanOutAt is { } out1 && !(account.Results[Published].RanOutAt <= out1);

    // Upwards: a margin never promises too much.
    private static Int128 Tenths(ReplayEstimate estimate) => ((estimate.Margin * 1000) + estimate.Charged - 1) / estimate.Charged;

    private static bool Differs(AccountImpact account)
    {
        var (before, after) = (account.Results[Published], account.Results[Drafted]);
        return before.Charged != after.Charged || before.RanOutAt != after.RanOutAt || before.Stopped != after.Stopped;
    }
}
