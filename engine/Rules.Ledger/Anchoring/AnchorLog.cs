using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rules.Ledger.Journal;
using Rules.Ledger.Storage;

namespace Rules.Ledger.Anchoring;

/// <summary>
/// The file outside the database that says how far each account had come: a line per head that changed, appended after its commit and
/// brought to the disk at least every second. A line is eight characters of the SHA-256 of its rest, the sequence, the hash in lower-case
/// hex and the account's id. Of several lines of an account the one with the highest sequence holds.
/// </summary>
/// <remarks>
/// A write that was cut off leaves a last line that does not fit its own check, and is cut off at the next start: it takes nothing away
/// but the newest anchors. A damaged line with whole ones after it is no torn write, and stops a start.
/// </remarks>
internal sealed class AnchorLog : IDisposable
{
    private const string Header = "rules-anchor 1";
    private const int CheckLength = 8;
    private const long SmallestCompaction = 16 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private readonly Dictionary<string, AccountHead> _unwritten = new(StringComparer.Ordinal);
    private SafeFileHandle _file;
    private long _length;
    private long _compactAt;
    private bool _unflushed;

    private AnchorLog(string path, SafeFileHandle file, long length)
    {
        _path = path;
        _file = file;
        _length = length;
        _compactAt = Math.Max(SmallestCompaction, length * 8);
    }

    /// <summary>Why the newest heads are not in the file; null while all of them are.</summary>
    public string? Fault { get; private set; }

    /// <summary>The heads of a file, by account; null when there is no file.</summary>
    /// <exception cref="LedgerStartException">The file is not an anchor, or is damaged before its end.</exception>
    public static AnchorContent? Read(string path)
    {
        byte[] bytes;
        try
        {
            // The service may be appending while a verification reads.
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            bytes = new byte[file.Length];
            file.ReadExactly(bytes);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        var heads = new Dictionary<string, AccountHead>(StringComparer.Ordinal);
        var valid = 0;
        var lines = 0;
        var damagedLine = 0;
        for (var start = 0; start < bytes.Length;)
        {
            var rest = bytes.AsSpan(start);
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            lines++;
            var head = default(AccountHead);
            var good = end >= 0 && (lines == 1 ? line.SequenceEqual(Encoding.ASCII.GetBytes(Header)) : TryParse(line, out head));
            if (good && damagedLine > 0)
            {
                throw new LedgerStartException(LedgerStartException.NeedsDecision, "anchor_damaged",
                    $"Line {damagedLine} of the anchor {path} is damaged although whole lines follow it, so it is no write that was cut off. "
                    + "Restore the file from a copy. Or find out what became of it, and then accept the database as it is: rules ledger accept --help.");
            }

            if (!good)
            {
                damagedLine = damagedLine == 0 ? lines : damagedLine;
            }
            else
            {
                valid = start + end + 1;
                if (head is not null && (!heads.TryGetValue(head.Account, out var known) || known.Sequence <= head.Sequence))
                {
                    heads[head.Account] = head;
                }
            }

            start += line.Length + 1;
        }

        return valid > 0 || bytes.Length == 0
            ? new AnchorContent(heads, valid, Math.Max(0, lines - 1))
            : throw new LedgerStartException(LedgerStartException.NeedsDecision, "anchor_foreign",
                $"The file {path} is not an anchor: its first line is not \"{Header}\". Name another file (Rules:AnchorPath), or move this one away.");
    }

    /// <summary>Goes on with a file, which is cut back to what was read of it.</summary>
    public static AnchorLog Continue(string path, AnchorContent content)
    {
        var file = Open(path, FileMode.Open);
        try
        {
            if (RandomAccess.GetLength(file) != content.ValidLength)
            {
                RandomAccess.SetLength(file, content.ValidLength);
            }

            return new AnchorLog(path, file, content.ValidLength);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Begins a file anew; what was there is replaced at once or not at all.</summary>
    public static AnchorLog Create(string path, IEnumerable<AccountHead> heads)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var length = Replace(path, heads);
        return new AnchorLog(path, Open(path, FileMode.Open), length);
    }

    /// <summary>
    /// Appends heads; what cannot be written now is written with the next ones. A commit that has happened is not undone by a file that
    /// cannot be written: <see cref="Fault"/> says so.
    /// </summary>
    public void Append(IReadOnlyCollection<AccountHead> heads)
    {
        lock (_gate)
        {
            foreach (var head in heads)
            {
                _unwritten[head.Account] = head;
            }

            Write();
        }
    }

    /// <summary>Brings to the disk what was appended; nothing when nothing was.</summary>
    public void Flush()
    {
        SafeFileHandle file;
        lock (_gate)
        {
            if (_unwritten.Count > 0)
            {
                Write();
            }

            if (!_unflushed)
            {
                return;
            }

            _unflushed = false;
            file = _file;
        }

        try
        {
            // Outside the lock: a commit need not wait for this disk.
            RandomAccess.FlushToDisk(file);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            lock (_gate)
            {
                _unflushed = true;
                Fault = e.Message;
            }
        }

        if (_length > _compactAt)
        {
            Compact();
        }
    }

    public void Dispose()
    {
        Flush();
        lock (_gate)
        {
            _file.Dispose();
        }
    }

    private void Write()
    {
        _lines.ResetWrittenCount();
        foreach (var head in _unwritten.Values)
        {
            Format(_lines, head);
        }

        try
        {
            RandomAccess.Write(_file, _lines.WrittenSpan, _length);
            _length += _lines.WrittenCount;
            _unflushed = true;
            _unwritten.Clear();
            Fault = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault = e.Message;
        }
    }

    private void Compact()
    {
        lock (_gate)
        {
            try
            {
                var length = Replace(_path, Read(_path)!.Heads.Values);
                _file.Dispose();
                _file = Open(_path, FileMode.Open);
                _length = length;
                _compactAt = Math.Max(SmallestCompaction, length * 8);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or LedgerStartException)
            {
                // The long file goes on; it is tried again when it has doubled.
                _compactAt = _length * 2;
                Fault = e.Message;
            }
        }
    }

    private static SafeFileHandle Open(string path, FileMode mode) => File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);

    private static long Replace(string path, IEnumerable<AccountHead> heads)
    {
        var bytes = new ArrayBufferWriter<byte>(64 * 1024);
        bytes.Write(Encoding.ASCII.GetBytes(Header + "\n"));
        foreach (var head in heads.OrderBy(head => head.Account, StringComparer.Ordinal))
        {
            Format(bytes, head);
        }

        var next = path + ".new";
        using (var file = File.OpenHandle(next, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, bytes.WrittenSpan, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(next, path, overwrite: true);
        return bytes.WrittenCount;
    }

    private static void Format(ArrayBufferWriter<byte> lines, AccountHead head)
    {
        // check, space, at most 19 digits, space, 64 digits, space, account, line end; ids are ASCII.
        var line = lines.GetSpan(CheckLength + 1 + 20 + 1 + (2 * EntryHash.Size) + 1 + Encoding.UTF8.GetMaxByteCount(head.Account.Length) + 1);
        var at = CheckLength;
        line[at++] = (byte)' ';
        head.Sequence.TryFormat(line[at..], out var written, provider: CultureInfo.InvariantCulture);
        at += written;
        line[at++] = (byte)' ';
        Convert.TryToHexStringLower(head.Hash.Span, line[at..], out written);
        at += written;
        line[at++] = (byte)' ';
        at += Encoding.UTF8.GetBytes(head.Account, line[at..]);
        Check(line[CheckLength..at], line[..CheckLength]);
        line[at++] = (byte)'\n';
        lines.Advance(at);
    }

    private static bool TryParse(ReadOnlySpan<byte> line, out AccountHead? head)
    {
        head = null;
        Span<byte> check = stackalloc byte[CheckLength];
        if (line.Length <= CheckLength || line[CheckLength] != (byte)' ')
        {
            return false;
        }

        Check(line[CheckLength..], check);
        if (!check.SequenceEqual(line[..CheckLength]) || Encoding.UTF8.GetString(line[(CheckLength + 1)..]).Split(' ', 3) is not [var sequence, var hash, var account]
            || !long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || hash.Length != 2 * EntryHash.Size)
        {
            return false;
        }

        head = new AccountHead(account, number, Convert.FromHexString(hash));
        return true;
    }

    private static void Check(ReadOnlySpan<byte> rest, Span<byte> check)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(rest, hash);
        Convert.TryToHexStringLower(hash[..(CheckLength / 2)], check, out _);
    }
}

/// <param name="Heads">By account.</param>
/// <param name="ValidLength">Bytes up to the end of the last whole line.</param>
/// <param name="Lines">Lines with a head, whole or torn.</param>
internal sealed record AnchorContent(IReadOnlyDictionary<string, AccountHead> Heads, long ValidLength, int Lines);
