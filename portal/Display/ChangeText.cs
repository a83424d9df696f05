using Rules.Engine.Comparison;

namespace Rules.Portal.Display;

/// <summary>Words for the marks of changes.</summary>
public static class ChangeText
{
    public static string Word(ChangeKind kind) => kind switch
    {
        ChangeKind.Dearer => "Dearer",
        ChangeKind.Cheaper => "Cheaper",
        ChangeKind.Mixed => "Depends on the quantity",
        ChangeKind.Added => "New",
        ChangeKind.Removed => "Gone",
        ChangeKind.Reordered => "Condition or order",
        _ => "Other",
    };
}
