import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ClaimLost } from '../../../reports/delivery/channel.js';
import { folderChannel } from '../../../reports/delivery/folder.js';
import { shipmentOf } from './shipment.js';

const NAME = '直播日报_2026-11-11_张经理.xlsx';
const BYTES = randomBytes(700_000);

describe('a folder, judged by what lies in it', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'wxlive-folder-'));
    folder = join(root, 'new', 'folder');
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const sending = (bytes = BYTES, lost = false) =>
    shipmentOf([{ name: NAME, bytes }], { delivery: { folder: { path: folder } }, lost });
  const channel = folderChannel();

  it('makes the folder and puts the file there whole, for its owner alone, claimed before', async () => {
    const { shipment, claims } = sending();
    expect(await channel.send(shipment)).toEqual({ kind: 'delivered', detail: NAME });
    expect(claims).toEqual([0]);
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(readFileSync(join(folder, NAME)).equals(BYTES)).toBe(true);
    expect(statSync(join(folder, NAME)).mode & 0o777).toBe(0o600);
  });

  it('changes nothing the second time, and leaves another file of the name alone', async () => {
    await channel.send(sending().shipment);
    const { ino } = statSync(join(folder, NAME));
    expect(await channel.send(sending().shipment)).toMatchObject({ kind: 'delivered' });
    expect(statSync(join(folder, NAME)).ino).toBe(ino);
    const other = randomBytes(50);
    await channel.send(sending(other).shipment);
    const hash = createHash('sha256').update(other).digest('hex').slice(0, 12);
    expect(readdirSync(folder).sort()).toEqual([NAME, NAME.replace('.xlsx', `_${hash}.xlsx`)].sort());
    expect(readFileSync(join(folder, NAME)).equals(BYTES)).toBe(true);
  });

  it('never shows a half-written file under its name, and takes up after a break', async () => {
    const { shipment } = sending();
    const seen: boolean[] = [];
    const breaking = {
      ...shipment,
      read: () =>
        Readable.from(
          (function* () {
            yield BYTES.subarray(0, 300_000);
            seen.push(existsSync(join(folder, NAME)));
            throw new Error('the disk is gone');
          })(),
        ),
    };
    expect(await channel.send(breaking)).toMatchObject({ kind: 'later' });
    expect(seen).toEqual([false]);
    expect(readdirSync(folder)).toEqual([]);
    // what a killed process leaves is overwritten
    const [file] = shipment.frozen.files;
    writeFileSync(join(folder, `.${(file?.sha256 ?? '').slice(0, 24)}.part`), BYTES.subarray(0, 1_000));
    expect(await channel.send(shipment)).toMatchObject({ kind: 'delivered' });
    expect(readdirSync(folder)).toEqual([NAME]);
    expect(readFileSync(join(folder, NAME)).equals(BYTES)).toBe(true);
  });

  it('writes nothing when another scheduler has the delivery', async () => {
    await expect(channel.send(sending(BYTES, true).shipment)).rejects.toBeInstanceOf(ClaimLost);
    expect(existsSync(folder)).toBe(false);
  });

  it('waits for a folder that cannot be written, and says so without a path of a person', async () => {
    writeFileSync(join(root, 'new'), 'a file where a folder should be');
    expect(await channel.send(sending().shipment)).toEqual({
      kind: 'later',
      detail: expect.stringMatching(/^the folder cannot be written \((ENOTDIR|EEXIST)\)$/) as string,
    });
    chmodSync(root, 0o700);
    expect((await channel.send(shipmentOf([{ name: NAME, bytes: BYTES }]).shipment)).kind).toBe('refused');
  });
});
