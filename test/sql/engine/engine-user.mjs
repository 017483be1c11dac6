// A wxlive process for the engine's tests: `node engine-user.mjs <what> <dataDir> [argument]`, run from dist/.
import { z } from 'zod';
import { acquireLoaderLease, openWarehouse, typedByUser } from '../../../dist/sql/index.js';

const [, , what, dataDir, argument = ''] = process.argv;
const say = (line) => process.stdout.write(`${line}\n`);
const warnings = [];
const logger = {
  debug() {},
  info() {},
  warn: (message) => warnings.push(message),
  error() {},
};
const open = () => openWarehouse({ dataDir, reportZone: 'Asia/Shanghai', logger });
const row = z.object({ answer: z.coerce.string() });

try {
  if (what === 'hold') {
    await open();
    say('ready');
    await new Promise((resolve) => process.stdin.on('end', resolve).resume());
    process.exit(0);
  } else if (what === 'query') {
    const warehouse = await open();
    const rows = await warehouse.query(typedByUser(argument), row);
    say(`answer ${rows[0]?.answer}`);
    await warehouse.close();
  } else if (what === 'busy') {
    const warehouse = await open();
    say('ready');
    await warehouse.query(
      typedByUser('SELECT sum(sleepEachRow(0.5)) AS answer FROM numbers(60) SETTINGS max_block_size = 1'),
      row,
    );
  } else if (what === 'insert') {
    // Inserts rows one by one for ever and tells which were acknowledged.
    const warehouse = await open();
    for (let n = Number(argument); ; n += 1) {
      await warehouse.insert({
        table: 'wxlive_store.acknowledged',
        columns: ['n'],
        format: 'JSONEachRow',
        body: Buffer.from(`{"n":${n}}\n`),
      });
      say(`stored ${n}`);
    }
  } else if (what === 'lease') {
    const lease = await acquireLoaderLease(dataDir, { waitMs: Number(argument) });
    say(`lease ${lease.epoch}`);
    await new Promise((resolve) => process.stdin.on('end', resolve).resume());
    lease.release();
  } else {
    throw new Error(`unknown: ${what}`);
  }
} catch (error) {
  say(`failed ${error?.reason ?? error?.code ?? ''} ${error?.message}`);
  process.exitCode = 1;
}
