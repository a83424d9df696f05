using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;

namespace Rules.Dsl.Text;

/// <summary>What a rule file is found by: the name of its rules and the number of a version.</summary>
/// <param name="Name">As in the file's head.</param>
/// <param name="Version">1 or more.</param>
public readonly record struct RuleFileId(string Name, int Version)
{
    /// <summary>The most characters of a name that other files may name.</summary>
    public const int MaximumNameLength = 64;

    private static readonly SearchValues<char> s_nameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    // Windows opens a device for these, whatever follows the first point.
    private static readonly ImmutableHashSet<string> s_devices =
    [
        "con", "prn", "aux", "nul",
        .. Enumerable.Range(0, 10).SelectMany(static n => new[] { string.Create(CultureInfo.InvariantCulture, $"com{n}"), string.Create(CultureInfo.InvariantCulture, $"lpt{n}") }),
    ];

    /// <summary><c>NAME.vN.rules</c>.</summary>
    public string FileName => string.Create(CultureInfo.InvariantCulture, $"{Name}.v{Version}.rules");

    /// <summary>The published page beside the file: <c>NAME.vN.page.txt</c>.</summary>
    public string PageFileName => string.Create(CultureInfo.InvariantCulture, $"{Name}.v{Version}.page.txt");

    /// <summary>
    /// The name can be that of a file on every machine, and of nothing else: 1 to 64 of <c>a</c> to <c>z</c>, <c>0</c> to <c>9</c>, <c>-</c>
    /// and <c>_</c>, and no device of Windows. No name leads out of a folder.
    /// </summary>
    public static bool IsName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Length is > 0 and <= MaximumNameLength && !name.AsSpan().ContainsAnyExcept(s_nameCharacters) && !s_devices.Contains(name);
    }

    /// <summary>What a file of that name should hold; null for any other name than <c>NAME.vN.rules</c>.</summary>
    public static RuleFileId? OfFileName(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        const string Extension = ".rules";
        var mark = fileName.LastIndexOf(".v", StringComparison.Ordinal);
        return mark > 0 && fileName.EndsWith(Extension, StringComparison.Ordinal)
            && fileName.AsSpan(mark + 2, Math.Max(0, fileName.Length - Extension.Length - mark - 2)) is var digits && digits is [not '0', ..] and { Length: <= 9 }
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && IsName(fileName[..mark])
            ? new RuleFileId(fileName[..mark], version)
            : null;
    }

    /// <summary><c>roboflow version 2</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} version {Version}");
}

/// <summary>Finds the text of a version; null where there is none. Asked with names that <see cref="RuleFileId.IsName"/> accepts.</summary>
public delegate SourceText? RuleFileLookup(RuleFileId id);
