using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Replay;
using Rules.Ledger.Drafts;
using Rules.Ledger.Replays;
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

    private DraftImpact(ReplayOutcome outcome, DateTimeZone zone)
    {
        _outcome = outcome;
        Zone = zone;
        if (outcome.Report is not { } report)
        {
            return;
        }

        (Before, After) = (report.Totals[Published].Charged, report.Totals[Drafted].Charged);
        Sooner = report.Accounts.Count(static account => IsSooner(account));
        Rows = [.. report.Accounts.Where(static account => Differs(account)).OrderByDescending(static account => Math.Abs(account.Results[Drafted].Charged - account.Results[Published].Charged))
            .ThenBy(static account => account.Account, StringComparer.Ordinal).Take(MostRows)];
        Touched = report.Accounts.Count(static account => Differs(account));
        Widest = Rows.Select(static row => Math.Abs(row.Results[Drafted].Charged - row.Results[Published].Charged)).DefaultIfEmpty().Max();
        Chart = DayChart.Of(report, zone);
    }

    /// <summary>Why there are no figures; null where there are.</summary>
    public ReplayRefusal? Refusal => _outcome.Refusal;

    public ReplayReport Report => _outcome.Report!;

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

    public DayChart? Chart { get; }

    /// <summary>SHA-256 of what the figures are of: text, past, published versions and program.</summary>
    public byte[] Sha256 => _outcome.Binding is { } binding ? SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(binding)) : [];

    /// <param name="text">Without errors of the compiler.</param>
    public static async Task<DraftImpact> OfAsync(PastReplays replays, Draft draft, string text, DateTimeZone zone, Instant now, CancellationToken cancellationToken)
    {
        var from = zone.AtStartOfDay(now.InZone(zone).Date.PlusDays(-Days)).ToInstant();
        var name = string.Create(CultureInfo.InvariantCulture, $"draft {draft.Number}");
        return new DraftImpact(await replays.RunAsync(new ReplayRequest(draft.Ruleset, new PastWindow(from, now), [new DraftText(name, text)]), null, cancellationToken), zone);
    }

    /// <summary>In plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((BigInteger)units, Report.Decimals).ToString();

    /// <summary>A change in per cent with one decimal and its sign; empty where there was nothing before.</summary>
    public static string Percent(Int128 before, Int128 after)
    {
        if (before <= 0)
        {
            return "";
        }

        var change = (BigInteger)(after - before) * 2000 / (BigInteger)before;
        var tenths = (change + change.Sign) / 2;
        return tenths.IsZero && after == before ? "±0.0 %" : tenths.IsZero ? (after > before ? "< +0.1 %" : "> −0.1 %")
            : string.Create(CultureInfo.InvariantCulture, $"{(tenths.Sign < 0 ? "−" : "+")}{BigInteger.Abs(tenths) / 10}.{BigInteger.Abs(tenths) % 10} %");
    }

    /// <summary>One sentence for whoever does not see the figures change.</summary>
    public string Sentence => string.Create(CultureInfo.InvariantCulture,
        $"Draft: {Display.AmountText.Summary(Plain(After), Math.Min(Report.Decimals, 2))} credits, {Percent(Before, After)}, {Sooner} of {Report.Accounts.Length} accounts run out sooner.");

    public static bool IsSooner(AccountImpact account) =>
        account.Results[Drafted].RanOutAt is { } out1 && !(account.Results[Published].RanOutAt <= out1);

    private static bool Differs(AccountImpact account)
    {
        var (before, after) = (account.Results[Published], account.Results[Drafted]);
        return before.Charged != after.Charged || before.RanOutAt != after.RanOutAt || before.Stopped != after.Stopped;
    }
}
