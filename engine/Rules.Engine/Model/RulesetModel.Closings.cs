using System.Collections.Immutable;

namespace Rules.Engine.Model;

public sealed partial class RulesetModel
{
    private ImmutableArray<ActionRule> _closings;

    /// <summary>The actions whose prices may let something fall due when a cycle, day or hour closes.</summary>
    internal ImmutableArray<ActionRule> Closings
    {
        get
        {
            if (_closings.IsDefault)
            {
                ImmutableInterlocked.InterlockedInitialize(ref _closings, [.. Actions.Where(a => a.Price is { ClosingScopes.IsEmpty: false })]);
            }

            return _closings;
        }
    }
}
