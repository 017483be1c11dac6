import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openObjectStore, type ObjectStorage } from '../../../reports/delivery/object-storage.js';
import { objectStorageChannel } from '../../../reports/delivery/object-store.js';
import { lacksPython } from '../../external-tool.js';
import { startFaultProxy } from '../../servers/fault-proxy.js';
import { startTestStorage, type TestStorage } from '../../servers/object-storage.js';
import { shipmentOf } from './shipment.js';

const DELIVERY = { s3: { prefix: 'brief/' } };
const LARGE = 21 * 1024 * 1024;

describe.skipIf(lacksPython('moto.server'))('an object storage, judged by what it gives back', () => {
  let server: TestStorage;
  let storage: ObjectStorage;

  beforeAll(async () => {
    server = await startTestStorage();
    storage = {
      endpoint: server.endpoint,
      region: 'us-east-1',
      bucket: server.bucket,
      accessKeyId: 'test',
      secretAccessKey: 'test-secret',
      pathStyle: true,
      linkSeconds: 3_600,
    };
  });
  afterAll(() => server.close());

  const keys = async (): Promise<readonly string[]> => {
    const listing = await (await fetch(`${server.endpoint}/${server.bucket}?list-type=2`)).text();
    return [...listing.matchAll(/<Key>([^<]+)<\/Key>/g)].map(([, key = '']) => key);
  };

  it('stores small and large files whole, once by name and content, and links to them', async () => {
    const store = openObjectStore(storage);
    const files = [
      { name: '直播日报_张经理.pdf', bytes: randomBytes(10_000) },
      { name: '明细.xlsx', bytes: randomBytes(LARGE) },
    ];
    const { shipment, claims } = shipmentOf(files, { delivery: DELIVERY });
    const channel = objectStorageChannel(store);
    expect(await channel.send(shipment)).toMatchObject({ kind: 'delivered' });
    expect(claims).toEqual([0]);
    const first = await keys();
    expect([...first].sort()).toEqual(['brief/明细.xlsx', 'brief/直播日报_张经理.pdf']);
    // a crash after the last byte: the same again changes nothing
    expect(await channel.send(shipment)).toMatchObject({ kind: 'delivered' });
    expect(await keys()).toEqual(first);
    // another content under the same name leaves the first one alone
    const other = shipmentOf([{ name: '明细.xlsx', bytes: randomBytes(20) }], { delivery: DELIVERY });
    expect(await channel.send(other.shipment)).toMatchObject({ kind: 'delivered' });
    expect(await keys()).toHaveLength(3);

    const [, large] = shipment.frozen.files;
    if (large === undefined) throw new Error('no file');
    const link = await store.share(shipment, large);
    const got = Buffer.from(await (await fetch(link.ok ? link.value : '')).arrayBuffer());
    expect(createHash('sha256').update(got).digest('hex')).toBe(large.sha256);
    expect(link.ok ? new URL(link.value).searchParams.get('X-Amz-Signature') : null).toMatch(
      /^[0-9a-f]{64}$/,
    );
    expect(link.ok ? link.value : '').not.toContain(storage.secretAccessKey);
    store.close();
  });

  it('waits for a storage that is down or refuses', async () => {
    for (const change of [{ endpoint: 'http://127.0.0.1:1' }, { bucket: 'nobody-made-it' }]) {
      const store = openObjectStore({ ...storage, ...change });
      const { shipment } = shipmentOf([{ name: 'a.pdf', bytes: randomBytes(100) }], { delivery: DELIVERY });
      const result = await objectStorageChannel(store).send(shipment);
      expect(result.kind).toBe('later');
      expect(JSON.stringify(result)).not.toContain(storage.secretAccessKey);
      store.close();
    }
  });

  it('sends a large file in parts, signed by version 4', async () => {
    const proxy = await startFaultProxy(server.endpoint);
    const store = openObjectStore({ ...storage, endpoint: proxy.endpoint });
    const { shipment } = shipmentOf([{ name: '大表.xlsx', bytes: randomBytes(LARGE) }], {
      delivery: DELIVERY,
    });
    expect(await objectStorageChannel(store).send(shipment)).toMatchObject({ kind: 'delivered' });
    const parts = proxy.requests.filter(({ url }) => url.includes('partNumber='));
    expect(parts).toHaveLength(3);
    for (const { authorization } of proxy.requests) expect(authorization).toMatch(/^AWS4-HMAC-SHA256 /);
    store.close();
    await proxy.close();
  });

  it.each(['slow_down', 'cut', 'slow'] as const)(
    'leaves no half object after "%s", and the whole one at last',
    async (kind) => {
      const proxy = await startFaultProxy(server.endpoint);
      const store = openObjectStore({ ...storage, endpoint: proxy.endpoint });
      const name = `${kind}.xlsx`;
      const bytes = randomBytes(LARGE);
      const { shipment } = shipmentOf([{ name, bytes }], { delivery: DELIVERY });
      const channel = objectStorageChannel(store);
      // more often than the client tries by itself
      proxy.fail(kind, kind === 'slow' ? 1 : 12);
      const first = await channel.send(shipment);
      if (kind !== 'slow') {
        expect(first.kind).toBe('later');
        expect(await keys()).not.toContain(`brief/${name}`);
        proxy.fail(kind, 0);
        expect(await channel.send(shipment)).toMatchObject({ kind: 'delivered' });
      } else expect(first).toMatchObject({ kind: 'delivered' });
      expect((await keys()).filter((key) => key.startsWith(`brief/${kind}.`))).toEqual([`brief/${name}`]);
      const [file] = shipment.frozen.files;
      if (file === undefined) throw new Error('no file');
      const link = await store.share(shipment, file);
      const got = Buffer.from(await (await fetch(link.ok ? link.value : '')).arrayBuffer());
      expect(got.equals(bytes)).toBe(true);
      store.close();
      await proxy.close();
    },
  );
});
