using NodaTime;
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
            var zone = DateTimeZoneProviders.Tzdb.GetZoneOrNull(header.TimeZone) ?? DateTimeZone.Utc;
            var model = bound.HasErrors || header.IsCommon ? null : Build(bound.Ruleset, zone);
            return new RulesetCompilation(source, model, bound.Diagnostics)
            {
                Id = B.RuleLibrary.IdOf(bound.Tree),
                Common = header.IsCommon && !bound.HasErrors ? new CommonFile(header.Name, header.Version, header.Title, bound.Ruleset.MeaningHash) : null,
                BuildsOn = bound.BuildsOn,
                Assumptions = [.. bound.Assumptions.Select(static a => new Assumption(a.Text, a.Location))],
                Library = library,
                Resolve = () => bound.Resolved,
            };
        }
    }
}
