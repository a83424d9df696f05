namespace Rules.Cli.Input;

/// <summary>Reads a file or stream up to a limit, so that an endless one costs no more than a large one.</summary>
public static class BoundedReader
{
    /// <summary>The bytes of a file, at most <paramref name="limit"/> of them.</summary>
    public static byte[] Read(string path, int limit)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Read(stream, limit);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: there is no such file.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new CommandException(ExitCode.NoInput, $"{path}: the file cannot be read: {exception.Message}");
        }
    }

    /// <summary>What a stream gives until it ends, at most <paramref name="limit"/> bytes.</summary>
    public static byte[] Read(Stream stream, int limit)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (buffer.Length < limit)
        {
            var read = stream.Read(chunk, 0, (int)Math.Min(chunk.Length, limit - buffer.Length));
            if (read == 0)
            {
                break;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }
}
