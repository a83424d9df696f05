using Rules.Ledger;

namespace Rules.Cli.Tests.Commands;

public sealed class PublishTests : IDisposable
{
    private const string Models = "language 1\ncommon models version 1\nlist model\n  \"Small\"\n  \"Large\"\n";

    private const string First = """
        language 1
        ruleset shop version 1 effective 2026-01-01
          include models version 1
        credit "credit" to 2 decimals
        action reply
          has model from model
        price reply by model
          "Small"  1 credit
          "Large"  2 credits
        example "a reply"
          do reply with model "Small"
          expect 1 credit

        """;

    private const string Second = """
        language 1
        ruleset shop version 2 effective 2027-01-01 amends version 1
        price reply by model
          "Small"  1 credit
          "Large"  3 credits

        """;

    private readonly TemporaryFolder _folder = new();

    private string Database => Path.Combine(_folder.Path, "home", "rules.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Files_are_published_behind_what_they_build_on_and_exported_byte_for_byte()
    {
        await MakeDatabaseAsync();
        WriteAll();
        var run = await CommandRun.Of("publish", Database, Path.Combine(_folder.Path, "rules"), "--by", "kim");
        run.Error.ShouldBeEmpty();
        run.Output.ShouldBe("""
            models version 1: published, for rulesets to include
            shop version 1: published, active from 2026-05-01T10:00:00Z
            shop version 2: published, active from 2027-01-01T00:00:00Z
            3 files, 3 published

            """);
        run.ExitCode.ShouldBe(0);

        var again = await CommandRun.Of("publish", Database, Path.Combine(_folder.Path, "rules"), "--by", "lee");
        again.Output.ShouldContain("shop version 2: was published before, active from 2027-01-01T00:00:00Z\n3 files, 0 published\n");

        var export = await CommandRun.Of("export", Path.GetDirectoryName(Database)!, Path.Combine(_folder.Path, "out"));
        export.ExitCode.ShouldBe(0);
        _folder.Strip(export.Output).ShouldBe("out/models/models.v1.rules: written\nout/shop/shop.v1.rules: written\nout/shop/shop.v2.rules: written\n3 files, 3 written\n");
        foreach (var file in new[] { "models/models.v1.rules", "shop/shop.v1.rules", "shop/shop.v2.rules" })
        {
            File.ReadAllBytes(Path.Combine(_folder.Path, "out", file)).ShouldBe(File.ReadAllBytes(Path.Combine(_folder.Path, "rules", file)));
        }

        (await CommandRun.Of("test", Path.Combine(_folder.Path, "out"))).Output.ShouldEndWith("2 examples, 2 expectations, all hold\n");
        (await CommandRun.Of("export", Database, Path.Combine(_folder.Path, "out"), "--name", "shop")).Output.ShouldBe("2 files, all there already\n");
    }

    [Fact]
    public async Task Export_replaces_no_file_that_differs_unless_it_is_told_to()
    {
        await MakeDatabaseAsync();
        WriteAll();
        await CommandRun.Of("publish", Database, Path.Combine(_folder.Path, "rules"), "--by", "kim");
        var changed = _folder.Write("out/shop/shop.v1.rules", First + "# mine\n");
        var run = await CommandRun.Of("export", Database, Path.Combine(_folder.Path, "out"));
        run.ExitCode.ShouldBe(1);
        _folder.Strip(run.Output).ShouldBe("out/shop/shop.v1.rules: differs from what was published\n");
        run.Error.ShouldContain("nothing was written");
        Directory.Exists(Path.Combine(_folder.Path, "out", "models")).ShouldBeFalse();
        (await CommandRun.Of("export", Database, Path.Combine(_folder.Path, "out"), "--overwrite")).ExitCode.ShouldBe(0);
        (await File.ReadAllTextAsync(changed)).ShouldBe(First);
    }

    [Fact]
    public async Task Edited_version_is_refused_and_what_stood_before_it_stays_published()
    {
        await MakeDatabaseAsync();
        WriteAll();
        await CommandRun.Of("publish", Database, Path.Combine(_folder.Path, "rules"), "--by", "kim");
        _folder.Write("rules/models/models.v1.rules", Models + "  \"Huge\"\n");
        var run = await CommandRun.Of("publish", Database, Path.Combine(_folder.Path, "rules", "models"), "--by", "kim");
        run.ExitCode.ShouldBe(1);
        _folder.Strip(run.Output).ShouldContain("error PR0905: Version 1 was published on 2026-05-01 and cannot be edited. Start version 2.");
        _folder.Strip(run.Error).ShouldContain("rules/models/models.v1.rules: refused; nothing was published.");
    }

    [Fact]
    public async Task What_a_file_builds_on_must_be_published()
    {
        await MakeDatabaseAsync();
        var run = await CommandRun.Of("publish", Database, _folder.Write("shop.v1.rules", First), "--by", "kim");
        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("error PR0910: models version 1, which this file includes, was not found.");
    }

    [Fact]
    public async Task Database_that_is_not_there_is_not_made()
    {
        var run = await CommandRun.Of("publish", Database, _folder.Write("models.v1.rules", Models), "--by", "kim");
        run.ExitCode.ShouldBe(66);
        run.Error.ShouldContain("there is no such database");
        File.Exists(Database).ShouldBeFalse();
        (await CommandRun.Of("export", Database, _folder.Path)).ExitCode.ShouldBe(66);
    }

    [Fact]
    public async Task Database_that_a_service_has_open_is_left_alone()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        await using var ledger = await CreditLedger.OpenSqliteAsync(Database, new LedgerOptions(), default);
        (await CommandRun.Of("publish", Database, _folder.Write("models.v1.rules", Models), "--by", "kim")).ExitCode.ShouldBe(75);
        (await CommandRun.Of("export", Database, Path.Combine(_folder.Path, "out"))).ExitCode.ShouldBe(66);
    }

    [Fact]
    public async Task Whoever_publishes_is_named()
    {
        (await CommandRun.Of("publish", Database, _folder.Write("models.v1.rules", Models))).ExitCode.ShouldBe(2);
        (await CommandRun.Of("publish", Database, _folder.Write("models.v1.rules", Models), "--by", " ")).ExitCode.ShouldBe(2);
    }

    [Fact]
    public async Task Common_file_is_checked_and_tested_and_prices_nothing()
    {
        var path = _folder.Write("models.v1.rules", Models);
        (await CommandRun.Of("check", path)).Output.ShouldBe("1 file, no problems\n");
        (await CommandRun.Of("test", path)).Output.ShouldBe("0 examples, 0 expectations, nothing to test\n");
        var quote = await CommandRun.WithInput("{}", "quote", path, "-");
        quote.ExitCode.ShouldBe(1);
        quote.Error.ShouldContain("nothing can be priced by it");
        (await CommandRun.Of("diff", path, path)).Error.ShouldContain("a common file has no prices to compare");
    }

    private async Task MakeDatabaseAsync()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Database)!);
        await using var ledger = await CreditLedger.OpenSqliteAsync(Database, new LedgerOptions(), default);
    }

    private void WriteAll()
    {
        _folder.Write("rules/models/models.v1.rules", Models);
        _folder.Write("rules/shop/shop.v1.rules", First);
        _folder.Write("rules/shop/shop.v2.rules", Second);
    }
}
