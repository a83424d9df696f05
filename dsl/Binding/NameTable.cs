using System.Diagnostics.CodeAnalysis;

namespace Rules.Dsl.Binding;

/// <summary>The declared names of one kind. The first declaration of a name holds.</summary>
internal sealed class NameTable<T>
    where T : Symbol
{
    private readonly Dictionary<string, T> _symbols = new(StringComparer.Ordinal);
    private readonly List<T> _inOrder = [];

    public IReadOnlyList<T> Symbols => _inOrder;

    public IEnumerable<string> Names => _inOrder.Select(static s => s.Name);

    /// <summary>False where the name is taken; <paramref name="earlier"/> is then its holder.</summary>
    public bool TryDeclare(T symbol, [NotNullWhen(false)] out T? earlier)
    {
        if (_symbols.TryGetValue(symbol.Name, out earlier))
        {
            return false;
        }

        _symbols.Add(symbol.Name, symbol);
        _inOrder.Add(symbol);
        return true;
    }

    public T? Find(string name) => _symbols.GetValueOrDefault(name);
}
