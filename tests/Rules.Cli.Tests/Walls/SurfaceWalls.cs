using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace Rules.Cli.Tests.Walls;

public sealed class SurfaceWalls
{
    // Rooms whose public types are data: made once, shared by threads.
    private static readonly HashSet<string> ImmutableRooms = new(StringComparer.Ordinal)
    {
        "Rules.Dsl.Text", "Rules.Dsl.Diagnostics", "Rules.Dsl.Syntax", "Rules.Dsl.Binding",
        "Rules.Engine.Model", "Rules.Engine.Pricing", "Rules.Engine.Drawing", "Rules.Engine.Accounts", "Rules.Engine.Proof",
    };

    // Doers that collect while they work and are never shared.
    private static readonly HashSet<string> Collectors = new(StringComparer.Ordinal) { "Rules.Dsl.Diagnostics.DiagnosticBag" };

    [Fact]
    public void Classes_are_sealed_static_or_meant_as_bases()
    {
        var violations = from assembly in ProductAssemblies.All
                         from type in assembly.WrittenTypes()
                         where type is { IsClass: true, IsSealed: false, IsAbstract: false } && !typeof(Delegate).IsAssignableFrom(type)
                         where !IsBase(assembly, type)
                         select type.FullName!;
        violations.ShouldBeNone("A class is sealed unless another derives from it:");
    }

    [Fact]
    public void Data_has_no_setters()
    {
        var violations = from type in DataTypes()
                         from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                         where property.SetMethod is { IsPublic: true } setter && !IsInit(setter)
                         select $"{type.FullName}.{property.Name} can be set";
        var fields = from type in DataTypes()
                     from field in type.GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                     where field is { IsInitOnly: false, IsLiteral: false } && !type.IsEnum
                     select $"{type.FullName}.{field.Name} is a field that can be written";
        violations.Concat(fields).ShouldBeNone("Trees, models and states are immutable:");
    }

    [Fact]
    public void Data_shows_no_collection_that_can_change()
    {
        var violations = from type in DataTypes()
                         from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
                         where CanChange(property.PropertyType)
                         select $"{type.FullName}.{property.Name} is {property.PropertyType.Name}";
        violations.ShouldBeNone("Collections in trees, models and states are immutable ones:");
    }

    [Fact]
    public void Value_types_are_readonly()
    {
        var violations = from assembly in ProductAssemblies.All
                         from type in assembly.WrittenTypes()
                         where type is { IsValueType: true, IsEnum: false, IsVisible: true } && !type.IsDefined(typeof(IsReadOnlyAttribute), inherit: false)
                         select type.FullName!;
        violations.ShouldBeNone("Public structs are readonly:");
    }

    [Fact]
    public void Language_and_engine_hold_no_binary_fraction()
    {
        Type[] fractions = [typeof(float), typeof(double), typeof(Half)];
        var violations = from assembly in new[] { ProductAssemblies.Dsl, ProductAssemblies.Engine, ProductAssemblies.Ledger }
                         from type in assembly.WrittenTypes()
                         from fraction in fractions
                         where Declares(type, fraction)
                         select $"{type.FullName} declares {fraction.Name}";
        violations.ShouldBeNone("Amounts are exact; no member, parameter or field is a binary fraction:");
    }

    [Fact]
    public void Types_are_documented()
    {
        var violations = from assembly in ProductAssemblies.All
                         let documented = DocumentedMembers(assembly)
                         from type in assembly.WrittenTypes()
                         where type is { IsVisible: true, IsEnum: false } && !documented.Contains("T:" + type.FullName!.Replace('+', '.'))
                         select type.FullName!;
        violations.ShouldBeNone("A public type says what its name cannot:");
    }

    private static IEnumerable<Type> DataTypes() =>
        from assembly in new[] { ProductAssemblies.Dsl, ProductAssemblies.Engine }
        from type in assembly.WrittenTypes()
        where type.IsVisible && ImmutableRooms.Contains(type.Namespace!) && !Collectors.Contains(type.FullName!)
        select type;

    private static bool IsBase(Assembly assembly, Type type) => assembly.GetTypes().Any(t => t.BaseType == type
        || (t.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == type));

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool CanChange(Type type)
    {
        if (type.IsArray)
        {
            return true;
        }

        if (!type.IsGenericType)
        {
            return typeof(IList).IsAssignableFrom(type) && type.Namespace != "System.Collections.Immutable";
        }

        var definition = type.GetGenericTypeDefinition();
        return definition == typeof(List<>) || definition == typeof(IList<>) || definition == typeof(ICollection<>)
            || definition == typeof(Dictionary<,>) || definition == typeof(IDictionary<,>)
            || definition == typeof(HashSet<>) || definition == typeof(ISet<>)
            || definition == typeof(ImmutableArray<>.Builder);
    }

    private static bool Declares(Type type, Type wanted)
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        return type.GetFields(All).Any(f => Holds(f.FieldType, wanted))
            || type.GetMethods(All).Any(m => Holds(m.ReturnType, wanted) || m.GetParameters().Any(p => Holds(p.ParameterType, wanted)))
            || type.GetConstructors(All).Any(c => c.GetParameters().Any(p => Holds(p.ParameterType, wanted)));
    }

    private static bool Holds(Type type, Type wanted) => type == wanted
        || (type.HasElementType && Holds(type.GetElementType()!, wanted))
        || (type.IsGenericType && type.GetGenericArguments().Any(a => Holds(a, wanted)));

    private static HashSet<string> DocumentedMembers(Assembly assembly)
    {
        var path = Path.ChangeExtension(assembly.Location, ".xml");
        File.Exists(path).ShouldBeTrue($"{Path.GetFileName(path)} is built beside the assembly.");
        return [.. XDocument.Load(path).Descendants("member")
            .Where(static m => m.Elements().Any(static e => e.Name.LocalName == "inheritdoc" || e.Value.Trim().Length > 0))
            .Select(static m => m.Attribute("name")!.Value)];
    }
}
