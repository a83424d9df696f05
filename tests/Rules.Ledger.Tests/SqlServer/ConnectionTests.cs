using System.Reflection;
using Microsoft.Data.SqlClient;
using Rules.Ledger.Storage.SqlServer;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

public sealed class ConnectionTests
{
    private const string Safe = "Server=db.example;Database=rules;User ID=app;Password=s3cret;Encrypt=true";

    [Fact]
    public void A_connection_never_goes_on_over_another_and_shares_no_transaction()
    {
        var made = new SqlConnectionStringBuilder(Inner(SqlServerDatabase.Of(Safe + ";ConnectRetryCount=3;MultipleActiveResultSets=true;Enlist=true", "RULES_SQLSERVER", Options())));
        made.ConnectRetryCount.ShouldBe(0);
        made.MultipleActiveResultSets.ShouldBeFalse();
        made.Enlist.ShouldBeFalse();
        made.PersistSecurityInfo.ShouldBeFalse();
        made.TrustServerCertificate.ShouldBeFalse();
        made.Encrypt.ShouldBe(SqlConnectionEncryptOption.Mandatory);
    }

    [Theory]
    [InlineData("Server=db.example;Database=rules;Encrypt=false", false, false, "encryption")]
    [InlineData("Server=db.example;Database=rules;Encrypt=false", false, true, "this machine only")]
    [InlineData("Server=localhost;Database=rules;Encrypt=false", true, false, "encryption")]
    [InlineData("Server=db.example;Database=rules;TrustServerCertificate=true", false, false, "certificate")]
    [InlineData("Server=db.example;Database=rules;TrustServerCertificate=true", false, true, "certificate")]
    public void A_connection_that_somebody_could_read_or_answer_is_refused(string text, bool trust, bool insecure, string why)
    {
        var refusal = Should.Throw<LedgerStartException>(() => SqlServerDatabase.Of(text, "RULES_SQLSERVER", Options() with { TrustServerCertificate = trust, AllowInsecure = insecure }));
        refusal.Code.ShouldBe("connection_insecure");
        refusal.ExitCode.ShouldBe(78);
        refusal.Message.ShouldContain(why);
    }

    [Theory]
    [InlineData("Server=localhost,1433;Database=rules;Encrypt=false", false, true)]
    [InlineData("Server=tcp:127.0.0.1,1433;Database=rules;Encrypt=false;TrustServerCertificate=true", false, true)]
    [InlineData("Server=db.example;Database=rules;TrustServerCertificate=true", true, false)]
    [InlineData("Server=db.example;Database=rules;Encrypt=strict", false, false)]
    public void What_was_configured_is_allowed(string text, bool trust, bool insecure) =>
        SqlServerDatabase.Of(text, "RULES_SQLSERVER", Options() with { TrustServerCertificate = trust, AllowInsecure = insecure }).Name.ShouldContain("database rules");

    [Theory]
    [InlineData("localhost", true)]
    [InlineData(".", true)]
    [InlineData("(local)", true)]
    [InlineData(@".\SQLEXPRESS", true)]
    [InlineData("tcp:127.0.0.1,1433", true)]
    [InlineData("::1", true)]
    [InlineData("127.8.9.1", true)]
    [InlineData("localhost.example", false)]
    [InlineData("128.0.0.1", false)]
    [InlineData("db,127", false)]
    public void This_machine_is_known_by_its_names(string server, bool local) => SqlServerDatabase.IsLoopback(server).ShouldBe(local);

    [Theory]
    [InlineData("Server=db;Database=rules;Password=half;s3cret=1")]
    [InlineData("s3cret")]
    [InlineData("Server=db;Database=rules;Encrypt=s3cret")]
    [InlineData("Server=db;User ID=app;Password=s3cret")]
    [InlineData("Database=rules;Password=s3cret")]
    public void A_string_that_cannot_be_used_is_told_without_its_secrets(string text)
    {
        var refusal = Should.Throw<LedgerStartException>(() => SqlServerDatabase.Of(text, "RULES_SQLSERVER", Options()));
        refusal.Code.ShouldBe("connection_string_invalid");
        refusal.Message.ShouldContain("RULES_SQLSERVER");
        refusal.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public void What_is_told_of_the_options_holds_no_secret() => Options().ToString().ShouldBe("SQL Server");

    [Fact]
    public void What_names_a_database_holds_no_secret() => SqlServerDatabase.Of(Safe, "RULES_SQLSERVER", Options()).Name.ShouldBe("db.example, database rules");

    [Fact]
    public async Task A_server_that_is_not_there_stops_the_start_and_may_be_there_later()
    {
        using var nobody = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((System.Net.IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        var options = Options() with { ConnectionString = $"Server=127.0.0.1,{port};Database=rules;User ID=app;Password=s3cret;Connect Timeout=5" };
        var refusal = await Should.ThrowAsync<LedgerStartException>(() => SqlServerLedgerStore.OpenAsync(options, default));
        refusal.ExitCode.ShouldBe(75);
        refusal.Code.ShouldBe("database_unreachable");
        refusal.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public void A_database_that_is_set_up_well_has_no_problems() => Settings().Problems().ShouldBeEmpty();

    [Fact]
    public void Every_setting_that_loses_or_mixes_up_what_is_written_is_named()
    {
        var settings = new ServerSettings
        {
            Compatibility = 140,
            SnapshotIsolation = 0,
            ReadCommittedSnapshot = false,
            DelayedDurability = 1,
            PageVerify = 1,
            ReadOnly = true,
            KeyCollation = "SQL_Latin1_General_CP1_CI_AS",
        };
        settings.Problems().Count().ShouldBe(7);
        var refusal = Should.Throw<LedgerStartException>(() => settings.Check("db, database rules"));
        refusal.Code.ShouldBe("database_settings");
        foreach (var part in new[] { "ALLOW_SNAPSHOT_ISOLATION ON", "READ_COMMITTED_SNAPSHOT ON", "DELAYED_DURABILITY = DISABLED", "PAGE_VERIFY CHECKSUM", "COMPATIBILITY_LEVEL = 150", "CI_AS", "database.sql" })
        {
            refusal.Message.ShouldContain(part);
        }
    }

    [Fact]
    public void The_script_sets_what_is_checked()
    {
        var script = TSql.Script("Scripts.database").Sql;
        foreach (var problem in new ServerSettings { Compatibility = 150, DelayedDurability = 1 }.Problems())
        {
            script.ShouldContain(problem[problem.IndexOf("ALTER", StringComparison.Ordinal)..^1]);
        }
    }

    [Theory]
    [InlineData(1205)]
    [InlineData(1222)]
    [InlineData(3960)]
    [InlineData(-2)]
    [InlineData(20)]
    [InlineData(64)]
    [InlineData(233)]
    [InlineData(10053)]
    [InlineData(10054)]
    [InlineData(10060)]
    [InlineData(40197)]
    [InlineData(40501)]
    [InlineData(40613)]
    [InlineData(49918)]
    [InlineData(49919)]
    [InlineData(49920)]
    [InlineData(50012)]
    [InlineData(50016)]
    public void F16_what_passes_by_itself_is_tried_again(int number) => SqlServerErrors.Of(SqlErrors.Exception(number)).IsTransient.ShouldBeTrue();

    [Theory]
    [InlineData(547)]
    [InlineData(2627)]
    [InlineData(8115)]
    [InlineData(229)]
    [InlineData(50013)]
    [InlineData(50014)]
    [InlineData(50015)]
    [InlineData(50020)]
    public void F16_what_a_constraint_refuses_is_not(int number) => SqlServerErrors.Of(SqlErrors.Exception(number)).IsTransient.ShouldBeFalse();

    [Fact]
    public void A_commit_that_failed_is_resolved_by_its_keys_whatever_the_error() => SqlServerErrors.OfCommit(SqlErrors.Exception(547)).IsTransient.ShouldBeTrue();

    private static string Inner(SqlServerDatabase database) =>
        (string)typeof(SqlServerDatabase).GetField("_connectionString", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(database)!;

    private static SqlServerOptions Options() => new() { ConnectionString = Safe };

    private static ServerSettings Settings() => new()
    {
        ReadCommittedSnapshot = true,
        SnapshotIsolation = 1,
        PageVerify = 2,
        Compatibility = 160,
        KeyCollation = "Latin1_General_100_BIN2",
    };
}
