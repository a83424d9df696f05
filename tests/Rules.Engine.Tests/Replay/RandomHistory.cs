using System.Collections.Immutable;
using System.Globalization;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Model;
using Rules.Engine.Pricing;
using Rules.Engine.Replay;

namespace Rules.Engine.Tests.Replay;

/// <summary>Made-up pasts of an account under any ruleset: uses of its actions, late ones and wrong ones among them, and what else comes in.</summary>
internal sealed class RandomHistory(PublishedRuleset ruleset, Random random)
{
    private static readonly Instant s_opened = Instant.FromUtc(2026, 4, 5, 9, 30);

    private readonly RulesetModel _model = ruleset.Versions[^1].Model;

    public AccountHistory Next(UsageShapes shapes, int events)
    {
        var opened = Instant.Max(s_opened, _model.EffectiveAt) + Duration.FromMinutes(random.Next(100_000));
        var opening = Bookkeeper.Open(ruleset, new OpenAccount("a", ruleset.Name, opened)
        {
            Plan = _model.Plans.IsEmpty || random.Next(8) == 0 ? null : _model.Plans[random.Next(_model.Plans.Length)].Name,
            Facts = [.. _model.AccountFacts.Where(f => f.Owner == FactOwner.Account && (f.Normally is null || random.Next(3) == 0)).Select(Stated)],
            Terms = [.. _model.Terms.Select(t => new NamedText(t.Name, TextOf(t.Sample)))],
        });
        if (!opening.Succeeded)
        {
            throw new InvalidOperationException(opening.Error.Message);
        }

        var usage = new UsageColumnsBuilder(shapes);
        var operations = ImmutableArray.CreateBuilder<PlacedOperation>();
        var at = opened;
        var pace = random.Next(1, 4000);
        for (var i = 0; i < events; i++)
        {
            at += Duration.FromSeconds(random.Next(pace * 60));
            if (random.Next(40) == 0)
            {
                at += Duration.FromDays(random.Next(20));
            }

            if (random.Next(25) == 0 && Operation(at) is { } operation)
            {
                operations.Add(new PlacedOperation(i, operation));
                at += Duration.FromSeconds(random.Next(2));
            }

            usage.Add(Use(at), at);
        }

        return new AccountHistory(opening.State with { Scopes = [] }, opening.State.Scopes, usage.ToColumns(), operations.ToImmutable());
    }

    private AccountOperation? Operation(Instant at)
    {
        var funded = _model.Buckets.Where(b => b.Funding != BucketFunding.Postpaid).ToList();
        switch (random.Next(4))
        {
            case 0 when funded.Count > 0:
                var grant = new GrantCredits(Id(at), funded[random.Next(funded.Count)].Name, random.Next(1, 3000), at)
                {
                    EffectiveAt = random.Next(3) == 0 ? at + Duration.FromHours(random.Next(400)) : null,
                    ExpiresAt = random.Next(3) == 0 ? at + Duration.FromHours(random.Next(401, 2000)) : null,
                    Priority = random.Next(3) == 0 ? random.Next(3) : null,
                };
                return new GrantOperation(grant, at);
            case 1 when funded.Count > 0:
                return new BuyOperation(new BuyCredits(Id(at), funded[random.Next(funded.Count)].Name, random.Next(1, 2000), at), at);
            case 2 when !_model.Plans.IsEmpty:
                return new ChangePlanOperation(_model.Plans[random.Next(_model.Plans.Length)].Name, at);
            case 3 when _model.AccountFacts.Where(f => f.Owner == FactOwner.Account).ToList() is { Count: > 0 } facts:
                return new SetOperation([Stated(facts[random.Next(facts.Count)])], [], at);
            default:
                return null;
        }
    }

    private UsageEvent Use(Instant at)
    {
        var action = _model.Actions[random.Next(_model.Actions.Length)];
        var late = random.Next(30) == 0 ? Duration.FromMinutes(random.Next(3000)) : Duration.FromMilliseconds(random.Next(3));
        return new UsageEvent
        {
            OccurredAt = random.Next(3) == 0 ? at - late : at,
            Action = random.Next(200) == 0 ? "unheard-of" : action.Name,
            Quantities = [.. action.Meters.Where(_ => random.Next(20) > 0).Select(m => new MeteredQuantity(m.Name, Quantity(m)))],
            Facts = [.. action.Facts.Skip(action.AccountFacts).Where(f => f.Normally is null || random.Next(2) == 0).Select(Stated)],
            Keys = action.Key is { } key && random.Next(20) > 0 ? [new NamedText(key, "k" + random.Next(6).ToString(CultureInfo.InvariantCulture))] : [],
            Record = [new NamedText("project", "p" + random.Next(3).ToString(CultureInfo.InvariantCulture))],
        };
    }

    private ExactDecimal Quantity(Meter meter) => (random.Next(60), meter.IsWhole) switch
    {
        (0, _) => -random.Next(5),
        (1, _) => new ExactDecimal(15, 1),
        (2, _) => 3_000_000_000_000_000,
        ( < 10, _) => random.Next(200_000),
        (_, true) => random.Next(40),
        _ => new ExactDecimal(random.Next(4000), random.Next(4)),
    };

    private NamedText Stated(Fact fact) => new(fact.Name, random.Next(100) == 0 && fact.Owner == FactOwner.Action ? "nonsense" : fact.Kind switch
    {
        FactKind.Date => fact.Write(Fact.OfDay(new LocalDate(2026, 1 + random.Next(12), 1 + random.Next(28)))),
        FactKind.Number => random.Next(2000).ToString(CultureInfo.InvariantCulture),
        _ => fact.Values[random.Next(fact.Values.Length)],
    });

    private string TextOf(TermValue value) => value switch
    {
        { IsUnlimited: true } => "unlimited",
        { Interval: { } span } => string.Create(CultureInfo.InvariantCulture, $"{span.Count} {span.Unit.ToString().ToLowerInvariant()}s"),
        { Buckets.IsEmpty: false } => string.Join(", then ", value.Buckets.Select(b => _model.Buckets[b].Name)),
        _ => string.Join(", ", value.Amounts),
    };

    private static string Id(Instant at) => "g" + at.ToUnixTimeTicks().ToString(CultureInfo.InvariantCulture);
}
