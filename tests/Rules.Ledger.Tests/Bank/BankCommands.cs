using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Rules.Dsl.Text;
using Rules.Engine.Accounts;
using Rules.Engine.Drawing;
using Rules.Engine.Pricing;
using Rules.Ledger.Journal;
using Rules.Ledger.Writing;

namespace Rules.Ledger.Tests.Bank;

/// <summary>
/// A bank in place of the engine: grants of a life and charges that draw whole amounts, soonest expiry first. It lets the store and the writer be
/// tried with histories of any shape, without a rule file between them and the test.
/// </summary>
internal static class BankCommands
{
    public const string Ruleset = "bank";

    public static readonly Instant Start = Instant.FromUtc(2026, 3, 1, 0, 0);

    public static PendingCommand Open(string account, Instant at, string? key = null) => new OpenCommand(account, key ?? "open", at);

    /// <param name="life">Null: never expires.</param>
    public static PendingCommand Grant(string account, string key, string lot, long amount, Instant at, Duration? life = null) =>
        new GrantCommand(account, key, lot, amount, life, at);

    public static PendingCommand Charge(string account, string key, long amount, Instant at) => new ChargeCommand(account, key, amount, at);

    /// <summary>A command that the bank itself cannot run.</summary>
    public static PendingCommand Poison(string account, string key, Instant at) => new PoisonCommand(account, key, at);

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static byte[] Utf8(FormattableString text) => Encoding.UTF8.GetBytes(FormattableString.Invariant(text));

    private sealed class OpenCommand(string account, string key, Instant at) : PendingCommand(account, key, Hash($"open {account}"), at)
    {
        public override bool OpensAccount => true;

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            var fact = new DatedValue("tier", "gold", recordedAt);
            var entry = new Entry { Kind = EntryKind.Subscribe, Amount = 0, OccurredAt = recordedAt, Facts = [fact], Plan = "Basic", Version = 1 };
            var opened = new AccountState
            {
                Id = Account,
                Ruleset = Ruleset,
                OpenedAt = recordedAt,
                LastAt = recordedAt,
                NextLot = 1,
                Version = 1,
                Facts = [fact],
                Plans = [new DatedValue("plan", "Basic", recordedAt)],
            };
            return new Booked { State = opened, Entries = [entry], Answer = Utf8($"{{\"account\":\"{Account}\"}}") };
        }
    }

    private sealed class GrantCommand(string account, string key, string lot, long amount, Duration? life, Instant at)
        : PendingCommand(account, key, Hash(FormattableString.Invariant($"grant {lot} {amount} {life}")), at)
    {
        public override string NewLot => lot;

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            var (current, due) = Advance(state!, recordedAt);
            var made = new Lot
            {
                Number = current.NextLot,
                Id = lot,
                Bucket = life is null ? "prepaid" : "included",
                Amount = amount,
                CreatedAt = recordedAt,
                EffectiveAt = recordedAt,
                ExpiresAt = life is { } d ? recordedAt + d : null,
                Origin = LotOrigin.Grant,
            };
            var posting = Posting.Grant(made.Number, amount);
            var entry = new Entry { Kind = EntryKind.Grant, Amount = amount, OccurredAt = recordedAt, NewLots = [made], Postings = [posting], Version = 1 };
            var after = current with { NextLot = made.Number + 1, Lots = current.Lots.Add(new LotState(made, 0, 0, 0, 0, 0, 0).Apply(posting)) };
            return new Booked { State = after, Entries = [.. due, entry], Answer = Utf8($"{{\"lot\":{made.Number}}}") };
        }
    }

    private sealed class ChargeCommand(string account, string key, long amount, Instant at)
        : PendingCommand(account, key, Hash(FormattableString.Invariant($"charge {amount}")), at)
    {
        public override IReadOnlyList<ScopeId> Scopes(AccountState state, Instant recordedAt) => [new ScopeId("use", "parity", amount % 2 == 0 ? "even" : "odd")];

        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            var (current, due) = Advance(state!, recordedAt);
            var room = current.Lots.Sum(lot => lot.Available);
            var usage = Utf8($"{{\"action\":\"use\",\"amount\":\"{amount}\"}}");
            if (room < amount)
            {
                return new Booked
                {
                    State = current with { LastAt = recordedAt },
                    Entries = due,
                    Accepted = false,
                    Outcome = QuoteOutcome.Refused,
                    Usage = usage,
                    Answer = Utf8($"{{\"outcome\":\"refused\",\"short\":\"{amount - room}\",\"steps\":[{{\"text\":\"{amount} wanted\"}}]}}"),
                };
            }

            var postings = ImmutableArray.CreateBuilder<Posting>();
            var left = amount;
            var lots = current.Lots;
            foreach (var lot in lots.OrderBy(lot => lot.Lot.ExpiresAt ?? Instant.MaxValue).ThenBy(lot => lot.Lot.Number))
            {
                var taken = Math.Min(left, lot.Available);
                if (taken > 0)
                {
                    var posting = Posting.Spend(lot.Lot.Number, taken);
                    postings.Add(posting);
                    lots = lots.Replace(lot, lot.Apply(posting));
                    left -= taken;
                }
            }

            var scope = current.Scopes.FirstOrDefault() ?? NewScope(amount, recordedAt);
            var totals = scope.Bodies[0] with { Events = scope.Bodies[0].Events + 1, Quantities = [scope.Bodies[0].Quantities[0] + amount] };
            scope = scope with { Bodies = [totals], Posted = scope.Posted + amount };
            var entry = new Entry
            {
                Kind = EntryKind.Charge,
                Amount = amount,
                OccurredAt = recordedAt,
                Postings = postings.ToImmutable(),
                Version = 1,
                Scopes = [scope],
                Event = new UsageEvent { OccurredAt = recordedAt, Action = "use" },
            };
            return new Booked
            {
                State = current with { Lots = lots, LastAt = recordedAt, Scopes = [scope] },
                Entries = [.. due, entry],
                Outcome = QuoteOutcome.Charged,
                Usage = usage,
                Answer = Utf8($"{{\"outcome\":\"charged\",\"charge\":\"{amount}\",\"steps\":[{{\"text\":\"{amount} drawn\"}}],\"left\":\"{room - amount}\"}}"),
            };
        }

        private static ScopeState NewScope(long amount, Instant at) => new()
        {
            Id = new ScopeId("use", "parity", amount % 2 == 0 ? "even" : "odd"),
            BeganAt = at,
            Version = 1,
            Posted = 0,
            ListedPosted = 0,
            Bodies = [new ScopeTotals(0, 0, [ExactDecimal.Zero], ExactDecimal.Zero, ExactDecimal.Zero)],
        };
    }

    private sealed class PoisonCommand(string account, string key, Instant at) : PendingCommand(account, key, Hash("poison"), at)
    {
        public override Booked Book(AccountState? state, Instant recordedAt)
        {
            // More than the lot holds: the store's constraints must refuse what the arithmetic above would never make.
            var lot = state!.Lots[0];
            var entry = new Entry
            {
                Kind = EntryKind.Charge,
                Amount = lot.Available + 1,
                OccurredAt = recordedAt,
                Version = 1,
                Postings = [Posting.Spend(lot.Lot.Number, lot.Available + 1)],
            };
            return new Booked { State = state with { LastAt = recordedAt }, Entries = [entry], Outcome = QuoteOutcome.Charged, Answer = "{}"u8.ToArray() };
        }
    }

    private static (AccountState State, ImmutableArray<Entry> Entries) Advance(AccountState state, Instant at)
    {
        var entries = ImmutableArray.CreateBuilder<Entry>();
        var lots = state.Lots;
        foreach (var lot in state.Lots.Where(lot => lot.Available > 0 && lot.Lot.ExpiresAt <= at).OrderBy(lot => lot.Lot.ExpiresAt).ThenBy(lot => lot.Lot.Number))
        {
            var posting = Posting.Expire(lot.Lot.Number, lot.Available);
            lots = lots.Replace(lot, lot.Apply(posting));
            entries.Add(new Entry
            {
                Kind = EntryKind.Expiry,
                SystemKey = "sys:expire:" + lot.Lot.Number.ToString(CultureInfo.InvariantCulture),
                Amount = lot.Available,
                OccurredAt = lot.Lot.ExpiresAt!.Value,
                Postings = [posting],
                Version = 1,
            });
        }

        return (state with { Lots = lots, LastAt = Instants.Max(at, state.LastAt) }, entries.ToImmutable());
    }
}
