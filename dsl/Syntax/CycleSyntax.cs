namespace Rules.Dsl.Syntax;

/// <summary><c>cycle = "cycle" ( "calendar" "month" | "monthly" [ "or" "annual" "by" name ] | "annual" | "weekly" | "every" duration ) eol
/// [ IND { "anchored" ( "at" ( "the" "start" | "midnight" ) | "on" "day" INT ) eol | change | "annual" "grants" INT "months" "up" "front" eol
/// | remarks } DED ] ;</c>
/// Lines: <see cref="AnchoredLineSyntax"/>, <see cref="PlanChangeLineSyntax"/>, <see cref="AnnualGrantsLineSyntax"/>.</summary>
public sealed record CycleSyntax(SyntaxToken CycleKeyword, CycleLengthSyntax Length, LineEndSyntax End, BlockSyntax? Block) : ItemSyntax(End, Block)
{
    /// <inheritdoc/>
    public override SyntaxToken Keyword => CycleKeyword;

    internal override void AddHead(ChildList children) => children.Add(CycleKeyword).Add(Length);
}

/// <summary>How long a cycle is.</summary>
public abstract record CycleLengthSyntax : SyntaxNode;

/// <summary>Fixed words: <c>calendar month</c>, <c>monthly</c>, <c>annual</c>, <c>weekly</c>.</summary>
public sealed record PhraseCycleLengthSyntax(PhraseSyntax Phrase) : CycleLengthSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"monthly" "or" "annual" "by" name</c></summary>
/// <param name="MonthlyOrAnnualBy">The fixed words.</param>
/// <param name="Fact">The fact of the account that chooses.</param>
public sealed record MonthlyOrAnnualCycleLengthSyntax(PhraseSyntax MonthlyOrAnnualBy, SyntaxToken Fact) : CycleLengthSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(MonthlyOrAnnualBy).Add(Fact);
}

/// <summary><c>"every" duration</c></summary>
public sealed record EveryCycleLengthSyntax(SyntaxToken EveryKeyword, DurationSyntax Duration) : CycleLengthSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(EveryKeyword).Add(Duration);
}

/// <summary><c>"anchored" ( "at" ( "the" "start" | "midnight" ) | "on" "day" INT ) eol</c></summary>
/// <param name="AnchoredKeyword">The first word.</param>
/// <param name="Phrase">"at the start", "at midnight" or "on day".</param>
/// <param name="Day">Set exactly after "on day".</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record AnchoredLineSyntax(SyntaxToken AnchoredKeyword, PhraseSyntax Phrase, SyntaxToken? Day, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(AnchoredKeyword).Add(Phrase).Add(Day);
}

/// <summary><c>change = ( "plan" "change" | "upgrade" | "downgrade" ) ( "restarts" "the" "cycle" [ "," "carrying" "unused" ]
/// | "waits" "for" "renewal" | "keeps" "the" "cycle" "," "grants" … ) eol ;</c></summary>
/// <param name="Subject">"plan change", "upgrade" or "downgrade".</param>
/// <param name="Effect">What happens to the cycle.</param>
/// <param name="End">Remarks and the line break.</param>
/// <param name="Block">The indented lines; null where there are none.</param>
public sealed record PlanChangeLineSyntax(PhraseSyntax Subject, PlanChangeEffectSyntax Effect, LineEndSyntax End, BlockSyntax? Block)
    : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(Subject).Add(Effect);
}

/// <summary>What a change of plan does to the cycle.</summary>
public abstract record PlanChangeEffectSyntax : SyntaxNode;

/// <summary><c>"restarts" "the" "cycle" [ "," "carrying" "unused" ]</c></summary>
public sealed record RestartsCycleSyntax(PhraseSyntax Phrase, CarryingUnusedSyntax? CarryingUnused) : PlanChangeEffectSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase).Add(CarryingUnused);
}

/// <summary><c>"," "carrying" "unused"</c></summary>
public sealed record CarryingUnusedSyntax(SyntaxToken Comma, PhraseSyntax Phrase) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(Phrase);
}

/// <summary><c>"waits" "for" "renewal"</c></summary>
public sealed record WaitsForRenewalSyntax(PhraseSyntax Phrase) : PlanChangeEffectSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase);
}

/// <summary><c>"keeps" "the" "cycle" "," "grants" ( "the" "difference" | "a" "share" "by" "second" | "in" "full" | "nothing" )</c></summary>
/// <param name="Phrase">The words "keeps the cycle".</param>
/// <param name="Grants">Null where the text does not say what the new plan grants; binding reports it as PR0512.</param>
public sealed record KeepsCycleSyntax(PhraseSyntax Phrase, RemainderGrantSyntax? Grants) : PlanChangeEffectSyntax
{
    internal override void AddChildren(ChildList children) => children.Add(Phrase).Add(Grants);
}

/// <summary><c>"," "grants" ( "the" "difference" | "a" "share" "by" "second" | "in" "full" | "nothing" )</c></summary>
/// <param name="Comma">The comma before it.</param>
/// <param name="GrantsKeyword">The word "grants".</param>
/// <param name="Phrase">"the difference", "a share by second", "in full" or "nothing".</param>
public sealed record RemainderGrantSyntax(SyntaxToken Comma, SyntaxToken GrantsKeyword, PhraseSyntax Phrase) : SyntaxNode
{
    internal override void AddChildren(ChildList children) => children.Add(Comma).Add(GrantsKeyword).Add(Phrase);
}

/// <summary><c>"annual" "grants" INT "months" "up" "front" eol</c></summary>
public sealed record AnnualGrantsLineSyntax(
    PhraseSyntax AnnualGrants, SyntaxToken Count, PhraseSyntax MonthsUpFront, LineEndSyntax End, BlockSyntax? Block) : LineSyntax(End, Block)
{
    internal override void AddHead(ChildList children) => children.Add(AnnualGrants).Add(Count).Add(MonthsUpFront);
}
