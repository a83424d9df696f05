using NodaTime;
using Rules.Ledger;
using Rules.Ledger.Access;

namespace Rules.Portal.Startup;

/// <summary>
/// The key of the sample company, made by the first start so that the first request can be sent. It may do everything, as does whoever can read
/// its file: the database lies beside it. A ledger without the sample company gets none; its keys are made by a person.
/// </summary>
internal static class FirstKey
{
    private const string Maker = "system";

    /// <summary>Makes the key, or a new secret for it where its file is gone and it is still the only one.</summary>
    /// <returns>The key's text where this start made it; null where there is nothing to make.</returns>
    public static async Task<string?> IssueAsync(CreditLedger ledger, PortalSettings settings, CancellationToken cancellationToken)
    {
        var issued = await ledger.Keys.ListAsync(cancellationToken) switch
        {
            [] => await ledger.Keys.CreateAsync(new NewApiKey { Name = "sample company", Scopes = KeyScopes.All, CreatedBy = Maker }, cancellationToken),
            [{ CreatedBy: Maker } only] when !File.Exists(settings.SampleKeyFile) => await ledger.Keys.RotateAsync(only.Id, Duration.Zero, Maker, cancellationToken),
            _ => null,
        };
        if (issued is null)
        {
            return null;
        }

        await OwnFile.WriteAsync(settings.SampleKeyFile, issued.Text, cancellationToken);
        return issued.Text;
    }
}
