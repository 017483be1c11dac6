import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  COMPOSE_PASSWORDS,
  startComposeClickHouse,
  type ComposeClickHouse,
} from '../servers/compose-clickhouse.js';

/** docker/clickhouse/users.d/wxlive.xml on a real engine. */
let engine: ComposeClickHouse;

beforeAll(async () => {
  engine = await startComposeClickHouse();
  for (const statement of [
    'CREATE DATABASE wxlive',
    'CREATE DATABASE wxlive_store',
    'CREATE TABLE wxlive_store.facts (n UInt8) ENGINE = MergeTree ORDER BY n',
    'CREATE VIEW wxlive.facts DEFINER = wxlive SQL SECURITY DEFINER AS SELECT * FROM wxlive_store.facts',
    'INSERT INTO wxlive_store.facts VALUES (1), (2)',
  ]) {
    expect(await ask('wxlive', statement), statement).toMatchObject({ ok: true });
  }
});
afterAll(async () => {
  await engine.stop();
});

async function ask(
  user: keyof typeof COMPOSE_PASSWORDS,
  statement: string,
  password: string = COMPOSE_PASSWORDS[user],
): Promise<{ ok: boolean; text: string }> {
  const answer = await fetch(engine.url, {
    method: 'POST',
    body: statement,
    headers: { 'x-clickhouse-user': user, 'x-clickhouse-key': password },
  });
  return { ok: answer.ok, text: (await answer.text()).trim() };
}

it('the owner owns, the analyst reads the public views and no more, a wrong password gets nothing', async () => {
  expect(await ask('analyst', 'SELECT sum(n) FROM wxlive.facts')).toEqual({ ok: true, text: '3' });
  expect(await ask('analyst', 'SELECT timezone()')).toEqual({ ok: true, text: 'Asia/Shanghai' });
  for (const statement of [
    'SELECT * FROM wxlive_store.facts',
    'INSERT INTO wxlive_store.facts VALUES (3)',
    'DROP VIEW wxlive.facts',
    'CREATE TABLE wxlive.t (n UInt8) ENGINE = Memory',
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'n UInt8')",
    'SELECT * FROM wxlive.facts SETTINGS readonly = 0',
    'SELECT * FROM wxlive.facts SETTINGS max_memory_usage = 0',
    'SELECT * FROM wxlive.facts SETTINGS max_execution_time = 301',
  ]) {
    expect((await ask('analyst', statement)).ok, statement).toBe(false);
  }
  for (const user of ['wxlive', 'analyst'] as const) {
    expect((await ask(user, 'SELECT 1', 'wrong')).ok).toBe(false);
    expect((await ask(user, 'SELECT 1', '')).ok).toBe(false);
  }
});

it('the analyst has a quota, and queries under it are counted', async () => {
  const { text } = await ask(
    'analyst',
    'SELECT quota_name, max_queries, max_read_rows, queries > 0 FROM system.quota_usage FORMAT TSV',
  );
  expect(text).toBe('analyst\t20000\t500000000000\t1');
});
