using NodaTime;

namespace Rules.Engine.Wire;

/// <summary>Where a command's JSON stands; that decides what must be written beside the command's own members.</summary>
public enum CommandPlace
{
    /// <summary>By itself in a request: it names its account, unless the address does.</summary>
    Body = 0,

    /// <summary>One of many in a request: it names its account, and its <c>idempotency_key</c>.</summary>
    Item = 1,

    /// <summary>In the journal, beside its account.</summary>
    Record = 2,
}

/// <summary>
/// The members of one command: its own first, then <c>account</c> and <c>at</c> where it takes them, <c>do</c> in a step of a story and
/// <c>idempotency_key</c> in an item.
/// </summary>
internal sealed class CommandForm
{
    private readonly string[] _inBody;
    private readonly string[] _inItem;

    private CommandForm(uint required, string[] own, string[] inBody, string[] inItem)
    {
        Account = own.Length;
        Required = required;
        _inBody = inBody;
        _inItem = inItem;
        InStep = [.. own, "account", "at", "do"];
    }

    /// <summary>A bit per own member.</summary>
    public uint Required { get; }

    public string[] InStep { get; }

    /// <summary>The place of <c>account</c>; also the number of own members.</summary>
    public int Account { get; }

    /// <summary>A command whose body names its account and its instant.</summary>
    public static CommandForm Of(uint required, params string[] own) =>
        new(required, own, [.. own, "account", "at"], [.. own, "account", "at", "idempotency_key"]);

    /// <summary>A command whose address names its account, and which holds from the time of recording.</summary>
    public static CommandForm OfAddress(uint required, params string[] own) => new(required, own, own, [.. own, "account", "idempotency_key"]);

    public string[] In(CommandPlace place) => place == CommandPlace.Item ? _inItem : _inBody;
}

/// <summary>
/// What a story says before a step: it stands for what the step leaves out.
/// </summary>
/// <param name="Account">For <c>account</c>.</param>
/// <param name="Now">For <c>at</c>; null before the first instant, which must be written.</param>
/// <param name="Ruleset">For <c>ruleset</c>; null where it must be written.</param>
/// <param name="Line">Number of the step's line, from 1; gives a purchase or use without an <c>id</c> its own.</param>
internal readonly record struct StepContext(string Account, Instant? Now, string? Ruleset, int Line)
{
    public string Id => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"line-{Line}");
}

/// <summary>Reads one command: gives its own members one by one and keeps the common ones.</summary>
internal ref struct CommandBody
{
    private readonly CommandForm _form;
    private readonly StepContext? _step;
    private readonly Instant? _now;
    private readonly CommandPlace _place;
    private readonly string[] _members;
    private uint _seen;
    private Instant? _at;
    private string? _account;
    private string? _key;

    /// <summary>A command of HTTP or of the journal.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out; null for a command that takes none.</param>
    public CommandBody(ReadOnlySpan<byte> json, CommandForm form, Instant? now, CommandPlace place)
    {
        _form = form;
        _now = now;
        _place = place;
        _members = form.In(place);
        Cursor = new JsonCursor(json);
    }

    /// <summary>A step of a story.</summary>
    public CommandBody(ReadOnlySpan<byte> json, CommandForm form, in StepContext step)
    {
        _form = form;
        _step = step;
        _now = step.Now;
        _members = form.InStep;
        Cursor = new JsonCursor(json, step.Line);
    }

    /// <summary>Stands on the value of the member that <see cref="Next"/> gave.</summary>
    public JsonCursor Cursor;

    /// <summary>Valid after <see cref="End"/>; empty for a command whose address or journal names it.</summary>
    public readonly string Account => _account ?? _step?.Account ?? "";

    /// <summary>The key of an item; null anywhere else.</summary>
    public readonly string? Key => _key;

    /// <summary>Valid after <see cref="End"/>; whole microseconds.</summary>
    public readonly Instant At => _at ?? InstantText.Cut(_now ?? default);

    /// <summary>The sender of a body named no instant. A step without one happens at the instant of the step before.</summary>
    public readonly bool TimedOnArrival => _step is null && _at is null;

    /// <summary>What stands for a missing <c>ruleset</c>; null: nothing.</summary>
    public readonly string? Ruleset => _step?.Ruleset;

    /// <summary>What stands for a missing <c>id</c>; null: nothing.</summary>
    public readonly string? Id => _step?.Id;

    /// <summary>Whether a member was there.</summary>
    public readonly bool Has(int member) => (_seen & (1u << member)) != 0;

    public bool Begin() => Cursor.Begin();

    /// <summary>Moves to the next own member; false at the end of the command or on an error.</summary>
    public bool Next(out int member)
    {
        while (Cursor.NextMember(_members, ref _seen, out member))
        {
            if (member < _form.Account)
            {
                return true;
            }

            if (!ReadCommon(_members[member]))
            {
                return false;
            }
        }

        return false;
    }

    private bool ReadCommon(string member)
    {
        switch (member)
        {
            case "account":
                return Cursor.Id(out _account);
            case "at":
                var read = Cursor.Time(out var at);
                _at = at;
                return read;
            case "idempotency_key":
                return Cursor.Text(WireLimits.IdCharacters, out _key);
            default:
                return Cursor.Pass();
        }
    }

    /// <summary>The command is whole: nothing follows it and nothing required is missing.</summary>
    public bool End()
    {
        var required = _form.Required;
        if (_step is { } step)
        {
            // What the story says need not be written.
            required &= ~(BitOf("ruleset", step.Ruleset is not null) | BitOf("id", _form == CommandReader.PurchaseForm));
            required |= BitOf("at", step.Now is null);
        }
        else if (_place != CommandPlace.Record && _members.Length > _form.Account)
        {
            required |= (1u << _form.Account) | BitOf("idempotency_key", _place == CommandPlace.Item);
        }

        return Cursor.End() && Cursor.Require(_members, _seen, required);
    }

    /// <summary>Fails where a member that only some forms of the command need is missing.</summary>
    public bool Require(int member) => Cursor.Require(_members, _seen, 1u << member);

    private readonly uint BitOf(string member, bool isWanted) => isWanted && Array.IndexOf(_members, member) is var place and >= 0 ? 1u << place : 0;
}
