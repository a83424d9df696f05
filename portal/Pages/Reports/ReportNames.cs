using System.Collections.Immutable;
using Rules.Engine.Model;

namespace Rules.Portal.Pages.Reports;

/// <summary>Names by which use is grouped, with what they are called.</summary>
public static class ReportNames
{
    public static ImmutableArray<(string Key, string Name)> Of(RulesetModel model) =>
    [
        ("account", "Account"), ("action", "Action"), ("version", "Version"),
        .. model.Recorded.Concat(model.Actions.SelectMany(static action => action.Facts.Skip(action.AccountFacts).Select(static fact => fact.Name)))
            .Concat(model.Actions.Select(static action => action.Key).OfType<string>()).Distinct(StringComparer.Ordinal).Select(static name => (name, char.ToUpperInvariant(name[0]) + name[1..])),
    ];
}
