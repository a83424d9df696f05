using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NodaTime;
using NodaTime.Text;
using Rules.Portal.Startup;

namespace Rules.Portal.Imports;

/// <summary>Files that somebody sent and that are not of the ledger, in a folder of the service's own: usage on its way in, or bills. What is imported or discarded is deleted; so is the oldest where there are too many.</summary>
/// <param name="folder">Its name below <c>Rules:Home</c>.</param>
public sealed class UploadStore(PortalSettings settings, IClock clock, string folder = UploadStore.Usage)
{
    /// <summary>The folder of usage that waits to be imported.</summary>
    public const string Usage = "uploads";

    /// <summary>The folder of bills that are compared with the ledger; also the key of their store.</summary>
    public const string Bills = "bills";

    /// <summary>Bytes of a file.</summary>
    public const long Largest = 512L * 1024 * 1024;

    /// <summary>Characters of a file's name.</summary>
    public const int LongestName = 200;

    private const int Most = 10;

    // A header, or the first object of JSON Lines.
    private const int FirstLine = 256 * 1024;

    private string Folder => OwnFile.Folder(Path.Combine(settings.Home, folder)).FullName;

    public ImmutableArray<UploadedUsage> All()
    {
        var uploads = ImmutableArray.CreateBuilder<UploadedUsage>();
        foreach (var path in Directory.EnumerateFiles(Folder, "*.json"))
        {
            if (Read(path) is { } upload)
            {
                uploads.Add(upload);
            }
        }

        return [.. uploads.OrderByDescending(static upload => upload.At)];
    }

    public UploadedUsage? Find(string id) => id.Length == 16 && id.All(char.IsAsciiHexDigitLower) ? Read(Path.Combine(Folder, id + ".json")) : null;

    public FileStream Open(UploadedUsage upload) => new(Data(upload.Id), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);

    /// <summary>The name of a file as its sender has it, without folders.</summary>
    /// <param name="problem">Why the file cannot be taken; null where it can.</param>
    public static string Name(IFormFile? file, out string? problem)
    {
        var name = Path.GetFileName(file?.FileName.Replace('\\', '/') ?? "");
        problem = file is null or { Length: 0 } ? "Choose a file that is not empty."
            : name.Length is 0 or > LongestName || name.Any(char.IsControl) ? "The file's name cannot be used. Give it one of at most 200 printable characters."
            : null;
        return name;
    }

    /// <summary>Keeps a file and reads its columns.</summary>
    public async Task<UploadedUsage> AddAsync(Stream content, string source, string ruleset, string by, CancellationToken cancellationToken)
    {
        foreach (var old in All().Skip(Most - 1))
        {
            Discard(old.Id);
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        try
        {
            await using (var file = new FileStream(Data(id), FileMode.CreateNew, FileAccess.Write))
            {
                await content.CopyToAsync(file, cancellationToken);
            }

            var isCsv = source.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
            var columns = await ColumnsAsync(id, isCsv, cancellationToken);
            var upload = new UploadedUsage(
                id, source, isCsv, ruleset, new FileInfo(Data(id)).Length, by, InstantPattern.ExtendedIso.Format(clock.GetCurrentInstant()), columns)
            {
                Members = columns.Distinct(StringComparer.Ordinal).ToImmutableDictionary(static column => column, ColumnGuess.Of, StringComparer.Ordinal),
            };
            await SaveAsync(upload, cancellationToken);
            return upload;
        }
        catch
        {
            Discard(id);
            throw;
        }
    }

    public async Task SaveAsync(UploadedUsage upload, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Folder, upload.Id + ".json");
        await File.WriteAllBytesAsync(path + ".new", JsonSerializer.SerializeToUtf8Bytes(upload), cancellationToken);
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Discard(string id)
    {
        File.Delete(Path.Combine(Folder, id + ".json"));
        File.Delete(Data(id));
    }

    private string Data(string id) => Path.Combine(Folder, id + ".data");

    private static UploadedUsage? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<UploadedUsage>(File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<ImmutableArray<string>> ColumnsAsync(string id, bool isCsv, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstLine);
        try
        {
            await using var file = File.OpenRead(Data(id));
            var read = await file.ReadAtLeastAsync(buffer.AsMemory(0, FirstLine), FirstLine, throwOnEndOfStream: false, cancellationToken);
            var text = Encoding.UTF8.GetString(buffer, 0, read).TrimStart('\uFEFF');
            return isCsv ? ColumnGuess.Header(text) : ColumnGuess.Members(text);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
