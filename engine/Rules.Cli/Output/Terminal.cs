using System.Text;

namespace Rules.Cli.Output;

/// <summary>The three streams of a command and whether its text may be coloured.</summary>
public sealed class Terminal : IDisposable
{
    /// <summary>Text is written as UTF-8 without a mark; the terminal closes the two outputs.</summary>
    /// <param name="progress">A person watches <see cref="Error"/>: long work says there how far it is.</param>
    public Terminal(Stream input, Stream output, Stream error, bool colours, bool progress = false)
    {
        ShowsProgress = progress;
        Input = input;
        OutputBytes = output;
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        Output = new StreamWriter(output, encoding) { NewLine = "\n" };
        Error = new StreamWriter(error, encoding) { NewLine = "\n" };
        Palette = colours ? Palette.Coloured : Palette.Plain;
    }

    /// <summary>A person watches <see cref="Error"/>.</summary>
    public bool ShowsProgress { get; }

    /// <summary>Standard input, as bytes.</summary>
    public Stream Input { get; }

    /// <summary>Standard output for a protocol that writes bytes; nothing else is written then.</summary>
    public Stream OutputBytes { get; }

    /// <summary>What was asked for.</summary>
    public TextWriter Output { get; }

    /// <summary>What keeps the command from giving it.</summary>
    public TextWriter Error { get; }

    /// <summary>Colours of <see cref="Output"/>; <see cref="Error"/> stays plain.</summary>
    public Palette Palette { get; }

    /// <summary>The process's own; coloured only where a person reads it and <c>NO_COLOR</c> is not set.</summary>
    public static Terminal OfProcess()
    {
        if (OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Encoding.UTF8;
        }

        var colours = !Console.IsOutputRedirected
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(Console.OpenStandardInput(), Console.OpenStandardOutput(), Console.OpenStandardError(), colours, progress: !Console.IsErrorRedirected);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
    }
}
