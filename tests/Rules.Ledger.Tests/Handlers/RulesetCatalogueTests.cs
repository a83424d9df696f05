using NodaTime;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.Handlers;

public sealed class RulesetCatalogueTests : IDisposable
{
    private static readonly Instant _now = Instant.FromUtc(2026, 11, 21, 12, 0);

    private readonly ManualTime _time = new(_now);
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Files_of_a_first_start_are_in_force_from_their_effective_instant()
    {
        await using var ledger = await OpenAsync();
        var publications = await ledger.Rulesets.LoadAsync([RuleFiles.Biodock, RuleFiles.Bookbag], default);
        publications.ShouldAllBe(publication => !publication.AlreadyPublished);
        var version = ledger.Rulesets.Versions("biodock").Single();
        version.ActiveFrom.ShouldBe(Instant.FromUtc(2024, 9, 1, 0, 0));
        version.PublishedAt.ShouldBe(version.ActiveFrom);
        version.PublishedBy.ShouldBe("system");
        ledger.Rulesets.All.Select(ruleset => ruleset.Name).ShouldBe(["biodock", "bookbag"]);
    }

    [Fact]
    public async Task First_start_that_was_cut_off_between_two_files_is_completed_by_the_next()
    {
        await using (var ledger = await OpenAsync())
        {
            await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        }

        await using var again = await OpenAsync();
        await again.Rulesets.LoadAsync([RuleFiles.Biodock, RuleFiles.Bookbag], default);
        again.Rulesets.Versions("bookbag").Single().ActiveFrom.ShouldBe(Instant.FromUtc(2026, 1, 1, 0, 0));
    }

    [Fact]
    public async Task A_later_version_is_in_force_from_its_publication_where_that_is_later()
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        var publication = await ledger.Rulesets.PublishAsync("biodock.v2.rules", Next(2, "2025-01-01"), "kim", default);
        publication.Diagnostics.ShouldBeEmpty();
        var version = publication.Version.ShouldNotBeNull();
        version.ActiveFrom.ShouldBe(_now);
        version.PublishedBy.ShouldBe("kim");
        var ruleset = ledger.Rulesets.Find("biodock").ShouldNotBeNull();
        ruleset.InForce(_now - Duration.FromTicks(10))!.Version.ShouldBe(1);
        ruleset.InForce(_now)!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_version_of_the_future_waits_for_its_effective_instant()
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        var publication = await ledger.Rulesets.PublishAsync("biodock.v2.rules", Next(2, "2027-01-01"), "kim", default);
        publication.Version.ShouldNotBeNull().ActiveFrom.ShouldBe(Instant.FromUtc(2027, 1, 1, 0, 0));
    }

    [Fact]
    public async Task The_same_bytes_are_published_once()
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        var again = await ledger.Rulesets.PublishAsync(RuleFiles.Biodock.FileName, RuleFiles.Biodock.Text, "kim", default);
        again.AlreadyPublished.ShouldBeTrue();
        again.Version.ShouldNotBeNull().PublishedBy.ShouldBe("system");
    }

    [Fact]
    public async Task Other_bytes_of_a_published_version_are_refused_with_both_hashes()
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        var known = ledger.Rulesets.Versions("biodock").Single();
        var changed = RuleFiles.Biodock with { Text = RuleFiles.Biodock.Text + "\n" };
        var publication = await ledger.Rulesets.PublishAsync(changed.FileName, changed.Text, "kim", default);
        publication.Version.ShouldBeNull();
        publication.Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0905");
        var refusal = await Should.ThrowAsync<LedgerStartException>(() => ledger.Rulesets.LoadAsync([changed], default));
        refusal.Code.ShouldBe("PR0905");
        refusal.ExitCode.ShouldBe(78);
        refusal.Message.ShouldContain(known.Sha256);
        refusal.Message.ShouldContain(publication.Sha256.ShouldNotBeNull());
        publication.Sha256.ShouldNotBe(known.Sha256);
    }

    [Theory]
    [InlineData(1, "2027-01-01", "PR0905")]
    [InlineData(3, "2024-01-01", "PR0901")]
    public async Task Versions_ascend(int number, string effective, string code)
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        var publication = await ledger.Rulesets.PublishAsync("biodock.rules", Next(number, effective), "kim", default);
        publication.Version.ShouldBeNull();
        publication.Diagnostics.ShouldContain(diagnostic => diagnostic.Id == code);
    }

    [Fact]
    public async Task Two_versions_do_not_take_effect_at_one_moment()
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        await ledger.Rulesets.PublishAsync("biodock.v2.rules", Next(2, "2025-01-01"), "kim", default);
        var publication = await ledger.Rulesets.PublishAsync("biodock.v3.rules", Next(3, "2025-02-01"), "kim", default);
        publication.Diagnostics.ShouldContain(diagnostic => diagnostic.Id == "PR0902");
    }

    [Fact]
    public async Task Decimals_stay()
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Biodock], default);
        var text = Next(2, "2027-01-01").Replace("to 5 decimals", "to 6 decimals", StringComparison.Ordinal);
        var publication = await ledger.Rulesets.PublishAsync("biodock.v2.rules", text, "kim", default);
        publication.Diagnostics.ShouldContain(diagnostic => diagnostic.Id == "PR0906");
    }

    [Fact]
    public async Task A_text_with_errors_is_not_published()
    {
        await using var ledger = await OpenAsync();
        var publication = await ledger.Rulesets.PublishAsync("x.v1.rules", "language 1\nruleset x version\n", "kim", default);
        publication.Version.ShouldBeNull();
        publication.Diagnostics.ShouldNotBeEmpty();
        (await Should.ThrowAsync<LedgerStartException>(() => ledger.Rulesets.LoadAsync([new RuleFile("x.v1.rules", "language 1\n")], default))).ExitCode.ShouldBe(78);
    }

    [Fact]
    public async Task A_text_whose_example_does_not_hold_is_not_published()
    {
        await using var ledger = await OpenAsync();
        var text = RuleFiles.Biodock.Text.Replace("expect 8.95 credits", "expect 8.96 credits", StringComparison.Ordinal);
        text.ShouldNotBe(RuleFiles.Biodock.Text);
        var publication = await ledger.Rulesets.PublishAsync("biodock.v1.rules", text, "kim", default);
        publication.Version.ShouldBeNull();
        publication.Diagnostics.ShouldContain(diagnostic => diagnostic.Id == "PR0802");
    }

    [Fact]
    public async Task What_was_published_is_there_after_a_restart_without_its_files()
    {
        await using (var ledger = await OpenAsync())
        {
            await ledger.Rulesets.LoadAsync([RuleFiles.Biodock, RuleFiles.Bookbag], default);
            await ledger.Rulesets.PublishAsync("biodock.v2.rules", Next(2, "2025-01-01"), "kim", default);
        }

        await using var again = await OpenAsync();
        again.Rulesets.Versions("biodock").Select(version => version.Model.Version).ShouldBe([2, 1]);
        again.Rulesets.Versions("bookbag").Single().Text.ShouldBe(RuleFiles.Bookbag.Text);
        again.Rulesets.Versions("nothing").ShouldBeEmpty();
        (await again.Rulesets.LoadAsync([RuleFiles.Biodock], default)).Single().AlreadyPublished.ShouldBeTrue();
    }

    [Fact]
    public async Task Amendment_is_published_behind_the_version_it_amends_whatever_the_order()
    {
        await using (var ledger = await OpenAsync())
        {
            await ledger.Rulesets.LoadAsync([RuleFiles.RoboflowAmendment, RuleFiles.Roboflow], default);
            var versions = ledger.Rulesets.Versions("roboflow");
            versions.Select(version => version.Model.Version).ShouldBe([3, 2]);
            versions[0].ActiveFrom.ShouldBeGreaterThan(_now);
            versions[0].Text.ShouldBe(RuleFiles.RoboflowAmendment.Text);
            ledger.Rulesets.Find("roboflow")!.InForce(_now)!.Version.ShouldBe(2);
        }

        await using var again = await OpenAsync();
        var amendment = again.Rulesets.Versions("roboflow")[0];
        amendment.Model.Plans.ShouldAllBe(plan => plan.Location.FileName == "roboflow.v2.rules");
        var compilation = again.Rulesets.Compile(amendment);
        compilation.Model!.Meaning.ShouldBe(amendment.Model.Meaning);
        compilation.BuildsOn.ShouldHaveSingleItem().ToString().ShouldBe(RuleFiles.Roboflow.Text);
        (await again.Rulesets.LoadAsync([RuleFiles.RoboflowAmendment, RuleFiles.Roboflow], default)).ShouldAllBe(publication => publication.AlreadyPublished);
    }

    [Fact]
    public async Task Amendment_of_what_is_not_published_is_refused()
    {
        await using var ledger = await OpenAsync();
        var publication = await ledger.Rulesets.PublishAsync("roboflow.v3.rules", RuleFiles.RoboflowAmendment.Text, "kim", default);
        publication.Version.ShouldBeNull();
        publication.Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0907");
    }

    [Fact]
    public async Task Amendment_under_which_an_inherited_example_fails_is_refused()
    {
        await using var ledger = await OpenAsync();
        await ledger.Rulesets.LoadAsync([RuleFiles.Roboflow], default);
        var text = RuleFiles.RoboflowAmendment.Text[..RuleFiles.RoboflowAmendment.Text.IndexOf("example \"bundle prices", StringComparison.Ordinal)];
        var publication = await ledger.Rulesets.PublishAsync("roboflow.v3.rules", text, "kim", default);
        publication.Version.ShouldBeNull();
        publication.Diagnostics.ShouldContain(diagnostic => diagnostic.Id == "PR0904");
    }

    [Fact]
    public async Task What_is_included_is_published_first_and_neither_changes()
    {
        // By name the ruleset comes first.
        var models = new RuleFile("models.v1.rules", "language 1\ncommon models version 1\nlist model\n  \"Small\"\n");
        var acme = new RuleFile("acme.v1.rules",
            "language 1\nruleset acme version 1 effective 2026-01-01\n  include models version 1\ncredit \"credit\" to 0 decimals\naction reply\n  has model from model\nprice reply by model\n  \"Small\"  1 credit\n");
        await using (var ledger = await OpenAsync())
        {
            (await ledger.Rulesets.PublishAsync(acme.FileName, acme.Text, "kim", default)).Diagnostics.ShouldHaveSingleItem().Id.ShouldBe("PR0910");
            await ledger.Rulesets.LoadAsync([acme, models], default);
            ledger.Rulesets.CommonFiles.ShouldHaveSingleItem().Id.ToString().ShouldBe("models version 1");
            ledger.Rulesets.Find("models").ShouldBeNull();
            ledger.Rulesets.All.Select(ruleset => ruleset.Name).ShouldBe(["acme"]);
        }

        await using var again = await OpenAsync();
        again.Rulesets.CommonFiles.ShouldHaveSingleItem().Text.ShouldBe(models.Text);
        again.Rulesets.Compile(again.Rulesets.Versions("acme").Single()).BuildsOn.ShouldHaveSingleItem().FileName.ShouldBe("models.v1.rules");
        (await again.Rulesets.LoadAsync([models, acme], default)).ShouldAllBe(publication => publication.AlreadyPublished);
        var refusal = await Should.ThrowAsync<LedgerStartException>(() => again.Rulesets.LoadAsync([models with { Text = models.Text + "# later\n" }], default));
        refusal.Code.ShouldBe("PR0905");
        refusal.ExitCode.ShouldBe(78);
        (await again.Rulesets.PublishAsync("x.rules", models.Text.Replace("models", "acme", StringComparison.Ordinal), "kim", default))
            .Diagnostics.ShouldContain(diagnostic => diagnostic.Id == "PR0921");
    }

    [Fact]
    public async Task Version_is_stored_under_the_name_that_its_head_gives_it()
    {
        await using var ledger = await OpenAsync();
        var publication = await ledger.Rulesets.PublishAsync("draft of kim.rules", RuleFiles.Biodock.Text, "kim", default);
        publication.Version.ShouldNotBeNull().FileName.ShouldBe("biodock.v1.rules");
        publication.Version.Model.Actions[0].Location.FileName.ShouldBe("biodock.v1.rules");
    }

    private static string Next(int version, string effective)
    {
        var text = RuleFiles.Biodock.Text.Replace("version 1 effective 2024-09-01", $"version {version} effective {effective}", StringComparison.Ordinal);
        text.ShouldNotBe(RuleFiles.Biodock.Text);
        return text;
    }

    private Task<CreditLedger> OpenAsync() => CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);
}
