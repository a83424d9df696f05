using Rules.Benchmarks;

switch (args)
{
    case ["all"]:
        return await EverySection.RunAsync(Console.Out);
    case ["event"]:
        OneEvent.Run();
        return 0;
    case ["text"]:
        RuleText.Run(Console.Out);
        return 0;
    case ["replay", var size] when long.Parse(size, System.Globalization.CultureInfo.InvariantCulture) is >= 20_000_000 and var events:
        LargeReplay.Run(events, Console.Out);
        return 0;
    case ["replay", .. var sizes]:
        ReplayBenchmarks.Run(sizes.Length > 0 ? int.Parse(sizes[0], System.Globalization.CultureInfo.InvariantCulture) : 2_000_000, 1000);
        return 0;
    case ["growth"]:
        Growth.Run(Console.Out);
        return 0;
    case ["ledger"]:
        await LedgerBenchmarks.RunAsync(Console.Out);
        return 0;
    case ["verify"]:
        await VerifyBenchmark.RunAsync(Console.Out);
        return 0;
    case ["start"]:
        await StartBenchmark.RunAsync(Console.Out);
        return 0;
    case ["preview", .. var sizes]:
        await PreviewBenchmark.RunAsync(Size(sizes, 0, 5_000_000), Size(sizes, 1, 1000), Console.Out);
        return 0;
    case ["http"]:
        await HttpBenchmarks.RunAsync(Console.Out);
        return 0;
    default:
        await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project tests/Rules.Benchmarks -- all | event | text | replay [EVENTS] | preview [EVENTS [ACCOUNTS]] | growth | ledger | verify | start | http");
        return 64;
}

static int Size(string[] sizes, int place, int usual) =>
    sizes.Length > place ? int.Parse(sizes[place], System.Globalization.CultureInfo.InvariantCulture) : usual;
