using Rules.Portal.Imports;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Imports;

public sealed class ColumnGuessTests
{
    [Theory]
    [InlineData("id,account,at\nx,y,z", new[] { "id", "account", "at" })]
    [InlineData("\"a, b\",\"say \"\"no\"\"\",c\r\n1,2,3", new[] { "a, b", "say \"no\"", "c" })]
    [InlineData("\"two\nlines\",x\n", new[] { "two\nlines", "x" })]
    [InlineData("only", new[] { "only" })]
    public void Header_is_the_fields_of_the_first_row(string text, string[] columns) => ColumnGuess.Header(text).ShouldBe(columns);

    [Theory]
    [InlineData("{\"id\": 1, \"usage\": {\"tokens\": 2, \"by\": {\"x\": 1}}}\n{}", new[] { "id", "usage.tokens", "usage.by.x" })]
    [InlineData("no json", new string[0])]
    public void Members_are_those_of_the_first_object(string text, string[] columns) => ColumnGuess.Members(text).ShouldBe(columns);

    [Theory]
    [InlineData("Customer_ID", "account")]
    [InlineData("timestamp", "at")]
    [InlineData("quantities.token", "quantities.token")]
    [InlineData("colour", "")]
    public void Names_that_are_usual_are_guessed_and_others_are_left(string column, string member) => ColumnGuess.Of(column).ShouldBe(member);
}
