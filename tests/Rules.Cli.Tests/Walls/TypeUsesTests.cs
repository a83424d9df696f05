namespace Rules.Cli.Tests.Walls;

/// <summary>The walls are worth what this reader sees.</summary>
public sealed class TypeUsesTests
{
    [Theory]
    [InlineData(typeof(Uri), "called in a body")]
    [InlineData(typeof(Version), "made in a lambda")]
    [InlineData(typeof(List<>), "a field's type")]
    [InlineData(typeof(Guid), "an argument of a field's type")]
    [InlineData(typeof(DivideByZeroException), "caught")]
    [InlineData(typeof(IFormatProvider), "a parameter")]
    [InlineData(typeof(IDisposable), "an interface")]
    public void A_use_is_seen_wherever_it_stands(Type used, string where)
    {
        var uses = typeof(Sample).GetNestedTypes(System.Reflection.BindingFlags.NonPublic).Append(typeof(Sample)).SelectMany(TypeUses.Of);
        uses.ShouldContain(used, where);
    }

    [Fact]
    public void What_is_not_used_is_not_seen() => TypeUses.Of(typeof(Sample)).ShouldNotContain(typeof(System.Text.StringBuilder));

    private sealed class Sample : IDisposable
    {
        private readonly List<Guid> _ids = [];

        public int Count(IFormatProvider provider)
        {
            try
            {
                var sizes = _ids.Select(static _ => new Version(1, 0).Major);
                return sizes.Sum() + Uri.UnescapeDataString(provider.ToString()!).Length;
            }
            catch (DivideByZeroException)
            {
                return 0;
            }
        }

        public void Dispose() => _ids.Clear();
    }
}
