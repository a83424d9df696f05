namespace Rules.Ledger.Replays;

/// <summary>The entries of a range of accounts behind those of earlier generations, as columns.</summary>
/// <param name="Generation">1 for the first of a ruleset; later ones go on where it ended.</param>
/// <param name="Number">1 for the first of its generation.</param>
/// <param name="Position">With this generation every entry of the ruleset up to this position of the journal is in segments.</param>
/// <param name="Events">Uses.</param>
/// <param name="Body">Packed.</param>
/// <param name="Sha256">Of what was packed.</param>
public sealed record StoredPastSegment(
    string Ruleset, long Generation, int Number, long Position, string FirstAccount, string LastAccount, long Events, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Sha256);
