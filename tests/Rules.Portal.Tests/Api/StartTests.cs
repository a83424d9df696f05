using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rules.Ledger;
using Rules.Portal.Burn;
using Rules.Portal.Sample;
using Rules.Portal.Startup;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

public sealed class StartTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("rules-start-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData("--urls", "http://0.0.0.0:5080")]
    [InlineData("--urls", "http://*:5080")]
    [InlineData("--urls", "http://+:5080")]
    [InlineData("--urls", "http://[::]:5080")]
    [InlineData("--urls", "http://192.168.1.10:5080")]
    [InlineData("--urls", "http://rules.example:5080")]
    [InlineData("--urls", "http://127.0.0.1.evil.example:5080")]
    [InlineData("--urls", "http://localhost:5080;http://0.0.0.0:5081")]
    [InlineData("--urls", "http://unix:/run/rules.sock")]
    [InlineData("--urls", "http://pipe:/rules")]
    [InlineData("--urls", "nonsense")]
    [InlineData("--urls", "http://127.0.0.1:99999")]
    [InlineData("--http_ports", "5080")]
    [InlineData("--https_ports", "5443")]
    [InlineData("--Kestrel:Endpoints:Public:Url", "http://0.0.0.0:5080")]
    [InlineData("--Kestrel:Endpoints:Public:Url", "")]
    public async Task Address_other_than_loopback_refuses_to_start(string key, string address)
    {
        var refusal = await Should.ThrowAsync<StartRefusedException>(() => StartAsync(key, address));

        refusal.ExitCode.ShouldBe(ExitCodes.Usage);
        File.Exists(Path.Combine(_home, "rules.db")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://127.0.0.2:0")]
    public async Task Loopback_addresses_start(string address)
    {
        await using var portal = await StartAsync("--urls", address);

        IPAddress.IsLoopback(IPAddress.Parse(portal.Address.Host.Trim('[', ']'))).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_start_makes_a_link_until_an_admin_has_a_password()
    {
        var links = new List<string?>();
        for (var start = 0; start < 4; start++)
        {
            await using var portal = await StartAsync("--Rules:SignInLink", start == 3 ? "on" : "off");
            links.Add(portal.SignInLink);
            var file = Path.Combine(_home, "sign-in.link");
            if (portal.SignInLink is null)
            {
                File.Exists(file).ShouldBeFalse();
                continue;
            }

            (await File.ReadAllTextAsync(file)).Trim().ShouldBe(portal.SignInLink);
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
                File.GetUnixFileMode(portal.Settings.KeyRing).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            if (start == 1)
            {
                using var http = new HttpClient { BaseAddress = portal.Address };
                (await http.GetAsync(new Uri(links[0]!).AbsolutePath)).StatusCode.ShouldBe(HttpStatusCode.Gone, "the link of the start before");
                await SignInForm.SignInAsync(http, portal.SignInLink);
                using var set = await SignInForm.PostAsync(http, "/you?handler=password", await http.GetStringAsync("/you"), ("password", "a horse and a battery"));
                (await set.Content.ReadAsStringAsync()).ShouldContain("The password is set.");
            }
        }

        links.Select(link => link is not null).ShouldBe([true, true, false, true]);
    }

    [Theory]
    [InlineData(20, 11 * 60, 12 * 60 + 1)]
    [InlineData(31, 0, 31)]
    public async Task S11_Session_slides_for_half_an_hour_and_ends_after_twelve(int step, int lastsFor, int isOverAfter)
    {
        await using var portal = await StartAsync();
        var clock = (ServiceClock)portal.Services.GetRequiredService<TimeProvider>();
        var began = clock.GetUtcNow();
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = portal.Address };
        await SignInForm.SignInAsync(http, new Uri(portal.SignInLink!).AbsolutePath);
        for (var minutes = 0; minutes < isOverAfter; minutes += step)
        {
            clock.HoldAt(began.AddMinutes(minutes));
            using var answer = await http.GetAsync("/you");
            (answer.StatusCode == HttpStatusCode.OK || minutes > lastsFor).ShouldBeTrue($"after {minutes} minutes");
        }

        clock.HoldAt(began.AddMinutes(isOverAfter));
        using var over = await http.GetAsync("/you");
        over.StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task S13_Lost_key_ring_asks_for_a_sign_in_and_nothing_else()
    {
        var cookies = new CookieContainer();
        await using (var first = await StartAsync())
        {
            using var http = new HttpClient(new HttpClientHandler { CookieContainer = cookies }) { BaseAddress = first.Address };
            await SignInForm.SignInAsync(http, first.SignInLink!);
        }

        await using (var second = await StartAsync())
        {
            (await IsSignedInAsync(second)).ShouldBeTrue("the keys are shared by everything that has the folder");
        }

        Directory.Delete(Path.Combine(_home, "keys"), recursive: true);
        await using var third = await StartAsync();
        (await IsSignedInAsync(third)).ShouldBeFalse();

        async Task<bool> IsSignedInAsync(PortalApplication portal)
        {
            using var http = new HttpClient(new HttpClientHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = portal.Address };
            using var answer = await http.GetAsync("/you");
            return answer.StatusCode == HttpStatusCode.OK;
        }
    }

    [Fact]
    public async Task Transport_itself_refuses_other_addresses()
    {
        await using var portal = await StartAsync("--urls", "http://127.0.0.1:0");
        var transports = portal.Services.GetServices<IConnectionListenerFactory>();

        await Should.ThrowAsync<StartRefusedException>(async () => await transports.Last().BindAsync(new IPEndPoint(IPAddress.Any, 0)));
        transports.Last().GetType().DeclaringType.ShouldBe(typeof(LoopbackOnly));
    }

    [Fact]
    public async Task Address_that_a_program_sets_past_the_configuration_is_refused_as_well()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseLoopbackOnly(new ConfigurationBuilder().Build());
        builder.WebHost.ConfigureKestrel(options => options.ListenAnyIP(0));
        await using var app = builder.Build();

        (await Should.ThrowAsync<StartRefusedException>(() => app.StartAsync())).ExitCode.ShouldBe(ExitCodes.Usage);
    }

    [Fact]
    public async Task Limits_of_the_server_are_those_that_are_promised()
    {
        await using var portal = await StartAsync();
        var options = portal.Services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;

        options.AddServerHeader.ShouldBeFalse();
        options.Limits.MaxConcurrentConnections.ShouldBe(2_000);
        options.Limits.MaxRequestBodySize.ShouldBe(1024 * 1024);
        options.Limits.MaxRequestHeadersTotalSize.ShouldBe(16 * 1024);
        options.Limits.RequestHeadersTimeout.ShouldBe(TimeSpan.FromSeconds(10));
        options.Limits.MinRequestBodyDataRate!.BytesPerSecond.ShouldBe(240);
    }

    [Theory]
    [InlineData("--Rules:Database", "oracle")]
    [InlineData("--Rules:Sample", "perhaps")]
    [InlineData("--Rules:Files", "/nowhere/rules")]
    [InlineData("--Rules:Home", "/dev/null/rules")]
    public async Task Setting_that_cannot_be_used_refuses_to_start(string key, string value)
    {
        var refusal = await Should.ThrowAsync<StartRefusedException>(() => StartAsync(key, value));

        refusal.ExitCode.ShouldBe(ExitCodes.Usage);
        refusal.Message.ShouldContain(key[2..]);
    }

    [Fact]
    public async Task Server_that_is_not_named_refuses_to_start()
    {
        var refusal = await Should.ThrowAsync<StartRefusedException>(() => StartAsync("--Rules:Database", "sqlserver", "--RULES_SQLSERVER", ""));

        refusal.ExitCode.ShouldBe(ExitCodes.Usage);
        refusal.Message.ShouldContain("RULES_SQLSERVER");
    }

    [Fact]
    public async Task Connection_that_is_not_safe_refuses_to_start_and_keeps_its_secret()
    {
        var refusal = await Should.ThrowAsync<LedgerStartException>(
            () => StartAsync("--Rules:Database", "sqlserver", "--RULES_SQLSERVER", "Server=db.example;Database=rules;User ID=app;Password=s3cret;Encrypt=false"));

        refusal.ExitCode.ShouldBe(LedgerStartException.NeedsDecision);
        refusal.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Second_service_on_the_same_database_is_told_to_wait()
    {
        await using var portal = await StartAsync();

        var refusal = await Should.ThrowAsync<LedgerStartException>(() => StartAsync());

        refusal.ExitCode.ShouldBe(LedgerStartException.TemporarilyUnavailable);
    }

    [Fact]
    public async Task Rule_file_with_errors_stops_the_start_with_its_diagnostics()
    {
        var files = Shipped();
        var biodock = Path.Combine(files, "biodock", "biodock.v1.rules");
        await File.WriteAllTextAsync(biodock, (await File.ReadAllTextAsync(biodock)).Replace("measures image, crop", "measures image, crops2", StringComparison.Ordinal));

        var refusal = await Should.ThrowAsync<LedgerStartException>(() => StartAsync("--Rules:Files", files));

        refusal.Message.ShouldContain("biodock.v1.rules:");
        refusal.Message.ShouldContain("PR02");
    }

    [Fact]
    public async Task Published_version_with_other_bytes_stops_the_start_with_both_hashes()
    {
        var files = Shipped();
        await using (await StartAsync("--Rules:Files", files))
        {
        }

        await File.AppendAllTextAsync(Path.Combine(files, "biodock", "biodock.v1.rules"), "# a remark\n");

        var refusal = await Should.ThrowAsync<LedgerStartException>(() => StartAsync("--Rules:Files", files));

        refusal.Message.ShouldContain("PR0905");
        refusal.Message.Split(' ', '\n', ',', '.', ':', '"', '(', ')').Count(word => word.Length == 64 && word.All(char.IsAsciiHexDigitLower)).ShouldBe(2);
    }

    [Fact]
    public async Task Sample_company_is_written_once_and_has_enough_to_show()
    {
        long entries;
        await using (var portal = await StartAsync("--Rules:Sample", "small"))
        {
            portal.HasSample.ShouldBeTrue();
            Greeting.For(portal).ShouldContain("curl -s");
            var accounts = (await portal.Ledger.AccountsAsync(new AccountFilter(Limit: 500), default)).Items;
            accounts.Length.ShouldBeGreaterThanOrEqualTo(3);
            accounts.Select(account => account.Ruleset).Distinct().Count().ShouldBe(2);
            accounts.ShouldAllBe(account => account.Id.StartsWith("sample-", StringComparison.Ordinal));
            entries = accounts.Sum(account => account.Entries);
            var charges = 0;
            foreach (var account in accounts)
            {
                charges += (await portal.Ledger.EntriesAsync(new EntryFilter(account.Id, Kind: Engine.Accounts.EntryKind.Charge, Limit: 500), default)).Items.Length;
            }

            charges.ShouldBeGreaterThanOrEqualTo(200);
            (await portal.Ledger.VerifyAsync(null, null, default)).Holds.ShouldBeTrue();
        }

        await using (var again = await StartAsync("--Rules:Sample", "small"))
        {
            (await again.Ledger.AccountsAsync(new AccountFilter(Limit: 500), default)).Items.Sum(account => account.Entries).ShouldBe(entries);
            again.HasSample.ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Interrupted_sample_company_is_completed_by_the_next_start()
    {
        string finished;
        await using (var portal = await StartAsync("--Rules:Sample", "small"))
        {
            finished = await Fingerprint(portal);
        }

        var firstDay = TimeProvider.System.GetUtcNow().AddDays(-30).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path.Combine(_home, "sample-company.pending"), firstDay);

        await using var resumed = await StartAsync("--Rules:Sample", "small");

        (await Fingerprint(resumed)).ShouldBe(finished);
        File.Exists(Path.Combine(_home, "sample-company.pending")).ShouldBeFalse();
    }

    [Theory]
    [InlineData(40)]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Sample_company_cut_off_while_it_is_written_is_whole_after_the_next_start(int milliseconds)
    {
        using (var cutOff = new CancellationTokenSource(milliseconds))
        {
            try
            {
                await (await PortalApplication.StartAsync(
                    ["--urls", "http://127.0.0.1:0", "--Rules:Home", _home, "--Rules:Sample", "small", "--environment", "Production"], cutOff.Token)).DisposeAsync();
            }
            catch (OperationCanceledException)
            {
                // Wherever it was cut off.
            }
        }

        var other = Directory.CreateTempSubdirectory("rules-start-").FullName;
        await using var resumed = await StartAsync("--Rules:Sample", "small");
        await using (var whole = await StartAsync("--Rules:Home", other, "--Rules:Sample", "small"))
        {
            (await Fingerprint(resumed)).ShouldBe(await Fingerprint(whole));
        }

        Directory.Delete(other, recursive: true);
        (await resumed.Ledger.VerifyAsync(null, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Full_sample_company_is_written_beside_the_service_and_goes_on_where_a_start_left_it()
    {
        long before;
        await using (var portal = await StartAsync("--Rules:Sample", "full"))
        {
            portal.HasSample.ShouldBeTrue();
            (await portal.Ledger.BalanceAsync("sample-lab", null, default))!.IsSample.ShouldBeTrue();
            before = await WrittenAsync(portal, 4_000);
        }

        File.Exists(Path.Combine(_home, "sample-company.pending")).ShouldBeTrue();
        await using var again = await StartAsync("--Rules:Sample", "full");
        (await WrittenAsync(again, before + 4_000)).ShouldBeGreaterThan(before);

        var removal = again.Services.GetRequiredService<ISampleRemoval>();
        await removal.RemoveAsync();
        while (again.Services.GetRequiredService<SampleProgress>().Stage == SampleStage.Removing)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        (await again.Ledger.AccountsAsync(new AccountFilter(), default)).Items.ShouldBeEmpty();
        (await again.Ledger.EntriesAsync(new EntryFilter(), default)).Items.ShouldBeEmpty();
        (await again.Ledger.VerifyAsync(null, null, default)).Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Overview_compares_no_days_while_the_sample_company_is_not_whole()
    {
        await using var portal = await StartAsync("--Rules:Sample", "full");
        using var http = new HttpClient { BaseAddress = portal.Address };
        await SignInForm.SignInAsync(http, portal.SignInLink!);
        var overview = await http.GetStringAsync("/");
        overview.ShouldContain("Sample data is being written");
        overview.ShouldContain("<dt>30 days");
        overview.ShouldNotContain("until the same hour");
        var burn = portal.Services.GetRequiredService<BurnCache>();
        (await burn.ReadAsync(default)).IsWhole.ShouldBeFalse();

        await portal.Services.GetRequiredService<ISampleRemoval>().RemoveAsync();
        while (portal.Services.GetRequiredService<SampleProgress>().Stage == SampleStage.Removing)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var after = await burn.ReadAsync(default);
        (after.IsWhole, after.Quarters.Length).ShouldBe((true, 0), "what was read before is not kept for its minute");
    }

    [Fact]
    public async Task Removed_sample_company_does_not_come_back_and_an_interrupted_removal_is_finished()
    {
        await using (var portal = await StartAsync("--Rules:Sample", "small"))
        {
            await portal.Ledger.RemoveSampleAsync("sample-shop", default);
            await File.WriteAllTextAsync(Path.Combine(_home, "sample-company.removing"), "");
        }

        await using (var portal = await StartAsync("--Rules:Sample", "small"))
        {
            while (File.Exists(Path.Combine(_home, "sample-company.removing")))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }

            (await portal.Ledger.SamplesAsync(default)).ShouldBeEmpty();
        }

        await using var again = await StartAsync("--Rules:Sample", "small");
        again.HasSample.ShouldBeFalse();
        (await again.Ledger.AccountsAsync(new AccountFilter(), default)).Items.ShouldBeEmpty();
    }

    // Entries of all accounts once there are so many, each at its own time and none of them late.
    private static async Task<long> WrittenAsync(PortalApplication portal, long entries)
    {
        while (true)
        {
            var accounts = (await portal.Ledger.AccountsAsync(new AccountFilter(Limit: 500), default)).Items;
            if (accounts.Sum(static account => account.Entries) >= entries)
            {
                (await portal.Ledger.EntriesAsync(new EntryFilter(Limit: 500), default)).Items.ShouldAllBe(entry => !entry.Late);
                return accounts.Sum(static account => account.Entries);
            }

            portal.Services.GetRequiredService<SampleProgress>().Stage.ShouldBe(SampleStage.Writing);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }

    [Fact]
    public async Task Sample_company_is_not_written_beside_other_accounts()
    {
        await using (var portal = await StartAsync())
        {
            await portal.Ledger.OpenAccountAsync(
                new Engine.Accounts.OpenAccount("mine", "biodock", NodaTime.SystemClock.Instance.GetCurrentInstant()), "open", default);
        }

        await using var again = await StartAsync("--Rules:Sample", "small");

        again.HasSample.ShouldBeFalse();
    }

    private static async Task<string> Fingerprint(PortalApplication portal)
    {
        var accounts = (await portal.Ledger.AccountsAsync(new AccountFilter(Limit: 500), default)).Items;
        return string.Join('\n', accounts.Select(account => $"{account.Id} {account.Entries} {string.Join(',', account.Balances)}"));
    }

    private static string Shipped()
    {
        var target = Directory.CreateTempSubdirectory("rules-files-").FullName;
        foreach (var ruleset in new[] { "biodock", "bookbag" })
        {
            var folder = Directory.CreateDirectory(Path.Combine(target, ruleset)).FullName;
            foreach (var file in Directory.GetFiles(Path.Combine(PortalSettings.SourceRoot()!, "rules", ruleset), "*.rules"))
            {
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            }
        }

        return target;
    }

    private Task<PortalApplication> StartAsync(params string[] settings)
    {
        string[] defaults = ["--urls", "http://127.0.0.1:0", "--Rules:Home", _home, "--Rules:Sample", "off", "--environment", "Production"];
        // A later setting of the same key wins; addresses of other keys must stand alone.
        return PortalApplication.StartAsync(
            settings is [{ } key, ..] && (key.EndsWith("_ports", StringComparison.Ordinal) || key.StartsWith("--Kestrel", StringComparison.Ordinal))
                ? [.. defaults[2..], .. settings]
                : [.. defaults, .. settings]);
    }
}
