using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>A threshold that an entry crossed: an item of the feed, and the body of a webhook's delivery.</summary>
public sealed record Alert
{
    /// <summary>The same however often it comes; no other alert has it.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>alert</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Its name in the rule file.</summary>
    [JsonPropertyName("alert")]
    public required string Name { get; init; }

    /// <summary>Id of the account.</summary>
    public required string Account { get; init; }

    /// <summary>Name of the rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>Version that priced the event.</summary>
    public required int Version { get; init; }

    /// <summary>The entry that crossed the threshold.</summary>
    public required long Entry { get; init; }

    /// <summary>The level, in credits; exact, so text.</summary>
    public required string Threshold { get; init; }

    /// <summary>The figure after the entry, in credits; exact, so text.</summary>
    public required string Reached { get; init; }

    /// <summary>For people.</summary>
    public required string Text { get; init; }

    /// <summary>When the event happened.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was recorded.</summary>
    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>A page of alerts.</summary>
public sealed record AlertPage
{
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    /// <summary>From where to go on; also on the last page, for whoever follows them.</summary>
    public required string Next { get; init; }
}

/// <summary>An address to which alerts are to be sent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewWebhook
{
    /// <summary>An https URL of at most 2,048 characters.</summary>
    public required string Url { get; init; }
}

/// <summary>An address to which alerts are sent.</summary>
public sealed record Webhook
{
    /// <summary>16 characters.</summary>
    public required string Id { get; init; }

    /// <summary>Where they go.</summary>
    public required string Url { get; init; }

    /// <summary>What signs them; told when the webhook is made, this once.</summary>
    public string? Secret { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Id of the key by which it was made.</summary>
    public required string CreatedBy { get; init; }
}

/// <summary>All webhooks.</summary>
public sealed record WebhookList
{
    /// <summary>In order of creation.</summary>
    public required IReadOnlyList<Webhook> Webhooks { get; init; }
}

/// <summary>What became of an alert at a webhook.</summary>
public sealed record Delivery
{
    /// <summary>The message's number; it came in the header <c>Rules-Message</c>.</summary>
    public required string Message { get; init; }

    /// <summary><c>waiting</c>, <c>delivered</c>, <c>given-up</c>, <c>removed</c> or <c>muted</c>.</summary>
    public required string State { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>When it is tried next.</summary>
    public DateTimeOffset? NextAttempt { get; init; }

    /// <summary>When it was tried last.</summary>
    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>How long the last attempt took.</summary>
    public int? LastDurationMs { get; init; }

    /// <summary>The receiver's status; absent where no answer came.</summary>
    public int? LastStatus { get; init; }

    /// <summary><c>status</c>, <c>timeout</c>, <c>unreachable</c> or <c>secret_lost</c>; absent where it was taken.</summary>
    public string? LastFailure { get; init; }
}

/// <summary>A page of deliveries.</summary>
public sealed record DeliveryPage
{
    /// <summary>Newest message first.</summary>
    public required IReadOnlyList<Delivery> Deliveries { get; init; }

    /// <summary>From where to go on; null on the last page.</summary>
    public required string? Next { get; init; }
}

/// <summary>An alert that is to be kept quiet.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record NewMute
{
    /// <summary>Name of the rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>The alert's name in the rule file, of whichever version.</summary>
    public required string Alert { get; init; }

    /// <summary>Only for this account of the rule set; left out: for all.</summary>
    public string? Account { get; init; }

    /// <summary>In the future; left out: until it is unmuted.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why, for those who see that it is muted: 1 to 500 characters.</summary>
    public required string Reason { get; init; }
}

/// <summary>What keeps an alert quiet.</summary>
public sealed record Mute
{
    /// <summary>Ends with the mute: one that is muted anew has another.</summary>
    public required string Id { get; init; }

    /// <summary>Name of the rule set.</summary>
    public required string Ruleset { get; init; }

    /// <summary>The alert's name.</summary>
    public required string Alert { get; init; }

    /// <summary>Absent where it is muted for every account.</summary>
    public string? Account { get; init; }

    /// <summary>Absent where it is muted until it is unmuted.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>When it was muted.</summary>
    public required DateTimeOffset Muted { get; init; }

    /// <summary>A person's name, or a key's name and id.</summary>
    public required string MutedBy { get; init; }
}

/// <summary>The mutes that hold.</summary>
public sealed record MuteList
{
    /// <summary>The newest first.</summary>
    public required IReadOnlyList<Mute> Mutes { get; init; }
}
