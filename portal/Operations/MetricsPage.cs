using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Rules.Ledger;

namespace Rules.Portal.Operations;

/// <summary>
/// Adds up what the product's own instruments report and writes it in the text format of Prometheus (0.0.4). Our instruments count in whole
/// numbers and have at most two labels, whose values come from short lists of our own.
/// </summary>
public sealed class MetricsPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, Family> _families = new(StringComparer.Ordinal);

    public MetricsPage()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is LedgerInstruments.Name or PortalInstruments.Name)
            {
                listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(instrument.Name, static (_, of) => new Family(of), instrument));
            }
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((Family)state!).Record(value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(4096);
        foreach (var family in _families.Values.OrderBy(static family => family.Name, StringComparer.Ordinal))
        {
            family.Write(text);
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>One instrument with all its series.</summary>
    private sealed class Family
    {
        private static readonly long[] _microseconds = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000];

        private static readonly long[] _counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

        private readonly ConcurrentDictionary<(string?, string?), Series> _series = [];
        private readonly bool _isTime;
        private readonly bool _isObserved;
        private readonly string _description;
        private readonly string _type;
        private readonly long[]? _bounds;
        private string[] _labels = [];

        public Family(Instrument instrument)
        {
            _isTime = instrument.Unit == "us";
            _isObserved = instrument.IsObservable;
            _description = instrument.Description ?? "";
            (_type, _bounds) = instrument switch
            {
                Histogram<long> => ("histogram", _isTime ? _microseconds : _counts),
                Counter<long> => ("counter", null),
                _ => ("gauge", (long[]?)null),
            };
            var name = instrument.Name.Replace('.', '_');
            Name = _isTime ? name + "_seconds" : _type == "counter" ? name + "_total" : name;
            if (_type == "gauge")
            {
                _series[(null, null)] = new Series(null);
            }
        }

        public string Name { get; }

        public void Record(long value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var key = (tags.Length > 0 ? (string?)tags[0].Value : null, tags.Length > 1 ? (string?)tags[1].Value : null);
            if (!_series.TryGetValue(key, out var series))
            {
                _labels = [.. tags.ToArray().Select(static tag => tag.Key)];
                series = _series.GetOrAdd(key, static (_, bounds) => new Series(bounds), _bounds);
            }

            if (_isObserved)
            {
                series.Set(value);
            }
            else
            {
                series.Record(value);
            }
        }

        public void Write(StringBuilder text)
        {
            text.Append("# HELP ").Append(Name).Append(' ').Append(_description).Append('\n');
            text.Append("# TYPE ").Append(Name).Append(' ').Append(_type).Append('\n');
            foreach (var ((first, second), series) in _series.OrderBy(static one => one.Key.Item1, StringComparer.Ordinal).ThenBy(static one => one.Key.Item2, StringComparer.Ordinal))
            {
                var labels = Labels(first, second);
                if (_bounds is null)
                {
                    Line(text, "", labels, Number(series.Sum));
                    continue;
                }

                var below = 0L;
                for (var bucket = 0; bucket <= _bounds.Length; bucket++)
                {
                    below += series.Bucket(bucket);
                    var bound = bucket < _bounds.Length ? Scaled(_bounds[bucket]) : "+Inf";
                    Line(text, "_bucket", labels.Length == 0 ? $"le=\"{bound}\"" : $"{labels},le=\"{bound}\"", Number(below));
                }

                Line(text, "_sum", labels, Scaled(series.Sum));
                Line(text, "_count", labels, Number(below));
            }
        }

        private string Labels(string? first, string? second)
        {
            var labels = first is null || _labels.Length == 0 ? "" : $"{_labels[0]}=\"{first}\"";
            return second is null || _labels.Length < 2 ? labels : $"{labels},{_labels[1]}=\"{second}\"";
        }

        private void Line(StringBuilder text, string suffix, string labels, string value)
        {
            text.Append(Name).Append(suffix);
            if (labels.Length > 0)
            {
                text.Append('{').Append(labels).Append('}');
            }

            text.Append(' ').Append(value).Append('\n');
        }

        private string Scaled(long value) => _isTime ? (value / 1_000_000m).ToString("0.######", CultureInfo.InvariantCulture) : Number(value);

        private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>One line of numbers; written by many threads.</summary>
    private sealed class Series(long[]? bounds)
    {
        private readonly long[] _buckets = new long[(bounds?.Length ?? 0) + 1];
        private long _sum;

        public long Sum => Interlocked.Read(ref _sum);

        public long Bucket(int index) => Interlocked.Read(ref _buckets[index]);

        /// <summary>What was observed is the sum already.</summary>
        public void Set(long value) => Interlocked.Exchange(ref _sum, value);

        public void Record(long value)
        {
            Interlocked.Add(ref _sum, value);
            if (bounds is not null)
            {
                var bucket = 0;
                while (bucket < bounds.Length && value > bounds[bucket])
                {
                    bucket++;
                }

                Interlocked.Increment(ref _buckets[bucket]);
            }
        }
    }
}
