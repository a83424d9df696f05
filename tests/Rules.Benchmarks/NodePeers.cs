using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rules.Engine.Replay;

namespace Rules.Benchmarks;

/// <summary>
/// Peers of Node and DuckDB, on the same work as the product, each checked for its answer. Their packages are installed on first use; where there
/// is no Node, a line says so and nothing is measured.
/// </summary>
internal static class NodePeers
{
    private static readonly string s_directory = Path.Combine(AppContext.BaseDirectory, "Peers");

    /// <summary>Section 1: one event, in nanoseconds, beside plain JavaScript.</summary>
    public static void Event(IReadOnlyList<long> images, IReadOnlyList<long> crops, long charge, TextWriter output)
    {
        if (!TryInstall(output))
        {
            return;
        }

        var input = JsonSerializer.Serialize(new { images, crops, charge });
        output.WriteLine("| candidate in Node | ns/op | x plain JavaScript |");
        output.WriteLine("|---|---|---|");
        var plain = 0m;
        foreach (var line in Lines(Run("node", ["event.mjs"], input)))
        {
            var nanoseconds = line.GetProperty("nanoseconds").GetDecimal();
            plain = plain == 0 ? nanoseconds : plain;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {line.GetProperty("name").GetString()} | {nanoseconds:0.0} | {nanoseconds / plain:0.0} |"));
        }

        output.WriteLine();
    }

    /// <summary>Section 2: past events, in milliseconds, beside the hand-written loop.</summary>
    public static void Preview(IReadOnlyList<AccountHistory> histories, (long Published, long Draft, long Changed) sums, TimeSpan handWritten, TextWriter output)
    {
        if (!TryInstall(output))
        {
            return;
        }

        var work = Directory.CreateTempSubdirectory("rules-preview-").FullName;
        try
        {
            var usage = Path.Combine(work, "usage.csv");
            var accounts = Path.Combine(work, "accounts.csv");
            var flex = Write(histories, usage, accounts);
            string[] expected = [sums.Published.Text(), sums.Draft.Text(), sums.Changed.Text(), flex.Published.Text(), flex.Draft.Text()];
            foreach (var line in Lines(Run("node", ["preview.mjs", usage, accounts, Environment.ProcessorCount.Text()], "")))
            {
                var name = line.GetProperty("name").GetString();
                var answer = line.GetProperty("sums").EnumerateArray().Select(static e => e.GetString()).ToList();
                if (!answer.SequenceEqual(expected.Take(answer.Count), StringComparer.Ordinal))
                {
                    throw new InvalidOperationException($"{name} gives another answer: {string.Join(", ", answer)}, not {string.Join(", ", expected)}.");
                }

                var milliseconds = line.GetProperty("milliseconds").GetDecimal();
                output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name}, {Environment.ProcessorCount} threads: {milliseconds:0} ms, {milliseconds / (decimal)handWritten.TotalMilliseconds:0.0} x hand-written"));
            }
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    // Model 0 is an analysis. Answers with what flex pays under each version, which no candidate reports but every one draws.
    private static (long Published, long Draft) Write(IReadOnlyList<AccountHistory> histories, string usagePath, string accountsPath)
    {
        using var usages = new StreamWriter(usagePath);
        using var accounts = new StreamWriter(accountsPath);
        usages.WriteLine("account,number,model,crops,images");
        accounts.WriteLine("account,included,prepaid");
        var flex = (Published: 0L, Draft: 0L);
        for (var a = 0; a < histories.Count; a++)
        {
            var history = histories[a];
            var usage = history.Usage;
            var room = history.Opening.Lots[0].Available + history.Opening.Lots[1].Available;
            accounts.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{a},{history.Opening.Lots[0].Available},{history.Opening.Lots[1].Available}"));
            var charged = ReplayBenchmarks.HandWritten([history]);
            flex = (flex.Published + Math.Max(charged.Item1 - room, 0), flex.Draft + Math.Max(charged.Item2 - room, 0));
            for (var i = 0; i < usage.Count; i++)
            {
                var shape = usage.Shapes[usage.Shape[i]];
                var model = shape.Meters.Length == 2 ? 0 : shape.Facts[0].Value switch { "small" => 1, "medium" => 2, _ => 3 };
                var crops = model == 0 ? usage.Quantities[i * usage.Stride] : 0;
                var images = model == 0 ? usage.Quantities[(i * usage.Stride) + 1] : 0;
                usages.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{a},{i},{model},{crops},{images}"));
            }
        }

        return flex;
    }

    private static bool TryInstall(TextWriter output)
    {
        try
        {
            if (!Directory.Exists(Path.Combine(s_directory, "node_modules")))
            {
                Run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts"], "");
            }

            return true;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            output.WriteLine($"No peers of Node: {e.Message}");
            return false;
        }
    }

    private static IEnumerable<JsonElement> Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line));

    private static string Run(string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = s_directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {arguments[0]}: {errors.Result}");
    }

    private static string Text<T>(this T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
