using System.Collections.Immutable;
using NodaTime;

namespace Rules.Engine.Model;

/// <summary>
/// All published versions of one ruleset with the instants from which they are active, ascending in both.
/// </summary>
public sealed class PublishedRuleset
{
    public PublishedRuleset(string name, ImmutableArray<PublishedVersion> versions)
    {
        Name = name;
        Versions = versions;
        CountsUse = versions.Any(v => !v.Model.Alerts.IsEmpty);
        CountsFreshUse = versions.Any(v => v.Model.Alerts.Any(a => a.CountsFreshCreditsOnly));
    }

    public string Name { get; }

    /// <summary>At least one; ascending by number and by activation.</summary>
    public ImmutableArray<PublishedVersion> Versions { get; }

    /// <summary>An alert watches what accounts use, so that each entry counts it (<see cref="Accounts.Bookkeeper"/>).</summary>
    internal bool CountsUse { get; }

    /// <summary>An alert leaves carried credits out.</summary>
    internal bool CountsFreshUse { get; }

    /// <summary>The version in force at an instant for an account that opens then; null before the first.</summary>
    public RulesetModel? InForce(Instant at)
    {
        for (var i = Versions.Length - 1; i >= 0; i--)
        {
            if (Versions[i].ActiveFrom <= at)
            {
                return Versions[i].Model;
            }
        }

        return null;
    }

    public RulesetModel? Version(int number)
    {
        foreach (var version in Versions)
        {
            if (version.Model.Version == number)
            {
                return version.Model;
            }
        }

        return null;
    }
}

/// <param name="ActiveFrom">The later of the effective instant and the publication.</param>
public sealed record PublishedVersion(RulesetModel Model, Instant ActiveFrom);
