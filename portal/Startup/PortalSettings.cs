using System.Collections.Immutable;
using System.Globalization;
using Rules.Ledger.Storage.SqlServer;
using Rules.Portal.Sample;
using Rules.Portal.SignIn;

namespace Rules.Portal.Startup;

/// <summary>What the service was told, with the defaults filled in; every path is absolute.</summary>
public sealed record PortalSettings
{
    /// <summary>Database, lock file and keys.</summary>
    public required string Home { get; init; }

    public string DatabaseFile => Path.Combine(Home, "rules.db");

    /// <summary>The server that keeps the ledger; null where <see cref="DatabaseFile"/> does.</summary>
    public SqlServerOptions? SqlServer { get; init; }

    /// <summary>Where the ledger is, for people; holds no secret.</summary>
    public string DatabaseName => SqlServer is null ? DatabaseFile : "SQL Server";

    /// <summary>Where the heads of accounts are anchored outside the database (Rules:AnchorPath, a folder).</summary>
    public required string AnchorFile { get; init; }

    /// <summary>Opens the database although it lies on a network file system.</summary>
    public bool AllowNetworkFileSystem { get; init; }

    /// <summary>The key that the first start makes for the sample company, for its owner's eyes only.</summary>
    public string SampleKeyFile => Path.Combine(Home, "sample.key");

    /// <summary>The link by which the first person signs in, for its owner's eyes only.</summary>
    public string SignInLinkFile => Path.Combine(Home, "sign-in.link");

    /// <summary>True where this start makes that link although an admin has a password: for a lost one.</summary>
    public bool NewSignInLink { get; init; }

    /// <summary>The keys under which cookies and webhook secrets are encrypted.</summary>
    public string KeyRing => Path.Combine(Home, "keys");

    /// <summary>The folder of the shipped rule files; null where there is none.</summary>
    public required string? RuleFiles { get; init; }

    /// <summary>The made-up company that an empty database gets.</summary>
    public required SampleMode Sample { get; init; }

    /// <summary>Requests per second of a key that names no rate of its own.</summary>
    public required int RequestsPerSecond { get; init; }

    /// <summary>Events of a past above which an estimate is told ahead of the exact figures, while somebody types.</summary>
    public required int EstimateAbove { get; init; }

    /// <summary>The only hosts to which webhooks may go, wherever they lie; empty: any public one.</summary>
    public ImmutableArray<string> WebhookHosts { get; init; } = [];

    /// <summary>Through which people may sign in; null: none.</summary>
    public SignInProvider? Provider { get; init; }

    /// <summary>The collector of metrics and traces; null: none.</summary>
    public required Uri? Otlp { get; init; }

    /// <exception cref="StartRefusedException">A value cannot be used.</exception>
    public static PortalSettings Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var source = SourceRoot();
        var working = Directory.GetCurrentDirectory();
        var home = configuration["Rules:Home"] is { Length: > 0 } given
            ? Path.GetFullPath(given, source ?? working)
            : source is null ? working : Path.Combine(source, ".rules");
        var anchor = configuration["Rules:AnchorPath"] is { Length: > 0 } folder ? Path.GetFullPath(folder, home) : home;
        return new PortalSettings
        {
            Home = home,
            SqlServer = Server(configuration),
            AnchorFile = Path.Combine(anchor, "anchor.log"),
            AllowNetworkFileSystem = Flag(configuration, "Rules:AllowNetworkFileSystem") ?? false,
            RuleFiles = Files(configuration["Rules:Files"], home, source),
            Sample = SampleOf(configuration, environment),
            NewSignInLink = Flag(configuration, "Rules:SignInLink") ?? false,
            RequestsPerSecond = Number(configuration, "Rules:RequestsPerSecond", 1, 1_000_000) ?? 10_000,
            EstimateAbove = Number(configuration, "Rules:EstimateAbove", 1, 1_000_000_000) ?? 1_000_000,
            WebhookHosts = [.. (configuration["Rules:WebhookHosts"] ?? "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries)],
            Otlp = Address(configuration, "Rules:Otlp"),
            Provider = SignInProvider.Read(configuration),
        };
    }

    /// <summary>The folder of Rules.sln above the program; null where the program does not run from its source tree.</summary>
    public static string? SourceRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Rules.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    private static SqlServerOptions? Server(IConfiguration configuration)
    {
        if (configuration["Rules:Database"] is not { Length: > 0 } database || database.Equals("sqlite", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (!database.Equals("sqlserver", StringComparison.OrdinalIgnoreCase))
        {
            throw new StartRefusedException(ExitCodes.Usage, $"Rules:Database is \"{database}\". Write sqlite or sqlserver.");
        }

        return new SqlServerOptions
        {
            ConnectionString = Secret(configuration, "Rules:SqlServer", "RULES_SQLSERVER") ?? throw new StartRefusedException(ExitCodes.Usage,
                "Rules:Database is sqlserver, but no server is named. Set the environment variable RULES_SQLSERVER (or Rules:SqlServer) to "
                + "Server=HOST;Database=NAME;User ID=USER;Password=PASSWORD;Encrypt=true."),
            OwnerConnectionString = Secret(configuration, "Rules:SqlServerOwner", "RULES_SQLSERVER_OWNER"),
            TrustServerCertificate = Flag(configuration, "Rules:TrustServerCertificate") ?? false,
            AllowInsecure = Flag(configuration, "Rules:AllowInsecureSql") ?? false,
        };
    }

    private static string? Secret(IConfiguration configuration, string key, string variable) =>
        configuration[key] is { Length: > 0 } set ? set : configuration[variable] is { Length: > 0 } named ? named : null;

    private static string? Files(string? given, string home, string? source)
    {
        if (!string.IsNullOrEmpty(given))
        {
            var files = Path.GetFullPath(given, home);
            return Directory.Exists(files)
                ? files
                : throw new StartRefusedException(ExitCodes.Usage, $"Rules:Files names \"{files}\", but there is no such folder. Create it, or name another one.");
        }

        var shipped = Path.Combine(source ?? AppContext.BaseDirectory, "rules");
        return Directory.Exists(shipped) ? shipped : null;
    }

    private static Uri? Address(IConfiguration configuration, string key) => configuration[key] switch
    {
        null or "" => null,
        { } text when Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0 => address,
        _ => throw new StartRefusedException(ExitCodes.Usage, $"{key} is no address. Write it as http://127.0.0.1:4318."),
    };

    private static int? Number(IConfiguration configuration, string key, int least, int most) => configuration[key] switch
    {
        null or "" => null,
        { } text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most => number,
        var other => throw new StartRefusedException(
            ExitCodes.Usage, string.Create(CultureInfo.InvariantCulture, $"{key} is \"{other}\". Write a number from {least} to {most}.")),
    };

    // A SQL Server has the clock, so that nothing can have happened there thirty days ago.
    private static SampleMode SampleOf(IConfiguration configuration, IHostEnvironment environment) => configuration["Rules:Sample"]?.ToLower(CultureInfo.InvariantCulture) switch
    {
        null or "" => environment.IsDevelopment() && Server(configuration) is null ? SampleMode.Full : SampleMode.Off,
        "off" or "false" or "no" or "0" => SampleMode.Off,
        "small" when Server(configuration) is null => SampleMode.Small,
        "full" or "on" or "true" or "yes" or "1" when Server(configuration) is null => SampleMode.Full,
        "small" or "full" or "on" or "true" or "yes" or "1" => throw new StartRefusedException(
            ExitCodes.Usage, "Rules:Sample asks for the sample company, but the ledger is on a SQL Server, whose own clock dates every entry. Start without it: Rules:Sample=off."),
        var other => throw new StartRefusedException(ExitCodes.Usage, $"Rules:Sample is \"{other}\". Write off, small or full."),
    };

    private static bool? Flag(IConfiguration configuration, string key) => configuration[key]?.ToLower(CultureInfo.InvariantCulture) switch
    {
        null or "" => null,
        "true" or "on" or "yes" or "1" => true,
        "false" or "off" or "no" or "0" => false,
        var other => throw new StartRefusedException(ExitCodes.Usage, $"{key} is \"{other}\". Write on or off."),
    };
}
