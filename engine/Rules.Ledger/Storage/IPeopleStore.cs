using System.Collections.Immutable;
using NodaTime;
using Rules.Ledger.People;

namespace Rules.Ledger.Storage;

/// <summary>People and the log of what was done to them. A change and the line that tells of it are written together or not at all.</summary>
public interface IPeopleStore
{
    /// <summary>Null where there is none of that id.</summary>
    ValueTask<Person?> PersonAsync(string id, CancellationToken cancellationToken);

    /// <summary>Null where nobody has or had the name.</summary>
    /// <param name="lookup">As <see cref="Person.Lookup"/> gives it.</param>
    ValueTask<Person?> PersonByNameAsync(string lookup, CancellationToken cancellationToken);

    /// <summary>Everybody, in the order in which they were added.</summary>
    ValueTask<ImmutableArray<Person>> PeopleAsync(CancellationToken cancellationToken);

    /// <exception cref="StoreException">Also where somebody has or had the name.</exception>
    ValueTask AddPersonAsync(Person person, PersonRecord record, CancellationToken cancellationToken);

    /// <summary>Writes a person over themselves where their row version is still one less.</summary>
    /// <param name="record">Null: nothing that anybody has to be told, such as a counted failure.</param>
    /// <returns>False where somebody was faster, or there is none.</returns>
    /// <exception cref="StoreException">Also where the last admin would be gone.</exception>
    ValueTask<bool> ChangePersonAsync(Person person, PersonRecord? record, CancellationToken cancellationToken);

    /// <summary>Adds a link; those of the person before it count no longer.</summary>
    ValueTask AddLinkAsync(SignInLink link, PersonRecord record, CancellationToken cancellationToken);

    /// <summary>The id of whom a link signs in at an instant; null for one that is unknown, used, too old or of somebody who was revoked.</summary>
    ValueTask<string?> LinkAsync(ReadOnlyMemory<byte> sha256, Instant at, CancellationToken cancellationToken);

    /// <summary>Uses a link up.</summary>
    /// <returns>False where <see cref="LinkAsync"/> would answer null; of several at once one gets true.</returns>
    ValueTask<bool> UseLinkAsync(ReadOnlyMemory<byte> sha256, Instant at, CancellationToken cancellationToken);

    /// <summary>The log, newest first; of one person or of all.</summary>
    /// <param name="before">Only lines of a smaller position.</param>
    ValueTask<ImmutableArray<PersonRecord>> PeopleLogAsync(string? person, long before, int limit, CancellationToken cancellationToken);

    /// <summary>The reports that somebody keeps, by name.</summary>
    ValueTask<ImmutableArray<ReportView>> ViewsAsync(string person, CancellationToken cancellationToken);

    /// <summary>Adds a view, or writes it over the one of its person that has its name.</summary>
    ValueTask KeepViewAsync(ReportView view, CancellationToken cancellationToken);

    /// <returns>False where the person keeps none of that id.</returns>
    ValueTask<bool> RemoveViewAsync(string person, string id, CancellationToken cancellationToken);

    /// <summary>Adds a line that tells of no change of a row.</summary>
    ValueTask TellAsync(PersonRecord record, CancellationToken cancellationToken);
}
