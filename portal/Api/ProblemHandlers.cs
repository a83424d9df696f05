using Rules.Engine.Wire;

namespace Rules.Portal.Api;

internal static class ProblemHandlers
{
    private static readonly byte[] _list = WireWriter.Write(ProblemKinds.All, static (json, kinds) =>
    {
        json.WriteStartArray();
        foreach (var kind in kinds)
        {
            json.WriteStartObject();
            json.WriteString("code"u8, kind.Code);
            json.WriteNumber("status"u8, kind.Status);
            json.WriteString("title"u8, kind.Title);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    public static IResult List(HttpContext context) =>
        Parameters.Unknown(context.Request) is { } problem ? new ProblemBody(problem) : new JsonBody(_list);
}
