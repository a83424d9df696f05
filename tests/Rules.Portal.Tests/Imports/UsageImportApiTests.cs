using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Rules.Client;
using Rules.Ledger.Access;
using Rules.Portal.Tests.Api;
using Shouldly;
using Xunit;

namespace Rules.Portal.Tests.Imports;

[Collection(SharedPortal.Name)]
public sealed class UsageImportApiTests(RunningPortal portal)
{
    private const string Draft = "language 1\nruleset bookbag version 2 effective 2027-01-01 amends version 1\n  existing accounts move at renewal\n\nplan Hobby grants 3,000 credits every month into allotment\n";

    private const string Header = "ref,customer,when,model,region\n";

    private static readonly Dictionary<string, string> _map = new() { ["id"] = "ref", ["account"] = "customer", ["at"] = "when", ["facts.model"] = "model" };

    private static readonly Dictionary<string, string> _set = new() { ["action"] = "reply" };

    [Fact]
    public async Task File_of_usage_is_imported_listed_replayed_and_taken_back()
    {
        var name = portal.New("past") + ".csv";
        var file = Header + Rows(name, "2025-03", 40);
        var dry = (await ImportAsync(name, file, dryRun: true)).EnsureGranted();
        var made = (await ImportAsync(name, file)).EnsureGranted();

        (dry.Id, dry.Events, dry.Mistakes, dry.UnpricedActions.Count).ShouldBe((null, 40, 0, 0));
        (made.Events, made.Duplicates, made.Accounts).ShouldBe((40, 0, 4));
        made.UnreadColumns.ShouldBe(["region"]);
        made.First.ShouldBe(new DateTimeOffset(2025, 3, 1, 9, 0, 0, TimeSpan.Zero));
        var listed = (await portal.Client.UsageImportsAsync("bookbag")).EnsureGranted().Imports.Single(import => import.Source == name);
        listed.ShouldBe((await portal.Client.UsageImportAsync(made.Id!)).EnsureGranted());
        (listed.Id, listed.Events, listed.IsComplete).ShouldBe((made.Id, 40, true));
        listed.ImportedBy.ShouldStartWith("key ");
        (await EventsOfAsync("2025-03-01", "2025-04-01")).ShouldBe(40);

        var taken = (await portal.Client.WithdrawUsageAsync(made.Id!)).EnsureGranted();
        var again = await portal.Client.WithdrawUsageAsync(made.Id!);

        taken.WithdrawnBy.ShouldBe(listed.ImportedBy);
        (again.Status, again.Problem!.Code).ShouldBe((409, "import_conflicts"));
        (await EventsOfAsync("2025-03-01", "2025-04-01")).ShouldBe(0);
        (await ImportAsync(name, file)).EnsureGranted().Events.ShouldBe(40);
    }

    [Fact]
    public async Task Line_that_cannot_be_read_stops_the_import_which_goes_on_there_when_it_is_mended()
    {
        var name = portal.New("past") + ".csv";
        var (good, faulty) = (Header + Rows(name, "2025-04", 3), "x-1,acme,yesterday,GPT-4o,eu\n");
        var stopped = await ImportAsync(name, good + faulty);

        (stopped.Status, stopped.Problem!.Code).ShouldBe((422, "import_stopped"));
        stopped.Problem.Detail!.ShouldStartWith("Line 5: when: invalid_instant");
        stopped.Value!.Events.ShouldBe(3);
        stopped.Value.FirstMistakes.ShouldHaveSingleItem().Line.ShouldBe(5);
        (await portal.Client.UsageImportAsync(stopped.Value.Id!)).EnsureGranted().IsComplete.ShouldBeFalse();

        var mended = (await ImportAsync(name, good + faulty.Replace("yesterday", "2025-04-20T09:00:00Z", StringComparison.Ordinal))).EnsureGranted();
        (mended.Id, mended.ResumedAtLine, mended.Events, mended.Duplicates).ShouldBe((stopped.Value.Id, 4, 1, 0));
    }

    [Fact]
    public async Task Another_file_under_the_name_of_a_stopped_one_is_refused()
    {
        var name = portal.New("past") + ".csv";
        (await ImportAsync(name, Header + Rows(name, "2025-05", 3) + "x-2,acme,soon,GPT-4o,eu\n")).Status.ShouldBe(422);
        var other = await ImportAsync(name, Header + Rows(name + "b", "2025-05", 3));

        (other.Status, other.Problem!.Code).ShouldBe((409, "import_conflicts"));
    }

    [Theory]
    [InlineData("name=a.csv", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag&name=a%0Ab", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag&name=a.csv&dry_run=yes", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag&name=a.csv&map=account", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag&name=a.csv&map=price=p", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag&name=a.csv&map=account=a&set=account=b", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag&name=a.csv&name=b.csv", "parameter_invalid", 400)]
    [InlineData("ruleset=bookbag&name=a.csv&zone=utc", "parameter_invalid", 400)]
    [InlineData("ruleset=nowhere&name=a.csv", "ruleset_not_found", 404)]
    public async Task Address_that_cannot_be_used_says_what_is_wrong_with_it(string query, string code, int status)
    {
        using var answer = await portal.PostAsync("/v1/usage/imports?" + query, Header, contentType: "text/csv");

        ((int)answer.StatusCode, await answer.CodeAsync()).ShouldBe((status, code));
        (await answer.JsonAsync()).GetProperty("help").GetString().ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/csv; charset=latin1")]
    [InlineData("")]
    public async Task Body_of_another_type_is_415(string contentType)
    {
        using var answer = await portal.PostAsync("/v1/usage/imports?ruleset=bookbag&name=a.csv", Header, contentType: contentType);

        (answer.StatusCode, await answer.CodeAsync()).ShouldBe((HttpStatusCode.UnsupportedMediaType, "content_type_unsupported"));
    }

    [Fact]
    public async Task Broken_file_is_told_by_its_line_and_stores_nothing()
    {
        foreach (var (body, type) in new[] { ("id,id\n", "text/csv"), ("{", "application/jsonl"), ("\0\0\0", "application/jsonl"), ("[]", "application/x-ndjson") })
        {
            var name = portal.New("broken");
            using var answer = await portal.PostAsync($"/v1/usage/imports?ruleset=bookbag&name={name}", body, contentType: type);

            (answer.StatusCode, await answer.CodeAsync()).ShouldBe((HttpStatusCode.UnprocessableEntity, "import_stopped"), body);
            (await portal.Client.UsageImportsAsync("bookbag")).EnsureGranted().Imports.ShouldNotContain(import => import.Source == name);
        }
    }

    [Fact]
    public async Task File_larger_than_the_limit_is_413_before_it_is_read()
    {
        using var socket = new TcpClient(portal.Portal.Address.Host, portal.Portal.Address.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/usage/imports?ruleset=bookbag&name=large.csv HTTP/1.1\r\nHost: {portal.Portal.Address.Authority}\r\nAuthorization: Bearer {portal.Key}\r\n"
            + "Content-Type: text/csv\r\nContent-Length: 600000000\r\n\r\n"));
        using var reader = new StreamReader(stream);

        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 413 Payload Too Large");
    }

    [Fact]
    public async Task Key_of_another_ruleset_or_of_accounts_neither_imports_nor_sees_imports()
    {
        var name = portal.New("past") + ".csv";
        var made = (await ImportAsync(name, Header + Rows(name, "2025-06", 2))).EnsureGranted();
        using var other = portal.Holding(await portal.NewKeyAsync(KeyScopes.All, rulesets: ["biodock"]));
        using var ofAccount = portal.Holding(await portal.NewKeyAsync(KeyScopes.All, ["bookbag"], ["acme"]));
        foreach (var client in new[] { new RulesClient(other), new RulesClient(ofAccount) })
        {
            (await ImportAsync(name, Header, client: client)).Problem!.Code.ShouldBe("key_restricted");
            (await client.UsageImportsAsync()).EnsureGranted().Imports.ShouldBeEmpty();
            (await client.UsageImportAsync(made.Id!)).Problem!.Code.ShouldBe("import_unknown");
            (await client.WithdrawUsageAsync(made.Id!)).Problem!.Code.ShouldBe("import_unknown");
        }
    }

    [Fact]
    public async Task Third_import_at_once_is_asked_to_wait()
    {
        var (first, second) = (new SlowFile(Header + Rows(portal.New("one"), "2025-07", 100_000)), new SlowFile(Header + Rows(portal.New("two"), "2025-07", 100_000)));
        var running = new[] { first, second }.Select(file => ImportAsync(portal.New("slow"), file, dryRun: true)).ToList();
        await Task.WhenAll(first.IsSent, second.IsSent);
        var third = await ImportAsync(portal.New("slow"), Header, dryRun: true);

        (third.Status, third.Problem!.Code, third.RetryAfter).ShouldBe((503, "busy", TimeSpan.FromSeconds(5)));
        first.End();
        second.End();
        (await Task.WhenAll(running)).ShouldAllBe(answer => answer.Status == 200);
    }

    private static string Rows(string prefix, string month, int count) => string.Concat(Enumerable.Range(0, count).Select(i =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}-{i},customer-{i % 4},{month}-{1 + i / 4 % 28:00}T09:00:00Z,GPT-4o,eu\n")));

    private Task<Answer<UsageImportResult>> ImportAsync(string name, string file, bool dryRun = false, RulesClient? client = null) =>
        ImportAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(file)), dryRun, client);

    private Task<Answer<UsageImportResult>> ImportAsync(string name, Stream file, bool dryRun = false, RulesClient? client = null) =>
        (client ?? portal.Client).ImportUsageAsync(file, "bookbag", name, isCsv: true, _map, _set, dryRun);

    private async Task<long> EventsOfAsync(string from, string to)
    {
        var replay = (await portal.Client.StartReplayAsync(new NewReplay
        {
            Ruleset = "bookbag",
            Source = "imported",
            Drafts = [new ReplayDraft { Name = "same", Text = Draft }],
            From = DateTimeOffset.Parse(from, CultureInfo.InvariantCulture),
            To = DateTimeOffset.Parse(to, CultureInfo.InvariantCulture),
        })).EnsureGranted();
        while (replay.State == "running")
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            replay = (await portal.Client.ReplayAsync(replay.Id)).EnsureGranted();
        }

        return replay.Result!.Events;
    }

    /// <summary>A file whose end comes when it is told to. It is larger than what a connection holds, so that it was read where it is sent.</summary>
    private sealed class SlowFile(string text) : Stream
    {
        private readonly byte[] _bytes = Encoding.UTF8.GetBytes(text);
        private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _read;

        public Task IsSent => _sent.Task;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void End() => _end.TrySetResult();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = Math.Min(buffer.Length, _bytes.Length - _read);
            if (count > 0)
            {
                _bytes.AsSpan(_read, count).CopyTo(buffer.Span);
                _read += count;
                return count;
            }

            _sent.TrySetResult();
            await _end.Task.WaitAsync(cancellationToken);
            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
