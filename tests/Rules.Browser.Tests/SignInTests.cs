using Microsoft.Playwright;
using Xunit;

namespace Rules.Browser.Tests;

/// <summary>From a link to a password to a second session, as a new person does it.</summary>
public sealed class SignInTests(PortalFixture portal) : PortalPageTests(portal)
{
    private const string Password = "a long enough password";

    [BrowserTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Link_signs_in_once_and_the_password_that_is_set_then_signs_in_again(bool script)
    {
        var name = script ? "With script" : "Without script";
        var admin = await NewPageAsync(script: script);
        await admin.GotoAsync("/settings/people");
        await admin.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await admin.GetByRole(AriaRole.Button, new() { Name = "Add and make a link" }).ClickAsync();
        var link = (await admin.Locator("[data-link]").GetAttributeAsync("href"))!;

        var person = await NewPageAsync(script: script, stranger: true);
        await person.GotoAsync("/ledger");
        await Assertions.Expect(person.GetByRole(AriaRole.Heading, new() { Name = "Sign in", Exact = true })).ToBeVisibleAsync();
        await person.GotoAsync(link);
        await person.GetByRole(AriaRole.Button, new() { Name = $"Sign in as {name}" }).ClickAsync();
        await person.GotoAsync("/you");
        await person.GetByLabel("New password").FillAsync(Password);
        await person.GetByRole(AriaRole.Button, new() { Name = "Set the password" }).ClickAsync();
        await Assertions.Expect(person.GetByRole(AriaRole.Status).Filter(new() { HasText = "The password is set" })).ToBeVisibleAsync();
        await person.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();

        await person.GotoAsync(link);
        await Assertions.Expect(person.GetByText("This link does not count")).ToBeVisibleAsync();
        await person.GotoAsync("/ledger");
        await person.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        await person.GetByLabel("Password").FillAsync("not that one, surely");
        await person.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(person.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await person.GetByLabel("Password").FillAsync(Password);
        await person.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Assertions.Expect(person.GetByRole(AriaRole.Heading, new() { Name = "Ledger", Exact = true })).ToBeVisibleAsync();
    }
}
