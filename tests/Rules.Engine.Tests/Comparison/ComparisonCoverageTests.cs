using System.Buffers.Binary;
using System.Reflection;
using Rules.Engine.Comparison;
using Rules.Engine.Model;
using Shouldly;
using Xunit;

namespace Rules.Engine.Tests.Comparison;

public sealed class ComparisonCoverageTests
{
    // Each with its reason; whatever is not here is read by the comparison.
    private static readonly Dictionary<string, string> Harmless = new(StringComparer.Ordinal)
    {
        ["RulesetModel.Title"] = "words for people",
        ["RulesetModel.Recorded"] = "names that a charge carries",
        ["RulesetModel.Promises"] = "proof, not rules",
        ["RulesetModel.Examples"] = "proof, not rules",
        ["ActionRule.IsFree"] = "exactly where there is no price",
        ["PriceRule.By"] = "the rows' own facts are compared",
        ["PriceRule.Scopes"] = "the scopes of its bodies",
        ["PriceRule.ClosingScopes"] = "the scopes of its bodies' bounds and fees",
        ["PriceRule.GivesBack"] = "follows from corrections and re-pricing",
        ["PriceRule.RepricesEarlierUnits"] = "follows from the ladders",
        ["PriceBody.HasFeeAtZero"] = "follows from its first tiers",
        ["PerLine.IsLadderWritten"] = "how an explanation names a single price",
        ["Meter.Places"] = "follows from being whole",
        ["Fact.Index"] = "a place",
        ["PriceBody.Index"] = "a place",
        ["BucketRule.Index"] = "a place",
        ["PlanRule.Index"] = "a place",
        ["TermRule.Index"] = "a place",
        ["Row.Values"] = "the cells say which row fits",
        ["Row.Name"] = "words for people",
        ["FixedAmount.Fixed"] = "the value",
    };

    [Fact]
    public void Whatever_a_model_holds_is_compared_or_known_to_be_harmless()
    {
        var read = ReadByComparison();
        var missing = from type in TypesOfTheModel()
                      from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                      where property.GetMethod is { IsStatic: false } && property.Name is not ("EqualityContract" or "Location") && !property.Name.EndsWith("Location", StringComparison.Ordinal)
                      let name = $"{type.Name}.{property.Name}"
                      where !read.Contains(name) && !Harmless.ContainsKey(name) && !IsOverride(property, read)
                      select name;
        missing.ShouldBeEmpty("Compare it in ModelComparison, or name it above with the reason why no charge depends on it.");
    }

    [Fact]
    public void Nothing_is_called_harmless_that_the_model_does_not_hold() =>
        Harmless.Keys.Except(TypesOfTheModel().SelectMany(t => t.GetProperties().Select(p => $"{t.Name}.{p.Name}")), StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void Walk_reaches_the_far_ends_of_the_model() =>
        new[] { typeof(Tier), typeof(RangeTest), typeof(StopRule), typeof(RolloverCap), typeof(TermValue), typeof(SellRule), typeof(Conversion) }.Except(TypesOfTheModel()).ShouldBeEmpty();

    private static bool IsOverride(PropertyInfo property, HashSet<string> read) =>
        property.GetMethod!.GetBaseDefinition() is var declared && declared != property.GetMethod && read.Contains($"{declared.DeclaringType!.Name}.{property.Name}");

    // Everything reachable from the model through public properties, with the types derived from it.
    private static HashSet<Type> TypesOfTheModel()
    {
        var all = typeof(RulesetModel).Assembly.GetTypes().Where(t => t.Namespace == typeof(RulesetModel).Namespace).ToList();
        var found = new HashSet<Type>();
        var open = new Stack<Type>([typeof(RulesetModel)]);
        while (open.TryPop(out var type))
        {
            type = Nullable.GetUnderlyingType(type) ?? type;
            if (type.IsGenericType)
            {
                foreach (var argument in type.GetGenericArguments())
                {
                    open.Push(argument);
                }
            }

            if (type.Namespace != typeof(RulesetModel).Namespace || type.IsEnum || type == typeof(Example) || type == typeof(PromiseRule) || type == typeof(FactValue) || type == typeof(CalendarSpan) || !found.Add(type))
            {
                continue;
            }

            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                open.Push(property.PropertyType);
            }

            foreach (var derived in all.Where(t => t.BaseType == type))
            {
                open.Push(derived);
            }
        }

        return found;
    }

    // The getters that any method of the room calls, read from its IL: a list by hand could claim what the code does not do.
    private static HashSet<string> ReadByComparison()
    {
        var read = new HashSet<string>(StringComparer.Ordinal);
        var methods = from type in typeof(ModelComparison).Assembly.GetTypes()
                      where type.Namespace == typeof(ModelComparison).Namespace
                      from method in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly).OfType<MethodBase>()
                      select method;
        foreach (var method in methods)
        {
            var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
            for (var i = 0; i + 4 < code.Length; i++)
            {
                // call and callvirt with a method's token behind them.
                if (code[i] is 0x28 or 0x6F && BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(i + 1)) is var token && token >> 24 is 0x06 or 0x0A or 0x2B
                    && Resolve(method, token) is { Name: ['g', 'e', 't', '_', ..] } getter)
                {
                    read.Add($"{getter.DeclaringType!.Name}.{getter.Name[4..]}");
                }
            }
        }

        return read;
    }

    private static MethodBase? Resolve(MethodBase method, int token)
    {
        try
        {
            return method.Module.ResolveMethod(token, method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null, method.IsGenericMethod ? method.GetGenericArguments() : null);
        }
        catch (Exception exception) when (exception is ArgumentException or BadImageFormatException)
        {
            return null;
        }
    }
}
