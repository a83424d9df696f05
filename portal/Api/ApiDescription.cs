using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Rules.Client;
using Rules.Engine.Accounts;
using Rules.Ledger.Access;
using Rules.Portal.Access;

namespace Rules.Portal.Api;

/// <summary>
/// The OpenAPI document. Its schemas are the types of the .NET client, which the tests use against the real service, so that document,
/// client and service cannot drift apart.
/// </summary>
public static class ApiDescription
{
    public const string DocumentPath = "/openapi/v1.json";

    private const string KeyScheme = "key";

    private const string ProblemType = "application/problem+json";

    public static IServiceCollection AddApiDescription(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ClientJson.Default);
        });
        return services.AddOpenApi("v1", options =>
        {
            options.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Rules";
                document.Info.Version = "v1";
                document.Info.Description = "Asks what an operation costs, charges it exactly once, and explains every credit. "
                    + "Figures are decimal strings; a request may also send them as plain JSON numbers. Problems are RFC 9457 with a stable code. "
                    + "After a lost connection or a 503, send the same command with the same Idempotency-Key again.";
                document.Servers = [new OpenApiServer { Url = "/" }];
                ((document.Components ??= new OpenApiComponents()).SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal))[KeyScheme] =
                    new OpenApiSecurityScheme
                    {
                        Type = SecuritySchemeType.Http,
                        Scheme = "bearer",
                        BearerFormat = "rk_ID_SECRET",
                        Description = "An API key. The first start writes one for the sample company to sample.key in Rules:Home.",
                    };
                return Task.CompletedTask;
            });
            options.AddSchemaTransformer(DescribeDecimal);
            options.AddSchemaTransformer(LeaveOutInsteadOfNull);
            options.AddSchemaTransformer(DescribeUnstatedValues);
            options.AddOperationTransformer(Complete);
        });
    }

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, string example)
        where T : notnull => route.Accepts<T>("application/json").WithMetadata(new RequestExample(example));

    public static RouteHandlerBuilder TakesKey(this RouteHandlerBuilder route) => route.WithMetadata(new KeyRequired());

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, string? example) =>
        route.Produces<T>(StatusCodes.Status200OK, "application/json").WithMetadata(new AnswerExample(typeof(T).Name, example));

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
        {
            route.Produces<Client.Problem>(status, ProblemType);
        }

        return route;
    }

    public static RouteHandlerBuilder Parameter(this RouteHandlerBuilder route, string name, string description, bool isRequired = false) =>
        route.WithMetadata(new QueryParameter(name, description, isRequired));

    private static Task DescribeDecimal(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(decimal) || context.JsonTypeInfo.Type == typeof(decimal?))
        {
            schema.Type = context.JsonTypeInfo.Type == typeof(decimal) ? JsonSchemaType.String : JsonSchemaType.String | JsonSchemaType.Null;
            schema.Format = null;
            schema.Pattern = @"^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?$";
        }

        return Task.CompletedTask;
    }

    // A member that is not required is left out where it has no value; null is refused in requests and never written in answers.
    private static Task LeaveOutInsteadOfNull(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var (name, member) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal))
        {
            if (member is OpenApiSchema { Type: { } type } described && schema.Required?.Contains(name) != true)
            {
                described.Type = type & ~JsonSchemaType.Null;
            }
        }

        return Task.CompletedTask;
    }

    // The schema of a map says nothing of null for texts: C# tells it of members alone.
    private static Task DescribeUnstatedValues(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(UsageLine) && schema.Properties?["values"] is OpenApiSchema { AdditionalProperties: OpenApiSchema value })
        {
            value.Type = JsonSchemaType.String | JsonSchemaType.Null;
        }

        return Task.CompletedTask;
    }

    private static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        if (metadata.OfType<EndpointAccess>().FirstOrDefault() is { Scope: not KeyScopes.None and var scope })
        {
            operation.Description = $"{operation.Description} Needs the scope {ScopeNames.Of(scope)}.".TrimStart();
            (operation.Security ??= []).Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [] });
            foreach (var status in new[] { "401", "403", "429" })
            {
                (operation.Responses ??= []).TryAdd(status, new OpenApiResponse
                {
                    Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                    {
                        [ProblemType] = new() { Schema = new OpenApiSchemaReference("Problem", context.Document) },
                    },
                });
            }
        }

        foreach (var parameter in metadata.OfType<QueryParameter>())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = parameter.Name,
                In = ParameterLocation.Query,
                Required = parameter.IsRequired,
                Description = parameter.Description,
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            });
        }

        if (metadata.OfType<KeyRequired>().Any())
        {
            (operation.Parameters ??= []).Add(new OpenApiParameter
            {
                Name = IdempotencyKey.Header,
                In = ParameterLocation.Header,
                Required = true,
                Description = "The command happens once under this key of yours, however often it is sent. The same key with another command is refused.",
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = 128, Pattern = "^[ -~]+$" },
                Example = "my-first-run",
            });
        }

        if (operation.RequestBody?.Content is { } body && body.TryGetValue("application/json", out var request)
            && metadata.OfType<RequestExample>().FirstOrDefault() is { } requestExample)
        {
            request.Example = JsonNode.Parse(requestExample.Json);
        }

        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
        {
            if (parameter is { In: ParameterLocation.Path, Name: "entry" })
            {
                parameter.Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int64", Minimum = "1" };
            }
        }

        foreach (var (status, response) in operation.Responses ?? [])
        {
            Describe(operation, status, response, metadata, isWrite: context.Description.HttpMethod is not "GET");
            if (status == "402" && response.Content is { } content && content.TryGetValue(ProblemType, out var refusal)
                && metadata.OfType<AnswerExample>().FirstOrDefault() is { } answer)
            {
                // The members of the answer stand inside the problem.
                refusal.Schema = new OpenApiSchema
                {
                    AllOf = [new OpenApiSchemaReference("Problem", context.Document), new OpenApiSchemaReference(answer.Type, context.Document)],
                };
            }
        }

        return Task.CompletedTask;
    }

    private static void Describe(OpenApiOperation operation, string status, IOpenApiResponse response, IList<object> metadata, bool isWrite)
    {
        if (status == "200")
        {
            if (response.Content is { } content && content.TryGetValue("application/json", out var answer)
                && metadata.OfType<AnswerExample>().FirstOrDefault()?.Json is { } json)
            {
                answer.Example = JsonNode.Parse(json);
            }

            if (response is OpenApiResponse granted && metadata.OfType<KeyRequired>().Any())
            {
                (granted.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal))[JsonBody.ReplayedHeader] = new OpenApiHeader
                {
                    Description = "true where the key had been answered before: these are the first answer's bytes.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                };
            }

            return;
        }

        var codes = ProblemKinds.All.Where(kind => kind.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) == status
            && Belongs(kind, operation, metadata, isWrite)).Select(kind => kind.Code.StartsWith("RT", StringComparison.Ordinal) ? "RTnn" : kind.Code).Distinct().ToList();

        response.Description = codes.Count == 0 ? response.Description : "code: " + string.Join(", ", codes);
    }

    // Which of the codes of a status an operation can answer with.
    private static bool Belongs(ProblemKind kind, OpenApiOperation operation, IList<object> metadata, bool isWrite) => kind.Code switch
    {
        "cross_site_refused" => isWrite,
        "key_restricted" => operation.OperationId is "accounts" or "open-account" or "usage" or "invoices" or "start-replay" or "create-draft" or "import-usage",
        "import_unknown" => operation.OperationId is "usage-import" or "withdraw-usage",
        "import_conflicts" => operation.OperationId is "import-usage" or "withdraw-usage",
        "import_stopped" => operation.OperationId == "import-usage",
        _ when operation.OperationId is "import-usage" or "usage-imports" or "usage-import" or "withdraw-usage" => kind.Status is 413 or 415
            ? kind.Code is "body_too_large" or "content_type_unsupported"
            : kind.Code is "parameter_invalid" or "bad_request" or "host_not_allowed" or "api_key_required" or "api_key_invalid" or "scope_missing" or "rate_limited" or "request_timeout" or "store_unavailable"
                || (operation.OperationId == "import-usage" && kind.Code is "ruleset_not_found" or "busy"),
        "idempotency_key_required" or "idempotency_key_invalid" or "idempotency_key_reused" or "outcome_unknown" => metadata.OfType<KeyRequired>().Any(),
        "parameter_invalid" => true,
        "host_not_allowed" or "bad_request" => true,
        "not_found" => false,
        "entry_unknown" => operation.OperationId == "explain",
        "invoice_unknown" => operation.OperationId == "invoice",
        "account_unknown" => operation.OperationId is not ("rotate-key" or "revoke-key" or "remove-webhook" or "deliveries" or "resend" or "unmute" or "replays" or "replay" or "cancel-replay" or "replay-events"
            or "versions" or "version" or "create-draft" or "draft"),
        "webhook_unknown" => operation.OperationId is "remove-webhook" or "deliveries",
        "mute_unknown" => operation.OperationId == "unmute",
        "replay_unknown" => operation.OperationId is "replay" or "cancel-replay" or "replay-events",
        "draft_invalid" => operation.OperationId == "start-replay",
        "draft_unknown" => operation.OperationId == "draft",
        "change_conflicts" or "text_has_errors" => operation.OperationId == "create-draft",
        "delivery_unknown" => operation.OperationId == "resend",
        "too_many_items" => operation.OperationId!.EndsWith("-many", StringComparison.Ordinal),
        "api_key_unknown" => operation.OperationId is "rotate-key" or "revoke-key",
        "value_invalid" => operation.OperationId is "create-key" or "rotate-key" or "add-webhook" or "mute" or "start-replay",
        "in_the_future" => IsOfEventsOrCommands(operation, metadata),
        "account_id_invalid" => false,
        "account_exists" => operation.OperationId == "open-account",
        "ruleset_unknown" => operation.OperationId == "open-account",
        "id_used" => operation.OperationId is "grant" or "buy" or "hold" or "replace",
        "no_bucket" => operation.OperationId is "grant" or "buy" or "refund",
        "ruleset_not_found" => operation.OperationId is "versions" or "version" or "mute" or "start-replay" or "create-draft",
        "version_unknown" => operation.OperationId is "version" or "start-replay",
        "too_many_groups" => operation.OperationId == "usage",
        "too_far_ahead" => operation.OperationId == "balance",
        "too_old" => operation.OperationId is "quote" or "charge" or "hold",
        ProblemCodes.ExceedsHold => operation.OperationId == "capture",
        ProblemCodes.HoldClosed or ProblemCodes.UnknownHold => operation.OperationId is "capture" or "release",
        ProblemCodes.UnknownUse or ProblemCodes.NotReversible or ProblemCodes.ExceedsUse => operation.OperationId == "reverse",
        ProblemCodes.UnknownGrant or ProblemCodes.TooLate => operation.OperationId is "void" or "replace",
        _ when kind.Code.StartsWith("RT", StringComparison.Ordinal) => IsOfEventsOrCommands(operation, metadata) || operation.OperationId == "balance",
        _ => kind.Status != 400 || operation.RequestBody is not null,
    };

    private static bool IsOfEventsOrCommands(OpenApiOperation operation, IList<object> metadata) =>
        metadata.OfType<KeyRequired>().Any() || operation.OperationId == "quote" || operation.OperationId!.EndsWith("-many", StringComparison.Ordinal);

    private sealed record KeyRequired;

    private sealed record RequestExample(string Json);

    private sealed record AnswerExample(string Type, string? Json);

    private sealed record QueryParameter(string Name, string Description, bool IsRequired);
}
