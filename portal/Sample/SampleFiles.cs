using NodaTime.Text;

namespace Rules.Portal.Sample;

/// <summary>What a start has to know of an earlier one, beside the database.</summary>
internal sealed class SampleFiles(string home)
{
    // Holds the first day while the history is not complete, and of the full one its end.
    private readonly string _pending = Path.Combine(home, "sample-company.pending");
    private readonly string _removing = Path.Combine(home, "sample-company.removing");
    private readonly string _removed = Path.Combine(home, "sample-company.removed");

    /// <summary>Somebody removes it, and has not come to the end.</summary>
    public bool IsRemoving => File.Exists(_removing);

    /// <summary>It was here and is wanted no more.</summary>
    public bool IsRemoved => File.Exists(_removed);

    public SampleHistory? ReadPending()
    {
        if (!File.Exists(_pending))
        {
            return null;
        }

        var words = File.ReadAllText(_pending).Trim().Split(' ');
        var day = LocalDatePattern.Iso.Parse(words[0]).GetValueOrThrow();
        return words.Length == 1
            ? new SampleHistory(SampleMode.Small, day, null)
            : new SampleHistory(SampleMode.Full, day, InstantPattern.ExtendedIso.Parse(words[1]).GetValueOrThrow());
    }

    public async Task WritePendingAsync(SampleHistory history, CancellationToken cancellationToken)
    {
        // Whole or not at all: a start that is cut off here leaves no day that the next one cannot read.
        var text = LocalDatePattern.Iso.Format(history.FirstDay) + (history.Until is { } until ? " " + InstantPattern.ExtendedIso.Format(until) : "");
        await File.WriteAllTextAsync(_pending + ".new", text, cancellationToken);
        File.Move(_pending + ".new", _pending, overwrite: true);
    }

    public void Complete() => File.Delete(_pending);

    public void BeginRemoval()
    {
        File.WriteAllText(_removing, "");
        File.Delete(_pending);
    }

    public void CompleteRemoval()
    {
        File.WriteAllText(_removed, "");
        File.Delete(_removing);
    }
}
