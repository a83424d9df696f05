namespace Rules.Cli.Output;

/// <summary>Marks of text on a terminal; each gives its text unchanged where colours are off.</summary>
public sealed class Palette
{
    private readonly bool _colours;

    private Palette(bool colours) => _colours = colours;

    /// <summary>No marks.</summary>
    public static Palette Plain { get; } = new(colours: false);

    /// <summary>ANSI escapes.</summary>
    public static Palette Coloured { get; } = new(colours: true);

    /// <summary>Of an error, or an outcome that charges nothing because it was not allowed.</summary>
    public string Bad(string text) => Mark("1;31", text);

    /// <summary>Of a warning.</summary>
    public string Warn(string text) => Mark("1;33", text);

    /// <summary>Of advice and help.</summary>
    public string Note(string text) => Mark("36", text);

    /// <summary>Of an outcome that went well.</summary>
    public string Good(string text) => Mark("1;32", text);

    /// <summary>Of what is read first.</summary>
    public string Strong(string text) => Mark("1", text);

    /// <summary>Of what is read last: margins, places, rules that did not apply.</summary>
    public string Faint(string text) => Mark("2", text);

    private string Mark(string code, string text) => _colours && text.Length > 0 ? $"\e[{code}m{text}\e[0m" : text;
}
