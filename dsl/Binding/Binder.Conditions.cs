using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;

namespace Rules.Dsl.Binding;

internal sealed partial class Binder
{
    /// <summary>Facts of the action, if there is one, hide those of the account.</summary>
    private BoundCondition BindCondition(ConditionSyntax syntax, ActionSymbol? action) => syntax switch
    {
        OrConditionSyntax or => new BoundOrCondition(or.Location, [.. or.Operands.Select(o => BindCondition(o, action))]),
        AndConditionSyntax and => new BoundAndCondition(and.Location, [.. and.Operands.Select(o => BindCondition(o, action))]),
        NotConditionSyntax not => new BoundNotCondition(not.Location, BindCondition(not.Operand, action)),
        ParenthesizedConditionSyntax inner => BindCondition(inner.Condition, action),
        FactConditionSyntax fact => BindBareFact(fact, action),
        IsConditionSyntax test => BindIs(test, test.Fact, test.NotKeyword is not null, [test.Value], action),
        IsOneOfConditionSyntax test => BindIs(test, test.Fact, test.NotKeyword is not null, test.Values.Items, action),
        ComparisonConditionSyntax comparison => BindComparison(comparison, action),
        _ => new BoundErrorCondition(syntax.Location),
    };

    private BoundCondition BindBareFact(FactConditionSyntax syntax, ActionSymbol? action)
    {
        if (LookupFact(syntax.Fact, action) is not { } fact)
        {
            return new BoundErrorCondition(syntax.Location);
        }

        if (!fact.Domain.IsSwitch)
        {
            Report(DiagnosticDescriptors.FactNeedsTest, syntax.Location, fact.Name, Describe(fact.Domain), WriteName(fact.Name) + ExampleTest(fact.Domain));
            return new BoundErrorCondition(syntax.Location);
        }

        return new BoundNameTest(syntax.Location, fact, [fact.Domain.Values[0]]);
    }

    private BoundCondition BindIs(ConditionSyntax syntax, SyntaxToken name, bool isNegated, ImmutableArray<SyntaxToken> values, ActionSymbol? action)
    {
        if (LookupFact(name, action) is not { } fact)
        {
            return new BoundErrorCondition(syntax.Location);
        }

        var condition = fact.Domain.IsEnumeration ? BindNames(syntax, fact, values) : BindPoints(syntax, fact, values);
        return condition is BoundErrorCondition || !isNegated ? condition : new BoundNotCondition(syntax.Location, condition);
    }

    private BoundCondition BindNames(ConditionSyntax syntax, FactSymbol fact, ImmutableArray<SyntaxToken> values)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        string? tag = null;
        var isKnown = true;
        foreach (var value in values)
        {
            if (fact.Domain.Values.Contains(value.ValueText, StringComparer.Ordinal))
            {
                named.Add(value.ValueText);
                NoteValue(fact.Domain, value);
            }
            else if (fact.Domain.List is { } list && list.Entries.Any(e => e.Tags.Contains(value.ValueText, StringComparer.Ordinal)))
            {
                tag = values.Length == 1 ? value.ValueText : null;
                named.UnionWith(list.Entries.Where(e => e.Tags.Contains(value.ValueText, StringComparer.Ordinal)).Select(static e => e.Name));
            }
            else
            {
                ReportUnknownValue(fact.Name, fact.Domain, value, withTags: true);
                isKnown = false;
            }
        }

        return isKnown
            ? new BoundNameTest(syntax.Location, fact, [.. fact.Domain.Values.Where(named.Contains)], tag)
            : new BoundErrorCondition(syntax.Location);
    }

    private BoundCondition BindPoints(ConditionSyntax syntax, FactSymbol fact, ImmutableArray<SyntaxToken> values)
    {
        var points = ImmutableArray.CreateBuilder<BoundCondition>();
        foreach (var token in values)
        {
            if (BindValue(fact.Name, fact.Domain, token) is not { } value)
            {
                return new BoundErrorCondition(syntax.Location);
            }

            points.Add(value.Kind == FactValueKind.Date
                ? new BoundDateTest(token.Location, fact, value.Date, value.Date == DateOnly.MaxValue ? null : value.Date.AddDays(1))
                : new BoundNumberTest(token.Location, fact, value.Number, IncludesFrom: true, value.Number, IncludesTo: true));
        }

        return points.Count switch
        {
            0 => new BoundErrorCondition(syntax.Location),
            1 => points[0] with { Location = syntax.Location },
            _ => new BoundOrCondition(syntax.Location, points.ToImmutable()),
        };
    }

    private BoundCondition BindComparison(ComparisonConditionSyntax syntax, ActionSymbol? action)
    {
        if (LookupFact(syntax.Fact, action) is not { } fact || syntax.Operand.IsMissing || syntax.Operand.HasError)
        {
            return new BoundErrorCondition(syntax.Location);
        }

        var isDate = syntax.Operator.First is SyntaxKind.BeforeKeyword or SyntaxKind.OnKeyword;
        if (fact.Domain.Kind != (isDate ? FactDomainKind.Date : FactDomainKind.Number))
        {
            Report(
                DiagnosticDescriptors.TestDoesNotFitFact, syntax.Location,
                fact.Name, Describe(fact.Domain), syntax.Operator.ToString(), WriteName(fact.Name) + ExampleTest(fact.Domain));
            return new BoundErrorCondition(syntax.Location);
        }

        var number = syntax.Operand.NumberValue;
        return syntax.Operator.First switch
        {
            SyntaxKind.BeforeKeyword => new BoundDateTest(syntax.Location, fact, null, syntax.Operand.DateValue),
            SyntaxKind.OnKeyword => new BoundDateTest(syntax.Location, fact, syntax.Operand.DateValue, null),
            SyntaxKind.OverKeyword => new BoundNumberTest(syntax.Location, fact, number, IncludesFrom: false, null, IncludesTo: false),
            SyntaxKind.UnderKeyword => new BoundNumberTest(syntax.Location, fact, null, IncludesFrom: false, number, IncludesTo: false),
            _ => new BoundNumberTest(syntax.Location, fact, number, IncludesFrom: true, null, IncludesTo: false),
        };
    }

    /// <summary>Null where the fact is unknown or is itself in error.</summary>
    private FactSymbol? LookupFact(SyntaxToken name, ActionSymbol? action)
    {
        var fact = name.IsMissing ? null : FindFact(name.ValueText, action);
        if (fact is null && !IsExcused(name) && action is not { IsError: true })
        {
            var candidates = (action?.Facts.Select(static f => f.Name) ?? []).Concat(_accountFacts.Names).Append("plan");
            var meant = action is null
                ? ReportNearMiss(DiagnosticDescriptors.UnknownFact, name, candidates, name.ValueText)
                : ReportNearMiss(DiagnosticDescriptors.UnknownActionFact, name, candidates, name.ValueText, action.Name);

            // Only its use is noted: a condition on a guess may seem to contradict another.
            Use(meant is null ? null : FindFact(meant, action));
            return null;
        }

        Use(fact, name);
        return fact is { IsError: true } ? null : fact;
    }

    private FactSymbol? FindFact(string name, ActionSymbol? action) =>
        action?.Facts.FirstOrDefault(f => f.Name == name) ?? _accountFacts.Find(name) ?? (name == "plan" ? _planFact : null);

    /// <summary>A value of the domain, or null where it is none, which is then reported or excused.</summary>
    private FactValue? BindValue(string fact, FactDomain domain, SyntaxToken token)
    {
        if (token.IsMissing || token.HasError)
        {
            return null;
        }

        switch (domain.Kind)
        {
            case FactDomainKind.Number when token.Kind == SyntaxKind.NumberToken:
                return FactValue.OfNumber(token.NumberValue);
            case FactDomainKind.Date when token.Kind == SyntaxKind.DateToken:
                return FactValue.OfDate(token.DateValue);
            case FactDomainKind.Number or FactDomainKind.Date:
                Report(DiagnosticDescriptors.ValueDoesNotFitFact, token.Location, token.Text, fact, Describe(domain));
                return null;
            default:
                if (domain.Values.Contains(token.ValueText, StringComparer.Ordinal))
                {
                    NoteValue(domain, token);
                    return FactValue.OfName(token.ValueText);
                }

                ReportUnknownValue(fact, domain, token, withTags: false);
                return null;
        }
    }

    private void NoteValue(FactDomain domain, SyntaxToken value)
    {
        if (domain.Kind == FactDomainKind.Plan && _plans.Find(value.ValueText) is { } plan)
        {
            NoteName(value, plan, isDeclaration: false);
        }
        else if (domain.List?.Entries.FirstOrDefault(e => e.Name == value.ValueText) is { } entry)
        {
            NoteName(value, new NameUse(value.Location, entry.Location, entry.Name, null));
        }
    }

    private void ReportUnknownValue(string fact, FactDomain domain, SyntaxToken token, bool withTags)
    {
        if (IsExcused(token))
        {
            return;
        }

        if (domain.List is { } list)
        {
            var tags = withTags ? list.Entries.SelectMany(static e => e.Tags).Distinct(StringComparer.Ordinal) : [];
            ReportNearMiss(DiagnosticDescriptors.ValueNotInList, token, domain.Values.Concat(tags), token.ValueText, list.Name);
        }
        else if (domain.Kind == FactDomainKind.Plan)
        {
            ReportNearMiss(DiagnosticDescriptors.UnknownPlan, token, domain.Values, token.ValueText);
        }
        else
        {
            ReportNearMiss(DiagnosticDescriptors.ValueNotOfFact, token, domain.Values, token.ValueText, fact, string.Join(", ", domain.Values));
        }
    }

    /// <summary>The facts for which the condition holds, after PR0603 or PR0601 where that is what there is to say; null: nothing may be concluded.</summary>
    private ConditionSet? Analyse(BoundCondition condition)
    {
        var set = ConditionSet.Of(condition, out var isTooLarge);
        if (isTooLarge)
        {
            Report(DiagnosticDescriptors.ConditionTooLarge, condition.Location, ConditionSet.MaxBoxes);
        }

        return set;
    }

    private void RequirePossible(BoundCondition condition)
    {
        if (Analyse(condition) is { IsEmpty: true })
        {
            Report(DiagnosticDescriptors.ConditionNeverHolds, condition.Location);
        }
    }

    private static string Describe(FactDomain domain) => domain.Kind switch
    {
        FactDomainKind.YesNo => "yes or no",
        FactDomainKind.OnOff => "on or off",
        FactDomainKind.Date => "a date",
        FactDomainKind.Number => "a number",
        FactDomainKind.List => $"a value of the list \"{domain.List!.Name}\"",
        FactDomainKind.Plan => "the account's plan",
        _ => "one of " + string.Join(", ", domain.Values),
    };

    private static string ExampleTest(FactDomain domain) => domain.Kind switch
    {
        FactDomainKind.Date => " before 2026-01-01",
        FactDomainKind.Number => " over 100",
        _ => domain.Values.IsEmpty ? " is ..." : " is " + WriteName(domain.Values[0]),
    };

    private BoundApplies BindApplies(AppliesSyntax syntax)
    {
        var condition = BindCondition(syntax.Condition, null);
        RequirePossible(condition);
        if (syntax.WhenKeyword.Kind == SyntaxKind.UnlessKeyword)
        {
            condition = new BoundNotCondition(syntax.Condition.Location, condition);
        }

        return new BoundApplies(LineLocation(syntax), condition) { Remarks = BindRemarks(syntax) };
    }

    // Each action has facts of its own, so the condition is bound once for each.
    private IEnumerable<BoundUnmetered> BindUnmetered(UnmeteredSyntax syntax)
    {
        if (syntax.Actions is not { } names)
        {
            var condition = BindCondition(syntax.Condition, null);
            RequirePossible(condition);
            yield return new BoundUnmetered(LineLocation(syntax), [], condition) { Remarks = BindRemarks(syntax) };
            yield break;
        }

        foreach (var name in names.Items)
        {
            var action = LookupAction(name);
            var condition = BindCondition(syntax.Condition, action);
            RequirePossible(condition);
            yield return new BoundUnmetered(LineLocation(syntax), [action], condition) { Remarks = BindRemarks(syntax) };
        }
    }
}
