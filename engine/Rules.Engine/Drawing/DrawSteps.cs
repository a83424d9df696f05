using Rules.Dsl.Text;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Drawing;

/// <summary>Credits taken from one lot.</summary>
/// <param name="Left">Room of that lot afterwards; null: endless.</param>
internal sealed record DrawStep(BucketRule Bucket, long Lot, long Units, long? Left, int Decimals) : Step
{
    public override TextLocation? Location => Bucket.Location;

    public override ExactDecimal? Amount => ExactDecimal.FromUnits(Units, Decimals);

    public override bool IsPart => false;

    public override string Text
    {
        get
        {
            var text = $"{Show(Units, Decimals)} from {Bucket.Name}, lot {ExactDecimal.FromUnits(Lot, 0)}";
            return Left is { } left ? $"{text}, which has {Show(left, Decimals)} left" : text;
        }
    }

    internal static string Show(long units, int decimals) => ExactDecimal.FromUnits(units, decimals).ToGroupedString();
}

/// <summary>What became of a charge that the credits do not cover.</summary>
/// <param name="Stop">The line that stops the action at zero; null where <c>if short</c> decides.</param>
internal sealed record ShortfallStep(AtZeroRule AtZero, StopRule? Stop, long Charge, long Room, int Decimals) : Step
{
    /// <summary>What the account may still come to owe, where that is less than what lacks; null where it is not.</summary>
    public long? MayOwe { get; init; }

    /// <summary>For a hold, which takes what is there and owes nothing.</summary>
    public bool IsHold { get; init; }

    public override TextLocation? Location => Stop?.Location ?? AtZero.ShortfallLocation;

    public override ExactDecimal? Amount => ExactDecimal.FromUnits(Charge - Room, Decimals);

    public override bool IsPart => false;

    public override string Text
    {
        get
        {
            if (Stop is not null)
            {
                return $"no credits are left: {(Stop.Kind == StopKind.Block ? "blocked" : "paused")} until {Stop.Until}";
            }

            var facts = $"{DrawStep.Show(Charge, Decimals)} needed, {DrawStep.Show(Room, Decimals)} there";
            if (MayOwe is { } most)
            {
                return $"{facts}: refused, since only {DrawStep.Show(most, Decimals)} more may be owed";
            }

            return AtZero.Shortfall switch
            {
                ShortfallKind.Refuse => facts + ": refused",
                _ when IsHold => facts + ": held as far as it goes",
                ShortfallKind.Owe => facts + ": the rest is owed",
                _ => facts + ": the rest is forgiven",
            };
        }
    }
}

/// <summary>Held credits that a capture spends.</summary>
internal sealed record CaptureStep(string Bucket, long Lot, long Units, int Decimals) : Step
{
    public override TextLocation? Location => null;

    public override ExactDecimal? Amount => ExactDecimal.FromUnits(Units, Decimals);

    public override bool IsPart => false;

    public override string Text => $"{DrawStep.Show(Units, Decimals)} held in {Bucket}, lot {ExactDecimal.FromUnits(Lot, 0)}";
}
