using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Rules.Ledger.People;
using Rules.Portal.Display;
using Rules.Portal.SignIn;
using Rules.Portal.Web;

namespace Rules.Portal.Pages;

/// <summary>Every error of a page, run again in place of the failed one. It reads no data, so that it can be shown when the store cannot.</summary>
[IgnoreAntiforgeryToken]
public sealed partial class ErrorModel(ILogger<ErrorModel> logger) : PageModel
{
    public string Heading { get; private set; } = "";

    public string What { get; private set; } = "";

    /// <summary>Named in the log too; null where the visitor's address and not the service is at fault.</summary>
    public string? Trace { get; private set; }

    public IActionResult OnGet(int code) => Show(code);

    public IActionResult OnPost(int code) => Show(code);

    private PageResult Show(int code)
    {
        (Heading, What) = code switch
        {
            StatusCodes.Status404NotFound => ("Page not found", "There is nothing at this address. It may have been mistyped, or name an account, version or entry that does not exist."),
            StatusCodes.Status401Unauthorized => ("Sign in first", "You are not signed in, or your session has ended. Nothing was changed."),
            StatusCodes.Status403Forbidden => ("This is not for your roles", RoleHandler.Needed(HttpContext) is { } needed and not PersonRoles.None
                ? $"It needs the role {RoleWords.Of(needed)}. An admin can give it to you."
                : "An admin can say who may do this."),
            StatusCodes.Status400BadRequest => ("The request was not understood", "The form may have been open for too long, or the address carries a value that does not belong there. Go back, reload the page and try again."),
            StatusCodes.Status413PayloadTooLarge => ("This is too large", (UploadLimitAttribute.Exceeded(HttpContext) is { } most
                ? $"At most {AmountText.Count(most / 1024)} KiB can be sent here. " : "") + "Nothing was changed. Send a smaller file, or split it and send its parts one after the other."),
            StatusCodes.Status503ServiceUnavailable => ("The store does not answer", "Nothing was changed. Try again in a few seconds."),
            < 500 => ($"This cannot be done ({code})", "The service understood the request and refused it."),
            _ => ("Something went wrong", "This page could not be made. That is a fault of the service and it has been logged."),
        };
        Trace = code >= 500 ? Activity.Current?.TraceId.ToString() ?? HttpContext.TraceIdentifier : null;
        if (Trace is not null)
        {
            // The exception itself is logged where it was caught.
            LogShown(logger, code, Trace);
        }

        Response.StatusCode = code;
        return Page();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A page ended with status {Code}, trace id {Trace}.")]
    private static partial void LogShown(ILogger logger, int code, string trace);
}
