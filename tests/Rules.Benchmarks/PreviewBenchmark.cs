using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NodaTime;
using Rules.Browser.Tests;
using Rules.Ledger.Imports;
using Rules.Ledger.Replays;
using Rules.Portal.Display;
using Rules.Portal.Replays;
using Rules.Portal.Startup;

namespace Rules.Benchmarks;

/// <summary>
/// From a key pressed in the editor to changed figures on the screen, over millions of past events: the whole portal on a database of its own, and a browser in which
/// prices are typed. Portal and browser share the machine. What the page shows at the end is held against a replay of both sides.
/// </summary>
internal static class PreviewBenchmark
{
    private const int Edits = 60;
    private const int WarmUp = 5;
    private const string Ruleset = "work";

    // The rate that is typed at, with the digit in front of which the caret stands.
    private static readonly string[] Rates = ["over 5,000 0.0002", "base 0.001", "over 5,000 0.00005", "medium 2"];

    private const string Watch = """
        () => new Promise(done => {
          const after = () => document.querySelector("[data-cell=after]")?.textContent;
          const before = after();
          let pressed = 0, first = 0, estimate = false;
          addEventListener("keydown", event => pressed = event.timeStamp, { once: true, capture: true });
          const observer = new MutationObserver(() => {
            if (!pressed || after() === undefined || (!first && after() === before)) return;
            const estimated = document.querySelector(".impact.estimated") !== null;
            requestAnimationFrame(() => {
              const shown = performance.now() - pressed;
              if (!first) { first = shown; estimate = estimated; }
              if (!estimated) { observer.disconnect(); done([first, shown, estimate ? 1 : 0]); }
            });
          });
          observer.observe(document.querySelector("[data-preview]"), { childList: true, subtree: true });
          window.watching = true;
        })
        """;

    public static async Task RunAsync(int events, int accounts, TextWriter output)
    {
        var home = Directory.CreateTempSubdirectory("rules-benchmark-").FullName;
        try
        {
            await using var portal = await PortalApplication.StartAsync(
                ["--urls", "http://127.0.0.1:0", "--Rules:Home", home, "--Rules:Sample", "off", "--Rules:WriteBack", "off", "--environment", "Production"]);
            await SeedAsync(portal, events, accounts, output);
            await MeasureAsync(portal, events, output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task SeedAsync(PortalApplication portal, int events, int accounts, TextWriter output)
    {
        var publication = await portal.Ledger.Rulesets.PublishAsync("work.v1.rules", ReplayBenchmarks.Rules, "benchmark", default);
        if (publication.Version is null)
        {
            throw new InvalidOperationException(string.Join('\n', publication.Diagnostics));
        }

        var watch = Stopwatch.StartNew();
        var pipe = new Pipe();
        var written = Task.Run(() => WriteAsync(pipe.Writer, events, accounts));
        await using var lines = pipe.Reader.AsStream();
        var mapping = new UsageMapping(IsCsv: true, [], []);
        var result = await portal.Ledger.Imports.ImportAsync(lines, new UsageImportRequest(Ruleset, "benchmark.csv", mapping, "benchmark"), default);
        await written;
        if (result.Events != events)
        {
            throw new InvalidOperationException($"{result.Events} of {events} events were imported: {string.Join('\n', result.Mistakes)}");
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events of {accounts:N0} accounts imported in {watch.Elapsed.TotalSeconds:0} s"));
    }

    private static async Task WriteAsync(PipeWriter writer, int events, int accounts)
    {
        string[] models = ["small", "medium", "large"];
        var random = new Random(7);
        var start = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(28);
        var step = Duration.FromDays(27) / events;
        var text = new StringBuilder("id,account,at,action,quantities.image,quantities.crop,facts.model,state.plan,state.balances.prepaid\n");
        for (var i = 0; i < events; i++)
        {
            var account = random.Next(accounts);
            text.Append(CultureInfo.InvariantCulture, $"e{i},a{account},{Engine.Wire.InstantText.Format(start + (step * i))},");
            text.Append(random.Next(2) == 0
                ? string.Create(CultureInfo.InvariantCulture, $"analysis,{random.Next(1, 20_000)},{random.Next(0, 400_000)},")
                : $"reply,,,{models[random.Next(3)]}");
            text.Append(CultureInfo.InvariantCulture, $",Team,{1000 + (account * 97 % 99_000)}\n");
            if (text.Length > 1 << 20)
            {
                await writer.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
                text.Clear();
            }
        }

        await writer.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
        await writer.CompleteAsync();
    }

    private static async Task MeasureAsync(PortalApplication portal, int events, TextWriter output)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = InstalledBrowser.Required,
            Args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        var context = await browser.NewContextAsync(new BrowserNewContextOptions { BaseURL = portal.Address.ToString(), ViewportSize = new ViewportSize { Width = 1280, Height = 900 } });
        context.SetDefaultTimeout(300_000);
        var page = await context.NewPageAsync();
        await page.GotoAsync(portal.SignInLink!);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in as admin" }).ClickAsync();
        await page.GotoAsync($"/rulesets/{Ruleset}");
        var opened = Stopwatch.StartNew();
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the prices" }).ClickAsync();
        await page.Locator(".impact:not(.estimated)").WaitForAsync();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"first figures of a workspace, the past being read: {opened.Elapsed.TotalSeconds:0.0} s"));

        var (first, exact, estimates) = (new List<decimal>(), new List<decimal>(), 0);
        for (var edit = 0; edit < Edits + WarmUp; edit++)
        {
            await CaretAsync(page, Rates[edit % Rates.Length]);
            foreach (var key in (string[])["4", "Backspace"])
            {
                await page.WaitForTimeoutAsync(150 + (edit * 37 % 200));
                var seen = page.EvaluateAsync<float[]>(Watch);
                await page.WaitForFunctionAsync("() => window.watching");
                await page.EvaluateAsync("() => window.watching = false");
                await page.Keyboard.PressAsync(key);
                var times = await seen;
                if (edit >= WarmUp)
                {
                    first.Add((decimal)times[0]);
                    exact.Add((decimal)times[1]);
                    estimates += times[2] > 0 ? 1 : 0;
                }
            }
        }

        await CheckAsync(portal, page);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{first.Count} keys over {events:N0} events on {Environment.ProcessorCount} processors, in the browser, from the key to the painted figures:"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"first answer: median {At(first, 50):0} ms, 95th percentile {At(first, 95):0} ms; an estimate in {estimates}"));
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"exact answer: median {At(exact, 50):0} ms, 95th percentile {At(exact, 95):0} ms"));
    }

    // Types one more price and holds what the page shows against a replay of both sides.
    private static async Task CheckAsync(PortalApplication portal, IPage page)
    {
        await CaretAsync(page, Rates[0]);
        var seen = page.EvaluateAsync<float[]>(Watch);
        await page.WaitForFunctionAsync("() => window.watching");
        await page.Keyboard.PressAsync("4");
        await seen;
        var text = await page.Locator("textarea[name=Text]").InputValueAsync();
        var last = (await portal.Ledger.Imports.LastAsync(Ruleset, default))!.Value + Duration.FromTicks(10);
        var from = DateTimeZone.Utc.AtStartOfDay(last.InUtc().Date.PlusDays(-30)).ToInstant();
        var request = new ReplayRequest(Ruleset, new PastWindow(from, last), [new DraftText("draft", text)]) { Source = PastSource.Imported };
        var report = (await portal.Services.GetRequiredService<PastReplays>().RunAsync(request, null, default)).Report!;
        var expected = AmountText.Summary(new Dsl.Text.ExactDecimal((System.Numerics.BigInteger)report.Totals[1].Charged, report.Decimals).ToString(), 2);
        var shown = (await page.Locator("[data-cell=after]").InnerTextAsync()).Trim();
        if (shown != expected || report.Totals[1].Changed == 0)
        {
            throw new InvalidOperationException($"The page shows {shown}; a replay of both sides comes to {expected}.");
        }
    }

    private static async Task CaretAsync(IPage page, string words)
    {
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("Control+Home");
        await page.Keyboard.PressAsync("Control+f");
        await page.Locator(".cm-search [name=search]").FillAsync(words);
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Escape");
        await page.Locator(".cm-content").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
    }

    private static decimal At(List<decimal> values, int percent)
    {
        values.Sort();
        return values[Math.Min(values.Count - 1, values.Count * percent / 100)];
    }
}
