using NodaTime;
using Rules.Cli.Input;
using Rules.Cli.Output;
using Rules.Dsl.Diagnostics;
using Rules.Engine.Wire;

namespace Rules.Cli.Commands;

/// <summary><c>rules quote FILE EVENT</c>: one event against one version and a stated account.</summary>
internal static class QuoteCommand
{
    public static int Run(Terminal terminal, TimeProvider clock, string path, string usage, bool json)
    {
        var workspace = new RuleWorkspace(path);
        var (name, bytes) = usage == "-"
            ? ("standard input", BoundedReader.Read(terminal.Input, WireLimits.BodyBytes + 1))
            : (usage, BoundedReader.Read(usage, WireLimits.BodyBytes + 1));

        var compilation = workspace.Compile(workspace.Given[0]);
        if (compilation.Common is not null)
        {
            throw new CommandException(ExitCode.Problems, $"{path}: a common file holds lists, meters and currencies, so nothing can be priced by it.", "name a ruleset that includes it");
        }

        if (compilation.Model is not { } model)
        {
            var printer = new DiagnosticPrinter(terminal.Error, Palette.Plain, workspace);
            foreach (var diagnostic in compilation.Diagnostics.Where(static d => d.Severity == DiagnosticSeverity.Error))
            {
                printer.Print(diagnostic);
            }

            throw new CommandException(ExitCode.Problems, $"{path}: the rules have errors, so nothing can be priced.");
        }

        var stated = Read(name, bytes, Instant.FromDateTimeOffset(clock.GetUtcNow()));
        var booking = StatedQuote.Of(model, stated);
        if (!booking.Succeeded)
        {
            var error = booking.Error;
            throw new CommandException(ExitCode.BadData, $"{name}: {(error.Member is { } member ? member + ": " : "")}{error.Code}: {error.Message}", error.Help);
        }

        if (json)
        {
            terminal.Output.Flush();
            terminal.OutputBytes.Write(WireWriter.Quote(booking.Answer));
            terminal.OutputBytes.WriteByte((byte)'\n');
        }
        else
        {
            new QuotePrinter(terminal.Output, terminal.Palette).Print(booking.Answer, model);
        }

        return ExitCode.Fine;
    }

    private static StatedEvent Read(string name, byte[] bytes, Instant now)
    {
        var reading = EventReader.ReadStated(bytes, now);
        return reading.Succeeded
            ? reading.Value
            : throw new CommandException(
                ExitCode.BadData, $"{name}:{reading.Error.Position.Line}:{reading.Error.Position.Column}: {reading.Error.Code}: {reading.Error.Message}", reading.Error.Help);
    }
}
