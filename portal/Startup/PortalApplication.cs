using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using NodaTime;
using Rules.Ledger;
using Rules.Portal.Access;
using Rules.Portal.Alerts;
using Rules.Portal.Api;
using Rules.Portal.Burn;
using Rules.Portal.Drafts;
using Rules.Portal.Imports;
using Rules.Portal.Operations;
using Rules.Portal.Replays;
using Rules.Portal.Sample;
using Rules.Portal.SignIn;
using Rules.Portal.Verification;
using Rules.Portal.Web;

namespace Rules.Portal.Startup;

/// <summary>The service from its first setting to its last request.</summary>
public sealed class PortalApplication : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PortalApplication(WebApplication app, PortalSettings settings, CreditLedger ledger)
    {
        _app = app;
        Settings = settings;
        Ledger = ledger;
    }

    public PortalSettings Settings { get; }

    public CreditLedger Ledger { get; }

    /// <summary>The first address on which the service listens.</summary>
    public Uri Address { get; private set; } = new(LoopbackOnly.DefaultAddress);

    /// <summary>True where the sample company is in the ledger.</summary>
    public bool HasSample { get; private init; }

    /// <summary>The sample company's key where this start made it; it is shown once.</summary>
    public string? NewSampleKey { get; private init; }

    /// <summary>The link by which the first person signs in, where this start made it.</summary>
    public string? SignInLink { get; private set; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Opens the ledger, publishes the shipped rule files, begins the sample company where it is wanted, and listens.</summary>
    /// <exception cref="StartRefusedException">A setting or an address cannot be used.</exception>
    /// <exception cref="LedgerStartException">The database or the rule files stand in the way.</exception>
    public static async Task<PortalApplication> StartAsync(string[] args, CancellationToken cancellationToken = default)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(PortalApplication).Assembly.GetName().Name,
            ContentRootPath = PortalSettings.SourceRoot() is { } source ? Path.Combine(source, "portal") : AppContext.BaseDirectory,
        });
        builder.WebHost.UseLoopbackOnly(builder.Configuration);
        var settings = PortalSettings.Read(builder.Configuration, builder.Environment);
        AddLogging(builder);
        var clock = new ServiceClock();
        var (ledger, sample) = await OpenLedgerAsync(settings, clock, cancellationToken);
        try
        {
            AddServices(builder, settings, ledger, sample, clock);
            var hasSample = await ledger.BalanceAsync(SampleCompany.FirstAccount, null, cancellationToken) is not null;
            var newKey = hasSample ? await FirstKey.IssueAsync(ledger, settings, cancellationToken) : null;
            var portal = new PortalApplication(builder.Build(), settings, ledger) { HasSample = hasSample, NewSampleKey = newKey };
            portal.Map();
            await portal.ListenAsync(cancellationToken);
            portal.SignInLink = await FirstLink.IssueAsync(ledger, settings, portal.Address, hasSample, cancellationToken);
            return portal;
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <summary>Lets running requests end, then the commands that wait, then closes the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Ledger.DisposeAsync();
    }

    private static async Task<(CreditLedger Ledger, SampleCompany? Unwritten)> OpenLedgerAsync(PortalSettings settings, ServiceClock clock, CancellationToken cancellationToken)
    {
        try
        {
            Directory.CreateDirectory(settings.Home);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                ExitCodes.Usage, $"Rules:Home cannot be the folder \"{settings.Home}\": {exception.Message} Name one in which this user may write.", exception);
        }

        var options = new LedgerOptions { Time = clock, AnchorPath = settings.AnchorFile, AllowNetworkFileSystem = settings.AllowNetworkFileSystem };
        var ledger = settings.SqlServer is { } server
            ? await CreditLedger.OpenSqlServerAsync(server, options, cancellationToken)
            : await CreditLedger.OpenSqliteAsync(settings.DatabaseFile, options, cancellationToken);
        try
        {
            if (settings.RuleFiles is { } folder)
            {
                await ledger.Rulesets.LoadAsync(RuleFiles.Read(folder), cancellationToken);
            }

            return (ledger, await SampleCompany.BeginAsync(ledger, clock, settings, cancellationToken));
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    private static void AddLogging(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // With a log of its own it begins an activity for every request, which nobody reads unless a collector is named; then it does so for the collector.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        // That the key ring lies unencrypted in a folder of the service's own is how it is meant.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // A start that fails is told once and in words by the program itself.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddSimpleConsole(options => options.SingleLine = true);
        }
        else
        {
            builder.Logging.AddConsole(options => options.FormatterName = JsonLogFormatter.FormatterName).AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        }
    }

    private static void AddServices(WebApplicationBuilder builder, PortalSettings settings, CreditLedger ledger, SampleCompany? sample, ServiceClock clock)
    {
        if (!builder.Environment.IsDevelopment())
        {
            // Run from its source tree the program finds its static files by this manifest; a published one has them beside it.
            builder.WebHost.UseStaticWebAssets();
        }

        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxConcurrentConnections = 2_000;
            options.Limits.MaxRequestBodySize = 1024 * 1024;
            options.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            options.Limits.MaxRequestHeaderCount = 100;
            options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            options.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(ledger);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddSingleton<IClock>(clock);
        // Whoever sets the framework's switch for it: what a client says about its own address is never believed.
        builder.Services.PostConfigure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.None);
        builder.Services.AddSingleton<KnownKeys>();
        builder.Services.AddSingleton<AccountRulesets>();
        builder.Services.AddSingleton<RequestRates>();
        builder.Services.AddSingleton<KeyUses>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KeyUses>());
        builder.Services.AddSingleton(new SampleProgress { Stage = sample is null ? SampleStage.None : SampleStage.Writing });
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SampleWriting>(services, new UnwrittenSample(sample)));
        builder.Services.AddSingleton<ISampleRemoval>(services => services.GetRequiredService<SampleWriting>());
        builder.Services.AddHostedService(services => services.GetRequiredService<SampleWriting>());
        builder.Services.AddHostedService<Renewals>();
        builder.Services.AddHostedService<Checkpoints>();
        builder.Services.AddHostedService<PastUpkeep>();
        builder.Services.AddSingleton<PastCache>();
        builder.Services.AddSingleton<BurnCache>();
        builder.Services.AddSingleton<VersionUses>();
        builder.Services.AddSingleton<FiredAlerts>();
        builder.Services.AddSingleton<PastReplays>();
        builder.Services.AddSingleton<DraftImpacts>();
        builder.Services.AddSingleton<ReplayRuns>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ReplayRuns>());
        builder.Services.AddSingleton<VerificationRuns>();
        builder.Services.AddSingleton(static services => new UploadStore(services.GetRequiredService<PortalSettings>(), services.GetRequiredService<IClock>()));
        builder.Services.AddKeyedSingleton(
            UploadStore.Bills, static (services, folder) => new UploadStore(services.GetRequiredService<PortalSettings>(), services.GetRequiredService<IClock>(), (string)folder!));
        builder.Services.AddSingleton<ImportRuns>();
        builder.Services.AddSignIn(settings.Provider);
        builder.Services.AddPortalPages();
        builder.Services.AddApiDescription();
        builder.Services.AddOperations();
        builder.Services.AddDataProtection().SetApplicationName("Rules").PersistKeysToFileSystem(OwnFile.Folder(settings.KeyRing));
        builder.Services.AddSingleton<WebhookTargets>();
        builder.Services.AddSingleton<WebhookSecrets>();
        builder.Services.AddSingleton(AlertPace.Usual);
        builder.Services.AddSingleton<AlertDelivery>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AlertDelivery>());
        builder.Services.AddHostedService<ScheduledPublications>();
    }

    private void Map()
    {
        _app.UsePortalHeaders();
        _app.UseMiddleware<HostGuard>();
        _app.UseV1Api();
        _app.UsePortalErrorPages();
        _app.UseMiddleware<RequestMeter>();
        _app.UseTryItPage();
        _app.UseWebSockets();
        _app.UseRouting();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        _app.MapOperations();
        _app.MapPortalPages();
        _app.MapProvider(Settings.Provider);
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new StartRefusedException(
                ExitCodes.AddressInUse, $"{exception.Message} Stop what listens there, or choose another port: ASPNETCORE_URLS=http://127.0.0.1:5081", exception);
        }

        catch (Exception exception) when (exception is IOException or InvalidOperationException or System.Net.Sockets.SocketException)
        {
            // A port that needs rights, a certificate that is not there: what a setting asks for and this machine cannot give.
            throw new StartRefusedException(ExitCodes.Usage, $"The service cannot listen: {exception.Message}", exception);
        }

        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new Uri(addresses.First());
    }
}
