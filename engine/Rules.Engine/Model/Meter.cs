using Rules.Dsl.Text;

namespace Rules.Engine.Model;

/// <summary>What quantities are counted in: a declared meter, a currency, or in <c>sell</c> the credit itself.</summary>
/// <param name="IsWhole">Quantities are whole numbers; otherwise up to 9 decimals.</param>
public sealed record Meter(string Name, string Plural, bool IsWhole, TextLocation Location)
{
    /// <summary>Decimal places that quantities are scaled by: 0 or 9.</summary>
    public int Places => IsWhole ? 0 : 9;

    /// <summary><c>image</c> for exactly one, else <c>images</c>.</summary>
    public string NameFor(ExactDecimal quantity) => quantity.Equals(ExactDecimal.One) ? Name : Plural;
}
