import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readSqlFolder, renderStatements } from '../../sql/render.js';
import { runStatements } from '../../sql/run-statements.js';
import { typedByUser, type SqlText } from '../../sql/index.js';
import { seededRandom } from '../seeded-random.js';

/** Runs them with pauses of any length; what began and ended, in order. */
async function recorded(texts: readonly string[], failing = ''): Promise<readonly string[]> {
  const random = seededRandom(texts.length);
  const happened: string[] = [];
  const statements = texts.map(typedByUser);
  const run = async (sql: SqlText): Promise<void> => {
    const statement = texts[statements.indexOf(sql)] ?? '';
    happened.push(`begin ${statement}`);
    await sleep(random.below(8));
    if (statement === failing) throw new Error(`refused: ${statement}`);
    happened.push(`end ${statement}`);
  };
  const outcome = runStatements(statements, run);
  if (failing === '') await outcome;
  else await expect(outcome).rejects.toThrow(`refused: ${failing}`);
  return happened;
}

const TABLE = 'CREATE TABLE IF NOT EXISTS d.a (n UInt8)';
const OTHER = 'CREATE TABLE IF NOT EXISTS d.a_b (n UInt8)';
const VIEW = '-- one row\nCREATE OR REPLACE VIEW d.v AS SELECT * FROM d.a';
const ALTER = 'ALTER TABLE d.a ADD COLUMN IF NOT EXISTS m UInt8';
const FILL = 'INSERT INTO d.a SELECT 1';

describe('statements that make tables and views', () => {
  it('begin after those they name, and do not wait for others', async () => {
    const happened = await recorded([TABLE, OTHER, VIEW, ALTER]);
    const at = (text: string): number => happened.indexOf(text);
    for (const later of [VIEW, ALTER]) {
      expect(at(`begin ${later}`)).toBeGreaterThan(at(`end ${TABLE}`));
    }
    expect(at(`begin ${OTHER}`)).toBeLessThan(at(`end ${TABLE}`));
  });

  it('wait for one of another kind, which waits for all before it', async () => {
    const happened = await recorded([TABLE, OTHER, FILL, VIEW]);
    const at = (text: string): number => happened.indexOf(text);
    expect(at(`begin ${FILL}`)).toBeGreaterThan(Math.max(at(`end ${TABLE}`), at(`end ${OTHER}`)));
    expect(at(`begin ${VIEW}`)).toBeGreaterThan(at(`end ${FILL}`));
  });

  it('do not begin when what they name failed, and say that one', async () => {
    const happened = await recorded([TABLE, OTHER, VIEW], TABLE);
    expect(happened).not.toContain(`begin ${VIEW}`);
    expect(happened).toContain(`end ${OTHER}`);
  });

  it('of this version each find what they name', async () => {
    const settings = { reportZone: 'Asia/Shanghai', channelGroups: {} };
    const texts = (['migrations', 'views'] as const)
      .flatMap((folder) => readSqlFolder(folder))
      .flatMap((file) => renderStatements(file, settings));
    const made = texts.map(
      (text) => /^(?:CREATE|ALTER|DROP)[A-Z ]+ (wxlive\w*\.\w+)/mu.exec(text)?.[1] ?? '',
    );
    expect(made).not.toContain('');
    const happened = await recorded(texts);
    for (const [later, text] of texts.entries()) {
      for (const [earlier, name] of made.slice(0, later).entries()) {
        const word = text.replaceAll(/--.*$/gmu, '').split(/[^\w.]+/u);
        if (!word.includes(name)) continue;
        const ended = happened.indexOf(`end ${texts[earlier] ?? ''}`);
        expect(happened.indexOf(`begin ${text}`), `${made[later] ?? ''} after ${name}`).toBeGreaterThan(
          ended,
        );
      }
    }
  });
});
