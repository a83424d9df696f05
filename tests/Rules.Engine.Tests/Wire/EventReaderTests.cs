using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Wire;

public sealed class EventReaderTests
{
    private static readonly Instant _now = Instant.FromUtc(2026, 11, 21, 1, 2, 3) + Duration.FromNanoseconds(4567);

    private const string Sample = """
        {"account": "acme", "at": "2026-05-01T10:00:00Z", "action": "analysis",
         "quantities": {"image": "6000", "crop": 120000},
         "facts": {"tile-size": "1000"}, "keys": {"run": "r-17"}, "record": {"project": "p1"}}
        """;

    [Fact]
    public void Sample_event_is_read_member_by_member()
    {
        var read = Read(Sample);

        read.Error.ShouldBeNull();
        read.Value!.Account.ShouldBe("acme");
        var usage = read.Value.Command;
        usage.OccurredAt.ShouldBe(Instant.FromUtc(2026, 5, 1, 10, 0));
        usage.Action.ShouldBe("analysis");
        usage.Quantities.ShouldBe([new("image", 6000), new("crop", 120000)]);
        usage.Facts.ShouldBe([new("tile-size", "1000")]);
        usage.Keys.ShouldBe([new("run", "r-17")]);
        usage.Record.ShouldBe([new("project", "p1")]);
    }

    [Fact]
    public void Only_account_and_action_are_required() =>
        Read("""{"action":"training","account":"acme"}""").Error.ShouldBeNull();

    [Fact]
    public void Event_without_instant_takes_the_receivers_cut_to_the_microsecond()
    {
        var usage = Read("""{"action":"training","account":"acme"}""").Value!.Command;

        usage.OccurredAt.ShouldBe(Instant.FromUtc(2026, 11, 21, 1, 2, 3) + Duration.FromNanoseconds(4000));
        usage.TimedOnArrival.ShouldBeTrue();
        Read(Sample).Value!.Command.TimedOnArrival.ShouldBeFalse();
    }

    [Theory]
    [InlineData("", WireCodes.MalformedJson, "")]
    [InlineData("  \n ", WireCodes.MalformedJson, "")]
    [InlineData("{", WireCodes.MalformedJson, "")]
    [InlineData("""{"account":"a",}""", WireCodes.MalformedJson, "")]
    [InlineData("""{"account":"a"} x""", WireCodes.MalformedJson, "")]
    [InlineData("""{"account":'a'}""", WireCodes.MalformedJson, "/account")]
    [InlineData("""{"quantities":{"image":1e400 """, WireCodes.InvalidNumber, "/quantities/image")]
    [InlineData("null", WireCodes.WrongType, "")]
    [InlineData("[]", WireCodes.WrongType, "")]
    [InlineData("\"text\"", WireCodes.WrongType, "")]
    [InlineData("""{"account":7}""", WireCodes.WrongType, "/account")]
    [InlineData("""{"account":null}""", WireCodes.WrongType, "/account")]
    [InlineData("""{"account":"a b"}""", WireCodes.InvalidId, "/account")]
    [InlineData("""{"account":"../x"}""", WireCodes.InvalidId, "/account")]
    [InlineData("""{"account":"-x"}""", WireCodes.InvalidId, "/account")]
    [InlineData("""{"account":""}""", WireCodes.InvalidText, "/account")]
    [InlineData("""{"account":"a\u0000"}""", WireCodes.InvalidText, "/account")]
    [InlineData("""{"action":"a\ud800"}""", WireCodes.InvalidText, "/action")]
    [InlineData("""{"action":"a\u202eb"}""", WireCodes.InvalidText, "/action")]
    [InlineData("""{"account":"a","account":"a"}""", WireCodes.DuplicateMember, "/account")]
    [InlineData("""{"account":"a","\u0061ccount":"b"}""", WireCodes.DuplicateMember, "/account")]
    [InlineData("""{"quantities":{"image":1,"image":1}}""", WireCodes.DuplicateMember, "/quantities/image")]
    [InlineData("""{"facts":{"model":"a","mo\u0064el":"b"}}""", WireCodes.DuplicateMember, "/facts/model")]
    [InlineData("""{"a\ud800ccount":"a"}""", WireCodes.InvalidText, "")]
    [InlineData("""{"facts":{"a\ud800":"a"}}""", WireCodes.InvalidText, "/facts")]
    [InlineData("""{"Account":"a"}""", WireCodes.UnknownMember, "/Account")]
    [InlineData("""{"status":"paid"}""", WireCodes.UnknownMember, "/status")]
    [InlineData("""{"state":{}}""", WireCodes.UnknownMember, "/state")]
    [InlineData("""{"at":"2026-05-01T10:00:00Z","action":"x"}""", WireCodes.MemberMissing, "/account")]
    [InlineData("""{"account":"a"}""", WireCodes.MemberMissing, "/action")]
    [InlineData("""{"quantities":[]}""", WireCodes.WrongType, "/quantities")]
    [InlineData("""{"quantities":{"image":{}}}""", WireCodes.WrongType, "/quantities/image")]
    [InlineData("""{"quantities":{"image":true}}""", WireCodes.WrongType, "/quantities/image")]
    [InlineData("""{"quantities":{"a/b~c":null}}""", WireCodes.WrongType, "/quantities/a~1b~0c")]
    [InlineData("""{"facts":{"test-chat":true}}""", WireCodes.WrongType, "/facts/test-chat")]
    [InlineData("""{"facts":{"tile-size":1e3}}""", WireCodes.InvalidNumber, "/facts/tile-size")]
    [InlineData("""{"at":1746093600}""", WireCodes.WrongType, "/at")]
    [InlineData("""{"record":{"":"a"}}""", WireCodes.InvalidText, "/record")]
    public void Bad_text_is_refused_with_code_and_pointer(string json, string code, string pointer)
    {
        var error = Read(json).Error.ShouldNotBeNull();

        error.Code.ShouldBe(code);
        error.Pointer.ShouldBe(pointer);
        error.Message.ShouldEndWith(".");
        error.Help.ShouldEndWith(".");
        error.Position.Offset.ShouldBeInRange(0, Encoding.UTF8.GetByteCount(json));
    }

    [Theory]
    [InlineData("""{"record":{"":"a"}}""", "A name in \"record\" is empty.")]
    [InlineData("""{"facts":{"a\u0000":"a"}}""", "A name in \"facts\" holds the character U+0000, which does not print.")]
    [InlineData("""{"facts":{"model":""}}""", "\"model\" in \"facts\" is empty.")]
    public void Text_that_does_not_print_is_told_with_its_place(string json, string message) => Read(json).Error.ShouldNotBeNull().Message.ShouldBe(message);

    [Theory]
    [InlineData("0", "0")]
    [InlineData("6000", "6000")]
    [InlineData("0.25", "0.25")]
    [InlineData("-3", "-3")]
    [InlineData("1.10", "1.1")]
    [InlineData("999999999999999999.999999999", "999999999999999999.999999999")]
    [InlineData("-999999999999999999.999999999", "-999999999999999999.999999999")]
    public void Plain_numbers_are_read_exactly_as_string_and_as_number(string text, string expected)
    {
        ReadQuantity($"\"{text}\"").Value!.Command.Quantities[0].Quantity.ShouldBe(ExactDecimal.Parse(expected));
        ReadQuantity(text).Value!.Command.Quantities[0].Quantity.ShouldBe(ExactDecimal.Parse(expected));
    }

    [Theory]
    [InlineData("1e3")]
    [InlineData("1e400")]
    [InlineData("1e-40")]
    [InlineData("1E5")]
    [InlineData("-0")]
    [InlineData("-0.0")]
    [InlineData("1234567890123456789")]
    [InlineData("1234567890123456789012345678901")]
    [InlineData("0.1234567891")]
    public void Number_out_of_plain_notation_is_refused_as_string_and_as_number(string text)
    {
        ReadQuantity(text).Error!.Code.ShouldBe(WireCodes.InvalidNumber);
        ReadQuantity($"\"{text}\"").Error!.Code.ShouldBe(WireCodes.InvalidNumber);
    }

    [Theory]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1,000")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("01")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0x10")]
    [InlineData("١٢")]
    [InlineData("-")]
    [InlineData("1.2.3")]
    [InlineData("\\ud800")]
    public void Text_that_is_no_plain_number_is_refused(string text) =>
        ReadQuantity($"\"{text}\"").Error!.Code.ShouldBe(WireCodes.InvalidNumber);

    [Fact]
    public void Escaped_digits_are_digits() =>
        ReadQuantity("\"\\u0036000\"").Value!.Command.Quantities[0].Quantity.ShouldBe(6000);

    [Theory]
    [InlineData("2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z")]
    [InlineData("2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00Z")]
    [InlineData("2026-05-01T00:30:00-09:30", "2026-05-01T10:00:00Z")]
    [InlineData("2026-05-01t10:00:00z", "2026-05-01T10:00:00Z")]
    [InlineData("2026-05-01T10:00:00.250Z", "2026-05-01T10:00:00.25Z")]
    [InlineData("2026-05-01T10:00:00.1234567Z", "2026-05-01T10:00:00.123456Z")]
    [InlineData("2026-05-01T10:00:00.999999999Z", "2026-05-01T10:00:00.999999Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z")]
    [InlineData("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z")]
    public void Instant_is_read_with_its_offset_and_cut_to_the_microsecond(string text, string expected) =>
        InstantText.Format(ReadAt(text).Value!.Command.OccurredAt).ShouldBe(expected);

    [Theory]
    [InlineData("2026-05-01")]
    [InlineData("2026-05-01T10:00:00")]
    [InlineData("2026-05-01 10:00:00Z")]
    [InlineData("2026-5-1T10:00:00Z")]
    [InlineData("2026-02-29T10:00:00Z")]
    [InlineData("2026-13-01T10:00:00Z")]
    [InlineData("2026-05-01T24:00:00Z")]
    [InlineData("2026-05-01T23:59:60Z")]
    [InlineData("2026-05-01T10:00:00.Z")]
    [InlineData("2026-05-01T10:00:00.1234567890Z")]
    [InlineData("2026-05-01T10:00:00+0200")]
    [InlineData("2026-05-01T10:00:00+24:00")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("1970-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("now")]
    public void Text_that_is_no_instant_is_refused(string text) => ReadAt(text).Error!.Code.ShouldBe(WireCodes.InvalidInstant);

    [Fact]
    public void Invalid_utf8_is_refused_at_its_byte()
    {
        byte[] json = [.. "{\"action\":\""u8, 0xC3, 0x28, .. "\"}"u8];

        var error = EventReader.Read(json, _now).Error.ShouldNotBeNull();

        error.Code.ShouldBe(WireCodes.MalformedJson);
        error.Position.ShouldBe(new WirePosition(11, 1, 12));
    }

    [Fact]
    public void Deep_nesting_is_refused_without_descending() =>
        EventReader.Read(Encoding.UTF8.GetBytes("{\"facts\":" + new string('[', 100_000)), _now).Error!.Code.ShouldBe(WireCodes.WrongType);

    [Fact]
    public void Position_counts_lines_from_one()
    {
        var error = Read("{\n  \"account\": \"acme\",\n  \"at\": nope\n}").Error.ShouldNotBeNull();

        error.Position.Line.ShouldBe(3);
        error.Position.Column.ShouldBe(10);
    }

    [Fact]
    public void More_than_100_members_are_refused()
    {
        var members = string.Join(',', Enumerable.Range(0, 101).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"m{i}\":1")));

        Read("{\"quantities\":{" + members + "}}").Error!.Code.ShouldBe(WireCodes.TooLarge);
    }

    [Fact]
    public void Text_longer_than_its_limit_is_refused() =>
        Read("{\"facts\":{\"model\":\"" + new string('x', 1025) + "\"}}").Error!.Code.ShouldBe(WireCodes.TooLarge);

    [Fact]
    public void Body_longer_than_its_limit_is_refused() =>
        EventReader.Read(new byte[WireLimits.BodyBytes + 1], _now).Error!.Code.ShouldBe(WireCodes.TooLarge);

    [Fact]
    public void State_of_an_account_may_stand_beside_an_event_without_ledger()
    {
        var read = EventReader.ReadStated("""
            {"at": "2026-05-01T10:00:00Z", "action": "train",
             "state": {"plan": "Core", "facts": {"created": "2026-04-02"}, "terms": {}, "balances": {"included": "10", "prepaid": 50}}}
            """u8, _now);

        read.Error.ShouldBeNull();
        read.Value!.Account.ShouldBeNull();
        read.Value.State!.Plan.ShouldBe("Core");
        read.Value.State.Facts.ShouldBe([new("created", "2026-04-02")]);
        read.Value.State.Balances.ShouldBe([new("included", 10), new("prepaid", 50)]);
    }

    [Fact]
    public void Random_bytes_and_mutations_never_throw()
    {
        var random = new Random(20261121);
        var sample = Encoding.UTF8.GetBytes(Sample);
        for (var round = 0; round < 20_000; round++)
        {
            var json = sample.ToArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                json[random.Next(json.Length)] = (byte)random.Next(256);
            }

            var read = EventReader.ReadStated(json.AsSpan(0, random.Next(json.Length + 1)), _now);

            (read.Value is null).ShouldBe(read.Error is not null);
        }
    }

    private static WireReading<AccountCommand<UsageEvent>> Read(string json) => EventReader.Read(Encoding.UTF8.GetBytes(json), _now);

    private static WireReading<AccountCommand<UsageEvent>> ReadQuantity(string token) =>
        Read($$$"""{"account":"a","at":"2026-05-01T10:00:00Z","action":"x","quantities":{"image":{{{token}}}}}""");

    private static WireReading<AccountCommand<UsageEvent>> ReadAt(string text) => Read($$"""{"account":"a","action":"x","at":"{{text}}"}""");
}
