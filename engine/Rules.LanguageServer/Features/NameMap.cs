using System.Collections.Immutable;
using Rules.Dsl.Editing;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>Where the name at a place is declared and written, and how it is renamed.</summary>
internal static class NameMap
{
    public static ProtocolLocation? Definition(OpenDocument document, Position position) =>
        NameFinder.FindDeclaration(document.Compilation, PositionMap.ToOffset(document.Source, position)) is { } found
            && (ReferenceEquals(found.Source, document.Source) ? document.Uri : document.Neighbours.AddressOf(found.Source)) is { } address
            ? new ProtocolLocation(address, PositionMap.ToRange(found.Source, found.Span))
            : null;

    public static ImmutableArray<ProtocolLocation> References(OpenDocument document, Position position, bool withDeclaration) =>
        [.. NameFinder.FindUses(document.Compilation, PositionMap.ToOffset(document.Source, position))
            .Where(u => withDeclaration || !u.IsDeclaration)
            .Select(u => new ProtocolLocation(document.Uri, PositionMap.ToRange(document.Source, u.Location.Span)))];

    public static RenamePlace? Prepare(OpenDocument document, Position position) =>
        Renamer.FindName(document.Compilation, PositionMap.ToOffset(document.Source, position)) is { } name
            ? new RenamePlace(PositionMap.ToRange(document.Source, name.Location.Span), name.IsPlural ? Plural(name.Location.Text) : name.Name)
            : null;

    /// <summary>Throws <see cref="RpcException"/> with the reason where the name cannot be given.</summary>
    public static WorkspaceEdit Rename(OpenDocument document, Position position, string newName)
    {
        var renaming = Renamer.Rename(document.Compilation, PositionMap.ToOffset(document.Source, position), newName);
        if (renaming.Refusal is { } reason)
        {
            throw new RpcException(RpcErrorCode.RequestFailed, reason);
        }

        var edits = renaming.Edits.Select(e => new ProtocolTextEdit(PositionMap.ToRange(document.Source, e.Span), e.NewText)).ToImmutableArray();
        return new WorkspaceEdit(ImmutableDictionary<string, ImmutableArray<ProtocolTextEdit>>.Empty.Add(document.Uri, edits));
    }

    private static string Plural(string written) =>
        written is ['"', .. var inner, '"'] ? inner.Replace("\"\"", "\"", StringComparison.Ordinal) : written;
}
