using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using NodaTime;
using Rules.Browser.Tests;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Imports;
using Rules.Ledger.Replays;
using Rules.Ledger.Storage.Sqlite;
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
    private const int BatchEvents = 131_072;
    private const string Ruleset = "work";

    // The rate that is typed at, with the digit in front of which the caret stands.
    private static readonly string[] Rates = ["over 5,000 0.0002", "base 0.001", "over 1,000 0.0004", "medium 2"];

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
            await SeedAsync(Path.Combine(home, "rules.db"), events, accounts, output);
            await using var portal = await PortalApplication.StartAsync(
                ["--urls", "http://127.0.0.1:0", "--Rules:Home", home, "--Rules:Sample", "off", "--Rules:WriteBack", "off", "--environment", "Production"]);
            await MeasureAsync(portal, events, output);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    // As an import stores them, without a file to read.
    private static async Task SeedAsync(string database, int events, int accounts, TextWriter output)
    {
        var options = new LedgerOptions { Time = TimeProvider.System };
        await using (var ledger = await CreditLedger.OpenSqliteAsync(database, options, default))
        {
            var publication = await ledger.Rulesets.PublishAsync("work.v1.rules", ReplayBenchmarks.Rules, "benchmark", default);
            if (publication.Version is null)
            {
                throw new InvalidOperationException(string.Join('\n', publication.Diagnostics));
            }
        }

        var watch = Stopwatch.StartNew();
        await using var store = SqliteLedgerStore.Open(database, options);
        using var random = MadeUp(events, accounts).GetEnumerator();
        var batch = 0;
        for (var left = events; left > 0;)
        {
            var part = new List<PastEvent>(Math.Min(left, BatchEvents));
            while (part.Count < Math.Min(left, BatchEvents) && random.MoveNext())
            {
                part.Add(random.Current);
            }

            left -= part.Count;
            batch++;
            var row = new UsageBatch(
                Ruleset, batch, "0123456789abcdef", "benchmark", new byte[32], SystemClock.Instance.GetCurrentInstant(), "benchmark", batch, new byte[32], batch, part.Count, 0, left == 0);
            await store.App!.AddUsageAsync(row, PackedUsage.Pack(batch, part), default);
        }

        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{events:N0} events of {accounts:N0} accounts stored in {watch.Elapsed.TotalSeconds:0} s"));
    }

    private static IEnumerable<PastEvent> MadeUp(int events, int accounts)
    {
        string[] models = ["small", "medium", "large"];
        var random = new Random(7);
        var start = SystemClock.Instance.GetCurrentInstant() - Duration.FromDays(28);
        var step = Duration.FromDays(27) / events;
        var states = Enumerable.Range(0, accounts).Select(account => new StatedAccount(
            "Team", [], [], [new MeteredQuantity("prepaid", 1000 + (account * 97 % 99_000))])).ToArray();
        for (var i = 0; i < events; i++)
        {
            var account = random.Next(accounts);
            // Whole microseconds, as instants are stored.
            var at = Instant.FromUnixTimeTicks((start + (step * i)).ToUnixTimeTicks() / 10 * 10);
            var usage = random.Next(2) == 0
                ? new UsageEvent { OccurredAt = at, Action = "analysis", Quantities = [new("crop", random.Next(0, 400_000)), new("image", random.Next(1, 20_000))] }
                : new UsageEvent { OccurredAt = at, Action = "reply", Facts = [new("model", models[random.Next(3)])] };
            yield return new PastEvent(string.Create(CultureInfo.InvariantCulture, $"e{i}"), string.Create(CultureInfo.InvariantCulture, $"a{account}"), usage, states[account]);
        }
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
        await page.Locator(".cm-search [name=search]").PressSequentiallyAsync(words);
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
