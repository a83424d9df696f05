using Rules.Ledger;
using Rules.Portal.Startup;

try
{
    await using var portal = await PortalApplication.StartAsync(args);
    await Greeting.GiveAsync(portal);
    await portal.WaitForShutdownAsync();
    return 0;
}
catch (StartRefusedException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return refusal.ExitCode;
}
catch (LedgerStartException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return refusal.ExitCode;
}
catch (OperationCanceledException)
{
    // Told to stop while it was starting.
    return 0;
}
