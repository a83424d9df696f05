using Rules.Dsl.Editing;
using Shouldly;

namespace Rules.Dsl.Tests.Editing;

public sealed class HoverWriterTests
{
    [Theory]
    [InlineData("base        0.0006", "ba|se        0.0006", "1 to 1,000 images: 0.0006 credits each; 1,000 images cost 0.6 credits in all.")]
    [InlineData("over 1,000", "over 1,0|00", "1,001 to 5,000 images: 0.0004 credits each; 5,000 images cost 2.2 credits in all.")]
    [InlineData("over 5,000", "over| 5,000", "Over 5,000 images: 0.0002 credits each; 10,000 images cost 3.2 credits in all.")]
    [InlineData("per query  0.5", "p|er query  0.5", "Each query: 0.5 credits; 1,000 queries cost 500 credits.")]
    [InlineData("per query  0.5 credits", "per package of 10 queries within each cycle  |0.5 credits", "Per started package of 10 queries: 0.5 credits; counted within each cycle.")]
    [InlineData("per query  0.5 credits", "first 1|0 queries free within each cycle\n  per query  0.5 credits", "The first 10 queries within each cycle cost nothing.")]
    [InlineData("per query  0.5 credits", "each| 2 credits", "Each ask: 2 credits.")]
    [InlineData("price ask\n  per query  0.5 credits", "price ask by region\n  eu| 2 credits\n  otherwise 1 credit", "Each ask with region eu: 2 credits.")]
    [InlineData("do ask", "do as|k", "action ask\nline 14; used 4 times")]
    [InlineData("consume allotment", "con|sume allotment", "consume: The order in which buckets are drawn.")]
    [InlineData("unused never expires", "unused never exp|ires", "never expires: What is left of a grant stays until it is used.")]
    [InlineData("do ask", "do as|x", "PR0")]
    public void Hover_tells_what_stands_there(string passage, string marked, string expected)
    {
        var (compilation, position) = Marked.At(passage, marked);
        HoverWriter.Write(compilation, compilation.Diagnostics, position).ShouldNotBeNull().Text.ShouldStartWith(expected);
    }

    [Fact]
    public void Nothing_is_said_about_an_empty_place()
    {
        var (compilation, position) = Marked.At("cycle monthly", "cycle monthly\n|\n");
        HoverWriter.Write(compilation, compilation.Diagnostics, position).ShouldBeNull();
    }
}
