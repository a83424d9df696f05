namespace Rules.Ledger.Tests.Bank;

internal sealed class TemporaryDirectory : IDisposable
{
    public TemporaryDirectory() => Root = Directory.CreateTempSubdirectory("rules-ledger-").FullName;

    public string Root { get; }

    public string Database => Path.Combine(Root, "rules.db");

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
