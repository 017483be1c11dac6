import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { ClaimLost, type Shipment } from '../../../reports/delivery/channel.js';
import type { FrozenFile } from '../../../reports/ledger/outbox.js';
import type { RecipientDefinition } from '../../../schemas/index.js';
import { tinyDefinition } from '../schedule/tiny-report.js';

export interface TestShipment {
  readonly shipment: Shipment;
  /** Steps that were claimed, in order. */
  readonly claims: number[];
}

/** A delivery of files with given bytes. */
export function shipmentOf(
  files: readonly { readonly name: string; readonly bytes: Buffer }[],
  more: {
    readonly recipient?: Partial<RecipientDefinition>;
    readonly delivery?: Readonly<Record<string, unknown>>;
    readonly step?: number;
    /** Another scheduler has it. */
    readonly lost?: boolean;
  } = {},
): TestShipment {
  const claims: number[] = [];
  const contents = new Map<string, Buffer>();
  const frozen = files.map(({ name, bytes }): FrozenFile => {
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    contents.set(sha256, bytes);
    return { name, format: name.endsWith('.pdf') ? 'pdf' : 'xlsx', bytes: bytes.length, sha256 };
  });
  const recipient: RecipientDefinition = {
    name: '张经理',
    channels: ['folder'],
    email: 'zhang@example.com',
    password: { env: 'X' },
    ...more.recipient,
  };
  return {
    claims,
    shipment: {
      key: { report: 'tiny', scheduledAt: 0, issue: 0, recipient: recipient.name, channel: 'smtp' },
      definition: tinyDefinition({ delivery: more.delivery ?? {} }),
      recipient,
      frozen: {
        recipient: recipient.name,
        language: 'zh',
        timeZone: 'Asia/Shanghai',
        title: '直播日报',
        period: '2026-11-11（周三）',
        state: 'provisional',
        dataAsOf: Date.UTC(2026, 10, 12),
        issue: 1,
        moved: 3,
        files: frozen,
        frozenAt: Date.UTC(2026, 10, 12, 1),
      },
      messageId: '<0123456789abcdef@example.com>',
      step: more.step ?? 0,
      read: (file) => Readable.from([contents.get(file.sha256) ?? Buffer.alloc(0)]),
      claim: (step) => {
        if (more.lost === true) return Promise.reject(new ClaimLost());
        claims.push(step);
        return Promise.resolve();
      },
    },
  };
}
