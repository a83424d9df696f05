using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Rules.Ledger.Storage;

/// <summary>A numbered script that changes a database's schema.</summary>
/// <param name="Id">1, 2, 3 … without gaps.</param>
/// <param name="Sha256">Lower-case hex of the script's UTF-8 bytes with line feeds.</param>
internal sealed record Migration(int Id, string Name, string Sha256, string Sql)
{
    public static Migration Of(int id, string name, string sql) => new(id, name, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))), sql);

    /// <summary>The scripts of a folder of this assembly, by number; their names begin with four digits.</summary>
    public static ImmutableArray<Migration> Embedded(string prefix)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => Read(assembly, name, name[prefix.Length..^".sql".Length])),
        ];
    }

    private static Migration Read(Assembly assembly, string resource, string name)
    {
        using var stream = assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException($"The resource {resource} is missing.");
        using var reader = new StreamReader(stream);
        // Line ends are the same whatever checked the file out.
        return Of(int.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture), name, reader.ReadToEnd().ReplaceLineEndings("\n"));
    }
}
