using System.Diagnostics;
using System.Net.Http.Headers;
using Rules.Ledger;
using Rules.Ledger.Access;
using Rules.Portal.Startup;

namespace Rules.Portal.Tests.Api;

/// <summary>The service as a process of its own, as a person starts it.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private ServiceProcess(Process process, Task<string> errors)
    {
        _process = process;
        _errors = errors;
    }

    /// <summary>Sends <see cref="Key"/>.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>A key with every scope, made before the first start.</summary>
    public string Key { get; private set; } = null!;

    /// <summary>Everything that the service writes from its greeting on; complete when it has ended.</summary>
    public Task<string> Log { get; private set; } = null!;

    /// <summary>Starts and waits for the greeting; throws with what the process said when it ends before.</summary>
    public static async Task<ServiceProcess> StartAsync(string home, IReadOnlyDictionary<string, string>? environment = null, params string[] settings)
    {
        var key = await KeyAsync(home);
        var process = Launch(home, environment, settings);
        var service = new ServiceProcess(process, process.StandardError.ReadToEndAsync());
        const string announcement = "Rules is listening on ";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.IndexOf(announcement, StringComparison.Ordinal) is var start and >= 0)
            {
                service.Key = key;
                service.Http = new HttpClient { BaseAddress = new Uri(line[(start + announcement.Length)..].Split('"', ' ')[0]) };
                service.Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
                // What it says later must not fill the pipe.
                service.Log = ReadLogAsync(line, process.StandardOutput);
                return service;
            }
        }

        throw new InvalidOperationException(await service._errors);
    }

    /// <summary>Runs a start that is refused.</summary>
    public static async Task<(int ExitCode, string Errors)> RefusedAsync(string home, params string[] settings)
    {
        using var process = Launch(home, null, settings);
        var errors = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await errors);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM, as a supervisor sends it; answers the exit code.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static async Task<string> KeyAsync(string home)
    {
        var file = Path.Combine(home, "test.key");
        if (!File.Exists(file))
        {
            await using var ledger = await CreditLedger.OpenSqliteAsync(Path.Combine(home, "rules.db"), new LedgerOptions(), default);
            var issued = await ledger.Keys.CreateAsync(new NewApiKey { Name = "test", Scopes = KeyScopes.All, Rate = 1_000_000, CreatedBy = "command" }, default);
            await File.WriteAllTextAsync(file, issued.Text);
        }

        return await File.ReadAllTextAsync(file);
    }

    private static async Task<string> ReadLogAsync(string first, StreamReader rest) => first + "\n" + await rest.ReadToEndAsync();

    private static Process Launch(string home, IReadOnlyDictionary<string, string>? environment, string[] settings)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = home };
        foreach (var argument in (string[])[typeof(PortalApplication).Assembly.Location, "--urls", "http://127.0.0.1:0", "--Rules:Home", home, "--Rules:Sample", "off", .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }
}
