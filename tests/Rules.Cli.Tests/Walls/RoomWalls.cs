using System.Reflection;
using System.Text.RegularExpressions;

namespace Rules.Cli.Tests.Walls;

public sealed partial class RoomWalls
{
    // Each room with the rooms before it, all of which it may use. The root namespace of a project is no room.
    private static readonly Dictionary<string, string[]> Dsl = new(StringComparer.Ordinal)
    {
        ["Text"] = [],
        ["Diagnostics"] = ["Text"],
        ["Syntax"] = ["Text", "Diagnostics"],
        ["Binding"] = ["Text", "Diagnostics", "Syntax"],
        ["Formatting"] = ["Text", "Diagnostics", "Syntax"],
        ["Editing"] = ["Text", "Diagnostics", "Syntax", "Binding", "Formatting"],
    };

    private static readonly Dictionary<string, string[]> Engine = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Periods"] = ["Model"],
        ["Pricing"] = ["Model", "Periods"],
        ["Drawing"] = ["Model", "Periods", "Pricing"],
        ["Accounts"] = ["Model", "Periods", "Pricing", "Drawing"],
        ["Wire"] = ["Model", "Periods", "Pricing", "Drawing", "Accounts"],
        ["Proof"] = ["Model", "Periods", "Pricing", "Drawing", "Accounts"],
        ["Comparison"] = ["Model", "Periods", "Pricing", "Drawing", "Accounts", "Wire", "Proof"],
        ["Replay"] = ["Model", "Periods", "Pricing", "Drawing", "Accounts", "Wire", "Proof", "Comparison"],
    };

    public static TheoryData<string> Houses => new("dsl", "engine");

    [Theory]
    [MemberData(nameof(Houses))]
    public void Types_use_only_rooms_before_theirs(string house)
    {
        var (assembly, prefix, rooms, _) = House(house);
        var violations = from type in assembly.GetTypes()
                         let room = RoomOf(type, prefix)
                         where room is not null && rooms.ContainsKey(room)
                         from used in TypeUses.Of(type)
                         let usedRoom = used.Assembly == assembly ? RoomOf(used, prefix) : null
                         where usedRoom is not null && usedRoom != room && !rooms[room].Contains(usedRoom, StringComparer.Ordinal)
                         select $"{OutermostName(type)} uses {OutermostName(used)}";
        violations.ShouldBeNone("A room uses only the rooms before it:");
    }

    [Theory]
    [MemberData(nameof(Houses))]
    public void Files_import_only_rooms_before_theirs(string house)
    {
        var (_, prefix, rooms, folder) = House(house);
        var violations = from file in SourceTree.CSharp(folder)
                         let room = file[(folder.Length + 1)..].Split('/')[0]
                         where rooms.ContainsKey(room)
                         from Match import in ImportPattern().Matches(SourceTree.Read(file))
                         let imported = import.Groups["name"].Value
                         where imported.StartsWith(prefix, StringComparison.Ordinal)
                         let importedRoom = imported[prefix.Length..].Split('.')[0]
                         where importedRoom != room && !rooms[room].Contains(importedRoom, StringComparer.Ordinal)
                         select $"{file} imports {imported}";
        violations.ShouldBeNone("A file imports only the rooms before its own:");
    }

    [Theory]
    [MemberData(nameof(Houses))]
    public void Every_room_has_its_place(string house)
    {
        var (_, _, rooms, folder) = House(house);
        var violations = from file in SourceTree.CSharp(folder)
                         let parts = file[(folder.Length + 1)..].Split('/')
                         where parts.Length > 1 && !rooms.ContainsKey(parts[0])
                         select file;
        violations.ShouldBeNone($"A new room of {folder} takes its place in the order of rooms:");
    }

    [Fact]
    public void In_the_engine_only_the_model_compiler_sees_the_tree()
    {
        var violations = from type in ProductAssemblies.Engine.GetTypes()
                         where !OutermostName(type).StartsWith("Rules.Engine.Model.ModelCompiler", StringComparison.Ordinal)
                         from used in TypeUses.Of(type)
                         where used.Namespace is "Rules.Dsl.Binding" or "Rules.Dsl.Syntax" or "Rules.Dsl.Formatting" or "Rules.Dsl.Editing"
                         select $"{OutermostName(type)} uses {used.FullName}";
        var imports = from file in SourceTree.CSharp("engine/Rules.Engine")
                      where !file.StartsWith("engine/Rules.Engine/Model/ModelCompiler", StringComparison.Ordinal)
                      from Match import in ImportPattern().Matches(SourceTree.Read(file))
                      where import.Groups["name"].Value is "Rules.Dsl.Binding" or "Rules.Dsl.Syntax" or "Rules.Dsl.Formatting" or "Rules.Dsl.Editing"
                      select $"{file} imports {import.Groups["name"].Value}";
        violations.Concat(imports).ShouldBeNone("After Model/ModelCompiler*.cs the engine knows the model and text locations, not the tree:");
    }

    [Fact]
    public void The_ledger_sees_neither_tree_nor_binder()
    {
        var violations = from type in ProductAssemblies.Ledger.GetTypes()
                         from used in TypeUses.Of(type)
                         where used.Namespace is "Rules.Dsl.Binding" or "Rules.Dsl.Syntax" or "Rules.Dsl.Formatting" or "Rules.Dsl.Editing"
                         select $"{OutermostName(type)} uses {used.FullName}";
        violations.ShouldBeNone("The ledger knows the engine's model, not the language's tree:");
    }

    [Fact]
    public void Namespace_is_folder()
    {
        string[] roots = ["dsl=Rules.Dsl", "engine/Rules.Engine=", "engine/Rules.Ledger=", "engine/Rules.LanguageServer=", "engine/Rules.Client=", "engine/Rules.Cli=", "portal=Rules.Portal"];
        var violations = from root in roots.Select(static r => r.Split('='))
                         let folder = root[0]
                         let rootNamespace = root[1].Length > 0 ? root[1] : Path.GetFileName(folder)
                         from file in SourceTree.CSharp(folder)
                         let declared = NamespacePattern().Match(SourceTree.Read(file))
                         where declared.Success
                         let below = Path.GetDirectoryName(file[folder.Length..].TrimStart('/'))!.Replace('/', '.')
                         let expected = below.Length > 0 ? $"{rootNamespace}.{below}" : rootNamespace
                         where declared.Groups["name"].Value != expected
                         select $"{file} declares {declared.Groups["name"].Value}, not {expected}";
        violations.ShouldBeNone("Folder, namespace and room are one:");
    }

    private static (Assembly Assembly, string Prefix, Dictionary<string, string[]> Rooms, string Folder) House(string name) => name == "dsl"
        ? (ProductAssemblies.Dsl, "Rules.Dsl.", Dsl, "dsl")
        : (ProductAssemblies.Engine, "Rules.Engine.", Engine, "engine/Rules.Engine");

    private static string? RoomOf(Type type, string prefix) =>
        type.Namespace?.StartsWith(prefix, StringComparison.Ordinal) == true ? type.Namespace[prefix.Length..].Split('.')[0] : null;

    private static string OutermostName(Type type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        return type.FullName ?? type.Name;
    }

    [GeneratedRegex(@"^(?:global )?using (?:static )?(?:\w+ = )?(?:global::)?(?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ImportPattern();

    [GeneratedRegex(@"^namespace (?<name>[\w.]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamespacePattern();
}
