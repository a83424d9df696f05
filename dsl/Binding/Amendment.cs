using System.Collections.Immutable;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;

namespace Rules.Dsl.Binding;

/// <summary>Checks an amending file against its base, and resolves it (language section 6).</summary>
internal sealed class Amendment(SyntaxTree tree, DiagnosticBag diagnostics)
{
    private readonly HeaderSyntax _header = tree.Root.Header;

    /// <summary>The base is the version that the header names, and has no errors.</summary>
    public bool Accepts(Compilation baseVersion) => IsNamed(baseVersion) && !baseVersion.HasErrors && !baseVersion.Tree.Root.Header.IsCommon;

    /// <summary>PR0907, PR0908 or PR0920, unless the header could not be read.</summary>
    public DiagnosticBag ReportBase(Compilation? baseVersion)
    {
        if (_header.HasError)
        {
            return diagnostics;
        }

        if (_header.Amends!.Version.IntegerValue >= _header.Version.IntegerValue)
        {
            diagnostics.Report(DiagnosticDescriptors.AmendsNoEarlierVersion, _header.Amends.Location, _header.Version.Text, _header.Amends.Version.Text);
        }
        else if (baseVersion is not null && IsNamed(baseVersion))
        {
            diagnostics.Report(DiagnosticDescriptors.BaseHasErrors, _header.Amends.Location, _header.Amends.Version.Text, _header.Name.ValueText);
        }
        else
        {
            diagnostics.Report(DiagnosticDescriptors.BaseMissing, _header.Amends.Location, _header.Amends.Version.Text, _header.Name.ValueText);
        }

        return diagnostics;
    }

    /// <summary>PR0909: lines that remove something in a file that amends nothing.</summary>
    public static void ReportRemovals(SyntaxTree tree, DiagnosticBag diagnostics)
    {
        foreach (var remove in tree.Root.Items.OfType<RemoveSyntax>().Where(static r => !r.HasError).Take(1))
        {
            diagnostics.Report(DiagnosticDescriptors.RemoveWithoutBase, remove.RemoveKeyword.Location);
        }
    }

    /// <summary>PR0901 to PR0903 and PR0906 of what the amendment says, and the file that results.</summary>
    /// <param name="baseVersion">One that is accepted.</param>
    /// <param name="baseFile">Its lines.</param>
    /// <param name="brought">What the amendment includes itself.</param>
    public ResolvedFile Resolve(
        Compilation baseVersion, ResolvedFile baseFile, ImmutableDictionary<IncludeLineSyntax, ImmutableArray<IncludedFile>> brought)
    {
        var before = baseVersion.Ruleset;
        if (!_header.HasError)
        {
            CheckVersion(before.Header);
        }

        CheckDecimals(before.Credit);
        var removed = BindRemovals(baseFile, before.Header.Version);
        return ResolvedFile.Amend(tree, baseFile, before.Header, removed, brought, diagnostics);
    }

    private bool IsNamed(Compilation baseVersion) =>
        baseVersion.Ruleset.Header.Name == _header.Name.ValueText && baseVersion.Ruleset.Header.Version == _header.Amends!.Version.IntegerValue;

    private void CheckVersion(BoundHeader before)
    {
        var version = _header.Version.IntegerValue;
        var effective = _header.EffectiveDate.DateValue.ToDateTime(_header.Time?.Time.TimeValue ?? default);
        var effectiveBefore = before.EffectiveDate.ToDateTime(before.EffectiveTime);
        if (version <= before.Version)
        {
            diagnostics.Report(DiagnosticDescriptors.VersionNotAscending, _header.Version.Location, before.Name, version, before.Version);
        }
        else if (effective == effectiveBefore)
        {
            diagnostics.Report(
                DiagnosticDescriptors.VersionsTakeEffectTogether, _header.EffectiveDate.Location, before.Version, version, before.Name, _header.EffectiveDate.Text);
        }
        else if (effective < effectiveBefore)
        {
            diagnostics.Report(DiagnosticDescriptors.VersionNotAscending, _header.EffectiveDate.Location, before.Name, version, before.Version);
        }
    }

    private void CheckDecimals(CreditSymbol before)
    {
        if (tree.Root.Items.OfType<CreditSyntax>().FirstOrDefault() is { HasError: false, Precision.Places: var places } && places.IntegerValue != before.Decimals)
        {
            var written = before.Decimals.ToString(System.Globalization.CultureInfo.InvariantCulture);
            diagnostics.Report(
                DiagnosticDescriptors.DecimalsChanged, places.Location, [new DiagnosticFix($"write {written}", places.Span, written)],
                before.Decimals, places.Text);
        }
    }

    private HashSet<string> BindRemovals(ResolvedFile baseFile, int baseVersion)
    {
        var removed = new Dictionary<string, TextLocation>(StringComparer.Ordinal);
        foreach (var remove in tree.Root.Items.OfType<RemoveSyntax>().Where(static r => !r.HasError))
        {
            var kind = remove.ItemKind.Text;
            var name = remove.Name.ValueText;
            if (!ResolvedFile.NamedKinds.Contains(kind))
            {
                ReportNear(
                    DiagnosticDescriptors.UnknownWord, remove.ItemKind, kind, ResolvedFile.NamedKinds,
                    kind, "the kind of a rule that has a name, such as plan or alert");
            }
            else if (!baseFile.NamesOf(kind).Contains(name, StringComparer.Ordinal))
            {
                ReportNear(DiagnosticDescriptors.NothingToRemove, remove.Name, name, baseFile.NamesOf(kind), baseVersion, kind, name);
            }
            else if (!removed.TryAdd((kind == "term" ? "rate" : kind) + " " + name, remove.Location))
            {
                diagnostics.Report(DiagnosticDescriptors.DeclaredTwice, remove.Name.Location, name, removed[(kind == "term" ? "rate" : kind) + " " + name].Line);
            }
        }

        return [.. removed.Keys];
    }

    private void ReportNear(
        DiagnosticDescriptor descriptor, SyntaxToken token, string written, IEnumerable<string> candidates, params object?[] arguments)
    {
        if (Spelling.Nearest(written, candidates) is not { } meant)
        {
            diagnostics.Report(descriptor, token.Location, arguments);
            return;
        }

        var text = token.Kind == SyntaxKind.StringToken ? Binder.Quote(meant) : Binder.WriteName(meant);
        diagnostics.Report(descriptor, token.Location, [new DiagnosticFix($"write {text}", token.Span, text)], [.. arguments, meant]);
    }
}
