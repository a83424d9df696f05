using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Wire;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Wire;

public sealed class CommandReaderTests
{
    private static readonly Instant _now = Instant.FromUtc(2026, 11, 21, 1, 2, 3) + Duration.FromNanoseconds(4567);

    [Fact]
    public void Account_is_read_with_plan_facts_and_terms()
    {
        var command = CommandReader.ReadOpenAccount("""
            {"account": "acme", "ruleset": "bookbag", "at": "2026-02-10T00:00:00Z", "plan": "Hobby",
             "facts": {"deployment": "cloud"}, "terms": {"enterprise-allotment": 100000}}
            """u8, _now).Value.ShouldNotBeNull().Command;

        command.Id.ShouldBe("acme");
        command.Ruleset.ShouldBe("bookbag");
        command.At.ShouldBe(Instant.FromUtc(2026, 2, 10, 0, 0));
        command.Plan.ShouldBe("Hobby");
        command.Facts.ShouldBe([new("deployment", "cloud")]);
        command.Terms.ShouldBe([new("enterprise-allotment", "100000")]);
    }

    [Fact]
    public void Grant_is_read_with_its_options()
    {
        var read = CommandReader.ReadGrant("""
            {"account": "acme", "id": "g-1", "bucket": "prepaid", "amount": "12.5", "at": "2026-02-10T00:00:00Z",
             "effective": "2026-03-01T00:00:00Z", "expires": "2027-03-01T00:00:00Z", "priority": 10}
            """u8, _now).Value.ShouldNotBeNull();

        read.Account.ShouldBe("acme");
        read.Command.Amount.ShouldBe(ExactDecimal.Parse("12.5"));
        read.Command.EffectiveAt.ShouldBe(Instant.FromUtc(2026, 3, 1, 0, 0));
        read.Command.ExpiresAt.ShouldBe(Instant.FromUtc(2027, 3, 1, 0, 0));
        read.Command.Priority.ShouldBe(10);
    }

    [Fact]
    public void Options_of_a_grant_that_are_left_out_are_null()
    {
        var grant = CommandReader.ReadGrant("""{"account":"acme","id":"g-1","bucket":"b","amount":1,"at":"2026-02-10T00:00:00Z"}"""u8, _now).Value!.Command;

        grant.EffectiveAt.ShouldBeNull();
        grant.ExpiresAt.ShouldBeNull();
        grant.Priority.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"priority":"5"}""", WireCodes.WrongType)]
    [InlineData("""{"priority":1.0}""", WireCodes.InvalidNumber)]
    [InlineData("""{"priority":1e3}""", WireCodes.InvalidNumber)]
    [InlineData("""{"priority":2147483648}""", WireCodes.InvalidNumber)]
    [InlineData("""{"expires":null}""", WireCodes.WrongType)]
    [InlineData("""{"lot":1}""", WireCodes.UnknownMember)]
    [InlineData("""{"account":"a","bucket":"b","amount":1,"at":"2026-02-10T00:00:00Z"}""", WireCodes.MemberMissing)]
    public void Bad_grant_is_refused_with_its_code(string json, string code) =>
        CommandReader.ReadGrant(Encoding.UTF8.GetBytes(json), _now).Error!.Code.ShouldBe(code);

    [Theory]
    [InlineData("""{"opened_at":"2026-02-10T00:00:00Z"}""", WireCodes.UnknownMember)]
    [InlineData("""{"account":"a"}""", WireCodes.MemberMissing)]
    [InlineData("""{"facts":{"a":{"b":1}}}""", WireCodes.WrongType)]
    public void Bad_account_is_refused_with_its_code(string json, string code) =>
        CommandReader.ReadOpenAccount(Encoding.UTF8.GetBytes(json), _now).Error!.Code.ShouldBe(code);
}
