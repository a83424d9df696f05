using System.Numerics;
using Rules.Dsl.Text;
using Rules.Portal.Drafts;

namespace Rules.Portal.Pages.Shared;

/// <summary>A chart of what was charged and what a draft would have charged, with its table.</summary>
/// <param name="Title">What is drawn: <c>Credits a day</c>.</param>
/// <param name="Decimals">Of the credit.</param>
public sealed record DayLines(DayChart Chart, string Title, int Decimals)
{
    /// <summary>Smallest units in plain decimal notation.</summary>
    public string Plain(Int128 units) => new ExactDecimal((BigInteger)units, Decimals).ToString();
}
