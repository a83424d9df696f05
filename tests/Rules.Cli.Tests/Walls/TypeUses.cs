using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Rules.Cli.Tests.Walls;

/// <summary>
/// Which types a type uses, read from the compiled code: bases, members, attributes and the bodies of methods, so that a name
/// written in full or a <c>var</c> counts as much as a using directive.
/// </summary>
internal static class TypeUses
{
    private const BindingFlags Everything =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly OpCode[] OneByte = new OpCode[256];
    private static readonly OpCode[] TwoByte = new OpCode[256];

    static TypeUses()
    {
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            var code = (OpCode)field.GetValue(null)!;
            var value = unchecked((ushort)code.Value);
            (code.Size == 1 ? OneByte : TwoByte)[value & 0xFF] = code;
        }
    }

    /// <summary>Definitions of generic types, not their instances; may hold the type itself.</summary>
    public static HashSet<Type> Of(Type type)
    {
        var uses = new HashSet<Type>();
        Add(uses, type.BaseType);
        foreach (var contract in type.GetInterfaces())
        {
            Add(uses, contract);
        }

        foreach (var attribute in type.GetCustomAttributesData())
        {
            Add(uses, attribute.AttributeType);
        }

        foreach (var field in type.GetFields(Everything))
        {
            Add(uses, field.FieldType);
        }

        foreach (var method in type.GetMethods(Everything).Concat<MethodBase>(type.GetConstructors(Everything)))
        {
            Add(uses, (method as MethodInfo)?.ReturnType);
            foreach (var parameter in method.GetParameters())
            {
                Add(uses, parameter.ParameterType);
            }

            if (method.GetMethodBody() is { } body)
            {
                foreach (var local in body.LocalVariables)
                {
                    Add(uses, local.LocalType);
                }

                foreach (var clause in body.ExceptionHandlingClauses.Where(static c => c.Flags == ExceptionHandlingClauseOptions.Clause))
                {
                    Add(uses, clause.CatchType);
                }

                AddBody(uses, method, body.GetILAsByteArray()!);
            }
        }

        return uses;
    }

    private static void AddBody(HashSet<Type> uses, MethodBase method, byte[] code)
    {
        var typeArguments = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        var at = 0;
        while (at < code.Length)
        {
            var opCode = code[at] == 0xFE ? TwoByte[code[++at]] : OneByte[code[at]];
            at++;
            switch (opCode.OperandType)
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    at++;
                    break;
                case OperandType.InlineVar:
                    at += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    at += 8;
                    break;
                case OperandType.InlineSwitch:
                    at += 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)));
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    var member = method.Module.ResolveMember(BinaryPrimitives.ReadInt32LittleEndian(code.AsSpan(at)), typeArguments, methodArguments);
                    AddMember(uses, member);
                    at += 4;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    private static void AddMember(HashSet<Type> uses, MemberInfo? member)
    {
        switch (member)
        {
            case Type type:
                Add(uses, type);
                break;
            case FieldInfo field:
                Add(uses, field.DeclaringType);
                Add(uses, field.FieldType);
                break;
            case MethodBase method:
                Add(uses, method.DeclaringType);
                Add(uses, (method as MethodInfo)?.ReturnType);
                if (method.IsGenericMethod)
                {
                    foreach (var argument in method.GetGenericArguments())
                    {
                        Add(uses, argument);
                    }
                }

                break;
        }
    }

    private static void Add(HashSet<Type> uses, Type? type)
    {
        while (type?.HasElementType == true)
        {
            type = type.GetElementType();
        }

        if (type is null || type.IsGenericParameter)
        {
            return;
        }

        if (type.IsGenericType)
        {
            foreach (var argument in type.GetGenericArguments())
            {
                Add(uses, argument);
            }

            type = type.GetGenericTypeDefinition();
        }

        uses.Add(type);
    }
}
