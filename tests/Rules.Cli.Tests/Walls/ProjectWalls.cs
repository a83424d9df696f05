using System.Xml.Linq;

namespace Rules.Cli.Tests.Walls;

public sealed class ProjectWalls
{
    // What each project may reference; every product project stands here.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["dsl/Rules.Dsl.csproj"] = [],
        ["engine/Rules.Engine/Rules.Engine.csproj"] = ["Rules.Dsl"],
        ["engine/Rules.Ledger/Rules.Ledger.csproj"] = ["Rules.Dsl", "Rules.Engine"],
        ["engine/Rules.LanguageServer/Rules.LanguageServer.csproj"] = ["Rules.Dsl", "Rules.Engine"],
        ["engine/Rules.Client/Rules.Client.csproj"] = [],
        ["engine/Rules.Cli/Rules.Cli.csproj"] = ["Rules.Dsl", "Rules.Engine", "Rules.Ledger", "Rules.LanguageServer", "Rules.Client"],
        ["portal/Rules.Portal.csproj"] = ["Rules.Dsl", "Rules.Engine", "Rules.Ledger", "Rules.LanguageServer", "Rules.Client"],
    };

    [Fact]
    public void Projects_reference_only_what_lies_before_them()
    {
        var violations = from project in Allowed
                         from reference in References(project.Key, "ProjectReference")
                         let name = Path.GetFileNameWithoutExtension(reference.Replace('\\', '/'))
                         where !project.Value.Contains(name, StringComparer.Ordinal)
                         select $"{project.Key} references {name}";
        violations.ShouldBeNone("A project references only what lies before it:");
    }

    [Fact]
    public void Every_product_project_has_its_place()
    {
        var projects = SourceTree.Files.Where(static f =>
            f.EndsWith(".csproj", StringComparison.Ordinal) && !f.StartsWith("tests/", StringComparison.Ordinal));
        projects.ShouldBe(Allowed.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Dsl_and_client_need_no_package()
    {
        References("dsl/Rules.Dsl.csproj", "PackageReference").ShouldBeEmpty();
        References("engine/Rules.Client/Rules.Client.csproj", "PackageReference").ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_ledger_knows_a_database_driver()
    {
        string[] drivers = ["Dapper", "Microsoft.Data.Sqlite", "Microsoft.Data.SqlClient", "SQLitePCLRaw"];
        var violations = from project in Allowed.Keys
                         where project != "engine/Rules.Ledger/Rules.Ledger.csproj"
                         from package in References(project, "PackageReference")
                         where drivers.Any(d => package.StartsWith(d, StringComparison.Ordinal))
                         select $"{project} references {package}";
        violations.ShouldBeNone("Only Rules.Ledger talks to a database:");
    }

    [Fact]
    public void Package_versions_are_central()
    {
        var violations = from project in SourceTree.Files.Where(static f => f.EndsWith(".csproj", StringComparison.Ordinal))
                         from package in XDocument.Load(SourceTree.PathOf(project)).Descendants("PackageReference")
                         where package.Attribute("Version") is not null || package.Attribute("VersionOverride") is not null
                         select $"{project} says the version of {package.Attribute("Include")?.Value}";
        violations.ShouldBeNone("Versions stand in Directory.Packages.props alone:");
    }

    [Fact]
    public void Assemblies_use_no_assembly_behind_them()
    {
        var violations = from assembly in ProductAssemblies.All
                         from reference in assembly.GetReferencedAssemblies()
                         where reference.Name is "rules" || reference.Name!.StartsWith("Rules.", StringComparison.Ordinal)
                         let project = Allowed.Single(p => p.Key.EndsWith($"/{ProjectOf(assembly.GetName().Name!)}.csproj", StringComparison.Ordinal))
                         where !project.Value.Contains(reference.Name, StringComparer.Ordinal)
                         select $"{assembly.GetName().Name} uses {reference.Name}";
        violations.ShouldBeNone("An assembly uses only what lies before it:");
    }

    private static string ProjectOf(string assembly) => assembly == "rules" ? "Rules.Cli" : assembly;

    private static IEnumerable<string> References(string project, string kind) =>
        XDocument.Load(SourceTree.PathOf(project)).Descendants(kind).Select(static r => r.Attribute("Include")!.Value);
}
