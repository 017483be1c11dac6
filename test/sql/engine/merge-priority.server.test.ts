import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWarehouse, typedByUser, type Warehouse } from '../../../sql/index.js';
import { readAddress } from '../../../sql/engine/address.js';
import { engineFolder } from '../../../sql/engine/folder.js';
import { buildChildOnce, engineEnded, makeDataDir } from '../../servers/clickhouse.js';

/** Where the niceness stands among the fields of /proc/…/stat that follow the name. */
const NICE = 16;

describe.skipIf(process.platform !== 'linux')('priority of merges', () => {
  const dataDir = makeDataDir();
  let warehouse: Warehouse;
  beforeAll(async () => {
    buildChildOnce();
    warehouse = await openWarehouse({ dataDir, reportZone: 'Asia/Shanghai' });
    await warehouse.command(typedByUser('CREATE TABLE merged (id UInt8) ENGINE = MergeTree ORDER BY id'));
  });
  afterAll(async () => {
    await warehouse.close();
    await engineEnded(dataDir);
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('is below that of statements', async () => {
    const threads = `/proc/${readAddress(engineFolder(dataDir))?.processId ?? 0}/task`;
    const niceness = (merging: boolean): readonly number[] =>
      readdirSync(threads)
        .filter((id) => readFileSync(`${threads}/${id}/comm`, 'utf8').startsWith('HTTPHandler') !== merging)
        .filter((id) => /^(MergeMutate|HTTPHandler)/.test(readFileSync(`${threads}/${id}/comm`, 'utf8')))
        .map((id) => Number(readFileSync(`${threads}/${id}/stat`, 'utf8').split(') ')[1]?.split(' ')[NICE]));
    await expect.poll(() => niceness(true), { timeout: 15_000 }).toEqual([10, 10]);
    expect(new Set(niceness(false))).toEqual(new Set([0]));
  });
});
