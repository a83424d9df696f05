using NodaTime;

namespace Rules.Ledger.People;

/// <summary>A report that somebody keeps under a name of their own.</summary>
/// <param name="Id">16 characters.</param>
/// <param name="Person">Whose it is: an id.</param>
/// <param name="Name">1 to 100 characters, once for each person.</param>
/// <param name="Query">What is asked for, as in the report's address without its question mark; at most 2,000 characters.</param>
public sealed record ReportView(string Id, string Person, string Name, string Query, Instant CreatedAt)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaximumName = 100;

    /// <summary>The most characters of a query.</summary>
    public const int MaximumQuery = 2000;

    /// <summary>The most views of one person.</summary>
    public const int MaximumOfPerson = 50;
}
