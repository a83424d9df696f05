using Dapper;
using Microsoft.Data.Sqlite;
using NodaTime;
using Rules.Ledger.People;
using Rules.Ledger.Tests.Bank;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.People;

public sealed class PeopleDirectoryTests : IAsyncLifetime, IDisposable
{
    private readonly ManualTime _time = new(Instant.FromUtc(2026, 4, 10, 9, 0));
    private readonly TemporaryDirectory _directory = new();
    private CreditLedger _ledger = null!;

    private PeopleDirectory People => _ledger.People;

    public async Task InitializeAsync() => _ledger = await CreditLedger.OpenSqliteAsync(_directory.Database, new LedgerOptions { Time = _time }, default);

    public async Task DisposeAsync() => await _ledger.DisposeAsync();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Person_is_found_by_id_and_by_a_name_of_another_case()
    {
        var added = await AddAsync("Kim", PersonRoles.Editor | PersonRoles.Viewer);
        (await People.FindAsync(added.Id, default)).ShouldBe(added);
        (await People.FindByNameAsync("kIM", default)).ShouldBe(added);
        (await People.FindByNameAsync("kim ", default)).ShouldBeNull();
        (await People.ListAsync(default)).ShouldBe([added]);
    }

    [Theory]
    [InlineData("kim", "person_exists")]
    [InlineData("System", "person_name")]
    [InlineData("", "person_name")]
    [InlineData(" lee", "person_name")]
    [InlineData("two\nlines", "person_name")]
    public async Task Name_is_somebodys_own(string name, string code)
    {
        await AddAsync("Kim", PersonRoles.Viewer);
        (await People.AddAsync(name, PersonRoles.Viewer, "admin", default)).Problem!.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData(PersonRoles.None)]
    [InlineData((PersonRoles)64)]
    public async Task Roles_that_are_none_are_refused(PersonRoles roles) =>
        (await People.AddAsync("Kim", roles, "admin", default)).Problem!.Code.ShouldBe("person_roles");

    [Fact]
    public async Task Link_signs_in_once_and_for_an_hour()
    {
        var kim = await AddAsync("Kim", PersonRoles.Viewer);
        var link = (await People.IssueLinkAsync(kim.Id, "admin", default))!;
        link.Length.ShouldBe(64);
        (await People.OfLinkAsync(link, default)).ShouldBe(kim);
        (await People.UseLinkAsync(link, default)).ShouldBe(kim);
        (await People.UseLinkAsync(link, default)).ShouldBeNull();
        (await People.OfLinkAsync(link, default)).ShouldBeNull();

        var late = (await People.IssueLinkAsync(kim.Id, "admin", default))!;
        _time.Now += PeopleDirectory.LinkValidity;
        (await People.UseLinkAsync(late, default)).ShouldBeNull();
    }

    [Fact]
    public async Task One_of_many_who_use_a_link_at_once_is_signed_in()
    {
        var kim = await AddAsync("Kim", PersonRoles.Viewer);
        var link = (await People.IssueLinkAsync(kim.Id, "admin", default))!;
        var used = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => People.UseLinkAsync(link, default))));
        used.Count(person => person is not null).ShouldBe(1);
    }

    [Fact]
    public async Task New_link_ends_the_one_before_and_a_revoked_person_has_none()
    {
        var kim = await AddAsync("Kim", PersonRoles.Viewer);
        var first = (await People.IssueLinkAsync(kim.Id, "admin", default))!;
        var second = (await People.IssueLinkAsync(kim.Id, "admin", default))!;
        (await People.OfLinkAsync(first, default)).ShouldBeNull();
        (await People.RevokeAsync(kim.Id, 1, "admin", default)).Succeeded.ShouldBeTrue();
        (await People.UseLinkAsync(second, default)).ShouldBeNull();
        (await People.IssueLinkAsync(kim.Id, "admin", default)).ShouldBeNull();
        foreach (var text in new[] { "", "0", new string('g', 64), new string('0', 64), second.ToUpperInvariant() })
        {
            (await People.UseLinkAsync(text, default)).ShouldBeNull(text);
        }
    }

    [Fact]
    public async Task Secret_of_a_link_is_nowhere_in_the_database()
    {
        var kim = await AddAsync("Kim", PersonRoles.Viewer);
        var link = (await People.IssueLinkAsync(kim.Id, "admin", default))!;
        await _ledger.DisposeAsync();
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(_directory.Database)!))
        {
            Convert.ToHexStringLower(await File.ReadAllBytesAsync(file)).ShouldNotContain(Convert.ToHexStringLower(System.Text.Encoding.ASCII.GetBytes(link)));
            Convert.ToHexStringLower(await File.ReadAllBytesAsync(file)).ShouldNotContain(link);
        }
    }

    [Fact]
    public async Task Every_change_of_roles_or_access_gives_another_stamp_and_a_line_of_the_log()
    {
        await AddAsync("admin", PersonRoles.Admin);
        var kim = await AddAsync("Kim", PersonRoles.Viewer);
        var editor = (await People.ChangeRolesAsync(kim.Id, 1, PersonRoles.Editor, "admin", default)).Person!;
        var revoked = (await People.RevokeAsync(kim.Id, 2, "admin", default)).Person!;
        var restored = (await People.RestoreAsync(kim.Id, 3, "admin", default)).Person!;
        new[] { kim.Stamp, editor.Stamp, revoked.Stamp, restored.Stamp }.Distinct().Count().ShouldBe(4);
        (revoked.Has(PersonRoles.Editor), restored.Has(PersonRoles.Editor)).ShouldBe((false, true));
        (await People.LogAsync(kim.Id, null, 10, default)).Select(PersonWords.Of)
            .ShouldBe(["restored Kim", "revoked Kim", "changed the roles of Kim: viewer → editor", "added Kim as viewer"]);
        (await People.LogAsync(null, 3, 1, default)).Single().Action.ShouldBe(PersonAction.Added);
    }

    [Fact]
    public async Task Two_who_change_somebody_at_once_do_not_overwrite_each_other()
    {
        var kim = await AddAsync("Kim", PersonRoles.Viewer);
        (await People.ChangeRolesAsync(kim.Id, 1, PersonRoles.Editor, "admin", default)).Succeeded.ShouldBeTrue();
        (await People.ChangeRolesAsync(kim.Id, 1, PersonRoles.Approver, "admin", default)).Problem!.Code.ShouldBe("person_changed");
        (await People.KeepAsync(kim, null, null, default)).ShouldBeNull();
        (await People.FindAsync(kim.Id, default))!.Roles.ShouldBe(PersonRoles.Editor);
    }

    [Fact]
    public async Task Last_admin_stays()
    {
        var admin = await AddAsync("admin", PersonRoles.Admin);
        (await People.RevokeAsync(admin.Id, 1, "admin", default)).Problem!.Code.ShouldBe("last_admin");
        (await People.ChangeRolesAsync(admin.Id, 1, PersonRoles.Viewer, "admin", default)).Problem!.Code.ShouldBe("last_admin");
        Raw($"UPDATE person SET roles=1, row_version=2").ShouldContain("the last admin stays");
        await AddAsync("second", PersonRoles.Admin);
        (await People.RevokeAsync(admin.Id, 1, "second", default)).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("UPDATE person_audit SET actor='x'")]
    [InlineData("DELETE FROM person_audit")]
    [InlineData("DELETE FROM person")]
    [InlineData("DELETE FROM sign_in_link")]
    [InlineData("UPDATE sign_in_link SET expires_at=expires_at+1")]
    [InlineData("UPDATE person SET name='x', row_version=row_version+1")]
    [InlineData("UPDATE person SET roles=63")]
    public async Task Nothing_of_what_was_done_is_changed_afterwards(string sql)
    {
        var kim = await AddAsync("Kim", PersonRoles.Viewer);
        await People.IssueLinkAsync(kim.Id, "admin", default);
        Raw(sql).ShouldNotBe("");
    }

    private string Raw(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_directory.Database};Pooling=False");
        connection.Open();
        try
        {
            connection.Execute(sql);
            return "";
        }
        catch (SqliteException refused)
        {
            return refused.Message;
        }
    }

    private async Task<Person> AddAsync(string name, PersonRoles roles) => (await People.AddAsync(name, roles, "system", default)).Person!;
}
