using Rules.Ledger.People;
using Rules.Portal.Tests.Api;
using Xunit;

namespace Rules.Portal.Tests.Drafts;

/// <summary>Kim and Lee, of whom each writes drafts and approves those of the other.</summary>
public abstract class TwoAuthors(RunningPortal portal) : IAsyncLifetime
{
    private protected RunningPortal Portal => portal;

    private protected Visitor Kim { get; private set; } = null!;

    private protected Visitor Lee { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Kim = await Visitor.SignedInAsync(portal, "Kim", PersonRoles.Editor | PersonRoles.Approver);
        Lee = await Visitor.SignedInAsync(portal, "Lee", PersonRoles.Editor | PersonRoles.Approver);
    }

    public Task DisposeAsync()
    {
        Kim.Dispose();
        Lee.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The hash of what a review showed.</summary>
    private protected static string Seen(string html)
    {
        const string Field = "name=\"seen\" value=\"";
        var start = html.IndexOf(Field, StringComparison.Ordinal) + Field.Length;
        return html[start..(start + 64)];
    }
}
