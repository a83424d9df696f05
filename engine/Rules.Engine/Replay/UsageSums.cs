using System.Runtime.CompilerServices;
using NodaTime;

namespace Rules.Engine.Replay;

/// <summary>Events and charges by day and shape, over all accounts.</summary>
internal sealed class UsageSums(int shapes, int candidates, DateTimeZone zone)
{
    // Ascending.
    private readonly List<DaySums> _days = [];

    public IReadOnlyList<DaySums> Days => _days;

    /// <param name="at">Microseconds since 1970.</param>
    public DaySums DayAt(long at)
    {
        var (low, high) = (0, _days.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _days[middle].End <= at ? (middle + 1, high) : (low, middle);
        }

        if (low == _days.Count || at < _days[low].Start)
        {
            var date = Instants.Of(at).InZone(zone).Date;
            var (start, end) = (zone.AtStartOfDay(date).ToInstant(), zone.AtStartOfDay(date.PlusDays(1)).ToInstant());
            _days.Insert(low, new DaySums(date, Instants.Microseconds(start), Instants.Microseconds(end), shapes, candidates));
        }

        return _days[low];
    }

    /// <param name="other">Of as many candidates, or of the first alone.</param>
    public void Add(UsageSums other)
    {
        foreach (var day in other._days)
        {
            DayAt(day.Start).Add(day);
        }
    }
}

/// <summary>One day of <see cref="UsageSums"/>: a table in pages, since most shapes are not used on most days.</summary>
/// <param name="start">Microseconds since 1970.</param>
/// <param name="end">Exclusive.</param>
internal sealed class DaySums(LocalDate date, long start, long end, int shapes, int candidates)
{
    private const int PageBits = 5;
    private const int PageSize = 1 << PageBits;

    // Events and a charge per candidate, shape by shape.
    private readonly long[]?[] _pages = new long[(shapes + PageSize - 1) >> PageBits][];
    private readonly int _width = 1 + candidates;

    public LocalDate Date => date;

    public long Start => start;

    public long End => end;

    /// <summary>An event, and what it comes to under the first candidate.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddEvent(int shape, long charged)
    {
        var page = _pages[shape >> PageBits] ?? NewPage(shape);
        var place = (shape & (PageSize - 1)) * _width;
        page[place]++;
        page[place + 1] += charged;
    }

    /// <summary>What an event comes to under a candidate that is not the first, which counts it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddCharge(int shape, int candidate, long charged)
    {
        var page = _pages[shape >> PageBits] ?? NewPage(shape);
        page[((shape & (PageSize - 1)) * _width) + 1 + candidate] += charged;
    }

    public void Add(DaySums other)
    {
        foreach (var (shape, events, charged) in other.Cells())
        {
            var page = _pages[shape >> PageBits] ?? NewPage(shape);
            var place = (shape & (PageSize - 1)) * _width;
            page[place] += events;
            for (var i = 0; i < charged.Length; i++)
            {
                page[place + 1 + i] += charged[i];
            }
        }
    }

    /// <summary>What is not nothing, ascending by shape; one charge per candidate.</summary>
    public IEnumerable<(int Shape, long Events, long[] Charged)> Cells()
    {
        for (var page = 0; page < _pages.Length; page++)
        {
            if (_pages[page] is not { } cells)
            {
                continue;
            }

            for (var place = 0; place < cells.Length; place += _width)
            {
                if (cells.AsSpan(place, _width).ContainsAnyExcept(0))
                {
                    yield return ((page << PageBits) + (place / _width), cells[place], cells[(place + 1)..(place + _width)]);
                }
            }
        }
    }

    private long[] NewPage(int shape) => _pages[shape >> PageBits] = new long[PageSize * _width];
}
