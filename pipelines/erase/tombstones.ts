import { createHash } from 'node:crypto';
import { z } from 'zod';
import { loadSql, type Warehouse } from '../../sql/index.js';

const tombstoneRow = z.object({ hash: z.string(), through: z.coerce.number() });

/** What is left of erased people: hashes that tell their records when they come again. Holds no pseudonym. */
export class Tombstones {
  private constructor(private readonly throughByHash: ReadonlyMap<string, number>) {}

  /** All tombstones of the warehouse. */
  static async read(warehouse: Warehouse): Promise<Tombstones> {
    const rows = await warehouse.query(loadSql('erase/tombstones'), tombstoneRow);
    return new Tombstones(new Map(rows.map(({ hash, through }) => [hash, through])));
  }

  get none(): boolean {
    return this.throughByHash.size === 0;
  }

  /** Until when records of a pseudonym are dropped, UTC ms; undefined when nobody of it was erased. */
  throughOfViewer(viewer: string): number | undefined {
    return this.throughByHash.get(tombstoneOf(viewer));
  }

  /** Whether an order was erased with its buyer. */
  hasOrder(account: string, orderId: string): boolean {
    return this.throughByHash.has(hashOf(['order', account, orderId]));
  }

  /** Whether the sign-ins of a name within a live were erased. */
  hasSignIn(account: string, liveId: string, nameKey: string): boolean {
    return this.throughByHash.has(hashOf(['sign_in', account, liveId, nameKey]));
  }
}

/** The tombstone of a pseudonym: SHA-256 in hex, as sql/queries/erase/bury-viewers.sql makes it. */
export function tombstoneOf(viewer: string): string {
  return hashOf(['viewer', viewer]);
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}
