using System.Collections.Frozen;
using Rules.Engine.Accounts;
using Rules.Engine.Pricing;
using Rules.Engine.Wire;

namespace Rules.Portal.Api;

/// <summary>A kind of problem. Codes are part of the interface: they never change their meaning.</summary>
/// <param name="Title">A sentence that holds for every problem of the kind.</param>
public sealed record ProblemKind(string Code, int Status, string Title)
{
    /// <summary>Where the kind is described, relative to the service.</summary>
    public string Type { get; } = "/v1/problems#" + Code;
}

/// <summary>Every problem that the service tells, in order of status.</summary>
public static class ProblemKinds
{
    public static readonly ProblemKind BadRequest = new("bad_request", 400, "The request cannot be read.");
    public static readonly ProblemKind HostNotAllowed = new("host_not_allowed", 400, "The service does not answer to this host name.");
    public static readonly ProblemKind KeyRequired = new("idempotency_key_required", 400, "The request needs an Idempotency-Key.");
    public static readonly ProblemKind KeyInvalid = new("idempotency_key_invalid", 400, "The Idempotency-Key cannot be used.");
    public static readonly ProblemKind ParameterInvalid = new("parameter_invalid", 400, "A parameter of the address cannot be read.");
    public static readonly ProblemKind ApiKeyRequired = new("api_key_required", 401, "The request needs an API key.");
    public static readonly ProblemKind ApiKeyInvalid = new("api_key_invalid", 401, "The API key cannot be used.");
    public static readonly ProblemKind Blocked = new("blocked", 402, WireNames.Meaning(QuoteOutcome.Blocked));
    public static readonly ProblemKind Paused = new("paused", 402, WireNames.Meaning(QuoteOutcome.Paused));
    public static readonly ProblemKind Refused = new("refused", 402, WireNames.Meaning(QuoteOutcome.Refused));
    public static readonly ProblemKind CrossSite = new("cross_site_refused", 403, "A page of another site may not write here.");
    public static readonly ProblemKind ScopeMissing = new("scope_missing", 403, "The API key may not do this.");
    public static readonly ProblemKind KeyRestricted = new("key_restricted", 403, "The API key is for other accounts or rule sets.");
    public static readonly ProblemKind NotFound = new("not_found", 404, "There is nothing at this address.");
    public static readonly ProblemKind AccountUnknown = new("account_unknown", 404, "No account has this id.");
    public static readonly ProblemKind RulesetNotFound = new("ruleset_not_found", 404, "No published rule set has this name.");
    public static readonly ProblemKind VersionUnknown = new("version_unknown", 404, "The rule set has no such version.");
    public static readonly ProblemKind EntryUnknown = new("entry_unknown", 404, "The account has no such entry.");
    public static readonly ProblemKind InvoiceUnknown = new("invoice_unknown", 404, "The account has no such invoice.");
    public static readonly ProblemKind ApiKeyUnknown = new("api_key_unknown", 404, "No API key has this id.");
    public static readonly ProblemKind WebhookUnknown = new("webhook_unknown", 404, "No webhook has this id.");
    public static readonly ProblemKind MuteUnknown = new("mute_unknown", 404, "No mute of this id holds.");
    public static readonly ProblemKind DeliveryUnknown = new("delivery_unknown", 404, "The webhook has no such delivery.");
    public static readonly ProblemKind ReplayUnknown = new("replay_unknown", 404, "No replay has this id.");
    public static readonly ProblemKind DraftUnknown = new("draft_unknown", 404, "No draft has this id.");
    public static readonly ProblemKind ImportUnknown = new("import_unknown", 404, "No import of usage has this id.");
    public static readonly ProblemKind MethodNotAllowed = new("method_not_allowed", 405, "The address does not take this method.");
    public static readonly ProblemKind RequestTimeout = new("request_timeout", 408, "The request came too slowly.");
    public static readonly ProblemKind AccountExists = new("account_exists", 409, "An account of this id is already open.");
    public static readonly ProblemKind ChangeConflicts = new("change_conflicts", 409, "Another version, published or under way, stands in the way of a draft.");
    public static readonly ProblemKind ImportConflicts = new("import_conflicts", 409, "Another import of usage, or an earlier run of this one, stands in the way.");
    public static readonly ProblemKind BodyTooLarge = new("body_too_large", 413, "The body is larger than the service takes.");
    public static readonly ProblemKind TooManyItems = new("too_many_items", 413, "The request holds more items than the service takes at once.");
    public static readonly ProblemKind ContentType = new("content_type_unsupported", 415, "The body is not of a type that the address takes.");
    public static readonly ProblemKind KeyReused = new("idempotency_key_reused", 422, "The Idempotency-Key was used for another command.");
    public static readonly ProblemKind ValueInvalid = new("value_invalid", 422, "A member has a value that cannot be taken.");
    public static readonly ProblemKind DraftInvalid = new("draft_invalid", 422, "A draft cannot be replayed.");
    public static readonly ProblemKind TextHasErrors = new("text_has_errors", 422, "The text of a draft has errors, or is of another version.");
    public static readonly ProblemKind ImportStopped = new("import_stopped", 422, "A line of imported usage cannot be read; what stands before it is stored.");
    public static readonly ProblemKind RateLimited = new("rate_limited", 429, "The API key sends more requests than it may.");
    public static readonly ProblemKind TooManyGroups = new("too_many_groups", 422, "The report would have too many rows for one account.");
    public static readonly ProblemKind InternalError = new("internal_error", 500, "The service failed.");
    public static readonly ProblemKind Busy = new("busy", 503, "The service has too much to do; nothing was done.");
    public static readonly ProblemKind StoreUnavailable = new("store_unavailable", 503, "The database cannot be reached now.");
    public static readonly ProblemKind OutcomeUnknown = new("outcome_unknown", 503, "Whether the command was done is not known.");

    // What ledger and engine find in a command, by their own codes.
    private static readonly ProblemKind[] _ofCommands =
    [
        new("account_id_invalid", 422, "The account's id cannot be used."),
        new("in_the_future", 422, "The instant lies in the future."),
        new("no_bucket", 422, "The rule set has no bucket that could hold credits."),
        new("ruleset_unknown", 422, "No published rule set has this name."),
        new("too_far_ahead", 422, "Too much would fall due before the instant."),
        new("too_old", 422, "The event came too late to be charged."),
        .. ProblemCodes.All.Where(static problem => problem.Code is not (ProblemCodes.Blocked or ProblemCodes.Paused or ProblemCodes.Refused))
            .Select(static problem => new ProblemKind(problem.Code, StatusOf(problem.Code), problem.Title)),
    ];

    private static readonly ProblemKind[] _known =
    [
        BadRequest, .. WireCodes.All.Select(code => new ProblemKind(code, 400, WireTitle(code))),
        HostNotAllowed, KeyRequired, KeyInvalid, ParameterInvalid, ApiKeyRequired, ApiKeyInvalid, Blocked, Paused, Refused, CrossSite, ScopeMissing, KeyRestricted,
        NotFound, AccountUnknown, RulesetNotFound, VersionUnknown, EntryUnknown, InvoiceUnknown, ApiKeyUnknown, WebhookUnknown, MuteUnknown, DeliveryUnknown, ReplayUnknown, DraftUnknown, ImportUnknown, MethodNotAllowed, RequestTimeout, AccountExists, ChangeConflicts, ImportConflicts, BodyTooLarge, TooManyItems,
        ContentType, KeyReused, TooManyGroups, ValueInvalid, DraftInvalid, TextHasErrors, ImportStopped,
        .. _ofCommands, .. EvaluationErrors.All.Select(static error => new ProblemKind(error.Code, 422, error.Title)), RateLimited, InternalError, Busy, StoreUnavailable, OutcomeUnknown,
    ];

    private static readonly FrozenDictionary<string, ProblemKind> _byCode = _known.ToFrozenDictionary(kind => kind.Code);

    /// <summary>By status, then in order of declaration. Codes <c>RTnn</c> are those of <see cref="EvaluationErrors"/>.</summary>
    public static IReadOnlyList<ProblemKind> All { get; } = [.. _known.OrderBy(kind => kind.Status)];

    public static ProblemKind Of(string code) => _byCode[code];

    /// <summary>The kind for a status that the framework chose.</summary>
    public static ProblemKind OfStatus(int status) => status switch
    {
        401 => ApiKeyRequired,
        403 => CrossSite,
        404 => NotFound,
        405 => MethodNotAllowed,
        408 => RequestTimeout,
        413 => BodyTooLarge,
        415 => ContentType,
        >= 500 => InternalError,
        _ => BadRequest,
    };

    // 404 is what is not there, 409 what has gone on since.
    private static int StatusOf(string code) => code switch
    {
        ProblemCodes.DebtLimit => 402,
        ProblemCodes.UnknownHold or ProblemCodes.UnknownUse or ProblemCodes.UnknownGrant => 404,
        ProblemCodes.IdUsed => 422,
        _ => 409,
    };

    private static string WireTitle(string code) => code switch
    {
        WireCodes.MalformedJson => "The body is not one valid JSON value.",
        WireCodes.DuplicateMember => "A member stands twice in one object.",
        WireCodes.UnknownMember => "The body has a member that does not belong here.",
        WireCodes.MemberMissing => "A required member is missing.",
        WireCodes.MemberConflict => "Two members exclude each other.",
        WireCodes.UnknownWord => "A member has a word that it does not take.",
        WireCodes.WrongType => "A member has a value of the wrong type.",
        WireCodes.InvalidNumber => "A figure is not in plain decimal notation.",
        WireCodes.InvalidInstant => "An instant is not RFC 3339 with an offset.",
        WireCodes.InvalidText => "A text holds characters that do not print.",
        WireCodes.InvalidId => "An id holds characters that ids may not have.",
        _ => "A text or an object is larger than the service takes.",
    };
}
