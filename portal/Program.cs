using Rules.Portal.Web;

var builder = WebApplication.CreateBuilder(args);
builder.WebHost.UseStaticWebAssets();
builder.Services.AddPortalPages();
var app = builder.Build();
app.UsePortalHeaders();
app.UsePortalErrorPages();
app.MapPortalPages();
app.Run();
