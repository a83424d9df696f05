using System.Globalization;

namespace Rules.Cli.Output;

/// <summary>One line on a terminal that says how far long work is, and is gone at its end. Nothing where nobody watches.</summary>
public sealed class ProgressLine(Terminal terminal, TimeProvider clock) : IDisposable
{
    private readonly long _began = clock.GetTimestamp();
    private TimeSpan _next = TimeSpan.FromMilliseconds(500);
    private int _width;

    /// <param name="noun">What is counted, in the plural.</param>
    public void Show(long done, long total, string noun)
    {
        var elapsed = clock.GetElapsedTime(_began);
        if (!terminal.ShowsProgress || elapsed < _next)
        {
            return;
        }

        _next = elapsed + TimeSpan.FromMilliseconds(200);
        var percent = total == 0 ? 100 : Math.Min(100, done * 100 / total);
        var perSecond = done * 1000 / Math.Max(1, (long)elapsed.TotalMilliseconds);
        var text = string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {total:N0} {noun}, {percent} %, {perSecond:N0} a second");
        terminal.Error.Write("\r" + text.PadRight(_width));
        terminal.Error.Flush();
        _width = text.Length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_width > 0)
        {
            terminal.Error.Write("\r" + new string(' ', _width) + "\r");
            terminal.Error.Flush();
            _width = 0;
        }
    }
}
