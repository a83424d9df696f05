using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Replays;

namespace Rules.Ledger.Imports;

public sealed partial class UsageImports
{
    /// <summary>Behind every event.</summary>
    internal static readonly Instant Always = Instant.FromUtc(9999, 12, 31, 0, 0);

    private const int SegmentsAtOnce = 4;

    /// <summary>
    /// The imported usage of a ruleset's accounts, or of one of them, in a window. Every account is opened at the beginning of the window as it was stated;
    /// the first published version stands from the beginning, since the usage may be older than it.
    /// </summary>
    /// <param name="most">Events that are read at most.</param>
    /// <returns>Null where there are more.</returns>
    /// <exception cref="Storage.StoreException">What is stored is damaged, or the database failed.</exception>
    public async Task<PastUsage?> PastAsync(PublishedRuleset ruleset, string? account, PastWindow window, long most, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ruleset);
        var shapes = new UsageShapes();
        var parts = new SortedDictionary<string, (StatedAccount? State, List<UsageColumns> Usage)>(StringComparer.Ordinal);
        var heads = new CanonicalBytes();
        var events = 0L;
        await foreach (var segment in SegmentsAsync(ruleset.Name, account, Earlier(window.Until), cancellationToken))
        {
            heads.Bytes(segment.ColumnsSha256.Span);
            foreach (var part in PackedUsage.Columns(segment, shapes))
            {
                if (account is not null && part.Account != account)
                {
                    continue;
                }

                var known = parts.GetValueOrDefault(part.Account, (null, []));
                parts[part.Account] = (known.State ?? part.State, known.Usage);
                known.Usage.Add(part.Usage);
                events += part.Usage.Count;
                if (events > most)
                {
                    return null;
                }
            }
        }

        var published = FromTheBeginning(ruleset);
        var states = parts.ToDictionary(static part => part.Key, static part => part.Value.State ?? new StatedAccount(null, [], [], []), StringComparer.Ordinal);
        var accounts = ImmutableArray.CreateBuilder<AccountHistory>(parts.Count);
        var stuck = ImmutableArray.CreateBuilder<StuckAccount>();
        foreach (var (id, part) in parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var usage = UsageSegment.Merge(shapes, [.. part.Usage]).Within(window.From, window.Until);
            if (usage.Count == 0)
            {
                continue;
            }

            var opened = StatedOpening.Open(published, id, states[id], window.From);
            if (!opened.Succeeded)
            {
                stuck.Add(new StuckAccount(id, 0));
                continue;
            }

            accounts.Add(new AccountHistory(opened.State with { Scopes = [] }, opened.State.Scopes, usage, []));
        }

        return new PastUsage(published, window, shapes, accounts.ToImmutable(), accounts.Sum(static a => (long)a.Usage.Count),
            Convert.ToHexStringLower(SHA256.HashData(heads.Written)), stuck.ToImmutable())
        {
            States = states,
        };
    }

    /// <summary>Writes imported events as JSON Lines, which <c>rules replay</c> and an import read, in the order they were stored.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="Storage.StoreException">What is stored is damaged, or the database failed.</exception>
    public async Task<long> ExportJsonAsync(Stream output, string ruleset, string? account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var written = 0L;
        await foreach (var past in EventsAsync(ruleset, account, cancellationToken))
        {
            await output.WriteAsync(WireWriter.Canonical(past), cancellationToken);
            await output.WriteAsync("\n"u8.ToArray(), cancellationToken);
            written++;
        }

        return written;
    }

    /// <summary>Writes imported events as CSV that no spreadsheet runs, a column for each member that any of them has; an import reads it.</summary>
    /// <inheritdoc cref="ExportJsonAsync"/>
    public async Task<long> ExportCsvAsync(Stream output, string ruleset, string? account, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        var columns = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var past in EventsAsync(ruleset, account, cancellationToken))
        {
            columns.UnionWith(Members(past).Select(static member => member.Name));
        }

        string[] header = ["id", "account", "at", "action", .. columns];
        var csv = new StringBuilder();
        Csv.AppendRow(csv, header);
        var written = 0L;
        await foreach (var past in EventsAsync(ruleset, account, cancellationToken))
        {
            var members = Members(past).ToDictionary(static member => member.Name, static member => member.Value, StringComparer.Ordinal);
            Csv.AppendRow(csv, [past.Id, past.Account, InstantText.Format(past.Usage.OccurredAt), past.Usage.Action, .. columns.Select(members.GetValueOrDefault)]);
            written++;
            if (csv.Length > 64 * 1024)
            {
                await FlushAsync();
            }
        }

        await FlushAsync();
        return written;

        async Task FlushAsync()
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(csv.ToString()), cancellationToken);
            csv.Clear();
        }
    }

    internal async IAsyncEnumerable<StoredUsageSegment> SegmentsAsync(string ruleset, string? account, Instant until, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = (Batch: 0L, Number: 0);
        while (true)
        {
            var segments = await _store.UsageSegmentsAsync(ruleset, account, until, after, SegmentsAtOnce, cancellationToken);
            foreach (var segment in segments)
            {
                yield return segment;
                after = (segment.Batch, segment.Number);
            }

            if (segments.Length < SegmentsAtOnce)
            {
                yield break;
            }
        }
    }

    private async IAsyncEnumerable<PastEvent> EventsAsync(string ruleset, string? account, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var segment in SegmentsAsync(ruleset, account, Always, cancellationToken))
        {
            using var ids = PackedUsage.Ids(segment).GetEnumerator();
            foreach (var part in PackedUsage.Columns(segment, new UsageShapes()))
            {
                for (var i = 0; i < part.Usage.Count; i++)
                {
                    ids.MoveNext();
                    if (account is null || part.Account == account)
                    {
                        yield return new PastEvent(ids.Current, part.Account, part.Usage[i], i == 0 && part.State is not null && told.Add(part.Account) ? part.State : null);
                    }
                }
            }
        }
    }

    private static IEnumerable<NamedText> Members(PastEvent past)
    {
        var usage = past.Usage;
        IEnumerable<NamedText> members =
        [
            .. Named("quantities.", usage.Quantities), .. Named("facts.", usage.Facts), .. Named("keys.", usage.Keys), .. Named("record.", usage.Record),
            .. Named("state.facts.", past.State?.Facts ?? []), .. Named("state.terms.", past.State?.Terms ?? []), .. Named("state.balances.", past.State?.Balances ?? []),
        ];
        members = usage.Amount is { } amount ? members.Append(new NamedText("amount", amount.ToString())) : members;
        return past.State?.Plan is { } plan ? members.Append(new NamedText("state.plan", plan)) : members;
    }

    private static IEnumerable<NamedText> Named(string prefix, ImmutableArray<NamedText> named) => named.Select(pair => new NamedText(prefix + pair.Name, pair.Value));

    private static IEnumerable<NamedText> Named(string prefix, ImmutableArray<MeteredQuantity> metered) =>
        metered.Select(pair => new NamedText(prefix + pair.Meter, pair.Quantity.ToString()));

    private static PublishedRuleset FromTheBeginning(PublishedRuleset ruleset) =>
        new(ruleset.Name, [ruleset.Versions[0] with { ActiveFrom = Instant.MinValue }, .. ruleset.Versions.Skip(1)]);

    private static Instant Earlier(Instant until) => Instant.Min(until, Always);
}
