using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodaTime;
using Rules.Cli.Output;
using Rules.Engine.Wire;
using Rules.Ledger;
using Rules.Ledger.Access;

namespace Rules.Cli.Commands;

/// <summary>
/// <c>rules keys create|list|rotate|revoke</c>: the API keys of a database that no service has open. A running service takes the same wishes at
/// <c>/v1/keys</c>.
/// </summary>
internal static class KeysCommand
{
    private const string Maker = "command";

    public static async Task<int> CreateAsync(
        Terminal terminal, TimeProvider clock, string home, NewApiKey wanted, bool json, CancellationToken cancellationToken)
    {
        if (wanted.Name.Length is 0 or > 100)
        {
            throw new CommandException(ExitCode.Usage, "the name of a key has 1 to 100 characters");
        }

        if ((wanted.Scopes & KeyScopes.Admin) != KeyScopes.None && !(wanted.Rulesets.IsEmpty && wanted.Accounts.IsEmpty))
        {
            throw new CommandException(
                ExitCode.Usage, "a key with the scope admin makes keys for everything, so it cannot be restricted itself", "Leave out admin, or the restrictions.");
        }

        await using var ledger = await OpenAsync(home, clock, create: true, cancellationToken);
        Issued(terminal, await ledger.Keys.CreateAsync(wanted, cancellationToken), json);
        return ExitCode.Fine;
    }

    public static async Task<int> ListAsync(Terminal terminal, TimeProvider clock, string home, bool json, CancellationToken cancellationToken)
    {
        await using var ledger = await OpenAsync(home, clock, create: false, cancellationToken);
        var keys = await ledger.Keys.ListAsync(cancellationToken);
        if (json)
        {
            JsonReport.Write(terminal.Output, writer =>
            {
                writer.WriteStartArray("keys");
                foreach (var key in keys)
                {
                    writer.WriteStartObject();
                    Write(writer, key);
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            });
            return ExitCode.Fine;
        }

        foreach (var key in keys)
        {
            await terminal.Output.WriteLineAsync(Line(key));
        }

        if (keys.IsEmpty)
        {
            await terminal.Output.WriteLineAsync("There are no keys. Make one: rules keys create NAME --scope quote --scope charge");
        }

        return ExitCode.Fine;
    }

    public static async Task<int> RotateAsync(
        Terminal terminal, TimeProvider clock, string home, string id, int overlapSeconds, bool json, CancellationToken cancellationToken)
    {
        if (overlapSeconds is < 0 or > 604_800)
        {
            throw new CommandException(ExitCode.Usage, "the overlap is 0 to 604800 seconds");
        }

        await using var ledger = await OpenAsync(home, clock, create: false, cancellationToken);
        Issued(terminal, await ledger.Keys.RotateAsync(id, Duration.FromSeconds(overlapSeconds), Maker, cancellationToken) ?? throw Unknown(id), json);
        return ExitCode.Fine;
    }

    public static async Task<int> RevokeAsync(Terminal terminal, TimeProvider clock, string home, string id, CancellationToken cancellationToken)
    {
        await using var ledger = await OpenAsync(home, clock, create: false, cancellationToken);
        var key = await ledger.Keys.RevokeAsync(id, Maker, cancellationToken) ?? throw Unknown(id);
        await terminal.Output.WriteLineAsync(Line(key));
        return ExitCode.Fine;
    }

    /// <exception cref="CommandException">A word that is no scope.</exception>
    public static KeyScopes Scopes(IEnumerable<string> words) => words.Aggregate(KeyScopes.None, static (scopes, word) => scopes
        | (ScopeNames.Parse(word) ?? throw new CommandException(ExitCode.Usage, $"\"{word}\" is not a scope", $"Use {string.Join(", ", ScopeNames.All)}.")));

    /// <exception cref="CommandException">Text that is no instant in the future.</exception>
    public static Instant? Expiry(string? text, TimeProvider clock)
    {
        if (text is null)
        {
            return null;
        }

        if (!InstantText.TryParse(Encoding.UTF8.GetBytes(text), out var instant))
        {
            throw new CommandException(ExitCode.Usage, $"\"{text}\" is not an instant", "Write RFC 3339 with an offset, such as 2027-01-01T00:00:00Z.");
        }

        return instant > Instant.FromDateTimeOffset(clock.GetUtcNow())
            ? instant
            : throw new CommandException(ExitCode.Usage, $"the key would have expired already: {text}");
    }

    private static async Task<CreditLedger> OpenAsync(string home, TimeProvider clock, bool create, CancellationToken cancellationToken)
    {
        var file = Path.Combine(Path.GetFullPath(home), "rules.db");
        if (!create && !File.Exists(file))
        {
            throw new CommandException(ExitCode.NoInput, $"there is no database {file}", "Name the folder that the service has as Rules:Home: --home DIR");
        }

        try
        {
            return await CreditLedger.OpenSqliteAsync(file, new LedgerOptions { Time = clock }, cancellationToken);
        }
        catch (LedgerStartException exception) when (exception.ExitCode == LedgerStartException.TemporarilyUnavailable)
        {
            throw new CommandException(
                exception.ExitCode, exception.Message, "While the service runs, it administers its keys itself: POST /v1/keys with a key that has the scope admin.");
        }
        catch (LedgerStartException exception)
        {
            throw new CommandException(exception.ExitCode, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.NoInput, $"{file}: {exception.Message}");
        }
    }

    private static CommandException Unknown(string id) => new(ExitCode.BadData, $"there is no key \"{id}\" that is not revoked", "rules keys list");

    // The key alone on the output, so that it can be sent to a file; the words go beside it.
    private static void Issued(Terminal terminal, IssuedApiKey issued, bool json)
    {
        if (json)
        {
            JsonReport.Write(terminal.Output, writer =>
            {
                writer.WriteString("key", issued.Text);
                Write(writer, issued.Key);
            });
            return;
        }

        terminal.Error.WriteLine($"{Line(issued.Key)}\nThis is the key; it is shown this once:");
        terminal.Output.WriteLine(issued.Text);
    }

    private static string Line(ApiKey key)
    {
        var text = new StringBuilder($"{key.Id}  {Printable.Text(key.Name)}  [{string.Join(' ', ScopeNames.Each(key.Scopes))}]");
        Append(text, "rule sets ", key.Rulesets);
        Append(text, "accounts ", key.Accounts);
        _ = key.Rate is { } rate ? text.Append(CultureInfo.InvariantCulture, $"  {rate} requests/s") : text;
        Append(text, "expires ", key.ExpiresAt);
        Append(text, "last used ", key.LastUsedAt);
        Append(text, "revoked ", key.RevokedAt);
        return text.ToString();
    }

    private static void Append(StringBuilder text, string word, ImmutableArray<string> names)
    {
        if (!names.IsEmpty)
        {
            text.Append("  ").Append(word).AppendJoin(' ', names.Select(Printable.Text));
        }
    }

    private static void Append(StringBuilder text, string word, Instant? at)
    {
        if (at is { } instant)
        {
            text.Append("  ").Append(word).Append(InstantText.Format(instant));
        }
    }

    private static void Write(System.Text.Json.Utf8JsonWriter writer, ApiKey key)
    {
        writer.WriteString("id", key.Id);
        writer.WriteString("name", key.Name);
        WriteList(writer, "scopes", [.. ScopeNames.Each(key.Scopes)]);
        WriteList(writer, "rulesets", key.Rulesets);
        WriteList(writer, "accounts", key.Accounts);
        WriteInstant(writer, "created", key.CreatedAt);
        writer.WriteString("created_by", key.CreatedBy);
        WriteInstant(writer, "expires", key.ExpiresAt);
        WriteInstant(writer, "rotated", key.RotatedAt);
        WriteInstant(writer, "revoked", key.RevokedAt);
        WriteInstant(writer, "last_used", key.LastUsedAt);
    }

    private static void WriteList(System.Text.Json.Utf8JsonWriter writer, string name, ImmutableArray<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static void WriteInstant(System.Text.Json.Utf8JsonWriter writer, string name, Instant? instant)
    {
        if (instant is { } value)
        {
            writer.WriteString(name, InstantText.Format(value));
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
