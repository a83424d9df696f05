using Rules.Cli;
using Rules.Cli.Output;

using var terminal = Terminal.OfProcess();
return await RulesCommand.RunAsync(args, terminal, TimeProvider.System);
