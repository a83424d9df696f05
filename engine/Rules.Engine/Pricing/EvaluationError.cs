namespace Rules.Engine.Pricing;

/// <summary>
/// An event or command that the model cannot evaluate: the caller's mistake, told as data and never thrown.
/// </summary>
/// <param name="Code">Stable code: <c>RT01</c> value not in its list, <c>RT02</c> term not set, <c>RT03</c> quantity not whole,
/// <c>RT04</c> no version in effect, <c>RT05</c> missing key or negative quantity … (the catalogue is <see cref="EvaluationErrors"/>).</param>
/// <param name="Message">What is wrong, in the user's words; one or two sentences.</param>
/// <param name="Help">How to mend it.</param>
/// <param name="Member">The member of the event that is at fault, such as <c>facts.model</c>; null when it is the whole event.</param>
public sealed record EvaluationError(string Code, string Message, string Help, string? Member = null);
