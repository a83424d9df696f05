using DynamicExpresso;
using NCalc;
using NRules;
using NRules.Fluent;
using NRules.Fluent.Dsl;
using RulesEngine.Models;

namespace Rules.Benchmarks;

/// <summary>
/// Rule engines and expression evaluators of .NET, pricing Biodock's two ladders in units of 10^-5 credits. Each is given what it likes best: one
/// formula, compiled or parsed once, to an evaluator of expressions; one rule per tier to an engine of rules. None of them draws.
/// </summary>
internal sealed class PeerEngines
{
    private static readonly Tier[] s_tiers =
    [
        new("Images", 0, 1000, 100), new("Images", 1000, 5000, 40), new("Images", 5000, int.MaxValue, 20),
        new("Crops", 0, 5000, 20), new("Crops", 5000, 100_000, 5), new("Crops", 100_000, int.MaxValue, 2),
    ];

    private readonly Func<decimal, decimal, decimal> _compiled;
    private readonly Expression _parsed;
    private readonly RulesEngine.RulesEngine _workflow;
    private readonly ISession _session;

    public PeerEngines()
    {
        _compiled = new Interpreter().Reference(typeof(Math)).ParseAsDelegate<Func<decimal, decimal, decimal>>(
            string.Join(" + ", s_tiers.Select(static t => $"Math.Max(Math.Min({t.Meter}, {t.UpTo}m) - {t.Over}m, 0m) * {t.Rate}m")), "Images", "Crops");
        _parsed = new Expression(
            string.Join(" + ", s_tiers.Select(static t => $"Max(Min({t.Meter}, {t.UpTo}) - {t.Over}, 0) * {t.Rate}")), ExpressionOptions.DecimalAsDefault);
        _workflow = new RulesEngine.RulesEngine([new Workflow { WorkflowName = "price", Rules = [.. s_tiers.Select(TierRule)] }]);
        var repository = new RuleRepository();
        repository.Load(static x => x.NestedTypes().From(
            typeof(ImagesOfTheFirstTier), typeof(ImagesOfTheSecond), typeof(ImagesOfTheThird), typeof(CropsOfTheFirstTier), typeof(CropsOfTheSecond), typeof(CropsOfTheThird)));
        _session = repository.Compile().CreateSession();
    }

    /// <summary>DynamicExpresso: one formula, compiled to a delegate over decimals.</summary>
    public long Compiled(long images, long crops) => (long)_compiled(images, crops);

    /// <summary>NCalc: one formula, parsed once, evaluated in decimals.</summary>
    public long Parsed(long images, long crops)
    {
        _parsed.Parameters["Images"] = (decimal)images;
        _parsed.Parameters["Crops"] = (decimal)crops;
        return (long)(decimal)_parsed.Evaluate()!;
    }

    /// <summary>Microsoft RulesEngine: a rule per tier with an output expression, compiled on first use.</summary>
    public long Workflow(long images, long crops)
    {
        var run = _workflow.ExecuteAllRulesAsync("price", new Usage(images, crops));
        var sum = 0L;
        foreach (var result in run.AsTask().GetAwaiter().GetResult())
        {
            sum += result.ActionResult.Output is long part ? part : 0;
        }

        return sum;
    }

    /// <summary>NRules: a rule per tier, matched by its network in one session.</summary>
    public long Network(long images, long crops)
    {
        var usage = new PricedUsage(images, crops);
        _session.Insert(usage);
        _session.Fire();
        _session.Retract(usage);
        return usage.Charge;
    }

    private static RulesEngine.Models.Rule TierRule(Tier tier) => new()
    {
        RuleName = $"{tier.Meter} over {tier.Over}",
        RuleExpressionType = RuleExpressionType.LambdaExpression,
        Expression = $"input1.{tier.Meter} > {tier.Over}",
        Actions = new RuleActions
        {
            OnSuccess = new ActionInfo
            {
                Name = "OutputExpression",
                Context = new Dictionary<string, object> { ["expression"] = $"(Math.Min(input1.{tier.Meter}, {tier.UpTo}L) - {tier.Over}L) * {tier.Rate}L" },
            },
        },
    };

    private sealed record Tier(string Meter, int Over, int UpTo, int Rate);

    // Engines reach it from code that they generate.
    public sealed record Usage(long Images, long Crops);

    public sealed class PricedUsage(long images, long crops)
    {
        public long Images { get; } = images;

        public long Crops { get; } = crops;

        public long Charge { get; private set; }

        public void Add(long units, long rate) => Charge += units * rate;
    }

    public sealed class ImagesOfTheFirstTier : NRules.Fluent.Dsl.Rule
    {
        public override void Define()
        {
            PricedUsage usage = null!;
            When().Match(() => usage, u => u.Images > 0);
            Then().Do(_ => usage.Add(Math.Min(usage.Images, 1000), 100));
        }
    }

    public sealed class ImagesOfTheSecond : NRules.Fluent.Dsl.Rule
    {
        public override void Define()
        {
            PricedUsage usage = null!;
            When().Match(() => usage, u => u.Images > 1000);
            Then().Do(_ => usage.Add(Math.Min(usage.Images, 5000) - 1000, 40));
        }
    }

    public sealed class ImagesOfTheThird : NRules.Fluent.Dsl.Rule
    {
        public override void Define()
        {
            PricedUsage usage = null!;
            When().Match(() => usage, u => u.Images > 5000);
            Then().Do(_ => usage.Add(usage.Images - 5000, 20));
        }
    }

    public sealed class CropsOfTheFirstTier : NRules.Fluent.Dsl.Rule
    {
        public override void Define()
        {
            PricedUsage usage = null!;
            When().Match(() => usage, u => u.Crops > 0);
            Then().Do(_ => usage.Add(Math.Min(usage.Crops, 5000), 20));
        }
    }

    public sealed class CropsOfTheSecond : NRules.Fluent.Dsl.Rule
    {
        public override void Define()
        {
            PricedUsage usage = null!;
            When().Match(() => usage, u => u.Crops > 5000);
            Then().Do(_ => usage.Add(Math.Min(usage.Crops, 100_000) - 5000, 5));
        }
    }

    public sealed class CropsOfTheThird : NRules.Fluent.Dsl.Rule
    {
        public override void Define()
        {
            PricedUsage usage = null!;
            When().Match(() => usage, u => u.Crops > 100_000);
            Then().Do(_ => usage.Add(usage.Crops - 100_000, 2));
        }
    }
}
