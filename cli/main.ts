#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { EXIT, Failed, UsageError } from './exit-codes.js';
import { COMMANDS } from './commands/index.js';
import type { SettingsFlags } from './settings-file.js';

/** `node dist/cli/main.js …`: finds the command, runs it, turns its end into an exit code. */
async function main(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader of a pipe has seen enough.
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
  let exitCode: number = EXIT.done;
  const program = new Command('wxlive')
    .description('微信直播数据仓库 / one warehouse for WeChat live streaming')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('（wxlive --help 查看用法 / see wxlive --help）');
  for (const define of COMMANDS) {
    const definition = define();
    const { command } = definition;
    addCommonOptions(command);
    command.exitOverride().action(async (...given: unknown[]) => {
      const options = command.optsWithGlobals<SettingsFlags & Record<string, unknown>>();
      // Settings and schemas are loaded for a command that runs, not for its help.
      const { App } = await import('./compose.js');
      const app = new App(options, process.env);
      try {
        exitCode = await definition.run(app, command.args, options, given);
      } finally {
        await app.close();
      }
    });
    program.addCommand(command);
  }
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

/** The options of every command (PRODUCT §8). */
function addCommonOptions(command: Command): void {
  for (const sub of command.commands) addCommonOptions(sub);
  command
    .addOption(new Option('--data <dir>', '数据目录 / data folder'))
    .addOption(new Option('--config <file>', '配置文件 / settings file'))
    .addOption(new Option('--lang <language>', '语言 / language').choices(['zh', 'en']))
    .addOption(new Option('--json', '以一个 JSON 文档输出 / one JSON document'));
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    process.stderr.write(`${message}\n`);
    return EXIT.usage;
  }
  if (error instanceof Failed) {
    if (message !== '') process.stderr.write(`${message}\n`);
    return error.exitCode;
  }
  process.stderr.write(`${message}\n`);
  if (process.env['WXLIVE_LOG'] === 'debug' && error instanceof Error)
    process.stderr.write(`${error.stack ?? ''}\n`);
  return EXIT.failed;
}

process.exitCode = await main(process.argv);
