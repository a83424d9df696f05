using System.Reflection;
using Microsoft.Data.SqlClient;

namespace Rules.Ledger.Tests.SqlServer;

/// <summary>Errors as the client would throw them; it offers no way to make one.</summary>
internal static class SqlErrors
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic;

    /// <param name="severity">From 20 on the connection is lost.</param>
    public static SqlException Exception(int number, byte severity = 16)
    {
        var constructor = typeof(SqlError).GetConstructors(Any).OrderBy(one => one.GetParameters().Length).First();
        var error = constructor.Invoke([.. constructor.GetParameters().Select(parameter => Argument(parameter, number, severity))]);
        var errors = Activator.CreateInstance(typeof(SqlErrorCollection), nonPublic: true)!;
        typeof(SqlErrorCollection).GetMethod("Add", Any)!.Invoke(errors, [error]);
        var create = typeof(SqlException).GetMethods(Any).First(method => method.Name == "CreateException" && method.GetParameters().Length == 2);
        return (SqlException)create.Invoke(null, [errors, "15.0.0"])!;
    }

    private static object? Argument(ParameterInfo parameter, int number, byte severity) => (parameter.Name, parameter.ParameterType) switch
    {
        ("infoNumber", _) => number,
        ("errorClass", _) => severity,
        (_, { } type) when type == typeof(string) => parameter.Name == "errorMessage" ? $"Injected: error {number}" : "",
        (_, { IsValueType: true } type) => Activator.CreateInstance(type),
        _ => null,
    };
}
