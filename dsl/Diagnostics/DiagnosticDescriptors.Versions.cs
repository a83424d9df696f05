namespace Rules.Dsl.Diagnostics;

public static partial class DiagnosticDescriptors
{
    /// <summary>PR0901. Reported on publishing. Arguments: the rule set, the version, the version before.</summary>
    public static readonly DiagnosticDescriptor VersionNotAscending = Error(
        "PR0901", "Version out of order",
        "Version {1} of {0} does not come after version {2}, which is published.",
        "give it the next number and a later date");

    /// <summary>PR0902. Reported on publishing. Arguments: the two versions, the rule set, the day.</summary>
    public static readonly DiagnosticDescriptor VersionsTakeEffectTogether = Error(
        "PR0902", "Two versions on one day",
        "Versions {0} and {1} of {2} both take effect on {3}; the file does not say which applies that day.",
        "give version {1} a later date");

    /// <summary>PR0903. Arguments: the version that is amended, the kind, the name, the near miss.</summary>
    public static readonly DiagnosticDescriptor NothingToRemove = Error(
        "PR0903", "Nothing to remove",
        "Version {0} has no {1} \"{2}\" to remove.",
        "did you mean \"{3}\"?");

    /// <summary>PR0904. Reported by the proof. Arguments: the example, its version, what it expects, this version, what the rules give.</summary>
    public static readonly DiagnosticDescriptor InheritedExampleFails = Error(
        "PR0904", "Inherited example that no longer holds",
        "Example \"{0}\" of version {1} expects {2}; under version {3} it is {4}.",
        "restate the example here, or remove it");

    /// <summary>PR0905. Reported on publishing. Arguments: the version, the day it was published, the next version.</summary>
    public static readonly DiagnosticDescriptor PublishedVersionEdited = Error(
        "PR0905", "Published version edited",
        "Version {0} was published on {1} and cannot be edited. Start version {2}.",
        "create version {2} amending version {0}");

    /// <summary>PR0906. Reported on publishing. Arguments: the decimals of the version before, the decimals here.</summary>
    public static readonly DiagnosticDescriptor DecimalsChanged = Error(
        "PR0906", "Decimals changed",
        "Credits were kept to {0} decimals, here to {1}; amounts already recorded could not be compared.",
        "write: to {0} decimals");

    /// <summary>PR0907. Arguments: the version, the rule set.</summary>
    public static readonly DiagnosticDescriptor BaseMissing = Error(
        "PR0907", "Amended version not found",
        "Version {0} of {1}, which this file amends, was not found.",
        "{1}.v{0}.rules is looked for beside this file; or state all rules here and delete \"amends version {0}\"");

    /// <summary>PR0908. Arguments: the version, the rule set.</summary>
    public static readonly DiagnosticDescriptor BaseHasErrors = Error(
        "PR0908", "Amended version with errors",
        "Version {0} of {1}, which this file amends, has errors of its own.",
        "mend version {0} first");

    /// <summary>PR0909.</summary>
    public static readonly DiagnosticDescriptor RemoveWithoutBase = Error(
        "PR0909", "Removal without a version",
        "This file amends no version, so there is nothing to remove from.",
        "write \"amends version\" and its number on the first line of the rule set, or delete this line");

    /// <summary>PR0910. Arguments: the common file, who includes it, its file name, its name.</summary>
    public static readonly DiagnosticDescriptor IncludedMissing = Error(
        "PR0910", "Included file not found",
        "{0}, which {1} includes, was not found.",
        "{2} is looked for beside this file and in a folder {3} beside it or one level up; to publish, publish it first");

    /// <summary>PR0911. Arguments: the common file, its file name.</summary>
    public static readonly DiagnosticDescriptor IncludedHasErrors = Error(
        "PR0911", "Included file with errors",
        "{0}, which is included here, has errors of its own.",
        "mend {1} first");

    /// <summary>PR0912. Arguments: the files of the circle, the first again at its end.</summary>
    public static readonly DiagnosticDescriptor IncludesInCircle = Error(
        "PR0912", "Files that include each other",
        "These files include each other: {0}.",
        "delete one of these includes");

    /// <summary>PR0913. Arguments: the most there may be.</summary>
    public static readonly DiagnosticDescriptor TooManyIncluded = Error(
        "PR0913", "Too many included files",
        "More than {0} files are included, counting those that they include.",
        "put what belongs together into one common file");

    /// <summary>PR0914. Arguments: the most there may be, the files from this one on.</summary>
    public static readonly DiagnosticDescriptor IncludedTooDeep = Error(
        "PR0914", "Includes too deep",
        "Files include each other more than {0} deep: {1}.",
        "include the last of them in this file itself");

    /// <summary>PR0915. Arguments: the name, the two versions.</summary>
    public static readonly DiagnosticDescriptor IncludedInTwoVersions = Error(
        "PR0915", "Common file in two versions",
        "{0} is included in version {1} and in version {2}, so its names would have two meanings.",
        "include one version of {0}; a common file that includes the other needs a new version as well");

    /// <summary>PR0916. Arguments: what is declared, the two files.</summary>
    public static readonly DiagnosticDescriptor DeclaredByTwoIncluded = Error(
        "PR0916", "Name that two included files declare",
        "The {0} is declared by {1} and by {2}, and this file includes both.",
        "delete it in a new version of one of the two, or give it another name there");

    /// <summary>PR0917. Arguments: the file.</summary>
    public static readonly DiagnosticDescriptor NotACommonFile = Error(
        "PR0917", "Included ruleset",
        "{0} is a ruleset; only a common file can be included.",
        "write its lists, meters and currencies into a file that begins with \"common NAME version N\", and include that");

    /// <summary>PR0918. Arguments: the first word of the line.</summary>
    public static readonly DiagnosticDescriptor NotInACommonFile = Error(
        "PR0918", "Rule in a common file",
        "A common file holds lists, meters and currencies; \"{0}\" belongs in a ruleset.",
        "move it into the rulesets that include this file");

    /// <summary>PR0919. Arguments: the name, a name that could stand.</summary>
    public static readonly DiagnosticDescriptor NotAFileName = Error(
        "PR0919", "Name that no file can have",
        "\"{0}\" cannot name a rule file: such a name has 1 to 64 of a to z, 0 to 9, \"-\" and \"_\", and is not kept by a system, as \"con\" is.",
        "write a name such as {1}");

    /// <summary>PR0920. Arguments: this version, the version it amends.</summary>
    public static readonly DiagnosticDescriptor AmendsNoEarlierVersion = Error(
        "PR0920", "Amendment of no earlier version",
        "Version {0} cannot amend version {1}: a version amends an earlier one.",
        "write the number of an earlier version");

    /// <summary>PR0921. Reported on publishing. Arguments: the name, what it is, what this file is.</summary>
    public static readonly DiagnosticDescriptor NameOfAnotherKind = Error(
        "PR0921", "Name of a ruleset and of a common file",
        "\"{0}\" is published as a {1}, so it cannot be a {2} as well.",
        "give this file another name");
}
