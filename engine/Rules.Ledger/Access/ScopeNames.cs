namespace Rules.Ledger.Access;

/// <summary>Scopes in words, as requests and answers hold them.</summary>
public static class ScopeNames
{
    private static readonly (KeyScopes Scope, string Name)[] _names =
    [
        (KeyScopes.Read, "read"), (KeyScopes.Quote, "quote"), (KeyScopes.Charge, "charge"), (KeyScopes.Grant, "grant"), (KeyScopes.Admin, "admin"),
        (KeyScopes.Draft, "draft"),
    ];

    public static IEnumerable<string> All => _names.Select(static scope => scope.Name);

    public static string Of(KeyScopes scope) => Each(scope).Single();

    /// <summary>In the order in which scopes are declared.</summary>
    public static IEnumerable<string> Each(KeyScopes scopes) => _names.Where(scope => (scopes & scope.Scope) != KeyScopes.None).Select(static scope => scope.Name);

    /// <summary>Null for a word that is none.</summary>
    public static KeyScopes? Parse(string word)
    {
        foreach (var (scope, name) in _names)
        {
            if (name == word)
            {
                return scope;
            }
        }

        return null;
    }
}
