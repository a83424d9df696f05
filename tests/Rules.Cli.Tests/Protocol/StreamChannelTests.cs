using System.Text;
using Rules.LanguageServer.Transport;

namespace Rules.Cli.Tests.Protocol;

public sealed class StreamChannelTests
{
    [Theory]
    [InlineData("Content-Length: 2\r\n\r\n{}", "{}")]
    [InlineData("content-length:2\n\n{}", "{}")]
    [InlineData("Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}", "{}")]
    [InlineData("\r\n\r\nContent-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\n[12]", "{}|[12]")]
    [InlineData("Content-Length: 2\r\n\r\n\u00e9", "\u00e9")]
    public async Task Sound_frames_give_their_messages(string stream, string messages) =>
        (await ReadAll(stream)).ShouldBe(messages.Split('|'));

    [Theory]
    [InlineData("Content-Type: x\r\n\r\n", "no Content-Length")]
    [InlineData("Content-Length: two\r\n\r\n", "not a whole number")]
    [InlineData("Content-Length: -2\r\n\r\n", "not a whole number")]
    [InlineData("Content-Length: 99999999999\r\n\r\n", "not a whole number")]
    [InlineData("Content-Length: 0\r\n\r\n", "empty")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "neither Content-Length")]
    [InlineData("{\"jsonrpc\":\"2.0\"}\n", "neither Content-Length")]
    [InlineData("Content-Length: 9000000\r\n\r\n*9000000", "at most 8388608")]
    public async Task Bad_frame_is_told_and_the_next_one_is_read(string bad, string fault)
    {
        var filler = bad.IndexOf('*', StringComparison.Ordinal);
        var stream = filler < 0 ? bad : bad[..filler] + new string('x', 9_000_000);
        var read = await ReadAll(stream + "Content-Length: 2\r\n\r\n{}");
        read.Length.ShouldBe(2);
        read[0].ShouldStartWith("fault: ");
        read[0].ShouldContain(fault);
        read[1].ShouldBe("{}");
    }

    [Fact]
    public async Task Body_that_is_longer_than_said_costs_no_later_message()
    {
        var read = await ReadAll("Content-Length: 2\r\n\r\n{}{\"id\":1}Content-Length: 4\r\n\r\n[12]");
        read.ShouldBe(["{}", "fault: There are characters before a header.", "[12]"]);
    }

    [Fact]
    public async Task Endless_header_line_is_not_kept()
    {
        var read = await ReadAll(new string('x', 3_000_000) + "Content-Length: 2\r\n\r\n{}");
        read.ShouldBe(["fault: There are characters before a header.", "{}"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Content-Le")]
    [InlineData("Content-Length: 20\r\n\r\n{\"cut\":")]
    public async Task Line_that_is_cut_ends_the_channel(string stream) => (await ReadAll(stream)).ShouldBeEmpty();

    [Fact]
    public async Task Written_messages_are_framed_by_their_bytes()
    {
        using var output = new MemoryStream();
        var channel = new StreamChannel(Stream.Null, output);
        await channel.WriteAsync("\"é\""u8.ToArray(), CancellationToken.None);
        Encoding.UTF8.GetString(output.ToArray()).ShouldBe("Content-Length: 4\r\n\r\n\"é\"");
    }

    private static async Task<string[]> ReadAll(string stream)
    {
        var channel = new StreamChannel(new MemoryStream(Encoding.UTF8.GetBytes(stream)), Stream.Null);
        var read = new List<string>();
        while (await channel.ReadAsync(CancellationToken.None) is { } message)
        {
            read.Add(message.Fault is { } fault ? "fault: " + fault : Encoding.UTF8.GetString(message.Content.Span));
        }

        return [.. read];
    }
}
