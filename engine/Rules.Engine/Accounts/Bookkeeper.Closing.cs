using System.Globalization;
using NodaTime;
using Rules.Engine.Model;
using Rules.Engine.Pricing;

namespace Rules.Engine.Accounts;

public static partial class Bookkeeper
{
    /// <summary>
    /// The scopes that every command may read: those that may close up to its instant, and what alerts watch. A store loads them before
    /// anything is done at that instant; empty where nothing falls due at a close and nothing is watched.
    /// </summary>
    /// <param name="endsCycle">The command ends the running cycle before its time: its scopes close as well.</param>
    public static IReadOnlyList<ScopeId> ScopesDue(PublishedRuleset ruleset, AccountState state, Instant upTo, bool endsCycle = false)
    {
        List<ScopeId>? due = ruleset.CountsUse ? [.. ScopesOf(ruleset, state)] : null;
        foreach (var version in ruleset.Versions)
        {
            foreach (var action in version.Model.Closings)
            {
                foreach (var scope in action.Price!.ClosingScopes)
                {
                    if (NextClose(version.Model, scope, state, state.LastAt) is not { } close
                        || (close > upTo && !(endsCycle && scope.Kind == ScopeKind.Cycle)))
                    {
                        continue;
                    }

                    due ??= [];
                    foreach (var counted in action.Price.Scopes)
                    {
                        var id = ScopeContext.Closing(version.Model, Zones.Of(version.Model, state), action, counted, state.Cycle?.Number, close > upTo ? upTo : close);
                        if (counted.Kind >= scope.Kind && !due.Contains(id))
                        {
                            due.Add(id);
                        }
                    }

                    var draws = ScopeId.DrawsOf(action.Name);
                    if (action.Price.GivesBack && !due.Contains(draws))
                    {
                        due.Add(draws);
                    }
                }
            }
        }

        if (!state.Debts.IsEmpty)
        {
            AddScopesOfDebts(ruleset, state, due ??= []);
        }

        return due ?? (IReadOnlyList<ScopeId>)[];
    }

    private static Instant? NextClose(RulesetModel model, Scope scope, AccountState state, Instant after)
    {
        if (scope.Kind == ScopeKind.Cycle)
        {
            return state.Cycle?.End;
        }

        var zone = Zones.Of(model, state);
        var local = after.InZone(zone);
        if (scope.Kind == ScopeKind.Day)
        {
            return WallTime.ToInstant(local.Date.PlusDays(1).AtMidnight(), zone);
        }

        var intoHour = local.LocalDateTime.TimeOfDay - new LocalTime(local.Hour, 0);
        return after + Duration.FromHours(1) - intoHour.ToDuration();
    }

    private static void SoonerClose(RulesetModel? model, AccountState state, Instant upTo, ref Instant? next)
    {
        if (model is null)
        {
            return;
        }

        foreach (var action in model.Closings)
        {
            foreach (var scope in action.Price!.ClosingScopes)
            {
                if (NextClose(model, scope, state, state.LastAt) is { } close && close <= upTo)
                {
                    Sooner(ref next, close);
                }
            }
        }
    }

    /// <summary>Phase 2: minimums, and fees that are due without use, fall due in the scopes that end at an instant.</summary>
    private static EvaluationError? CloseScopes(PublishedRuleset ruleset, Journal journal, in Due due, bool endsCycle)
    {
        if (Current(ruleset, journal.State) is not { } current)
        {
            return null;
        }

        foreach (var action in current.Closings)
        {
            foreach (var scope in action.Price!.ClosingScopes)
            {
                var ends = scope.Kind == ScopeKind.Cycle
                    ? endsCycle && journal.State.Cycle is not null
                    : due.At > due.Since && NextClose(current, scope, journal.State, due.Since) == due.At;
                if (ends && Close(ruleset, journal, current, action, scope, due.At) is { } error)
                {
                    return error;
                }
            }
        }

        return null;
    }

    private static EvaluationError? Close(
        PublishedRuleset ruleset, Journal journal, RulesetModel current, ActionRule action, Scope scope, Instant at)
    {
        var state = journal.State;
        var id = ScopeContext.Closing(current, Zones.Of(current, state), action, scope, state.Cycle?.Number, at);
        var context = new ScopeContext(current, state.Scopes, null, state.Cycle?.Number, at - Duration.Epsilon) { Zone = Zones.Of(current, state) };
        var known = context.Find(id);

        // By the version under which the scope began (language, section 6), or a wider one that it counts in.
        var begun = known ?? action.Price!.Scopes.Where(s => s.Kind > scope.Kind).Select(s => context.Find(context.IdOf(action, s)!.Value)).FirstOrDefault(s => s is not null);
        var model = begun is not null ? ruleset.Version(begun.Version)! : VersionAtStart(ruleset, state, current, scope);
        if (model.FindAction(action.Name) is not { } priced
            || priced.Price is not { ClosingScopes.IsEmpty: false })
        {
            return null;
        }

        if (Quoter.Close(model, state, priced, scope, known, at, out var draft) is { } error)
        {
            return error;
        }

        if (draft.Quote is { } quote && (quote.Charge > 0 || !draft.Scopes.IsEmpty))
        {
            journal.Post(new Entry
            {
                Kind = EntryKind.Charge,
                SystemKey = string.Create(CultureInfo.InvariantCulture, $"sys:close:{id.Action}:{id.Key}:{id.Value}"),
                Amount = quote.Charge,
                OccurredAt = at,
                Postings = draft.Postings,
                NewLots = draft.NewLots,
                NewDebts = draft.NewDebts,
                Forgiven = quote.Forgiven,
                Quote = quote,
                Scopes = draft.Scopes,
                Version = model.Version,
            });
        }

        return null;
    }

    private static RulesetModel VersionAtStart(PublishedRuleset ruleset, AccountState state, RulesetModel current, Scope scope) =>
        scope.Kind == ScopeKind.Cycle && state.Cycle is { } cycle
            ? Versions.At(ruleset, state, Instant.Max(cycle.Start, state.OpenedAt)) ?? current
            : current;
}
