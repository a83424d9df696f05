using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;

namespace Rules.Engine.Tests.Cases;

/// <summary>What one plan costs in one version of a published catalogue.</summary>
/// <param name="ExistingFrom">From when subscriptions that were there pay this price; null: never.</param>
internal sealed record CataloguePlan(string Name, string Price, Instant? ExistingFrom);

/// <param name="Name">As published: <c>v2a</c>.</param>
internal sealed record CatalogueVersion(string Name, Instant EffectiveAt, ImmutableArray<CataloguePlan> Plans);

/// <summary>A catalogue of plans through time, written as rule files.</summary>
internal sealed record Catalogue(string Id, ImmutableArray<CatalogueVersion> Versions)
{
    /// <summary>Each version as a file, in the order of their effect; the name of version N is <c>Versions[N - 1].Name</c>.</summary>
    /// <param name="amending">Each version after the first states only the plans and prices that differ.</param>
    public ImmutableArray<string> RuleTexts(bool amending)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        for (var i = 0; i < Versions.Length; i++)
        {
            texts.Add(amending && i > 0 ? Amendment(i) : Whole(i));
        }

        return texts.ToImmutable();
    }

    // A price is paid in credits, one for a unit of money: what is published is which price holds when.
    private string Whole(int index)
    {
        var text = new StringBuilder(Head(index, "")).AppendLine(CultureInfo.InvariantCulture, $"credit \"unit\" to {Decimals} decimals, rounding half up");
        text.AppendLine("bucket purse from plan").AppendLine("  unused never expires").AppendLine("consume purse").AppendLine("cycle monthly");
        text.AppendLine("at zero").AppendLine("  if short refuse").AppendLine("action subscription");
        AppendPlans(text, Versions[index].Plans);
        AppendPrice(text, Versions[index].Plans);
        return text.ToString();
    }

    private string Amendment(int index)
    {
        var before = Versions[index - 1].Plans;
        var now = Versions[index].Plans;
        var text = new StringBuilder(Head(index, $" amends version {index}"));
        foreach (var gone in before.Where(b => now.All(n => n.Name != b.Name)))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"remove plan \"{gone.Name}\"");
        }

        // A plan that moves on a day says so in each version: it is a line of this version, not of the one before.
        AppendPlans(text, [.. now.Where(n => n.ExistingFrom is not null || !before.Contains(n))]);
        AppendPrice(text, now);
        return text.ToString();
    }

    private string Head(int index, string amends)
    {
        var at = Versions[index].EffectiveAt.InUtc();
        var time = at.TimeOfDay == LocalTime.Midnight ? "" : " at " + LocalTimePattern.CreateWithInvariantCulture("HH:mm").Format(at.TimeOfDay);
        return $"language 1\nruleset {Id} version {index + 1} effective {LocalDatePattern.Iso.Format(at.Date)}{time}{amends}\n  existing accounts stay\n";
    }

    private static void AppendPlans(StringBuilder text, ImmutableArray<CataloguePlan> plans)
    {
        foreach (var plan in plans)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"plan \"{plan.Name}\" grants 1,000,000 credits every month into purse");
            if (plan.ExistingFrom is { } from)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  existing accounts move on {LocalDatePattern.Iso.Format(from.InUtc().Date)}");
            }
        }
    }

    private static void AppendPrice(StringBuilder text, ImmutableArray<CataloguePlan> plans)
    {
        text.AppendLine("price subscription by plan");
        foreach (var plan in plans)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  \"{plan.Name}\"  {plan.Price} credits");
        }
    }

    private int Decimals => Versions.SelectMany(v => v.Plans).Max(p => p.Price.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? p.Price.Length - point - 1 : 0);
}

/// <summary>A published question: what a subscription costs at an instant.</summary>
internal sealed record GrandfatheringCase(
    string Id, Catalogue Catalogue, string Plan, Instant SubscribedAt, Instant At, string ExpectedPrice, string ExpectedVersion)
{
    public static ImmutableArray<GrandfatheringCase> Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var elements = document.RootElement.EnumerateArray().ToList();
        var catalogues = elements.Where(e => e.TryGetProperty("kind", out var kind) && kind.GetString() == "versions")
            .ToDictionary(e => e.GetProperty("id").GetString()!, CatalogueOf, StringComparer.Ordinal);
        return
        [
            .. from e in elements
               where e.TryGetProperty("plan", out _)
               select new GrandfatheringCase(
                   Text(e, "id"), catalogues[Text(e, "versions")], Text(e, "plan"), InstantOf(e, "subscribed_at"), InstantOf(e, "at"), Text(e, "expected_price"), Text(e, "expected_version")),
        ];
    }

    private static Catalogue CatalogueOf(JsonElement element) => new(
        Text(element, "id"),
        [
            .. from version in element.GetProperty("versions").EnumerateArray()
               let at = InstantOf(version, "effective_at")
               orderby at
               select new CatalogueVersion(Text(version, "version"), at, [.. version.GetProperty("plans").EnumerateObject().Select(PlanOf)]),
        ]);

    private static CataloguePlan PlanOf(JsonProperty plan) => new(
        plan.Name, Text(plan.Value, "price"), plan.Value.TryGetProperty("existing_customers_from", out var from) ? Parse(from.GetString()!) : null);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static Instant InstantOf(JsonElement element, string name) => Parse(Text(element, name));

    private static Instant Parse(string text) => InstantPattern.General.Parse(text).GetValueOrThrow();
}
