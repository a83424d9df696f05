using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rules.Portal.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Api;

/// <summary>A fault of our own: its caller is told an id, and nothing of what went wrong.</summary>
public sealed partial class FailureTests
{
    [Fact]
    public async Task Trace_id_that_a_caller_is_told_stands_in_the_log_beside_the_failure()
    {
        var log = new Lines();
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Request.Method = "POST";
        context.Request.Path = "/v1/quotes";
        context.Response.Body = new MemoryStream();
        var problems = new V1Problems(static _ => throw new InvalidOperationException("secret of the inside"), log);

        await problems.InvokeAsync(context);

        context.Response.StatusCode.ShouldBe(500);
        context.Response.Body.Position = 0;
        using var reader = new StreamReader(context.Response.Body);
        var body = await reader.ReadToEndAsync();
        body.ShouldNotContain("secret");
        var told = Told().Match(body);
        told.Success.ShouldBeTrue(body);
        log.Said.ShouldHaveSingleItem().ShouldContain(told.Groups["id"].Value);
    }

    [GeneratedRegex("trace id (?<id>[^ \"]+)\\.\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Told();

    private sealed class Lines : ILogger<V1Problems>
    {
        public List<string> Said { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Said.Add(formatter(state, exception));
    }
}
