using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>Credits to set aside for an event, or for an <c>amount</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewHold : UsageEvent
{
    /// <summary>Id of the hold, of your choice, unique among the holds and uses of its account.</summary>
    public required string Id { get; init; }

    /// <summary>From when it is over; left out: as the rule file says, one day where it says nothing.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>A quote whose draws are held.</summary>
public sealed record Hold : Quote
{
    /// <summary>Id of the hold.</summary>
    [JsonPropertyName("hold")]
    public required string Id { get; init; }

    /// <summary>Credits that are held; 0 where the hold was refused.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Held { get; init; }

    /// <summary>From when it is over.</summary>
    public required DateTimeOffset Expires { get; init; }
}

/// <summary>What a hold came to: an amount, or quantities; neither: as it was quoted.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewCapture
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the hold.</summary>
    public required string Id { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Credits as they stand: nothing is priced.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Amount { get; init; }

    /// <summary>Quantities by meter, priced by the version that quoted the hold.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public IReadOnlyDictionary<string, decimal>? Quantities { get; init; }
}

/// <summary>A hold to give up.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewRelease
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the hold.</summary>
    public required string Id { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>True: its time is over, as you find; after any settlement that is no more than a repetition.</summary>
    public bool? Expires { get; init; }
}

/// <summary>How a hold was settled.</summary>
public sealed record Settlement
{
    /// <summary>Id of the hold.</summary>
    public required string Hold { get; init; }

    /// <summary>Why nothing was done; absent where the hold is settled as asked.</summary>
    public string? Refusal { get; init; }

    /// <summary><c>captured</c>, <c>released</c> or <c>expired</c>; absent while it is open.</summary>
    public string? Settled { get; init; }

    /// <summary>True where it had been settled by the same call; else absent.</summary>
    public bool? Repeated { get; init; }

    /// <summary>Credits that were held.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Held { get; init; }

    /// <summary>Credits charged.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Charged { get; init; }

    /// <summary>Credits of the hold that were not used.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Returned { get; init; }

    /// <summary>Where they went, last drawn first.</summary>
    public required IReadOnlyList<CreditsBack> Back { get; init; }

    /// <summary>Credits that a capture below zero would have given back beyond what was spent; absent where there are none.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Lost { get; init; }

    /// <summary>The evaluation of a capture; absent for releases and repetitions.</summary>
    public Quote? Quote { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }

    /// <inheritdoc cref="Quote.Entry"/>
    public long? Entry { get; init; }

    /// <inheritdoc cref="Quote.ExplainUrl"/>
    public string? ExplainUrl { get; init; }
}

/// <summary>Credits that came back.</summary>
public sealed record CreditsBack
{
    /// <summary>Bucket of the grant.</summary>
    public required string Bucket { get; init; }

    /// <summary>Number of the grant that has them now; where they lapsed, of the one that they came from.</summary>
    public required long Lot { get; init; }

    /// <summary>Credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary><c>lot</c>, <c>successor</c>, <c>new-lot</c>, <c>lapsed</c> or <c>postpaid</c>.</summary>
    public required string To { get; init; }
}

/// <summary>A use to take back.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewReversal
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>The Idempotency-Key of a charge or correction, or the id of a captured hold.</summary>
    public required string Id { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Credits; left out: all that is left of the use.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? Amount { get; init; }
}

/// <summary>Credits to give back that no use is named for.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewRefund
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Credits, more than 0.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>What a reversal or a refund gave back.</summary>
public sealed record CreditsReturned
{
    /// <summary>The use that was taken back; absent for a refund.</summary>
    public string? Use { get; init; }

    /// <summary>Credits given back, what went off debts included.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Of it, what was owed and is owed no more; absent where nothing was.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public decimal? OffDebts { get; init; }

    /// <summary>Where credits went, in order.</summary>
    public required IReadOnlyList<CreditsBack> Back { get; init; }

    /// <summary>Credits asked for and not given back, because nothing was spent that they could undo.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Lost { get; init; }

    /// <summary>Postpaid use of cycles that are over, which is credited; absent where there is none.</summary>
    public IReadOnlyList<CreditNote>? CreditNotes { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }

    /// <inheritdoc cref="Quote.Entry"/>
    public long? Entry { get; init; }

    /// <inheritdoc cref="Quote.ExplainUrl"/>
    public string? ExplainUrl { get; init; }
}

/// <summary>Postpaid use of an earlier cycle that was taken back.</summary>
public sealed record CreditNote
{
    /// <summary>The postpaid bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>Number of the cycle.</summary>
    public required int Cycle { get; init; }

    /// <summary>Credits.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }
}

/// <summary>A grant to end.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewVoid
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the grant.</summary>
    public required string Id { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A grant that was ended.</summary>
public sealed record VoidedGrant
{
    /// <summary>Id of the grant.</summary>
    public required string Id { get; init; }

    /// <summary>Its bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>Number of the grant in its account.</summary>
    public required long Lot { get; init; }

    /// <summary>Credits that were left of it.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Voided { get; init; }

    /// <summary>Credits left per bucket; null where a bucket is endless.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required IReadOnlyDictionary<string, decimal?> Balances { get; init; }

    /// <inheritdoc cref="Quote.Entry"/>
    public long? Entry { get; init; }

    /// <inheritdoc cref="Quote.ExplainUrl"/>
    public string? ExplainUrl { get; init; }
}

/// <summary>A grant to end, and the one to put in its place.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewReplacement
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Id of the grant that ends.</summary>
    public required string Grant { get; init; }

    /// <summary>Id of the new grant, of your choice, unique in its account.</summary>
    public required string Id { get; init; }

    /// <summary>Credits of the new grant.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Amount { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>A grant that was put in the place of another.</summary>
public sealed record Replacement : Grant
{
    /// <summary>Number of the grant that ended.</summary>
    public required long Ended { get; init; }

    /// <summary>Credits that were left of it.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Lapsed { get; init; }
}

/// <summary>An account to renew now.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public record NewReset
{
    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Left out: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary><c>keep</c> or <c>drop</c> what is owed; left out: as the rule file says.</summary>
    public string? Debt { get; init; }

    /// <summary><c>keep</c> the boundaries of the running cycle, or <c>restart</c> it; left out: keep.</summary>
    public string? Cycle { get; init; }
}

/// <summary>An account after it was renewed.</summary>
public sealed record AccountReset : Account
{
    /// <summary>Credits that were carried and can be drawn.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Carried { get; init; }

    /// <summary>Credits that limits, caps and ends took.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Cut { get; init; }

    /// <summary>Credits that were owed and are owed no more.</summary>
    [JsonNumberHandling(Plain.Decimals)]
    public required decimal Dropped { get; init; }
}
