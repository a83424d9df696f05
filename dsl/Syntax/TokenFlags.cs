namespace Rules.Dsl.Syntax;

[Flags]
internal enum TokenFlags : byte
{
    None = 0,
    Missing = 1,
    Error = 2,
    Skipped = 4,
    Misaligned = 8,
}
