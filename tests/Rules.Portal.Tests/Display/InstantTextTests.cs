using NodaTime;
using Rules.Portal.Display;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Display;

public sealed class InstantTextTests
{
    private static readonly Instant Evening = Instant.FromUtc(2026, 11, 20, 23, 14, 8);
    private static readonly DateTimeZone Berlin = DateTimeZoneProviders.Tzdb["Europe/Berlin"];

    [Fact]
    public void Instant_is_written_in_the_zone_of_the_page() => InstantText.In(Berlin, Evening).ShouldBe("21 Nov 2026, 00:14:08");

    [Fact]
    public void Effective_instant_carries_its_zone() => InstantText.WithZone(Berlin, Evening).ShouldBe("21 Nov 2026, 00:14 Europe/Berlin");

    [Fact]
    public void Machines_read_UTC() => InstantText.ForMachines(Evening).ShouldBe("2026-11-20T23:14:08Z");
}
