using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Ledger.Journal;

/// <summary>The command that an entry was made by, from what the entry carries: for running it again.</summary>
internal static class RecordedCommand
{
    internal delegate WireReading<AccountCommand<TCommand>> Reader<TCommand>(ReadOnlySpan<byte> json, Instant now, CommandPlace place)
        where TCommand : class;

    public static OpenAccount Opening(JournalEntry entry, string ruleset) => new(entry.Account, ruleset, entry.Content.OccurredAt)
    {
        Plan = entry.Content.Plan,
        Facts = Named(entry.Content.Facts),
        Terms = Named(entry.Content.Terms),
        Addons = [.. entry.Content.Addons.Select(addon => new Addon(ExactDecimal.Parse(addon.Value), addon.Name))],
        // All else stands in the entry; only an opening with an anchor carries its command.
        Anchor = entry.Request.IsEmpty ? null : Read(CommandReader.ReadOpenAccount, entry)?.Anchor,
    };

    /// <summary>What was priced; null where the entry carries none.</summary>
    public static UsageEvent? Usage(JournalEntry entry) => EventReader.ReadStated(entry.Event.Span, entry.Content.OccurredAt).Value?.Usage;

    /// <summary>A command that the entry carries as it was given; null where it carries none.</summary>
    public static TCommand? Read<TCommand>(Reader<TCommand> read, JournalEntry entry)
        where TCommand : class => read(entry.Request.Span, entry.Content.OccurredAt, CommandPlace.Record).Value?.Command;

    public static ImmutableArray<NamedText> Named(ImmutableArray<DatedValue> values) => [.. values.Select(value => new NamedText(value.Name, value.Value))];

    /// <summary>A pack makes the lot that its credits bought outright would make.</summary>
    /// <param name="decimals">Of the credit.</param>
    public static BuyCredits Purchase(Lot lot, Entry content, int decimals) =>
        new(lot.Id, lot.Bucket, ExactDecimal.FromUnits(lot.Amount, decimals), content.OccurredAt);

    /// <param name="decimals">Of the credit.</param>
    public static GrantCredits Grant(Lot lot, Entry content, int decimals) =>
        new(lot.Id, lot.Bucket, ExactDecimal.FromUnits(lot.Amount, decimals), content.OccurredAt)
        {
            EffectiveAt = lot.EffectiveAt,
            ExpiresAt = lot switch
            {
                { Series: { } series } => series.Until,
                // What its bucket decided comes out again.
                { Rollover.Kind: RolloverKind.Ends or RolloverKind.Carries } => null,
                _ => lot.ExpiresAt,
            },
            Priority = lot.Priority,
            Cost = lot.Cost,
            CreatedAt = lot.CreatedAt,
            Every = lot.Series?.Every,
            Anchor = lot.Series is { } recurring ? WallTime.ToInstant(recurring.Anchor, DateTimeZoneProviders.Tzdb[recurring.Zone]) : null,
            Adds = lot.Series is { Adds: true },
            Starting = content.Amount == lot.Amount ? null : ExactDecimal.FromUnits(content.Amount, decimals),
            Rollover = lot.Rollover is { Kind: RolloverKind.Own, Percent: null } own
                ? new RolloverLimits(ExactDecimal.FromUnits(own.Minimum, decimals), own.Maximum is { } most ? ExactDecimal.FromUnits(most, decimals) : null)
                : null,
        };
}
