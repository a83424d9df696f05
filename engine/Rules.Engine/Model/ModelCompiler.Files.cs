using System.Collections.Immutable;
using NodaTime;
using Rules.Dsl.Diagnostics;
using Rules.Dsl.Syntax;
using Rules.Dsl.Text;
using B = Rules.Dsl.Binding;

namespace Rules.Engine.Model;

internal sealed partial class ModelCompiler
{
    /// <summary>From the text of a version, over the files it builds on, to its model.</summary>
    internal sealed class Files(RuleFileLookup find)
    {
        private readonly B.RuleLibrary _library = new(find, s_options);

        public static RuleFileLookup Among(IEnumerable<SourceText> texts) => B.RuleLibrary.Among(texts);

        public RulesetCompilation Compile(RulesetLibrary library, SourceText source, string? pageText)
        {
            var bound = _library.Compile(SyntaxTree.Parse(source), pageText);
            var header = bound.Ruleset.Header;
            var (model, diagnostics) = bound.HasErrors || header.IsCommon ? (null, bound.Diagnostics) : Build(bound);
            return new RulesetCompilation(source, model, diagnostics)
            {
                Id = B.RuleLibrary.IdOf(bound.Tree),
                Common = header.IsCommon && !bound.HasErrors ? new CommonFile(header.Name, header.Version, header.Title, bound.Ruleset.MeaningHash) : null,
                BuildsOn = bound.BuildsOn,
                Assumptions = [.. bound.Assumptions.Select(static a => new Assumption(a.Text, a.Location))],
                Library = library,
                Resolve = () => bound.Resolved,
            };
        }

        private static (RulesetModel? Model, ImmutableArray<Diagnostic> Diagnostics) Build(B.Compilation bound)
        {
            var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(bound.Ruleset.Header.TimeZone) ?? DateTimeZone.Utc;
            var compiler = new ModelCompiler(bound.Ruleset, zone);
            var model = compiler.Build();
            if (compiler._diagnostics.Count == 0)
            {
                return (model, bound.Diagnostics);
            }

            var all = new DiagnosticBag();
            all.AddRange(bound.Diagnostics);
            all.AddRange(compiler._diagnostics.ToImmutable());
            return (compiler._diagnostics.HasErrors ? null : model, [.. all.ToImmutable().OrderBy(d => !ReferenceEquals(d.Location.Source, bound.Tree.Text))]);
        }
    }
}
