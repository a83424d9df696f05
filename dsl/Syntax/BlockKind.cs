using System.Collections.Immutable;

namespace Rules.Dsl.Syntax;

// The kinds of blocks, each with the words that can begin a line of it.
internal enum BlockKind
{
    File,
    Remarks,
    Header,
    Account,
    List,
    Action,
    Body,
    Rows,
    Tiers,
    Bucket,
    Consume,
    ConsumeException,
    Cycle,
    Plan,
    Alert,
    AtZero,
    Holds,
    Promise,
    Example,
}

internal static class BlockFacts
{
    private static readonly ImmutableArray<string>[] s_starters = MakeStarters();
    private static readonly ImmutableArray<SyntaxKind>[] s_kinds =
        [.. s_starters.Select(static words => words.Select(static word => SyntaxFacts.GetKeywordKind(word)).ToImmutableArray())];

    // What the blocks are called in messages.
    private static readonly string[] s_names =
    [
        "a rule file", "remarks", "the header", "an account", "a list", "an action", "a price", "a table of prices", "a ladder",
        "a bucket", "an order of buckets", "an exception", "a cycle", "a plan", "an alert", "\"at zero\"", "\"holds\"", "a promise", "an example",
    ];

    public static ImmutableArray<string> Starters(BlockKind block) => s_starters[(int)block];

    public static ImmutableArray<SyntaxKind> StarterKinds(BlockKind block) => s_kinds[(int)block];

    public static bool IsStarter(BlockKind block, SyntaxKind kind) => StarterKinds(block).AsSpan().Contains(kind);

    public static string Name(BlockKind block) => s_names[(int)block];

    /// <summary>What a line of the block may begin with, for a message.</summary>
    public static string Beginnings(BlockKind block)
    {
        string[] words = block == BlockKind.Tiers ? [.. Starters(block), "a number"] : [.. Starters(block)];
        return words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
    }

    private static ImmutableArray<string>[] MakeStarters()
    {
        var starters = new ImmutableArray<string>[(int)BlockKind.Example + 1];
        Set(
            BlockKind.File,
            "credit currency account list meter action free rate term applies unmetered price bucket consume cycle plan pack sell invoice alert at "
            + "holds record transfers promise example remove");
        Set(BlockKind.Remarks, "says assume note");
        Set(BlockKind.Header, "title source timezone include existing");
        Set(BlockKind.Account, "has");
        Set(BlockKind.List, "");
        Set(BlockKind.Action, "has measures");
        Set(BlockKind.Body, "each per plus first count marked discounted at corrections except otherwise");
        Set(BlockKind.Rows, "otherwise");
        Set(BlockKind.Tiers, "base over from next rest");
        Set(BlockKind.Bucket, "unused drawn serves open limit billed");
        Set(BlockKind.Consume, "except");
        Set(BlockKind.ConsumeException, "consume");
        Set(BlockKind.Cycle, "anchored plan upgrade downgrade annual");
        Set(BlockKind.Plan, "unused also existing");
        Set(BlockKind.Alert, "at above below again counting shows offers");
        Set(BlockKind.AtZero, "block pause if");
        Set(BlockKind.Holds, "expire capture returned");
        Set(BlockKind.Promise, "when for expect");
        Set(BlockKind.Example, "on given do buy change correct expect");
        return starters;

        void Set(BlockKind block, string words) => starters[(int)block] = [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
    }
}
