using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Wire;

public sealed class WireWriterTests
{
    private static readonly Instant _now = Instant.FromUtc(2026, 11, 21, 1, 2, 3) + Duration.FromNanoseconds(4567);

    private const string Expected =
        """
        {"outcome":"charged","exact":"8.95","charge":"8.95","listed":"10","ruleset":"biodock","version":1,"meaning":"sha256:ab",
        "draws":[{"bucket":"included","lot":3,"amount":"8.95"}],"short":"0",
        "steps":[{"text":"1,000 images at 0.001","formula":"1,000 × 0.001","file":"biodock.v1.rules","line":2,"amount":"1","applied":true},
        {"text":"training is not \"this\" action","applied":false}],
        "alerts":["80 % used"],"balances":{"included":"0.00001","overage":null}}
        """;

    [Fact]
    public void Quote_is_written_in_the_shape_of_events_and_stories() =>
        Encoding.UTF8.GetString(WireWriter.Quote(Sample())).ShouldBe(Expected.Replace("\n", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void Bytes_are_the_same_in_every_culture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);

            Encoding.UTF8.GetString(WireWriter.Quote(Sample())).ShouldBe(Expected.Replace("\n", "", StringComparison.Ordinal));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(895000, 5, "8.95")]
    [InlineData(900000, 5, "9")]
    [InlineData(0, 5, "0")]
    [InlineData(1, 9, "0.000000001")]
    [InlineData(-1, 2, "-0.01")]
    [InlineData(-150, 2, "-1.5")]
    [InlineData(1200, 0, "1200")]
    [InlineData(1_000_000_000_000_000, 0, "1000000000000000")]
    [InlineData(long.MaxValue, 9, "9223372036.854775807")]
    [InlineData(long.MinValue, 9, "-9223372036.854775808")]
    [InlineData(long.MinValue, 0, "-9223372036854775808")]
    public void Smallest_units_are_written_as_credits(long units, int decimals, string expected) =>
        UnitsText.Format(units, decimals).ShouldBe(expected);

    [Fact]
    public void Smallest_units_read_back_as_the_same_amount()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var units = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63);
            var decimals = random.Next(10);

            ExactDecimal.Parse(UnitsText.Format(units, decimals)).ShouldBe(ExactDecimal.FromUnits(units, decimals));
        }
    }

    [Fact]
    public void Events_that_mean_the_same_have_one_canonical_form()
    {
        var one = Canonical("""{"account":"a","at":"2026-05-01T12:00:00+02:00","action":"x","quantities":{"b":"1.0","a":2},"keys":{"run":"1"}}""");
        var other = Canonical("""{"keys":{"run":"1"},"quantities":{"a":"2.00","b":1},"facts":{},"action":"x","at":"2026-05-01T10:00:00.000Z","account":"a"}""");

        one.ShouldBe("""{"at":"2026-05-01T10:00:00Z","action":"x","quantities":{"a":"2","b":"1"},"keys":{"run":"1"}}""");
        other.ShouldBe(one);
    }

    [Fact]
    public void Canonical_event_reads_back_as_the_event()
    {
        var usage = EventReader.ReadStated("""{"at":"2026-05-01T10:00:00.5Z","action":"x","quantities":{"b":0.25},"facts":{"m":"GPT-4o \"x\" ü"}}"""u8, _now).Value!.Usage;

        var again = EventReader.ReadStated(WireWriter.Canonical(usage), _now).Value!.Usage;

        again.OccurredAt.ShouldBe(usage.OccurredAt);
        again.Quantities.ShouldBe(usage.Quantities);
        again.Facts.ShouldBe(usage.Facts);
    }

    [Fact]
    public void Commands_have_a_canonical_form()
    {
        var open = new OpenAccount("acme", "bookbag", Instant.FromUtc(2026, 2, 10, 0, 0)) { Plan = "Hobby", Facts = [new("b", "1"), new("a", "2")] };
        var grant = new GrantCredits("g", "prepaid", ExactDecimal.Parse("12.50"), Instant.FromUtc(2026, 2, 10, 0, 0)) { Priority = 3 };

        Encoding.UTF8.GetString(WireWriter.Canonical(open)).ShouldBe(
            """{"account":"acme","ruleset":"bookbag","at":"2026-02-10T00:00:00Z","plan":"Hobby","facts":{"a":"2","b":"1"}}""");
        Encoding.UTF8.GetString(WireWriter.Canonical(grant)).ShouldBe(
            """{"id":"g","bucket":"prepaid","amount":"12.5","at":"2026-02-10T00:00:00Z","priority":3}""");
    }

    [Fact]
    public void Account_and_grant_answers_scale_their_amounts()
    {
        var cycle = new Cycle(0, new LocalDateTime(2026, 2, 10, 0, 0), Instant.FromUtc(2026, 2, 10, 0, 0), Instant.FromUtc(2026, 3, 10, 0, 0));
        var account = new AccountAnswer("acme", "bookbag", 1, "Hobby", cycle, [new("allotment", 2000)]);
        var grant = new GrantAnswer("g", "prepaid", 4, 1250, Instant.FromUtc(2026, 2, 10, 0, 0), null, [new("prepaid", 1250)]);

        Encoding.UTF8.GetString(WireWriter.Account(account, [], 0)).ShouldBe(
            """{"account":"acme","ruleset":"bookbag","version":1,"plan":"Hobby","cycle":{"number":0,"start":"2026-02-10T00:00:00Z","end":"2026-03-10T00:00:00Z"},"balances":{"allotment":"2000"}}""");
        Encoding.UTF8.GetString(WireWriter.Grant(grant, 2)).ShouldBe(
            """{"id":"g","bucket":"prepaid","lot":4,"amount":"12.5","effective":"2026-02-10T00:00:00Z","balances":{"prepaid":"12.5"}}""");
    }

    [Fact]
    public void Every_outcome_and_kind_has_a_word_that_reads_back()
    {
        foreach (var outcome in Enum.GetValues<QuoteOutcome>())
        {
            WireNames.Outcome(WireNames.Of(outcome)).ShouldBe(outcome);
        }

        foreach (var kind in Enum.GetValues<EntryKind>())
        {
            WireNames.EntryKind(WireNames.Of(kind)).ShouldBe(kind);
        }

        foreach (var origin in Enum.GetValues<LotOrigin>())
        {
            WireNames.Of(origin).ShouldNotBeEmpty();
        }
    }

    private static string Canonical(string json) =>
        Encoding.UTF8.GetString(WireWriter.Canonical(EventReader.Read(Encoding.UTF8.GetBytes(json), _now).Value!.Command));

    private static Quote Sample()
    {
        var source = SourceText.From("language 1\n  base 0.001 credits\n", "biodock.v1.rules");
        return new Quote
        {
            Outcome = QuoteOutcome.Charged,
            Exact = ExactDecimal.Parse("8.950"),
            Charge = 895000,
            Listed = 1000000,
            Ruleset = "biodock",
            Version = 1,
            Meaning = "sha256:ab",
            Decimals = 5,
            Draws = [new Draw("included", 3, 895000)],
            Short = 0,
            Steps =
            [
                new SampleStep("1,000 images at 0.001", "1,000 × 0.001", new TextLocation(source, new TextSpan(13, 4)), 1, WasApplied: true),
                new SampleStep("training is not \"this\" action", null, null, null, WasApplied: false),
            ],
            Alerts = ["80 % used"],
            Balances = [new("included", 1), new("overage", null)],
        };
    }

    private sealed record SampleStep(string Words, string? Arithmetic, TextLocation? Place, ExactDecimal? Credits, bool WasApplied) : Step
    {
        public override TextLocation? Location => Place;

        public override ExactDecimal? Amount => Credits;

        public override bool Applied => WasApplied;

        public override string Text => Words;

        public override string? Formula => Arithmetic;
    }
}
