using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

// bucket, consume, cycle, plan, pack.
internal sealed partial class Parser
{
    private static readonly Alternatives s_bucketOrigins = new("from plan", "from purchase", "from grant", "postpaid at ...");
    private static readonly Alternatives s_fromOrigins = new("plan", "purchase", "grant");
    private static readonly Alternatives s_unused = new("never expires", "expires at ...", "expires after ...", "rolls over ...");
    private static readonly Alternatives s_expiries = new("at cycle end", "at the next grant", "after ...");
    private static readonly Alternatives s_expiryInstants = new("cycle end", "the next grant");
    private static readonly Alternatives s_billed = new("monthly", "each cycle");
    private static readonly Alternatives s_lowest = new("priority", "cost");
    private static readonly Alternatives s_resolutions = new("second", "minute", "hour", "day");
    private static readonly Alternatives s_cycles = new(
        "calendar month", "monthly", "weekly", "annual", "monthly or annual by ...", "every ...");

    private static readonly Alternatives s_anchors = new("at the start", "at midnight", "on day ...");
    private static readonly Alternatives s_anchorInstants = new("the start", "midnight");
    private static readonly Alternatives s_changeEffects = new("restarts the cycle", "keeps the cycle", "waits for renewal");
    private static readonly Alternatives s_remainders = new("the difference", "a share by second", "in full", "nothing");

    private BucketSyntax ParseBucket()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a bucket");
        var origin = ParseBucketOrigin();
        var tail = ParseTail(BlockKind.Bucket);
        return Line(start, tail, new BucketSyntax(keyword, name, origin, tail.End, tail.Block));
    }

    private BucketOriginSyntax ParseBucketOrigin()
    {
        var start = Start;
        switch (Choose(s_bucketOrigins))
        {
            case SyntaxKind.PostpaidKeyword:
                return Node(start, new PostpaidOriginSyntax(Phrase(SyntaxKind.PostpaidKeyword, SyntaxKind.AtKeyword), ParseAmount()));
            case SyntaxKind.FromKeyword:
                return Node(start, new FromOriginSyntax(TakeKeyword(), ChooseWord(s_fromOrigins)));
            default:
                var from = Missing(SyntaxKind.FromKeyword);
                var origin = _current.ContextualKind is SyntaxKind.PlanKeyword or SyntaxKind.PurchaseKeyword or SyntaxKind.GrantKeyword
                    ? TakeKeyword()
                    : Missing(SyntaxKind.PlanKeyword);
                return Node(start, new FromOriginSyntax(from, origin));
        }
    }

    private LineSyntax? ParseBucketLine(SyntaxKind first)
    {
        var start = Start;
        switch (first)
        {
            case SyntaxKind.UnusedKeyword:
                return ParseUnused();
            case SyntaxKind.DrawnKeyword:
                {
                    var keyword = TakeKeyword();
                    var keys = ParseDrawKeys();
                    var tail = ParseTail();
                    return Line(start, tail, new DrawnLineSyntax(keyword, keys, tail.End, tail.Block));
                }

            case SyntaxKind.ServesKeyword:
                {
                    var keyword = TakeKeyword();
                    var actions = ParseNames("the name of an action", endsLine: true);
                    var tail = ParseTail();
                    return Line(start, tail, new ServesLineSyntax(keyword, actions, tail.End, tail.Block));
                }

            case SyntaxKind.OpenKeyword:
                {
                    var openWhen = Phrase(SyntaxKind.OpenKeyword, SyntaxKind.WhenKeyword);
                    var condition = ParseCondition();
                    var tail = ParseTail();
                    return Line(start, tail, new OpenLineSyntax(openWhen, condition, tail.End, tail.Block));
                }

            case SyntaxKind.LimitKeyword:
                {
                    var keyword = TakeKeyword();
                    var amount = ParseAmount();
                    var eachCycle = Phrase(SyntaxKind.EachKeyword, SyntaxKind.CycleKeyword);
                    var tail = ParseTail();
                    return Line(start, tail, new LimitLineSyntax(keyword, amount, eachCycle, tail.End, tail.Block));
                }

            case SyntaxKind.BilledKeyword:
                return ParseBilled();
            default:
                return null;
        }
    }

    private BilledLineSyntax ParseBilled()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var interval = Choose(s_billed) == SyntaxKind.EachKeyword
            ? Phrase(SyntaxKind.EachKeyword, SyntaxKind.CycleKeyword)
            : Phrase(SyntaxKind.MonthlyKeyword);
        BilledToClauseSyntax? to = null;
        if (At(SyntaxKind.ToKeyword) || (AtName && !SyntaxFacts.IsRemark(_current.ContextualKind)))
        {
            var toStart = Start;
            to = Node(toStart, new BilledToClauseSyntax(Expect(SyntaxKind.ToKeyword), ExpectName("the name of what is billed")));
        }

        var tail = ParseTail();
        return Line(start, tail, new BilledLineSyntax(keyword, interval, to, tail.End, tail.Block));
    }

    private UnusedLineSyntax ParseUnused()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var policy = ParseUnusedPolicy();
        var tail = ParseTail();
        return Line(start, tail, new UnusedLineSyntax(keyword, policy, tail.End, tail.Block));
    }

    private UnusedPolicySyntax ParseUnusedPolicy()
    {
        var start = Start;
        switch (Choose(s_unused))
        {
            case SyntaxKind.ExpiresKeyword:
                return ParseExpiry();
            case SyntaxKind.RollsKeyword:
                return ParseRollover();
            default:
                return Node(start, new NeverExpiresSyntax(Phrase(SyntaxKind.NeverKeyword, SyntaxKind.ExpiresKeyword)));
        }
    }

    private UnusedPolicySyntax ParseExpiry()
    {
        var start = Start;
        var expires = TakeKeyword();
        if (Choose(s_expiries) == SyntaxKind.AfterKeyword)
        {
            var expiresAfter = Node(start, new PhraseSyntax([expires, TakeKeyword()]));
            return Node(start, new ExpiresAfterSyntax(expiresAfter, ParseLife(cycles: false)));
        }

        var at = _current.ContextualKind == SyntaxKind.AtKeyword ? TakeKeyword() : Missing(SyntaxKind.AtKeyword);
        if (Choose(s_expiryInstants) == SyntaxKind.TheKeyword)
        {
            return Node(start, new ExpiresAtNextGrantSyntax(Node(start, new PhraseSyntax(
                [expires, at, TakeKeyword(), Expect(SyntaxKind.NextKeyword), Expect(SyntaxKind.GrantKeyword)]))));
        }

        return Node(start, new ExpiresAtCycleEndSyntax(Node(start, new PhraseSyntax(
            [expires, at, Expect(SyntaxKind.CycleKeyword), Expect(SyntaxKind.EndKeyword)]))));
    }

    private RollsOverSyntax ParseRollover()
    {
        var start = Start;
        var rollsOver = Phrase(SyntaxKind.RollsKeyword, SyntaxKind.OverKeyword);
        RolloverCapSyntax? cap = null;
        if (At(SyntaxKind.UpKeyword) || IsMisspelling("up"))
        {
            var capStart = Start;
            var upTo = Phrase(SyntaxKind.UpKeyword, SyntaxKind.ToKeyword);
            var amount = ParseAmount(allowBase: false);
            var ofUnused = At(SyntaxKind.OfKeyword) ? Phrase(SyntaxKind.OfKeyword, SyntaxKind.UnusedKeyword) : null;
            cap = Node(capStart, new RolloverCapSyntax(upTo, amount, ofUnused));
        }

        RolloverMinimumSyntax? minimum = null;
        if (At(SyntaxKind.AtKeyword) || (At(SyntaxKind.CommaToken) && NextIs(SyntaxKind.AtKeyword)))
        {
            var minimumStart = Start;
            var comma = At(SyntaxKind.CommaToken) ? Take() : null;
            minimum = Node(minimumStart, new RolloverMinimumSyntax(comma, Phrase(SyntaxKind.AtKeyword, SyntaxKind.LeastKeyword), ParseAmount()));
        }

        RolloverLifeSyntax? life = null;
        if (At(SyntaxKind.ForKeyword) || At(SyntaxKind.CommaToken) || IsMisspelling("for") || _current.Kind == SyntaxKind.NumberToken)
        {
            var lifeStart = Start;
            var comma = At(SyntaxKind.CommaToken) ? Take() : null;
            life = Node(lifeStart, new RolloverLifeSyntax(comma, Expect(SyntaxKind.ForKeyword), ParseLife(cycles: true)));
        }

        return Node(start, new RollsOverSyntax(rollsOver, cap, minimum, life));
    }

    private LifeSyntax ParseLife(bool cycles)
    {
        var start = Start;
        if (At(SyntaxKind.NumberToken))
        {
            if (cycles && Peek(1).ContextualKind is SyntaxKind.CycleKeyword or SyntaxKind.CyclesKeyword)
            {
                return Node(start, new CyclesLifeSyntax(ExpectInteger(), TakeKeyword()));
            }

            return Node(start, new DurationLifeSyntax(ParseDuration()));
        }

        if (cycles && At(SyntaxKind.EverKeyword))
        {
            return Node(start, new EverLifeSyntax(TakeKeyword()));
        }

        if (cycles && At(SyntaxKind.ItsKeyword))
        {
            return Node(start, new OwnLifeSyntax(Phrase(SyntaxKind.ItsKeyword, SyntaxKind.OwnKeyword, SyntaxKind.LifeKeyword)));
        }

        return Node(start, new NamedLifeSyntax(
            ExpectName(cycles ? "a time such as 3 months, 1 cycle, ever or its own life" : "a time such as 3 months")));
    }

    private ConsumeSyntax ParseConsume()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var orderStart = Start;
        DrawOrderSyntax order = At(SyntaxKind.ByKeyword)
            ? Node(orderStart, new KeyOrderSyntax(TakeKeyword(), ParseDrawKeys()))
            : Node(orderStart, new BucketOrderSyntax(ParseOrder()));
        var tail = ParseTail(BlockKind.Consume);
        return Line(start, tail, new ConsumeSyntax(keyword, order, tail.End, tail.Block));
    }

    private DrawKeyListSyntax ParseDrawKeys()
    {
        var start = Start;
        var keys = ImmutableArray.CreateBuilder<DrawKeySyntax>(1);
        var separators = ImmutableArray.CreateBuilder<SyntaxToken>();
        keys.Add(ParseDrawKey());
        while (At(SyntaxKind.CommaToken) || At(SyntaxKind.ThenKeyword))
        {
            separators.Add(Expect(SyntaxKind.CommaToken));
            separators.Add(Expect(SyntaxKind.ThenKeyword));
            keys.Add(ParseDrawKey());
        }

        return Node(start, new DrawKeyListSyntax(keys.DrainToImmutable(), separators.DrainToImmutable()));
    }

    private DrawKeySyntax ParseDrawKey()
    {
        var start = Start;
        if (At(SyntaxKind.LowestKeyword) || (!NextIs(SyntaxKind.BeforeKeyword) && IsMisspelling("lowest")))
        {
            var lowest = Expect(SyntaxKind.LowestKeyword);
            return Node(start, new PhraseDrawKeySyntax(Node(start, new PhraseSyntax([lowest, ChooseWord(s_lowest)]))));
        }

        if (At(SyntaxKind.SoonestKeyword) || (!NextIs(SyntaxKind.BeforeKeyword) && IsMisspelling("soonest")))
        {
            var soonest = Phrase(SyntaxKind.SoonestKeyword, SyntaxKind.ExpiryKeyword);
            ExpiryResolutionSyntax? resolution = null;
            if (At(SyntaxKind.ByKeyword))
            {
                var byStart = Start;
                resolution = Node(byStart, new ExpiryResolutionSyntax(TakeKeyword(), ChooseWord(s_resolutions)));
            }

            return Node(start, new ExpiryDrawKeySyntax(soonest, resolution));
        }

        if (At(SyntaxKind.EarliestKeyword))
        {
            return Node(start, new PhraseDrawKeySyntax(Phrase(SyntaxKind.EarliestKeyword, SyntaxKind.StartKeyword)));
        }

        if (At(SyntaxKind.OldestKeyword) || At(SyntaxKind.NewestKeyword) || At(SyntaxKind.LargestKeyword) || At(SyntaxKind.SmallestKeyword)
            || At(SyntaxKind.NarrowestKeyword))
        {
            return Node(start, new PhraseDrawKeySyntax(Phrase(_current.ContextualKind)));
        }

        return ParseBucketsKey();
    }

    private BucketsDrawKeySyntax ParseBucketsKey()
    {
        var start = Start;
        var names = ImmutableArray.CreateBuilder<SyntaxToken>(2);
        var separators = ImmutableArray.CreateBuilder<SyntaxToken>(1);
        names.Add(ExpectName("a key such as \"soonest expiry\", or the name of a bucket", SyntaxKind.BeforeKeyword));
        do
        {
            separators.Add(Expect(SyntaxKind.BeforeKeyword));
            names.Add(ExpectName("the name of a bucket"));
        }
        while (At(SyntaxKind.BeforeKeyword));

        return Node(start, new BucketsDrawKeySyntax(Node(start, new TokenListSyntax(names.DrainToImmutable(), separators.DrainToImmutable()))));
    }

    private CycleSyntax ParseCycle()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var length = ParseCycleLength();
        var tail = ParseTail(BlockKind.Cycle);
        return Line(start, tail, new CycleSyntax(keyword, length, tail.End, tail.Block));
    }

    private CycleLengthSyntax ParseCycleLength()
    {
        var start = Start;
        switch (Choose(s_cycles))
        {
            case SyntaxKind.CalendarKeyword:
                return Node(start, new PhraseCycleLengthSyntax(Phrase(SyntaxKind.CalendarKeyword, SyntaxKind.MonthKeyword)));
            case SyntaxKind.EveryKeyword:
                return Node(start, new EveryCycleLengthSyntax(TakeKeyword(), ParseDuration(countOptional: true)));
            case SyntaxKind.WeeklyKeyword or SyntaxKind.AnnualKeyword:
                return Node(start, new PhraseCycleLengthSyntax(Node(start, new PhraseSyntax([TakeKeyword()]))));
        }

        var monthly = Expect(SyntaxKind.MonthlyKeyword);
        if (At(SyntaxKind.OrKeyword))
        {
            var phrase = Node(start, new PhraseSyntax(
                [monthly, TakeKeyword(), Expect(SyntaxKind.AnnualKeyword), Expect(SyntaxKind.ByKeyword)]));
            return Node(start, new MonthlyOrAnnualCycleLengthSyntax(phrase, ExpectName("the name of a fact")));
        }

        return Node(start, new PhraseCycleLengthSyntax(Node(start, new PhraseSyntax([monthly]))));
    }

    private LineSyntax? ParseCycleLine(SyntaxKind first)
    {
        var start = Start;
        switch (first)
        {
            case SyntaxKind.AnchoredKeyword:
                return ParseAnchored();
            case SyntaxKind.AnnualKeyword:
                {
                    var annualGrants = Phrase(SyntaxKind.AnnualKeyword, SyntaxKind.GrantsKeyword);
                    var count = ExpectInteger();
                    var monthsUpFront = Phrase(SyntaxKind.MonthsKeyword, SyntaxKind.UpKeyword, SyntaxKind.FrontKeyword);
                    var tail = ParseTail();
                    return Line(start, tail, new AnnualGrantsLineSyntax(annualGrants, count, monthsUpFront, tail.End, tail.Block));
                }

            case SyntaxKind.PlanKeyword:
                return ParsePlanChange(start, Phrase(SyntaxKind.PlanKeyword, SyntaxKind.ChangeKeyword));
            case SyntaxKind.UpgradeKeyword or SyntaxKind.DowngradeKeyword:
                return ParsePlanChange(start, Phrase(first));
            default:
                return null;
        }
    }

    private AnchoredLineSyntax ParseAnchored()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var phraseStart = Start;
        SyntaxToken? day = null;
        PhraseSyntax phrase;
        if (Choose(s_anchors) == SyntaxKind.OnKeyword)
        {
            phrase = Phrase(SyntaxKind.OnKeyword, SyntaxKind.DayKeyword);
            day = ExpectInteger();
        }
        else
        {
            var at = _current.ContextualKind == SyntaxKind.AtKeyword ? TakeKeyword() : Missing(SyntaxKind.AtKeyword);
            phrase = Choose(s_anchorInstants) == SyntaxKind.MidnightKeyword
                ? Node(phraseStart, new PhraseSyntax([at, TakeKeyword()]))
                : Node(phraseStart, new PhraseSyntax([at, Expect(SyntaxKind.TheKeyword), Expect(SyntaxKind.StartKeyword)]));
        }

        var tail = ParseTail();
        return Line(start, tail, new AnchoredLineSyntax(keyword, phrase, day, tail.End, tail.Block));
    }

    private PlanChangeLineSyntax ParsePlanChange(int start, PhraseSyntax subject)
    {
        var effect = ParsePlanChangeEffect();
        var tail = ParseTail();
        return Line(start, tail, new PlanChangeLineSyntax(subject, effect, tail.End, tail.Block));
    }

    private PlanChangeEffectSyntax ParsePlanChangeEffect()
    {
        var start = Start;
        switch (Choose(s_changeEffects))
        {
            case SyntaxKind.WaitsKeyword:
                return Node(start, new WaitsForRenewalSyntax(Phrase(SyntaxKind.WaitsKeyword, SyntaxKind.ForKeyword, SyntaxKind.RenewalKeyword)));
            case SyntaxKind.KeepsKeyword:
                {
                    var keeps = Phrase(SyntaxKind.KeepsKeyword, SyntaxKind.TheKeyword, SyntaxKind.CycleKeyword);
                    return Node(start, new KeepsCycleSyntax(
                        keeps, At(SyntaxKind.CommaToken) || At(SyntaxKind.GrantsKeyword) ? ParseRemainderGrant() : null));
                }

            default:
                {
                    var restarts = Phrase(SyntaxKind.RestartsKeyword, SyntaxKind.TheKeyword, SyntaxKind.CycleKeyword);
                    CarryingUnusedSyntax? carrying = null;
                    if (At(SyntaxKind.CommaToken) || At(SyntaxKind.CarryingKeyword))
                    {
                        var carryingStart = Start;
                        carrying = Node(carryingStart, new CarryingUnusedSyntax(
                            Expect(SyntaxKind.CommaToken), Phrase(SyntaxKind.CarryingKeyword, SyntaxKind.UnusedKeyword)));
                    }

                    return Node(start, new RestartsCycleSyntax(restarts, carrying));
                }
        }
    }

    private RemainderGrantSyntax ParseRemainderGrant()
    {
        var start = Start;
        var comma = Expect(SyntaxKind.CommaToken);
        var grants = Expect(SyntaxKind.GrantsKeyword);
        var phrase = Choose(s_remainders) switch
        {
            SyntaxKind.AKeyword => Phrase(SyntaxKind.AKeyword, SyntaxKind.ShareKeyword, SyntaxKind.ByKeyword, SyntaxKind.SecondKeyword),
            SyntaxKind.InKeyword => Phrase(SyntaxKind.InKeyword, SyntaxKind.FullKeyword),
            SyntaxKind.NothingKeyword => Phrase(SyntaxKind.NothingKeyword),
            _ => Phrase(SyntaxKind.TheKeyword, SyntaxKind.DifferenceKeyword),
        };
        return Node(start, new RemainderGrantSyntax(comma, grants, phrase));
    }

    private PlanSyntax ParsePlan()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a plan", SyntaxKind.GrantsKeyword);
        var grant = ParsePlanGrant();
        var tail = ParseTail(BlockKind.Plan);
        return Line(start, tail, new PlanSyntax(keyword, name, grant, tail.End, tail.Block));
    }

    private PlanGrantSyntax ParsePlanGrant()
    {
        var start = Start;
        var grants = Expect(SyntaxKind.GrantsKeyword);
        var amount = ParseAmount();
        var every = Expect(SyntaxKind.EveryKeyword);
        var intervalStart = Start;
        var interval = At(SyntaxKind.CycleKeyword)
            ? Node(intervalStart, new IntervalSyntax(TakeKeyword(), null))
            : Node(intervalStart, new IntervalSyntax(null, ParseDuration(countOptional: true)));
        var into = Expect(SyntaxKind.IntoKeyword);
        return Node(start, new PlanGrantSyntax(grants, amount, every, interval, into, ExpectName("the name of a bucket")));
    }

    private LineSyntax? ParsePlanLine(SyntaxKind first)
    {
        switch (first)
        {
            case SyntaxKind.UnusedKeyword:
                return ParseUnused();
            case SyntaxKind.ExistingKeyword:
                return ParseExistingAccounts();
            case SyntaxKind.AlsoKeyword:
                var start = Start;
                var also = TakeKeyword();
                var grant = ParsePlanGrant();
                var tail = ParseTail();
                return Line(start, tail, new AlsoGrantsLineSyntax(also, grant, tail.End, tail.Block));
            default:
                return null;
        }
    }

    private PackSyntax ParsePack()
    {
        var start = Start;
        var keyword = TakeKeyword();
        var name = ExpectName("the name of a pack");
        var amount = ParseAmount();
        var into = Expect(SyntaxKind.IntoKeyword);
        var bucket = ExpectName("the name of a bucket");
        var tail = ParseTail();
        return Line(start, tail, new PackSyntax(keyword, name, amount, into, bucket, tail.End, tail.Block));
    }
}
