using System.Diagnostics;
using System.Globalization;

namespace Rules.Benchmarks;

/// <summary>Median time and bytes of one operation over several rounds. Candidates take turns, so that a busy machine slows all of them.</summary>
internal static class Measurement
{
    private const int Rounds = 15;

    public static IReadOnlyList<Figure> Compare(params Candidate[] candidates)
    {
        var times = candidates.Select(_ => new List<decimal>()).ToList();
        var bytes = new long[candidates.Length];
        foreach (var candidate in candidates)
        {
            candidate.Run(candidate.Operations);
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < candidates.Length; i++)
            {
                var before = GC.GetAllocatedBytesForCurrentThread();
                var start = Stopwatch.GetTimestamp();
                candidates[i].Run(candidates[i].Operations);
                var elapsed = Stopwatch.GetTimestamp() - start;
                bytes[i] = (GC.GetAllocatedBytesForCurrentThread() - before) / candidates[i].Operations;
                times[i].Add(elapsed * 1_000_000_000m / Stopwatch.Frequency / candidates[i].Operations);
            }
        }

        return [.. candidates.Select((c, i) => new Figure(c.Name, Median(times[i]), bytes[i]))];
    }

    public static void Print(string title, IReadOnlyList<Figure> figures)
    {
        Console.WriteLine(title);
        Console.WriteLine("| candidate | ns/op | B/op | x hand-written |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var figure in figures)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {figure.Name} | {figure.Nanoseconds:0.0} | {figure.Bytes} | {figure.Nanoseconds / figures[0].Nanoseconds:0.0} |"));
        }

        Console.WriteLine();
    }

    private static decimal Median(List<decimal> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}

/// <param name="Run">Does so many operations; checks its own answer.</param>
internal sealed record Candidate(string Name, int Operations, Action<int> Run);

internal sealed record Figure(string Name, decimal Nanoseconds, long Bytes);
