import { Command } from 'commander';
import { flag, textOption, type CommandDefinition } from '../command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { print, printJson } from '../output.js';
import { printRows } from '../print-rows.js';
import { runQuery } from '../run-query.js';
import { readTimeBounds } from '../time-bounds.js';

/** `wxlive orders reconcile`: what only tracking or only the orders file knows. */
export function ordersCommand(): CommandDefinition {
  const command = new Command('orders')
    .description('订单核对：只有一方知道的订单 / orders that one side alone knows')
    .argument('<action>', 'reconcile')
    .option('--from <time>', '支付或下单时间起 / paid or created from')
    .option('--to <time>', '支付或下单时间止 / paid or created before')
    .option('--account <id>', '账号 / account')
    .addHelpText('after', '\n例 / example:\n  wxlive orders reconcile --from 2026-11-11 --to 2026-11-11');
  return {
    command,
    async run(app, args, options) {
      if (args[0] !== 'reconcile') {
        throw new UsageError(app.say('用法：wxlive orders reconcile', 'usage: wxlive orders reconcile'));
      }
      const { from, to } = await readTimeBounds(app, options);
      const rows = await runQuery(app, 'operate/reconcile-orders', {
        account: textOption(options, 'account') ?? '',
        from_ms: from ?? 0,
        to_ms: to ?? END_OF_TIME_MS,
      });
      if (flag(options, 'json')) {
        const orders = rows.map((row) => ({ order_id: row['order_id'], told_by: row['told_by'] }));
        await printJson({ orders });
        return EXIT.done;
      }
      const told = (side: string): number => rows.filter((row) => row['told_by'] === side).length;
      const shown = rows.map((row) => ({
        ...row,
        side:
          row['told_by'] === 'file' ? app.say('仅订单文件', 'file only') : app.say('仅埋点', 'tracking only'),
        yuan: row['amount_fen'] === null ? null : (Number(row['amount_fen']) / 100).toFixed(2),
        time: row['at'] === null ? null : String(row['at']).slice(0, 16),
      }));
      await printRows(app, options, 'orders', shown, [
        { key: 'side', label: app.say('来源', 'told by') },
        { key: 'order_id', label: app.say('订单号', 'order') },
        { key: 'time', label: app.say('时间', 'time') },
        { key: 'yuan', label: app.say('金额（元）', 'yuan') },
        { key: 'status', label: app.say('状态', 'status') },
        { key: 'room_id', label: app.say('直播间', 'room') },
      ]);
      await print(
        app.say(
          `仅订单文件 ${told('file')} 单，仅埋点 ${told('tracking')} 单\n`,
          `${told('file')} known to the file alone, ${told('tracking')} to tracking alone\n`,
        ),
      );
      return EXIT.done;
    },
  };
}

/** Later than any order. */
const END_OF_TIME_MS = 9_000_000_000_000;
