import { Command } from 'commander';
import { flag, type CommandDefinition } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { untilStopped } from '../until-stopped.js';

/** `wxlive connect`: how an analyst's tool connects, keeping the engine up until Ctrl-C. */
export function connectCommand(): CommandDefinition {
  const command = new Command('connect')
    .description('显示分析工具的连接方式，并保持引擎运行 / how a SQL tool connects; keeps the engine up')
    .addHelpText('after', '\n例 / example:\n  wxlive connect');
  return {
    command,
    async run(app, _args, options) {
      const { connectionInfo } = await import('../../sql/index.js');
      await app.warehouse();
      const { info, hold } = await connectionInfo(app.warehouseSettings());
      try {
        if (flag(options, 'json')) {
          await printJson(info);
          return EXIT.done;
        }
        const native = info.native === null ? '' : `\n  TCP       ${info.native.host}:${info.native.port}`;
        await print(
          `${app.say('用任何 ClickHouse 工具连接（DBeaver、Grafana、Metabase、clickhouse-client）：', 'Connect any ClickHouse tool (DBeaver, Grafana, Metabase, clickhouse-client):')}
  HTTP      http://${info.http.host}:${info.http.port}${native}
  ${app.say('数据库', 'database')}    ${info.database}
  ${app.say('用户', 'user')}      ${info.user}
  ${app.say('密码', 'password')}      ${info.password ?? app.say('（服务器上设置的密码）', '(as set on the server)')}
${app.say('按 Ctrl-C 结束', 'Ctrl-C ends')}
`,
        );
        await untilStopped();
        return EXIT.done;
      } finally {
        hold.close();
      }
    },
  };
}
