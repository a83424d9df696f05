using System.Runtime.CompilerServices;
using Rules.Dsl.Text;
using Rules.Engine.Model;

namespace Rules.LanguageServer.Workspace;

/// <summary>
/// What the documents of one editor build on: another open document, as it stands there; else the file beside the document; else an open document
/// anywhere, by its head; else a published version.
/// </summary>
/// <param name="open">The open documents of the moment.</param>
/// <param name="readFile">Gives the text of a file by its path; null: the documents have no disk.</param>
/// <param name="published">Finds versions that are no documents; null: there are none.</param>
internal sealed class DocumentNeighbours(Func<IEnumerable<OpenDocument>> open, Func<string, SourceText?>? readFile, RuleFileLookup? published)
{
    private readonly ConditionalWeakTable<SourceText, string> _addresses = [];

    /// <summary>The text that a document means by a name and a number; null where there is none.</summary>
    public SourceText? Find(OpenDocument document, RuleFileId id)
    {
        if (document.Path is { } path && Path.GetDirectoryName(path) is { } folder)
        {
            foreach (var place in RuleFileNeighbours.PlacesOf(folder, id))
            {
                if (open().FirstOrDefault(d => d.Path == place) is { } neighbour)
                {
                    return neighbour.Source;
                }

                if (readFile?.Invoke(place) is { } text)
                {
                    _addresses.AddOrUpdate(text, new Uri(place).AbsoluteUri);
                    return text;
                }
            }
        }

        return RulesetLibrary.Among(open().Select(static d => d.Source))(id) ?? published?.Invoke(id);
    }

    /// <summary>The published page beside a document; null where there is none.</summary>
    public string? PageOf(OpenDocument document) =>
        document.Path is { } path && readFile?.Invoke(RuleFileNeighbours.PageOf(path)) is { IsTooLarge: false } page ? page.ToString() : null;

    /// <summary>The address by which the editor knows a text; null where it cannot open it.</summary>
    public string? AddressOf(SourceText text) =>
        open().FirstOrDefault(d => ReferenceEquals(d.Source, text))?.Uri ?? (_addresses.TryGetValue(text, out var address) ? address : null);
}
