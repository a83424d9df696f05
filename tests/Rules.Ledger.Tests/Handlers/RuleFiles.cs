namespace Rules.Ledger.Tests.Handlers;

/// <summary>The shipped rule files, from the source tree that the tests were built in.</summary>
internal static class RuleFiles
{
    public static RuleFile Biodock { get; } = Read("biodock", "biodock.v1.rules");

    public static RuleFile AiEngine { get; } = Read("ai-engine", "ai-engine.v1.rules");

    public static RuleFile Bookbag { get; } = Read("bookbag", "bookbag.v1.rules");

    public static RuleFile Roboflow { get; } = Read("roboflow", "roboflow.v2.rules");

    public static RuleFile RoboflowAmendment { get; } = Read("roboflow", "roboflow.v3.rules");

    private static RuleFile Read(string folder, string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Rules.sln")))
        {
            root = root.Parent;
        }

        var path = Path.Combine(root?.FullName ?? throw new DirectoryNotFoundException("Rules.sln is in no folder above the tests."), "rules", folder, name);
        return new RuleFile(name, File.ReadAllText(path));
    }
}
