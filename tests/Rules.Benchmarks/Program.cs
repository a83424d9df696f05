using Rules.Benchmarks;

if (args is ["ledger", var rules])
{
    await LedgerBenchmarks.RunAsync(rules, Console.Out);
    return 0;
}

await Console.Error.WriteLineAsync("usage: dotnet run -c Release --project tests/Rules.Benchmarks -- ledger RULES_DIRECTORY");
return 64;
