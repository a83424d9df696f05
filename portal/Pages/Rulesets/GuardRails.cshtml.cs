using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger;
using Rules.Ledger.Drafts;
using Rules.Ledger.People;
using Rules.Portal.SignIn;

namespace Rules.Portal.Pages.Rulesets;

/// <summary>How far a change of a ruleset's prices may go before its publication asks for a typed confirmation.</summary>
public sealed class GuardRailsModel(CreditLedger ledger) : PageModel
{
    private readonly Dictionary<GuardCheck, string> _faults = [];

    public string Name { get; private set; } = "";

    public RulesetGuards Limits { get; private set; } = null!;

    /// <summary>What was typed and refused.</summary>
    public ImmutableDictionary<GuardCheck, string> Typed { get; private set; } = ImmutableDictionary<GuardCheck, string>.Empty;

    /// <summary>By check: what is wrong.</summary>
    public IReadOnlyDictionary<GuardCheck, string> Faults => _faults;

    public DraftProblem? Problem { get; private set; }

    /// <summary>Approvers and admins set limits.</summary>
    public bool MaySet => HttpContext.Has(PersonRoles.Approver) || HttpContext.Has(PersonRoles.Admin);

    /// <summary>What a limit is of, in words that take it behind them.</summary>
    public static string Words(GuardCheck check) => check switch
    {
        GuardCheck.NewZeros => "Uses that newly cost nothing, at most",
        GuardCheck.NewNegatives => "Uses that newly give credits back, at most",
        GuardCheck.RunsOutSooner => "Accounts that run out sooner, at most",
        GuardCheck.Stopped => "Uses that are newly blocked, paused or refused, at most",
        GuardCheck.IncreasePerCent => "What any account pays more, per cent, at most",
        _ => "The total, up or down, per cent, at most",
    };

    /// <summary>A field's name.</summary>
    public static string Field(GuardCheck check) => FormattableString.Invariant($"check-{(int)check}");

    public async Task<IActionResult> OnGetAsync(string name, CancellationToken cancellationToken) =>
        await FindAsync(name, cancellationToken) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(string name, CancellationToken cancellationToken)
    {
        if (!await FindAsync(name, cancellationToken))
        {
            return NotFound();
        }

        if (!MaySet)
        {
            return Forbid();
        }

        var wanted = new Dictionary<GuardCheck, long?>();
        Typed = RulesetGuards.Checks.ToImmutableDictionary(static check => check, check => Request.Form[Field(check)].ToString().Trim());
        foreach (var (check, text) in Typed)
        {
            if (text.Length == 0)
            {
                wanted[check] = null;
            }
            else if (int.TryParse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var most) && most is >= 0 and <= RulesetGuards.Largest)
            {
                wanted[check] = most;
            }
            else
            {
                _faults[check] = "A whole number.";
            }
        }

        if (_faults.Count == 0)
        {
            // An admin who approves nothing may set limits too.
            Problem = await ledger.Drafts.SetGuardsAsync(name, wanted, HttpContext.Actor() with { Rights = DraftRights.Approve }, cancellationToken);
            if (Problem is null)
            {
                return LocalRedirect($"/rulesets/{name}/guard-rails");
            }
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return Page();
    }

    private async Task<bool> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (ledger.Rulesets.Find(name) is null)
        {
            return false;
        }

        Name = name;
        Limits = await ledger.Drafts.GuardsAsync(name, cancellationToken);
        return true;
    }
}
