using Rules.Ledger.Access;

namespace Rules.Portal.Access;

/// <summary>What a caller of an address under <c>/v1</c> must bring. An address without this is closed to everybody.</summary>
/// <param name="Scope">One scope; none where no key is asked for.</param>
public sealed record EndpointAccess(KeyScopes Scope);

/// <summary>Marks the address that opens accounts: a restricted key may open only those that it may use afterwards.</summary>
public sealed record OpensAccount;

/// <summary>Says at each address who may call it.</summary>
public static class EndpointAccessExtensions
{
    public static T Needs<T>(this T endpoint, KeyScopes scope)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new EndpointAccess(scope));

    /// <summary>For what is the same for everybody and tells nothing of anyone's data.</summary>
    public static T NeedsNoKey<T>(this T endpoint)
        where T : IEndpointConventionBuilder => endpoint.WithMetadata(new EndpointAccess(KeyScopes.None));
}
