using System.Text.Json;
using Rules.Ledger;
using Rules.Ledger.Access;

namespace Rules.Cli.Tests.Commands;

public sealed class KeysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Key_is_made_listed_rotated_and_revoked()
    {
        var made = await CommandRun.Of("keys", "create", "image workers", "--scope", "quote", "--scope", "charge", "--ruleset", "biodock", "--home", _folder.Path);
        made.ExitCode.ShouldBe(ExitCode.Fine);
        var text = made.Output.Trim();
        var id = ApiKeyText.IdOf(text).ToString();
        made.Error.ShouldContain("image workers  [quote charge]  rule sets biodock");

        (await CommandRun.Of("keys", "list", "--home", _folder.Path)).Output.ShouldStartWith($"{id}  image workers  [quote charge]");

        var rotated = await CommandRun.Of("keys", "rotate", id, "--overlap", "0", "--home", _folder.Path);
        rotated.Output.Trim().ShouldNotBe(text);
        await using (var ledger = await CreditLedger.OpenSqliteAsync(System.IO.Path.Combine(_folder.Path, "rules.db"), new LedgerOptions(), default))
        {
            var stored = (await ledger.Keys.FindAsync(id, default))!;
            ApiKeys.Matches(stored, rotated.Output.Trim(), stored.Key.RotatedAt!.Value).ShouldBeTrue();
            ApiKeys.Matches(stored, text, stored.Key.RotatedAt!.Value).ShouldBeFalse();
            (stored.Key.Scopes, stored.Key.CreatedBy).ShouldBe((KeyScopes.Quote | KeyScopes.Charge, "command"));
        }

        (await CommandRun.Of("keys", "revoke", id, "--home", _folder.Path)).Output.ShouldContain("revoked");
        (await CommandRun.Of("keys", "rotate", id, "--home", _folder.Path)).ExitCode.ShouldBe(ExitCode.BadData);
        using var list = JsonDocument.Parse((await CommandRun.Of("keys", "list", "--json", "--home", _folder.Path)).Output);
        list.RootElement.GetProperty("keys")[0].GetProperty("revoked").GetString().ShouldNotBeNull();
    }

    [Theory]
    [InlineData("keys", "create", "a", "--scope", "write")]
    [InlineData("keys", "create", "a", "--scope", "admin", "--account", "b")]
    [InlineData("keys", "create", "a", "--scope", "read", "--expires", "tomorrow")]
    [InlineData("keys", "create", "a", "--scope", "read", "--expires", "2020-01-01T00:00:00Z")]
    [InlineData("keys", "create", "a")]
    public async Task Wish_that_cannot_be_met_makes_no_database(params string[] arguments)
    {
        (await CommandRun.Of([.. arguments, "--home", _folder.Path])).ExitCode.ShouldBe(ExitCode.Usage);

        File.Exists(System.IO.Path.Combine(_folder.Path, "rules.db")).ShouldBeFalse();
    }

    [Fact]
    public async Task Database_that_a_service_has_open_or_that_is_not_there_is_told()
    {
        (await CommandRun.Of("keys", "list", "--home", _folder.Path)).ExitCode.ShouldBe(ExitCode.NoInput);
        await using var ledger = await CreditLedger.OpenSqliteAsync(System.IO.Path.Combine(_folder.Path, "rules.db"), new LedgerOptions(), default);

        var run = await CommandRun.Of("keys", "list", "--home", _folder.Path);

        run.ExitCode.ShouldBe(LedgerStartException.TemporarilyUnavailable);
        run.Error.ShouldContain("POST /v1/keys");
    }
}
