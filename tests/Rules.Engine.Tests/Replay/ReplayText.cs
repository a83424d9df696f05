using Rules.Engine.Replay;

namespace Rules.Engine.Tests.Replay;

/// <summary>Everything a report says, as lines.</summary>
internal static class ReplayText
{
    public static string Of(ReplayReport report) => string.Join(
        '\n',
        report.Accounts.Select(a => $"{a.Account} {a.Plan} {a.Events} {string.Join("; ", a.Results.Select(r => $"{r.Charged} {r.Stopped} {r.RanOutAt} {r.Postpaid} {r.Lapsed} {r.Alerts} {string.Join(',', r.Balances)}"))}")
            .Concat(report.Cells.Select(c => $"{c.Day} {c.Shape.Code} {c.Events} {string.Join(',', c.Charged)}"))
            .Concat(report.Records.Select(r => $"{r.Name} {r.Value} {r.Events} {string.Join(',', r.Charged)}"))
            .Concat(report.Differences.Select(d => $"{d.Candidate} {d.Shape.Code} {d.Account} {d.Index} {d.Before} {d.After} {d.Of} {d.Events}"))
            .Concat(report.Unpriced.Select(u => $"{u.Candidate} {u.Shape.Code} {u.Account} {u.Index} {u.Events}"))
            .Concat(report.Totals.Select(t => $"{t.Charged} {string.Join(',', t.Uses)} {t.Postpaid} {t.Lapsed} {t.Granted} {t.Alerts} {t.AccountsStopped} {t.NewZeros} {t.Changed}")));
}
