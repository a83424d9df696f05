using System.Collections.Concurrent;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Ledger.Storage;

namespace Rules.Portal.SignIn;

/// <summary>
/// People as last read from the database. What is older than two seconds is read again before it is used, so that another role or a revocation holds on
/// every node within seconds.
/// </summary>
public sealed class KnownPeople(CreditLedger ledger, TimeProvider time)
{
    private static readonly TimeSpan _freshFor = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (Person Person, long ReadAt)> _people = new(StringComparer.Ordinal);

    /// <exception cref="StoreException">The database cannot be read now; nobody is let in.</exception>
    public async ValueTask<Person?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (_people.TryGetValue(id, out var known) && time.GetElapsedTime(known.ReadAt) < _freshFor)
        {
            return known.Person;
        }

        var readAt = time.GetTimestamp();
        if (await ledger.People.FindAsync(id, cancellationToken) is not { } person)
        {
            _people.TryRemove(id, out _);
            return null;
        }

        _people[id] = (person, readAt);
        return person;
    }

    /// <summary>Drops a person who was changed here, so that the change holds at once.</summary>
    public void Forget(string id) => _people.TryRemove(id, out _);
}
