using System.Reflection;

namespace Rules.Cli.Tests.Walls;

internal static class ProductAssemblies
{
    public static readonly Assembly Dsl = Assembly.Load("Rules.Dsl");
    public static readonly Assembly Engine = Assembly.Load("Rules.Engine");
    public static readonly Assembly Ledger = Assembly.Load("Rules.Ledger");
    public static readonly Assembly LanguageServer = Assembly.Load("Rules.LanguageServer");
    public static readonly Assembly Command = Assembly.Load("rules");

    public static IReadOnlyList<Assembly> All { get; } = [Dsl, Engine, Ledger, LanguageServer, Command];

    /// <summary>Types written by hand; what the compiler and its generators make is left out.</summary>
    public static IEnumerable<Type> WrittenTypes(this Assembly assembly) => assembly.GetTypes().Where(static t =>
        !t.Name.Contains('<', StringComparison.Ordinal)
        && t.Namespace?.StartsWith("Rules.", StringComparison.Ordinal) == true
        && !IsGenerated(t));

    private static bool IsGenerated(Type type)
    {
        for (var t = type; t is not null; t = t.DeclaringType)
        {
            if (t.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
                || t.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute), inherit: false))
            {
                return true;
            }
        }

        return false;
    }
}
