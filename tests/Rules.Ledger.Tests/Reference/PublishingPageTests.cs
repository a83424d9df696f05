using NodaTime;
using Rules.Dsl.Tests.Reference;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Reference;

public sealed class PublishingPageTests : IDisposable
{
    private readonly ManualTime _time = new(Instant.FromUtc(2026, 11, 21, 12, 0));
    private readonly TemporaryDirectory _directory = new();

    public static TheoryData<string> PublishingPages =>
        [.. ReferencePage.DiagnosticIds.Where(id => ReferencePage.Diagnostic(id).Text.Contains("reported on publishing", StringComparison.Ordinal))];

    public void Dispose() => _directory.Dispose();

    [Theory]
    [MemberData(nameof(PublishingPages))]
    public async Task Example_is_refused_with_the_id_at_its_mark(string id)
    {
        var page = ReferencePage.Diagnostic(id);
        var example = page.Under("Example").ShouldNotBeNull();

        var publication = await PublishAfterAsync(page.Under("Version before").ShouldNotBeNull(), example);

        var diagnostic = publication.Diagnostics.ShouldHaveSingleItem();
        diagnostic.Id.ShouldBe(id);
        example.Marked(id).ShouldBe([diagnostic.Location.Line]);
    }

    [Theory]
    [MemberData(nameof(PublishingPages))]
    public async Task Mended_text_is_published(string id)
    {
        var page = ReferencePage.Diagnostic(id);

        var publication = await PublishAfterAsync(page.Under("Version before").ShouldNotBeNull(), page.Under("Mended").ShouldNotBeNull());

        publication.Diagnostics.ShouldBeEmpty();
        publication.Version.ShouldNotBeNull();
    }

    private async Task<Publication> PublishAfterAsync(RuleText before, RuleText text)
    {
        await using var ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
        (await ledger.Rulesets.PublishAsync("before.rules", before.Text, "kim", default)).Diagnostics.ShouldBeEmpty();
        return await ledger.Rulesets.PublishAsync("page.rules", text.Text, "kim", default);
    }
}
