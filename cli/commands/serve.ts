import { Command } from 'commander';
import { textOption, type CommandDefinition } from '../command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { note } from '../output.js';
import { untilStopped } from '../until-stopped.js';

/** `wxlive serve`: keeps the engine up and says over HTTP that it is alive and ready. */
export function serveCommand(): CommandDefinition {
  const command = new Command('serve')
    .description('保持引擎运行，提供健康检查 / keeps the engine up, with health checks')
    .option('--port <n>', '端口，0 为任意空闲 / port, 0 for any free one')
    .addHelpText('after', '\n例 / example:\n  wxlive serve --port 8787');
  return {
    command,
    async run(app, _args, options) {
      const text = textOption(options, 'port');
      const port = text === undefined ? app.settings.serve_port : Number(text);
      if (!Number.isInteger(port) || port < 0 || port > 65535) {
        throw new UsageError(app.say('--port 应为 0 到 65535', '--port takes 0 to 65535'));
      }
      const warehouse = await app.warehouse();
      const { openServer } = await import('../../web/index.js');
      const server = await openServer({ host: app.settings.serve_host, port, warehouse });
      try {
        note(
          app.say(
            `wxlive 正在运行：${server.url}（/healthz、/readyz），按 Ctrl-C 结束`,
            `wxlive is running at ${server.url} (/healthz, /readyz); Ctrl-C ends`,
          ),
        );
        await untilStopped();
        return EXIT.done;
      } finally {
        await server.close();
      }
    },
  };
}
