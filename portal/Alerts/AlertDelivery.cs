using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using NodaTime;
using Rules.Client;
using Rules.Ledger;
using Rules.Ledger.Outbox;
using Rules.Ledger.Storage;
using Rules.Portal.Operations;

namespace Rules.Portal.Alerts;

/// <summary>
/// Takes messages from the outbox to the webhooks, at least once: a delivery is taken for a minute, tried, and noted; a process that ends between
/// them leaves it due again. What a receiver answers is looked at for its status alone and never read further than a few kilobytes.
/// </summary>
public sealed partial class AlertDelivery : BackgroundService
{
    /// <summary>Between attempts; after the last one it is given up, three days on.</summary>
    private static readonly Duration[] _waits =
    [
        Duration.FromSeconds(5), Duration.FromSeconds(30), Duration.FromMinutes(2), Duration.FromMinutes(10), Duration.FromHours(1),
        Duration.FromHours(4), Duration.FromHours(12), Duration.FromHours(24), Duration.FromHours(30),
    ];

    private static readonly Duration _lease = Duration.FromMinutes(1);
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(10);
    private const int AtOnce = 16;
    private const int AnswerBytes = 4096;

    private readonly CreditLedger _ledger;
    private readonly WebhookSecrets _secrets;
    private readonly AlertPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertDelivery> _logger;
    private readonly HttpClient _http;

    public AlertDelivery(CreditLedger ledger, WebhookTargets targets, WebhookSecrets secrets, AlertPace pace, TimeProvider time, ILogger<AlertDelivery> logger)
    {
        _ledger = ledger;
        _secrets = secrets;
        _pace = pace;
        _time = time;
        _logger = logger;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectTimeout = _timeout,
            ConnectCallback = (context, cancellationToken) => targets.ConnectAsync(context.DnsEndPoint, cancellationToken),
            // A span would carry our trace to strangers.
            ActivityHeadersPropagator = null,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    /// <summary>Tries everything that is due once; what is muted is not tried and rests.</summary>
    /// <returns>How many deliveries were due.</returns>
    public async Task<int> RunOnceAsync(CancellationToken cancellationToken)
    {
        var due = await _ledger.Outbox.TakeDueAsync(AtOnce, _lease, cancellationToken);
        if (due.IsEmpty)
        {
            return 0;
        }

        var now = Instant.FromDateTimeOffset(_time.GetUtcNow());
        var mutes = await _ledger.Mutes.SinceAsync(now, cancellationToken);
        await Task.WhenAll(due.Select(delivery => FiredAlert.Read(delivery.Body).MuteAt(mutes, now) is null
            ? DeliverAsync(delivery, cancellationToken)
            : _ledger.Outbox.MuteAsync(delivery, cancellationToken).AsTask()));
        return due.Length;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var tried = 0;
                try
                {
                    tried = await RunOnceAsync(stoppingToken);
                }
                catch (StoreException exception)
                {
                    LogNoStore(_logger, exception);
                }

                if (tried < AtOnce)
                {
                    await Task.Delay(_pace.Look, _time, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was taken and not noted is due again when its lease ends.
        }
    }

    private async Task DeliverAsync(DueDelivery delivery, CancellationToken cancellationToken)
    {
        var at = Instant.FromDateTimeOffset(_time.GetUtcNow());
        var started = Stopwatch.GetTimestamp();
        var (status, failure) = await SendAsync(delivery, cancellationToken);
        var attempt = new DeliveryAttempt(
            delivery.Attempts + 1, at, (int)Math.Min(int.MaxValue, Stopwatch.GetElapsedTime(started).Ticks / TimeSpan.TicksPerMillisecond), status, failure);
        var state = failure is null ? DeliveryState.Delivered : attempt.Number > _waits.Length ? DeliveryState.GivenUp : DeliveryState.Waiting;
        var nextAt = state == DeliveryState.Waiting ? at + _pace.Wait(_waits[attempt.Number - 1]) : (Instant?)null;
        await _ledger.Outbox.NoteAsync(delivery, attempt, state, nextAt, cancellationToken);
        PortalInstruments.Delivered(state switch { DeliveryState.Delivered => "delivered", DeliveryState.GivenUp => "given_up", _ => "failed" });
        if (failure is not null)
        {
            LogFailed(_logger, delivery.Webhook.Id, delivery.Message, attempt.Number, failure, state);
        }
    }

    private async Task<(int? Status, string? Failure)> SendAsync(DueDelivery delivery, CancellationToken cancellationToken)
    {
        if (_secrets.Open(delivery.Webhook.Secret) is not { } secret)
        {
            return (null, "secret_lost");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_pace.Timeout ?? _timeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, delivery.Webhook.Url) { Content = new ReadOnlyMemoryContent(delivery.Body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation(WebhookSignature.Header, WebhookSignature.Of(delivery.Body.Span, secret, _time.GetUtcNow()));
            request.Headers.TryAddWithoutValidation("Rules-Message", delivery.Message.ToString(CultureInfo.InvariantCulture));
            request.Headers.UserAgent.ParseAdd("Rules-Webhooks/1");
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            await ReadSomeAsync(response, limit.Token);
            cancellationToken.ThrowIfCancellationRequested();
            return ((int)response.StatusCode, response.IsSuccessStatusCode ? null : "status");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, "timeout");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            return (null, "unreachable");
        }
    }

    // The status is the answer; a body that never ends or breaks off changes nothing about it.
    private static async Task ReadSomeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var answer = await response.Content.ReadAsStreamAsync(cancellationToken);
            _ = await answer.ReadAtLeastAsync(new byte[AnswerBytes], AnswerBytes, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            return;
        }
    }

    // Without the address: it may hold a secret of the receiver's.
    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Webhook} did not take message {Message} at attempt {Attempt} ({Failure}); the delivery is now {State}.")]
    private static partial void LogFailed(ILogger logger, string webhook, long message, int attempt, string failure, DeliveryState state);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outbox cannot be reached; deliveries go on when it can.")]
    private static partial void LogNoStore(ILogger logger, Exception exception);
}

/// <summary>How patiently deliveries are made; tests are less patient.</summary>
/// <param name="Look">Between looks at the outbox.</param>
/// <param name="Timeout">Of one attempt; null: ten seconds.</param>
/// <param name="Percent">Of the usual waits between attempts.</param>
public sealed record AlertPace(TimeSpan Look, TimeSpan? Timeout = null, int Percent = 100)
{
    public static AlertPace Usual { get; } = new(TimeSpan.FromMilliseconds(500));

    /// <summary>A tenth is spread, so that receivers that came back are not met by everything at once.</summary>
    public Duration Wait(Duration usual)
    {
        var ticks = usual.BclCompatibleTicks * Percent / 100;
        return Duration.FromTicks(ticks + (ticks * System.Security.Cryptography.RandomNumberGenerator.GetInt32(100) / 1_000));
    }
}
