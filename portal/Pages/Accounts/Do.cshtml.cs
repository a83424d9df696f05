using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Engine.Drawing;
using Rules.Engine.Model;
using Rules.Ledger;
using Rules.Ledger.People;
using Rules.Portal.Accounts;
using Rules.Portal.Api;
using Rules.Portal.Display;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Accounts;

/// <summary>
/// What an operator does to an account: first the form, then the same in words, then the command. The form carries its idempotency key from the first look on, so that a
/// form that is sent twice does nothing twice.
/// </summary>
public sealed class DoModel(CreditLedger ledger) : PageModel
{
    public static ImmutableArray<string> All { get; } = [OperatorCommand.Give, OperatorCommand.End, OperatorCommand.Reverse, OperatorCommand.Move];

    public string What { get; private set; } = "";

    public AccountBalance Account { get; private set; } = null!;

    public RulesetModel Rules { get; private set; } = null!;

    public OperatorForm Form { get; private set; } = new();

    public string Key { get; private set; } = "";

    /// <summary>What is about to be done; null while the form is to be filled in.</summary>
    public string? Words { get; private set; }

    /// <summary>Why it was not done.</summary>
    public (string Field, string Message)? Problem { get; private set; }

    public string Title => What switch
    {
        OperatorCommand.Give => "Give credits",
        OperatorCommand.End => "End a grant",
        OperatorCommand.Reverse => "Take a use back",
        _ => "Change the plan",
    };

    public IEnumerable<LotState> Grants => Account.Lots.Where(static lot => lot.Available > 0 && lot.Lot.Origin != LotOrigin.Postpaid);

    public async Task<IActionResult> OnGetAsync(string id, string what, string? grant, string? use, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(id, what, cancellationToken) is { } refused)
        {
            return refused;
        }

        Form = new OperatorForm { Grant = grant, Use = use };
        Key = NewKey();
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string id, string what, OperatorForm form, string? key, bool confirmed, CancellationToken cancellationToken)
    {
        if (await RefusedAsync(id, what, cancellationToken) is { } refused)
        {
            return refused;
        }

        Form = form;
        Key = key is { Length: > 30 and <= 80 } && key.StartsWith(KeyBegin, StringComparison.Ordinal) ? key : NewKey();
        if (OperatorCommand.Read(what, Account, Rules, form, Key, out var problem) is not { } command)
        {
            return Refuse(problem!.Value);
        }

        if (!confirmed)
        {
            Words = command.Words;
            return Page();
        }

        var result = await command.Send(ledger, Key, cancellationToken);
        return result.Status switch
        {
            CommandStatus.Accepted => LocalRedirect(result.Sequence is { } sequence ? AccountLinks.Entry(id, sequence) : AccountLinks.Account(id)),
            CommandStatus.Refused => Refuse(("", ProblemKinds.Of(result.Refusal!).Title)),
            CommandStatus.Invalid => Refuse(("", $"{result.Error!.Message} {result.Error.Help}")),
            CommandStatus.KeyReused => Refuse(("", "This form was sent before with other values, which were done. Look at the latest entries, and begin anew if it is still needed.")),
            CommandStatus.AccountUnknown => NotFound(),
            _ => Refuse(("", "The ledger cannot say now whether it was done. Send the form again: what was done is not done twice.")),
        };
    }

    // The person stands in the key, and so in the ledger for good.
    private string KeyBegin => $"portal:{HttpContext.Person()!.Id}:";

    private string NewKey() => KeyBegin + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private async Task<IActionResult?> RefusedAsync(string id, string what, CancellationToken cancellationToken)
    {
        if (!All.Contains(what) || await ledger.BalanceAsync(id, at: null, cancellationToken) is not { } account)
        {
            return NotFound();
        }

        if (!HttpContext.Has(PersonRoles.Operator))
        {
            return Forbid();
        }

        (What, Account) = (what, account);
        var ruleset = ledger.Rulesets.Find(account.Ruleset)!;
        Rules = (account.Version is { } version ? ruleset.Version(version) : null) ?? ruleset.Versions[^1].Model;
        return null;
    }

    private PageResult Refuse((string Field, string Message) problem)
    {
        Problem = problem;
        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }
}
