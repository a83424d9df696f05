using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Rules.Engine.Wire;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;
using Rules.Ledger.Storage.Sqlite;

namespace Rules.Ledger.Anchoring;

/// <summary>
/// Somebody's decision that a database is the history from now on although it contradicts its anchor: after a backup was restored, or
/// commits were lost. The decision and the anchor of before are kept beside the anchor.
/// </summary>
public static class AnchorAcceptance
{
    /// <summary>
    /// Begins the anchor anew from the database as it is. The old one is kept as <c>NAME.INSTANT</c>, and a line of <c>anchor-decisions.log</c> says
    /// when, who and why, and which accounts lost or changed what.
    /// </summary>
    /// <param name="by">Who decides; not empty.</param>
    /// <param name="reason">Why; not empty.</param>
    /// <exception cref="LedgerStartException">Another process has the database, or it is no ledger of this program.</exception>
    public static async Task<AcceptedAnchor> AcceptSqliteAsync(string database, string anchor, string by, string reason, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (!File.Exists(database))
        {
            throw new LedgerStartException(LedgerStartException.NeedsDecision, "database_missing", $"There is no database {database}. Name the file of a ledger, such as .rules/rules.db.");
        }

        // The writer's lock keeps the service out while its anchor changes.
        await using var store = SqliteLedgerStore.Open(database, time);
        await using var snapshot = await store.BeginReadAsync(cancellationToken);
        var heads = await AnchorComparison.HeadsAsync(snapshot, cancellationToken);
        var (content, damage) = Former(anchor);
        var found = content is null ? [] : await AnchorComparison.CompareAsync(snapshot, heads, content.Heads, cancellationToken);
        var now = Instants.Now(time);
        string? kept = null;
        if (File.Exists(anchor))
        {
            kept = FreeName(anchor, now);
            File.Copy(anchor, kept);
        }

        await File.AppendAllTextAsync(DecisionsBeside(anchor), Decision(now, by, reason, damage, kept, heads, found) + "\n", cancellationToken);
        AnchorLog.Create(anchor, heads.Values.Where(head => head.Sequence > 0)).Dispose();
        return new AcceptedAnchor([.. found.Select(one => one.ToString())], damage, heads.Values.Count(head => head.Sequence > 0), kept, DecisionsBeside(anchor));
    }

    private static (AnchorContent? Content, string? Damage) Former(string anchor)
    {
        try
        {
            return (AnchorLog.Read(anchor), null);
        }
        catch (LedgerStartException e)
        {
            return (null, e.Message);
        }
    }

    private static string DecisionsBeside(string anchor) => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(anchor))!, "anchor-decisions.log");

    private static string FreeName(string anchor, Instant now)
    {
        var stamped = $"{anchor}.{now.ToDateTimeUtc().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        var name = stamped;
        for (var i = 2; File.Exists(name); i++)
        {
            name = $"{stamped}-{i.ToString(CultureInfo.InvariantCulture)}";
        }

        return name;
    }

    private static string Decision(Instant now, string by, string reason, string? damage, string? kept, Dictionary<string, AccountHead> heads, ImmutableArray<AnchorContradiction> found)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("at", InstantText.Format(now));
            json.WriteString("by", by);
            json.WriteString("reason", reason);
            json.WriteString("former_anchor", kept);
            if (damage is not null)
            {
                json.WriteString("damage", damage);
            }

            json.WriteStartArray("accounts");
            foreach (var one in found)
            {
                json.WriteStartObject();
                json.WriteString("account", one.Anchor.Account);
                json.WriteNumber("anchored_entry", one.Anchor.Sequence);
                json.WriteString("anchored_hash", Convert.ToHexStringLower(one.Anchor.Hash.Span));
                json.WriteNumber("accepted_entry", one.Sequence);
                json.WriteString("accepted_hash", heads.GetValueOrDefault(one.Anchor.Account) is { } head ? Convert.ToHexStringLower(head.Hash.Span) : null);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}

/// <param name="Contradictions">In words, by account: what was anchored and is not in the database; empty when nothing.</param>
/// <param name="Damage">Why the former anchor could not be read; null when it could.</param>
/// <param name="Accounts">Heads in the new anchor.</param>
/// <param name="FormerAnchor">Where the anchor of before is kept; null when there was none.</param>
/// <param name="Decisions">The file that records the decision.</param>
public sealed record AcceptedAnchor(ImmutableArray<string> Contradictions, string? Damage, int Accounts, string? FormerAnchor, string Decisions);
