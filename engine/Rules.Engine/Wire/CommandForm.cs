using NodaTime;

namespace Rules.Engine.Wire;

/// <summary>
/// The members of one command: its own first, then <c>account</c> and <c>at</c> where it takes them, and <c>do</c> in a step of a story.
/// </summary>
internal sealed class CommandForm
{
    private CommandForm(uint required, string[] own, string[] inBody)
    {
        Account = own.Length;
        Required = required;
        InBody = inBody;
        InStep = [.. own, "account", "at", "do"];
    }

    /// <summary>A bit per own member.</summary>
    public uint Required { get; }

    public string[] InBody { get; }

    public string[] InStep { get; }

    /// <summary>The place of <c>account</c>; also the number of own members.</summary>
    public int Account { get; }

    public int At => Account + 1;

    /// <summary>A command whose body names its account and its instant.</summary>
    public static CommandForm Of(uint required, params string[] own) => new(required, own, [.. own, "account", "at"]);

    /// <summary>A command whose address names its account, and which holds from the time of recording.</summary>
    public static CommandForm OfAddress(uint required, params string[] own) => new(required, own, own);
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
    private readonly string[] _members;
    private uint _seen;
    private Instant _at;
    private string? _account;

    /// <summary>A body of HTTP.</summary>
    /// <param name="now">Stands for <c>at</c> where it is left out; null for a command that takes none.</param>
    public CommandBody(ReadOnlySpan<byte> json, CommandForm form, Instant? now)
    {
        _form = form;
        _now = now;
        _members = form.InBody;
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

    /// <summary>Valid after <see cref="End"/>; empty for a command whose address names it.</summary>
    public readonly string Account => _account ?? _step?.Account ?? "";

    /// <summary>Valid after <see cref="End"/>; whole microseconds.</summary>
    public readonly Instant At => Has(_form.At) ? _at : InstantText.Cut(_now ?? default);

    /// <summary>The sender of a body named no instant. A step without one happens at the instant of the step before.</summary>
    public readonly bool TimedOnArrival => _step is null && !Has(_form.At);

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

            var read = member == _form.Account ? Cursor.Id(out _account) : member == _form.At ? Cursor.Time(out _at) : Cursor.Pass();
            if (!read)
            {
                return false;
            }
        }

        return false;
    }

    /// <summary>The command is whole: nothing follows it and nothing required is missing.</summary>
    public bool End()
    {
        var required = _form.Required;
        if (_step is { } step)
        {
            // What the story says need not be written.
            required &= ~(BitOf("ruleset", step.Ruleset is not null) | BitOf("id", _form == CommandReader.PurchaseForm));
            required |= step.Now is null ? 1u << _form.At : 0;
        }
        else if (_members.Length > _form.Account)
        {
            required |= 1u << _form.Account;
        }

        return Cursor.End() && Cursor.Require(_members, _seen, required);
    }

    /// <summary>Fails where a member that only some forms of the command need is missing.</summary>
    public bool Require(int member) => Cursor.Require(_members, _seen, 1u << member);

    private readonly uint BitOf(string member, bool isGiven) => isGiven && Array.IndexOf(_members, member) is var place and >= 0 ? 1u << place : 0;
}
