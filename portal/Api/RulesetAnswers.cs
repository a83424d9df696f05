using System.Collections.Immutable;
using System.Text.Json;
using Rules.Engine.Wire;
using Rules.Ledger;

namespace Rules.Portal.Api;

/// <summary>The JSON of published rule sets.</summary>
internal static class RulesetAnswers
{
    /// <param name="isShown">Whether the caller may see a rule set.</param>
    public static byte[] List(RulesetCatalogue catalogue, Func<string, bool> isShown) => WireWriter.Write((catalogue, isShown), static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteStartArray("rulesets"u8);
        foreach (var ruleset in it.catalogue.All.Where(ruleset => it.isShown(ruleset.Name)))
        {
            json.WriteStartObject();
            json.WriteString("ruleset"u8, ruleset.Name);
            var latest = it.catalogue.Versions(ruleset.Name)[0];
            if (latest.Model.Title is { } title)
            {
                json.WriteString("title"u8, title);
            }

            json.WriteString("credit"u8, latest.Model.Credit.Name);
            json.WriteNumber("decimals"u8, latest.Model.Credit.Decimals);
            json.WriteNumber("latest_version"u8, latest.Model.Version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static byte[] Versions(string ruleset, ImmutableArray<RulesetVersion> versions) => WireWriter.Write((ruleset, versions), static (json, it) =>
    {
        json.WriteStartObject();
        json.WriteString("ruleset"u8, it.ruleset);
        json.WriteStartArray("versions"u8);
        foreach (var version in it.versions)
        {
            json.WriteStartObject();
            WriteMembers(json, version);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    public static byte[] Version(RulesetVersion version) => WireWriter.Write(version, static (json, version) =>
    {
        json.WriteStartObject();
        WriteMembers(json, version);
        json.WriteString("text"u8, version.Text);
        json.WriteEndObject();
    });

    private static void WriteMembers(Utf8JsonWriter json, RulesetVersion version)
    {
        json.WriteNumber("version"u8, version.Model.Version);
        json.WriteString("file"u8, version.FileName);
        json.WriteString("sha256"u8, version.Sha256);
        json.WriteString("meaning"u8, version.Model.Meaning);
        json.WriteInstant("active_from"u8, version.ActiveFrom);
        json.WriteInstant("published_at"u8, version.PublishedAt);
        json.WriteString("published_by"u8, version.PublishedBy);
    }
}
