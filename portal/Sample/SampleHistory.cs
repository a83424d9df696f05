using System.Collections.Immutable;
using NodaTime;

namespace Rules.Portal.Sample;

/// <param name="FirstDay">Midnight UTC begins it.</param>
/// <param name="Until">The first start; null: the history ends with the day before it.</param>
internal sealed record SampleHistory(SampleMode Mode, LocalDate FirstDay, Instant? Until)
{
    public ImmutableArray<SampleAccount> Accounts => Mode == SampleMode.Small ? SampleAccounts.Few : SampleAccounts.All;

    private Instant Start => FirstDay.AtMidnight().InUtc().ToInstant();

    private Instant End => Until ?? Start + Duration.FromDays(SampleCompany.Days);

    /// <summary>The commands of an account's day, in order of time.</summary>
    public IEnumerable<SampleStep> Steps(SampleAccount account, int day) => account.Steps(Start, day).TakeWhile(step => step.At < End);

    /// <summary>How many commands the account's history has.</summary>
    public long Steps(SampleAccount account) => Enumerable.Range(0, SampleCompany.Days + 1).Sum(day => Steps(account, day).LongCount());
}
