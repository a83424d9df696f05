using System.Collections.Immutable;
using Rules.Dsl.Editing;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using Rules.LanguageServer.Protocol;

namespace Rules.LanguageServer.Features;

/// <summary>The items of a file in its order, with the facts and list entries they declare.</summary>
internal static class Outline
{
    // Numbers of the protocol's SymbolKind.
    private const int Module = 2;
    private const int Class = 5;
    private const int Property = 7;
    private const int Field = 8;
    private const int Enum = 10;
    private const int Unit = 11;
    private const int Function = 12;
    private const int Variable = 13;
    private const int Constant = 14;
    private const int Operator = 25;
    private const int EnumMember = 22;
    private const int Event = 24;

    public static ImmutableArray<DocumentSymbol> Symbols(OpenDocument document)
    {
        var root = document.Tree.Root;
        var symbols = ImmutableArray.CreateBuilder<DocumentSymbol>();
        if (!root.Header.Name.IsMissing)
        {
            symbols.Add(Symbol(document.Source, root.Header, root.Header.Name, root.Header.Keyword.Text, Module));
        }

        foreach (var item in root.Items.OfType<ItemSyntax>().Where(static i => !i.Keyword.IsMissing))
        {
            var name = Outliner.NameOf(item);
            symbols.Add(Symbol(document.Source, item, name is { IsMissing: false } ? name : item.Keyword, Detail(item, name), KindOf(item)));
        }

        return symbols.ToImmutable();
    }

    private static string? Detail(ItemSyntax item, SyntaxToken? name) => name is { IsMissing: false } ? item.Keyword.Text : null;

    private static int KindOf(ItemSyntax item) => item switch
    {
        CreditSyntax or CurrencySyntax or MeterSyntax => Unit,
        AccountSyntax => Class,
        ListSyntax => Enum,
        ActionSyntax or FreeActionSyntax => Function,
        RateSyntax or PlanSyntax or PackSyntax => Constant,
        TermSyntax => Variable,
        PriceSyntax or SellSyntax => Operator,
        BucketSyntax => Field,
        AlertSyntax or PromiseSyntax or ExampleSyntax => Event,
        _ => Property,
    };

    private static DocumentSymbol Symbol(SourceText source, LineSyntax line, SyntaxToken name, string? detail, int kind)
    {
        var range = PositionMap.ToRange(source, line.Span);
        var children = line.Block is { } block ? block.Lines.Select(l => Child(source, l)).OfType<DocumentSymbol>().ToImmutableArray() : [];
        return new DocumentSymbol(Shown(name), detail, kind, range, PositionMap.ToRange(source, name.Span)) { Children = children.IsEmpty ? null : children };
    }

    private static DocumentSymbol? Child(SourceText source, LineSyntax line) => line switch
    {
        FactLineSyntax { Name.IsMissing: false } fact => Symbol(source, fact, fact.Name, "fact", Property),
        ListEntryLineSyntax { Name.IsMissing: false } entry => Symbol(source, entry, entry.Name, null, EnumMember),
        _ => null,
    };

    // An empty name is not allowed by the protocol.
    private static string Shown(SyntaxToken name) => name.ValueText is { Length: > 0 } text ? text : name.Text;
}
