using System.Collections.Immutable;
using Shouldly;
using Xunit;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>
/// The locking protocol of the SQL Server store, in every order in which its statements can fall: three debits of 6 on a lot of 10, of which exactly
/// one can be had. Order of statements, fence and CHECK are each shown to be needed by a protocol that lacks the others.
/// </summary>
public sealed class LockingProtocolTests
{
    public enum Protocol
    {
        /// <summary>Locks the head, then reads the lot in a later statement: what the product does.</summary>
        LockThenRead,

        /// <summary>Head and lot in one joined statement under row versions: the head is read under the lock, the lot as it was before the wait.</summary>
        JoinedRead,

        /// <summary>Reads under row versions and locks only to write.</summary>
        NoLock,

        /// <summary>One snapshot for the transaction; a row that has changed since cannot be written (3960).</summary>
        Snapshot,
    }

    [Flags]
    public enum Guards
    {
        None = 0,

        /// <summary>The head must still be where it was read.</summary>
        Fence = 1,

        /// <summary>The lot may not fall below nothing.</summary>
        Check = 2,
    }

    private enum Step
    {
        /// <summary>Waits for the lock of the head; it is kept to the end.</summary>
        Lock,

        /// <summary>Sees what is committed.</summary>
        Read,

        /// <summary>Draws on the lot, behind the fence.</summary>
        Append,

        /// <summary>Makes it visible and lets go of the lock.</summary>
        Commit,
    }

    [Theory]
    [InlineData(Protocol.LockThenRead, Guards.None, 6, 0, 0)]
    [InlineData(Protocol.LockThenRead, Guards.Fence, 6, 0, 0)]
    [InlineData(Protocol.LockThenRead, Guards.Check, 6, 0, 0)]
    [InlineData(Protocol.LockThenRead, Guards.Fence | Guards.Check, 6, 0, 0)]
    [InlineData(Protocol.JoinedRead, Guards.None, 264, 240, 0)]
    [InlineData(Protocol.JoinedRead, Guards.Fence, 264, 240, 0)]
    [InlineData(Protocol.JoinedRead, Guards.Check, 240, 0, 336)]
    [InlineData(Protocol.NoLock, Guards.None, 264, 240, 0)]
    [InlineData(Protocol.NoLock, Guards.Fence, 240, 0, 336)]
    [InlineData(Protocol.NoLock, Guards.Check, 240, 0, 336)]
    [InlineData(Protocol.Snapshot, Guards.None, 216, 0, 312)]
    [InlineData(Protocol.Snapshot, Guards.Fence, 216, 0, 312)]
    [InlineData(Protocol.Snapshot, Guards.Check, 216, 0, 312)]
    public void Every_order_of_statements_is_tried(Protocol protocol, Guards guards, int orders, int doubleSpends, int aborts)
    {
        var tally = new Tally();
        Explore(protocol, guards, new World(Available: 10, Head: 0, LockedBy: null, [.. Enumerable.Repeat(new Debit(First(protocol), null, 0), 3)], Aborts: 0), tally);
        tally.ShouldBe(new Tally { Orders = orders, DoubleSpends = doubleSpends, Aborts = aborts });
    }

    [Fact]
    public void The_products_protocol_never_aborts_and_accepts_exactly_one()
    {
        var tally = new Tally();
        Explore(Protocol.LockThenRead, Guards.Fence | Guards.Check, new World(10, 0, null, [.. Enumerable.Repeat(new Debit(Step.Lock, null, 0), 3)], 0), tally,
            world => world.Debits.Count(debit => debit.Accepts == true).ShouldBe(1));
        tally.Orders.ShouldBe(6);
    }

    private static Step First(Protocol protocol) => protocol == Protocol.LockThenRead ? Step.Lock : Step.Read;

    private static Step? After(Protocol protocol, Step step, bool accepts) => (protocol, step) switch
    {
        (Protocol.LockThenRead, Step.Lock) => Step.Read,
        // A refusal moves the account's time, so it takes the lock as well.
        (not Protocol.LockThenRead, Step.Read) => Step.Lock,
        (_, Step.Read or Step.Lock) => accepts ? Step.Append : Step.Commit,
        (_, Step.Append) => Step.Commit,
        _ => null,
    };

    private static void Explore(Protocol protocol, Guards guards, World world, Tally tally, Action<World>? atEnd = null)
    {
        var ended = true;
        for (var i = 0; i < world.Debits.Length; i++)
        {
            var debit = world.Debits[i];
            if (debit.Next is { } step && (step != Step.Lock || world.LockedBy is null))
            {
                ended = false;
                Explore(protocol, guards, Take(protocol, guards, world, i, debit, step), tally, atEnd);
            }
        }

        if (ended)
        {
            tally.Orders++;
            tally.Aborts += world.Aborts;
            tally.DoubleSpends += world.Available < 0 ? 1 : 0;
            atEnd?.Invoke(world);
        }
    }

    private static World Take(Protocol protocol, Guards guards, World world, int who, Debit debit, Step step)
    {
        World With(Debit after) => world with { Debits = world.Debits.SetItem(who, after) };
        World Abort() => With(debit with { Next = null, Accepts = null }) with { LockedBy = null, Aborts = world.Aborts + 1 };

        switch (step)
        {
            case Step.Read:
                var accepts = world.Available >= 6;
                return With(new Debit(After(protocol, step, accepts), accepts, world.Head));
            case Step.Lock:
                if (protocol == Protocol.Snapshot && debit.SeenHead != world.Head)
                {
                    return Abort();
                }

                // The row that was waited for is read as it is now; the others of the same statement as they were.
                var seen = protocol == Protocol.JoinedRead ? world.Head : debit.SeenHead;
                return With(debit with { Next = After(protocol, step, debit.Accepts == true), SeenHead = seen }) with { LockedBy = who };
            case Step.Append:
                var refused = (guards.HasFlag(Guards.Fence) && debit.SeenHead != world.Head) || (guards.HasFlag(Guards.Check) && world.Available < 6);
                return refused ? Abort() : With(debit with { Next = Step.Commit });
            default:
                // An aborted or refused debit leaves lot and head as they are.
                var drawn = debit.Accepts == true;
                return With(debit with { Next = null }) with { LockedBy = null, Available = world.Available - (drawn ? 6 : 0), Head = world.Head + (drawn ? 1 : 0) };
        }
    }

    private sealed record World(int Available, int Head, int? LockedBy, ImmutableArray<Debit> Debits, int Aborts);

    /// <param name="Accepts">What it decided when it read; null before, and after an abort.</param>
    private sealed record Debit(Step? Next, bool? Accepts, int SeenHead);

    private sealed record Tally
    {
        public int Orders { get; set; }

        public int DoubleSpends { get; set; }

        public int Aborts { get; set; }
    }
}
