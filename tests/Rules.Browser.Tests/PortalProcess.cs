using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Rules.Browser.Tests;

/// <summary>The portal as a user starts it: a process of its own on a free loopback port, with an empty home that fills itself with the sample company.</summary>
internal sealed partial class PortalProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;
    private readonly string _home;

    private PortalProcess(Process process, string home, Uri signInLink)
    {
        _process = process;
        _home = home;
        SignInLink = signInLink;
    }

    public Uri Address => new(SignInLink.GetLeftPart(UriPartial.Authority));

    /// <summary>The one-time link that the first start prints.</summary>
    public Uri SignInLink { get; }

    /// <param name="sample">Rules:Sample.</param>
    public static async Task<PortalProcess> StartAsync(string sample = "small")
    {
        var portal = Path.Combine(RepositoryRoot(), "portal");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var home = Directory.CreateTempSubdirectory("rules-browser-").FullName;
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(portal, "bin", configuration, "net10.0", "Rules.Portal.dll") },
            WorkingDirectory = portal,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["Rules__Home"] = home,
                ["Rules__WriteBack"] = "false",
                ["Rules__Sample"] = sample,
                // Low enough for a file that a test imports, and without effect on the few accounts of the sample company.
                ["Rules__EstimateAbove"] = "600",
            },
        };
        var process = Process.Start(start)!;
        var said = new StringBuilder();
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (said)
            {
                said.AppendLine(line.Data);
            }

            if (line.Data is { } text && PrintedLink().Match(text) is { Success: true } match)
            {
                listening.TrySetResult(new Uri(match.Value));
            }
        }

        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("The portal ended before it listened."));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            return new PortalProcess(process, home, await listening.Task.WaitAsync(_patience));
        }
        catch (Exception failure)
        {
            process.Kill(entireProcessTree: true);
            lock (said)
            {
                throw new InvalidOperationException($"The portal did not start. It said:\n{said}", failure);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    public static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Rules.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the source tree.");
        }

        return folder.FullName;
    }

    // The last thing that a start does before it greets.
    [GeneratedRegex("http://127\\.0\\.0\\.1:[1-9][0-9]*/sign-in/link/[0-9a-f]{64}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrintedLink();
}
