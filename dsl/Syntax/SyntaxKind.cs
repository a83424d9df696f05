namespace Rules.Dsl.Syntax;

/// <summary>
/// The kinds of tokens and trivia. Nodes have no kind beside their type. Keywords are contextual: a word has a keyword's kind only where
/// the grammar asks for that word.
/// </summary>
public enum SyntaxKind
{
    /// <summary>No token; the value of a default.</summary>
    None,

    /// <summary>Spaces and tabs, and a byte order mark at the start of the file.</summary>
    WhitespaceTrivia,

    /// <summary>A line break that ends no line of content: of a blank line, a comment line or a line that continues on the next.</summary>
    NewLineTrivia,

    /// <summary>From <c>#</c> to the end of the line.</summary>
    CommentTrivia,

    /// <summary>Text that could not be read; it was reported, or another mistake on its line was.</summary>
    SkippedTrivia,

    /// <summary>The end of a line with content; zero characters wide at the end of the file.</summary>
    NewLineToken,

    /// <summary>Zero characters wide, before the first line of an indented block.</summary>
    IndentToken,

    /// <summary>Zero characters wide, after the last line of an indented block.</summary>
    DedentToken,

    /// <summary>Zero characters wide; its leading trivia are the last comments and blank lines of the file.</summary>
    EndOfFileToken,

    /// <summary>A letter, then letters, digits, <c>-</c>, <c>_</c>, where no keyword is asked for.</summary>
    NameToken,

    /// <summary>Text in double quotes on one line; a quote inside is doubled.</summary>
    StringToken,

    /// <summary>Digits, in groups of three where there are commas, with an optional fraction: at most 18 digits before and 9 after the point.</summary>
    NumberToken,

    /// <summary>A number directly followed by <c>%</c>.</summary>
    PercentToken,

    /// <summary><c>YYYY-MM-DD</c>.</summary>
    DateToken,

    /// <summary><c>HH:MM</c>.</summary>
    TimeToken,

    /// <summary><c>,</c></summary>
    CommaToken,

    /// <summary><c>(</c></summary>
    OpenParenthesisToken,

    /// <summary><c>)</c></summary>
    CloseParenthesisToken,

    /// <summary>The word <c>a</c>.</summary>
    AKeyword,

    /// <summary>The word <c>above</c>.</summary>
    AboveKeyword,

    /// <summary>The word <c>account</c>.</summary>
    AccountKeyword,

    /// <summary>The word <c>accounts</c>.</summary>
    AccountsKeyword,

    /// <summary>The word <c>action</c>.</summary>
    ActionKeyword,

    /// <summary>The word <c>after</c>.</summary>
    AfterKeyword,

    /// <summary>The word <c>again</c>.</summary>
    AgainKeyword,

    /// <summary>The word <c>alert</c>.</summary>
    AlertKeyword,

    /// <summary>The word <c>allowed</c>.</summary>
    AllowedKeyword,

    /// <summary>The word <c>also</c>.</summary>
    AlsoKeyword,

    /// <summary>The word <c>amends</c>.</summary>
    AmendsKeyword,

    /// <summary>The word <c>anchored</c>.</summary>
    AnchoredKeyword,

    /// <summary>The word <c>and</c>.</summary>
    AndKeyword,

    /// <summary>The word <c>annual</c>.</summary>
    AnnualKeyword,

    /// <summary>The word <c>any</c>.</summary>
    AnyKeyword,

    /// <summary>The word <c>applicable</c>.</summary>
    ApplicableKeyword,

    /// <summary>The word <c>applies</c>.</summary>
    AppliesKeyword,

    /// <summary>The word <c>as</c>.</summary>
    AsKeyword,

    /// <summary>The word <c>assume</c>.</summary>
    AssumeKeyword,

    /// <summary>The word <c>at</c>.</summary>
    AtKeyword,

    /// <summary>The word <c>automatically</c>.</summary>
    AutomaticallyKeyword,

    /// <summary>The word <c>back</c>.</summary>
    BackKeyword,

    /// <summary>The word <c>balance</c>.</summary>
    BalanceKeyword,

    /// <summary>The word <c>base</c>.</summary>
    BaseKeyword,

    /// <summary>The word <c>before</c>.</summary>
    BeforeKeyword,

    /// <summary>The word <c>below</c>.</summary>
    BelowKeyword,

    /// <summary>The word <c>billed</c>.</summary>
    BilledKeyword,

    /// <summary>The word <c>block</c>.</summary>
    BlockKeyword,

    /// <summary>The word <c>blocked</c>.</summary>
    BlockedKeyword,

    /// <summary>The word <c>bucket</c>.</summary>
    BucketKeyword,

    /// <summary>The word <c>bundle</c>.</summary>
    BundleKeyword,

    /// <summary>The word <c>buy</c>.</summary>
    BuyKeyword,

    /// <summary>The word <c>by</c>.</summary>
    ByKeyword,

    /// <summary>The word <c>calendar</c>.</summary>
    CalendarKeyword,

    /// <summary>The word <c>capture</c>.</summary>
    CaptureKeyword,

    /// <summary>The word <c>carrying</c>.</summary>
    CarryingKeyword,

    /// <summary>The word <c>change</c>.</summary>
    ChangeKeyword,

    /// <summary>The word <c>charge</c>.</summary>
    ChargeKeyword,

    /// <summary>The word <c>collected</c>.</summary>
    CollectedKeyword,

    /// <summary>The word <c>common</c>.</summary>
    CommonKeyword,

    /// <summary>The word <c>complete</c>.</summary>
    CompleteKeyword,

    /// <summary>The word <c>consume</c>.</summary>
    ConsumeKeyword,

    /// <summary>The word <c>correct</c>.</summary>
    CorrectKeyword,

    /// <summary>The word <c>corrections</c>.</summary>
    CorrectionsKeyword,

    /// <summary>The word <c>cost</c>.</summary>
    CostKeyword,

    /// <summary>The word <c>count</c>.</summary>
    CountKeyword,

    /// <summary>The word <c>counting</c>.</summary>
    CountingKeyword,

    /// <summary>The word <c>credit</c>.</summary>
    CreditKeyword,

    /// <summary>The word <c>credits</c>.</summary>
    CreditsKeyword,

    /// <summary>The word <c>crossed</c>.</summary>
    CrossedKeyword,

    /// <summary>The word <c>currency</c>.</summary>
    CurrencyKeyword,

    /// <summary>The word <c>cycle</c>.</summary>
    CycleKeyword,

    /// <summary>The word <c>cycles</c>.</summary>
    CyclesKeyword,

    /// <summary>The word <c>date</c>.</summary>
    DateKeyword,

    /// <summary>The word <c>day</c>.</summary>
    DayKeyword,

    /// <summary>The word <c>days</c>.</summary>
    DaysKeyword,

    /// <summary>The word <c>decimal</c>.</summary>
    DecimalKeyword,

    /// <summary>The word <c>decimals</c>.</summary>
    DecimalsKeyword,

    /// <summary>The word <c>difference</c>.</summary>
    DifferenceKeyword,

    /// <summary>The word <c>discounted</c>.</summary>
    DiscountedKeyword,

    /// <summary>The word <c>do</c>.</summary>
    DoKeyword,

    /// <summary>The word <c>down</c>.</summary>
    DownKeyword,

    /// <summary>The word <c>downgrade</c>.</summary>
    DowngradeKeyword,

    /// <summary>The word <c>drawn</c>.</summary>
    DrawnKeyword,

    /// <summary>The word <c>dropped</c>.</summary>
    DroppedKeyword,

    /// <summary>The word <c>duration</c>.</summary>
    DurationKeyword,

    /// <summary>The word <c>each</c>.</summary>
    EachKeyword,

    /// <summary>The word <c>earlier</c>.</summary>
    EarlierKeyword,

    /// <summary>The word <c>earliest</c>.</summary>
    EarliestKeyword,

    /// <summary>The word <c>effective</c>.</summary>
    EffectiveKeyword,

    /// <summary>The word <c>end</c>.</summary>
    EndKeyword,

    /// <summary>The word <c>even</c>.</summary>
    EvenKeyword,

    /// <summary>The word <c>event</c>.</summary>
    EventKeyword,

    /// <summary>The word <c>events</c>.</summary>
    EventsKeyword,

    /// <summary>The word <c>ever</c>.</summary>
    EverKeyword,

    /// <summary>The word <c>every</c>.</summary>
    EveryKeyword,

    /// <summary>The word <c>example</c>.</summary>
    ExampleKeyword,

    /// <summary>The word <c>exceed</c>.</summary>
    ExceedKeyword,

    /// <summary>The word <c>exceeds</c>.</summary>
    ExceedsKeyword,

    /// <summary>The word <c>except</c>.</summary>
    ExceptKeyword,

    /// <summary>The word <c>existing</c>.</summary>
    ExistingKeyword,

    /// <summary>The word <c>expect</c>.</summary>
    ExpectKeyword,

    /// <summary>The word <c>expire</c>.</summary>
    ExpireKeyword,

    /// <summary>The word <c>expires</c>.</summary>
    ExpiresKeyword,

    /// <summary>The word <c>expiry</c>.</summary>
    ExpiryKeyword,

    /// <summary>The word <c>first</c>.</summary>
    FirstKeyword,

    /// <summary>The word <c>flat</c>.</summary>
    FlatKeyword,

    /// <summary>The word <c>for</c>.</summary>
    ForKeyword,

    /// <summary>The word <c>forgive</c>.</summary>
    ForgiveKeyword,

    /// <summary>The word <c>fractional</c>.</summary>
    FractionalKeyword,

    /// <summary>The word <c>free</c>.</summary>
    FreeKeyword,

    /// <summary>The word <c>fresh</c>.</summary>
    FreshKeyword,

    /// <summary>The word <c>from</c>.</summary>
    FromKeyword,

    /// <summary>The word <c>front</c>.</summary>
    FrontKeyword,

    /// <summary>The word <c>full</c>.</summary>
    FullKeyword,

    /// <summary>The word <c>given</c>.</summary>
    GivenKeyword,

    /// <summary>The word <c>graduated</c>.</summary>
    GraduatedKeyword,

    /// <summary>The word <c>grant</c>.</summary>
    GrantKeyword,

    /// <summary>The word <c>grants</c>.</summary>
    GrantsKeyword,

    /// <summary>The word <c>half</c>.</summary>
    HalfKeyword,

    /// <summary>The word <c>has</c>.</summary>
    HasKeyword,

    /// <summary>The word <c>hold</c>.</summary>
    HoldKeyword,

    /// <summary>The word <c>holds</c>.</summary>
    HoldsKeyword,

    /// <summary>The word <c>hour</c>.</summary>
    HourKeyword,

    /// <summary>The word <c>hours</c>.</summary>
    HoursKeyword,

    /// <summary>The word <c>if</c>.</summary>
    IfKeyword,

    /// <summary>The word <c>in</c>.</summary>
    InKeyword,

    /// <summary>The word <c>include</c>.</summary>
    IncludeKeyword,

    /// <summary>The word <c>into</c>.</summary>
    IntoKeyword,

    /// <summary>The word <c>invoice</c>.</summary>
    InvoiceKeyword,

    /// <summary>The word <c>is</c>.</summary>
    IsKeyword,

    /// <summary>The word <c>its</c>.</summary>
    ItsKeyword,

    /// <summary>The word <c>keeps</c>.</summary>
    KeepsKeyword,

    /// <summary>The word <c>keyed</c>.</summary>
    KeyedKeyword,

    /// <summary>The word <c>language</c>.</summary>
    LanguageKeyword,

    /// <summary>The word <c>lapse</c>.</summary>
    LapseKeyword,

    /// <summary>The word <c>largest</c>.</summary>
    LargestKeyword,

    /// <summary>The word <c>least</c>.</summary>
    LeastKeyword,

    /// <summary>The word <c>left</c>.</summary>
    LeftKeyword,

    /// <summary>The word <c>life</c>.</summary>
    LifeKeyword,

    /// <summary>The word <c>limit</c>.</summary>
    LimitKeyword,

    /// <summary>The word <c>list</c>.</summary>
    ListKeyword,

    /// <summary>The word <c>listed</c>.</summary>
    ListedKeyword,

    /// <summary>The word <c>live</c>.</summary>
    LiveKeyword,

    /// <summary>The word <c>lowest</c>.</summary>
    LowestKeyword,

    /// <summary>The word <c>marked</c>.</summary>
    MarkedKeyword,

    /// <summary>The word <c>may</c>.</summary>
    MayKeyword,

    /// <summary>The word <c>measures</c>.</summary>
    MeasuresKeyword,

    /// <summary>The word <c>meter</c>.</summary>
    MeterKeyword,

    /// <summary>The word <c>midnight</c>.</summary>
    MidnightKeyword,

    /// <summary>The word <c>minute</c>.</summary>
    MinuteKeyword,

    /// <summary>The word <c>month</c>.</summary>
    MonthKeyword,

    /// <summary>The word <c>monthly</c>.</summary>
    MonthlyKeyword,

    /// <summary>The word <c>months</c>.</summary>
    MonthsKeyword,

    /// <summary>The word <c>more</c>.</summary>
    MoreKeyword,

    /// <summary>The word <c>most</c>.</summary>
    MostKeyword,

    /// <summary>The word <c>move</c>.</summary>
    MoveKeyword,

    /// <summary>The word <c>narrowest</c>.</summary>
    NarrowestKeyword,

    /// <summary>The word <c>never</c>.</summary>
    NeverKeyword,

    /// <summary>The word <c>newest</c>.</summary>
    NewestKeyword,

    /// <summary>The word <c>next</c>.</summary>
    NextKeyword,

    /// <summary>The word <c>no</c>.</summary>
    NoKeyword,

    /// <summary>The word <c>normally</c>.</summary>
    NormallyKeyword,

    /// <summary>The word <c>not</c>.</summary>
    NotKeyword,

    /// <summary>The word <c>note</c>.</summary>
    NoteKeyword,

    /// <summary>The word <c>nothing</c>.</summary>
    NothingKeyword,

    /// <summary>The word <c>number</c>.</summary>
    NumberKeyword,

    /// <summary>The word <c>of</c>.</summary>
    OfKeyword,

    /// <summary>The word <c>off</c>.</summary>
    OffKeyword,

    /// <summary>The word <c>offers</c>.</summary>
    OffersKeyword,

    /// <summary>The word <c>oldest</c>.</summary>
    OldestKeyword,

    /// <summary>The word <c>on</c>.</summary>
    OnKeyword,

    /// <summary>The word <c>one</c>.</summary>
    OneKeyword,

    /// <summary>The word <c>only</c>.</summary>
    OnlyKeyword,

    /// <summary>The word <c>open</c>.</summary>
    OpenKeyword,

    /// <summary>The word <c>or</c>.</summary>
    OrKeyword,

    /// <summary>The word <c>order</c>.</summary>
    OrderKeyword,

    /// <summary>The word <c>otherwise</c>.</summary>
    OtherwiseKeyword,

    /// <summary>The word <c>over</c>.</summary>
    OverKeyword,

    /// <summary>The word <c>owe</c>.</summary>
    OweKeyword,

    /// <summary>The word <c>owed</c>.</summary>
    OwedKeyword,

    /// <summary>The word <c>own</c>.</summary>
    OwnKeyword,

    /// <summary>The word <c>pack</c>.</summary>
    PackKeyword,

    /// <summary>The word <c>package</c>.</summary>
    PackageKeyword,

    /// <summary>The word <c>pause</c>.</summary>
    PauseKeyword,

    /// <summary>The word <c>paused</c>.</summary>
    PausedKeyword,

    /// <summary>The word <c>per</c>.</summary>
    PerKeyword,

    /// <summary>The word <c>percent</c>.</summary>
    PercentKeyword,

    /// <summary>The word <c>plan</c>.</summary>
    PlanKeyword,

    /// <summary>The word <c>plural</c>.</summary>
    PluralKeyword,

    /// <summary>The word <c>plus</c>.</summary>
    PlusKeyword,

    /// <summary>The word <c>postpaid</c>.</summary>
    PostpaidKeyword,

    /// <summary>The word <c>price</c>.</summary>
    PriceKeyword,

    /// <summary>The word <c>priority</c>.</summary>
    PriorityKeyword,

    /// <summary>The word <c>promise</c>.</summary>
    PromiseKeyword,

    /// <summary>The word <c>purchase</c>.</summary>
    PurchaseKeyword,

    /// <summary>The word <c>rate</c>.</summary>
    RateKeyword,

    /// <summary>The word <c>re-pricing</c>.</summary>
    RePricingKeyword,

    /// <summary>The word <c>record</c>.</summary>
    RecordKeyword,

    /// <summary>The word <c>refuse</c>.</summary>
    RefuseKeyword,

    /// <summary>The word <c>refused</c>.</summary>
    RefusedKeyword,

    /// <summary>The word <c>regardless</c>.</summary>
    RegardlessKeyword,

    /// <summary>The word <c>remove</c>.</summary>
    RemoveKeyword,

    /// <summary>The word <c>renewal</c>.</summary>
    RenewalKeyword,

    /// <summary>The word <c>repaid</c>.</summary>
    RepaidKeyword,

    /// <summary>The word <c>rest</c>.</summary>
    RestKeyword,

    /// <summary>The word <c>restarts</c>.</summary>
    RestartsKeyword,

    /// <summary>The word <c>returned</c>.</summary>
    ReturnedKeyword,

    /// <summary>The word <c>rolls</c>.</summary>
    RollsKeyword,

    /// <summary>The word <c>rounded</c>.</summary>
    RoundedKeyword,

    /// <summary>The word <c>rounding</c>.</summary>
    RoundingKeyword,

    /// <summary>The word <c>ruleset</c>.</summary>
    RulesetKeyword,

    /// <summary>The word <c>same</c>.</summary>
    SameKeyword,

    /// <summary>The word <c>sample</c>.</summary>
    SampleKeyword,

    /// <summary>The word <c>says</c>.</summary>
    SaysKeyword,

    /// <summary>The word <c>second</c>.</summary>
    SecondKeyword,

    /// <summary>The word <c>sell</c>.</summary>
    SellKeyword,

    /// <summary>The word <c>serves</c>.</summary>
    ServesKeyword,

    /// <summary>The word <c>set</c>.</summary>
    SetKeyword,

    /// <summary>The word <c>share</c>.</summary>
    ShareKeyword,

    /// <summary>The word <c>short</c>.</summary>
    ShortKeyword,

    /// <summary>The word <c>shows</c>.</summary>
    ShowsKeyword,

    /// <summary>The word <c>smallest</c>.</summary>
    SmallestKeyword,

    /// <summary>The word <c>soonest</c>.</summary>
    SoonestKeyword,

    /// <summary>The word <c>source</c>.</summary>
    SourceKeyword,

    /// <summary>The word <c>start</c>.</summary>
    StartKeyword,

    /// <summary>The word <c>stay</c>.</summary>
    StayKeyword,

    /// <summary>The word <c>steps</c>.</summary>
    StepsKeyword,

    /// <summary>The word <c>term</c>.</summary>
    TermKeyword,

    /// <summary>The word <c>the</c>.</summary>
    TheKeyword,

    /// <summary>The word <c>then</c>.</summary>
    ThenKeyword,

    /// <summary>The word <c>tiers</c>.</summary>
    TiersKeyword,

    /// <summary>The word <c>times</c>.</summary>
    TimesKeyword,

    /// <summary>The word <c>timezone</c>.</summary>
    TimezoneKeyword,

    /// <summary>The word <c>title</c>.</summary>
    TitleKeyword,

    /// <summary>The word <c>to</c>.</summary>
    ToKeyword,

    /// <summary>The word <c>transfers</c>.</summary>
    TransfersKeyword,

    /// <summary>The word <c>under</c>.</summary>
    UnderKeyword,

    /// <summary>The word <c>units</c>.</summary>
    UnitsKeyword,

    /// <summary>The word <c>unless</c>.</summary>
    UnlessKeyword,

    /// <summary>The word <c>unlimited</c>.</summary>
    UnlimitedKeyword,

    /// <summary>The word <c>unmetered</c>.</summary>
    UnmeteredKeyword,

    /// <summary>The word <c>unpublished</c>.</summary>
    UnpublishedKeyword,

    /// <summary>The word <c>until</c>.</summary>
    UntilKeyword,

    /// <summary>The word <c>unused</c>.</summary>
    UnusedKeyword,

    /// <summary>The word <c>up</c>.</summary>
    UpKeyword,

    /// <summary>The word <c>upgrade</c>.</summary>
    UpgradeKeyword,

    /// <summary>The word <c>used</c>.</summary>
    UsedKeyword,

    /// <summary>The word <c>version</c>.</summary>
    VersionKeyword,

    /// <summary>The word <c>volume</c>.</summary>
    VolumeKeyword,

    /// <summary>The word <c>waits</c>.</summary>
    WaitsKeyword,

    /// <summary>The word <c>waived</c>.</summary>
    WaivedKeyword,

    /// <summary>The word <c>week</c>.</summary>
    WeekKeyword,

    /// <summary>The word <c>weekly</c>.</summary>
    WeeklyKeyword,

    /// <summary>The word <c>weeks</c>.</summary>
    WeeksKeyword,

    /// <summary>The word <c>when</c>.</summary>
    WhenKeyword,

    /// <summary>The word <c>whenever</c>.</summary>
    WheneverKeyword,

    /// <summary>The word <c>whole</c>.</summary>
    WholeKeyword,

    /// <summary>The word <c>with</c>.</summary>
    WithKeyword,

    /// <summary>The word <c>within</c>.</summary>
    WithinKeyword,

    /// <summary>The word <c>year</c>.</summary>
    YearKeyword,

    /// <summary>The word <c>years</c>.</summary>
    YearsKeyword,

    /// <summary>The word <c>yes</c>.</summary>
    YesKeyword,

    /// <summary>The word <c>zero</c>.</summary>
    ZeroKeyword,
}
