using Rules.Portal.Sample;

namespace Rules.Portal.Startup;

/// <summary>What a person who started the service in a terminal reads first. In production, where a machine reads, it is one line of the log.</summary>
public static partial class Greeting
{
    public static async Task GiveAsync(PortalApplication portal)
    {
        if (portal.Services.GetRequiredService<IHostEnvironment>().IsDevelopment())
        {
            await Console.Out.WriteAsync(For(portal));
        }
        else
        {
            LogListening(
                portal.Services.GetRequiredService<ILogger<PortalApplication>>(), portal.Address.GetLeftPart(UriPartial.Authority), portal.Settings.DatabaseName);
            if (portal.SignInLink is not null)
            {
                LogLink(portal.Services.GetRequiredService<ILogger<PortalApplication>>(), portal.Settings.SignInLinkFile);
            }

            if ((await portal.Ledger.Keys.ListAsync(default)).IsEmpty)
            {
                LogNoKey(portal.Services.GetRequiredService<ILogger<PortalApplication>>());
            }
        }
    }

    public static string For(PortalApplication portal)
    {
        var address = portal.Address.GetLeftPart(UriPartial.Authority);
        var text = $"""

            Rules is listening on {address}

              portal   {address}/
              try it   {address}/docs
              ledger   {portal.Settings.DatabaseName}


            """;
        if (portal.SignInLink is { } link)
        {
            text += $"""
                Sign in as {FirstLink.FirstAdmin} with this link. It counts once and for an hour; set a password afterwards, or the next start makes another link:

                  {link}


                """;
        }

        if (portal.NewSampleKey is { } key)
        {
            text += $"""
                An API key for the sample company, shown this once:

                  {key}

                It is also in {portal.Settings.SampleKeyFile}, which only you can read.


                """;
        }

        if (portal.HasSample)
        {
            text += $$$"""
                The company is made up: its accounts begin with "sample-". Charge one of them:

                  curl -s {{{address}}}/v1/charges -H "Authorization: Bearer $(cat {{{portal.Settings.SampleKeyFile}}})" \
                    -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first-run' \
                    -d '{"account": "{{{SampleCompany.FirstAccount}}}", "action": "analysis", "quantities": {"image": "6000", "crop": "120000"}, "keys": {"run": "my-first-run"}}'


                """;
        }

        return text;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no API key yet, so /v1 answers nobody: stop the service and run \"rules keys create\".")]
    private static partial void LogNoKey(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No admin has a password yet: a link that signs in once within the hour is in {File}.")]
    private static partial void LogLink(ILogger logger, string file);

    [LoggerMessage(Level = LogLevel.Information, Message = "Rules is listening on {Address} with the ledger {Database}.")]
    private static partial void LogListening(ILogger logger, string address, string database);
}
