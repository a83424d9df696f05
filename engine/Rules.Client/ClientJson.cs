using System.Text.Json.Serialization;

namespace Rules.Client;

/// <summary>How the shapes are written and read: snake_case members, nothing written for what is absent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UsageEvent))]
[JsonSerializable(typeof(Quote))]
[JsonSerializable(typeof(NewAccount))]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(NewGrant))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(Balance))]
[JsonSerializable(typeof(AccountPage))]
[JsonSerializable(typeof(FactsAndTerms))]
[JsonSerializable(typeof(PlanChange))]
[JsonSerializable(typeof(NewPurchase))]
[JsonSerializable(typeof(Purchase))]
[JsonSerializable(typeof(Statement))]
[JsonSerializable(typeof(UsagePage))]
[JsonSerializable(typeof(RulesetList))]
[JsonSerializable(typeof(VersionList))]
[JsonSerializable(typeof(PublishedVersion))]
[JsonSerializable(typeof(EntryPage))]
[JsonSerializable(typeof(ExplainedEntry))]
[JsonSerializable(typeof(NewKey))]
[JsonSerializable(typeof(Key))]
[JsonSerializable(typeof(KeyList))]
[JsonSerializable(typeof(KeyRotation))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(IReadOnlyList<ProblemKind>))]
public sealed partial class ClientJson : JsonSerializerContext;
