import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { runIsolated, type IsolatedTask } from '../../formats/isolated.js';
import { builtFile } from '../../formats/package-root.js';
import { failureOf } from './failure-of.js';

const reader = new URL('../fixtures/isolated/odd-reader.mjs', import.meta.url);
const task = (path: string, more: Partial<IsolatedTask> = {}): IsolatedTask => ({
  reader,
  path,
  passwords: [],
  ...more,
});

function childPid(scheme: string | undefined): number {
  return Number(scheme?.split(':')[0]);
}

function isAlive(pid: number): boolean {
  try {
    // One that has ended but not been collected by its new parent is a zombie.
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('runIsolated', () => {
  it('hands over every row in order, whatever the pace of the consumer', async () => {
    const run = await runIsolated(task('rows:60'));
    const rows: number[] = [];
    for await (const chunk of run.chunks()) {
      expect(chunk.table).toBe('rows');
      for (const row of chunk.rows) {
        expect(row.cells).toEqual([row.row, `text ${row.row}`, null, true, '观看']);
        rows.push(row.row);
      }
      if (rows.length % 20 === 0) await pause(15);
    }
    expect(rows).toEqual(Array.from({ length: 60 }, (_, at) => at + 1));
    expect(run.consumed()).toBe(60);
  });

  it('does not let a child run ahead of its consumer', async () => {
    const run = await runIsolated(task('rows:1000'));
    await pause(100);
    expect(run.consumed()).toBeLessThan(20);
    await run.close();
  });

  it('uses a warm child again after a run and after a refusal, but not after a reader fell over', async () => {
    const first = await runIsolated(task('nothing'));
    for await (const chunk of first.chunks()) expect(chunk).toBeUndefined();
    const second = await runIsolated(task('nothing'));
    expect(childPid(second.header.encrypted?.scheme)).toBe(childPid(first.header.encrypted?.scheme));
    for await (const chunk of second.chunks()) expect(chunk).toBeUndefined();
    await failureOf(runIsolated(task('throw')));
    const third = await runIsolated(task('nothing'));
    expect(childPid(third.header.encrypted?.scheme)).not.toBe(childPid(first.header.encrypted?.scheme));
    await third.close();
  });

  it('passes passwords over the channel, never as arguments', async () => {
    const run = await runIsolated(task('nothing', { passwords: ['one', 'two'] }));
    expect(run.header.encrypted?.scheme).toBe(`${childPid(run.header.encrypted?.scheme)}:${process.pid}:2`);
    await run.close();
  });

  it('ends a reader that loops or never answers, before and after the header', async () => {
    const limits = { openMilliseconds: 300, quietMilliseconds: 300 };
    for (const path of ['spin', 'hang']) {
      expect((await failureOf(runIsolated(task(path, { limits })))).code).toBe('too_large');
    }
    const run = await runIsolated(task('spin-later', { limits: { quietMilliseconds: 300 } }));
    const reading = (async () => {
      for await (const chunk of run.chunks()) expect(chunk).toBeUndefined();
    })();
    expect((await failureOf(reading)).code).toBe('too_large');
    await expect.poll(() => isAlive(childPid(run.header.encrypted?.scheme))).toBe(false);
  });

  it('ends a reader that takes too much memory, on the heap or beside it', async () => {
    const limits = { memoryMebibytes: 200 };
    expect((await failureOf(runIsolated(task('buffers', { limits })))).code).toBe('too_large');
    expect((await failureOf(runIsolated(task('heap', { limits })))).code).toBe('too_large');
  });

  it('turns a reader that falls over into one failure that quotes nothing of the file', async () => {
    for (const path of ['throw', 'reject', 'exit', 'crash']) {
      const failure = await failureOf(runIsolated(task(path)));
      expect(failure.code).toBe('damaged');
      expect(failure.detail).not.toContain('secret');
    }
  });

  it('stops on a signal and when the loop over its rows is left', async () => {
    const abort = new AbortController();
    const opening = runIsolated(task('hang', { signal: abort.signal }));
    abort.abort(new Error('stopped by the test'));
    await expect(opening).rejects.toThrow('stopped by the test');

    const run = await runIsolated(task('rows:100000'));
    for await (const chunk of run.chunks()) {
      expect(chunk.rows).toHaveLength(1);
      break;
    }
    await expect.poll(() => isAlive(childPid(run.header.encrypted?.scheme))).toBe(false);
  });

  it('leaves no orphan when its parent is killed, even one that loops', async () => {
    const script = `
      import { runIsolated } from ${JSON.stringify(builtFile('formats/isolated.js').href)};
      const run = await runIsolated({ reader: new URL(${JSON.stringify(reader.href)}), path: 'spin-later', passwords: [] });
      console.log(run.header.encrypted.scheme);
      for await (const chunk of run.chunks()) void chunk;`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script]);
    const [line] = (
      await new Promise<string>((resolve) => {
        parent.stdout.once('data', (data: Buffer) => {
          resolve(data.toString());
        });
      })
    ).split('\n');
    const pid = childPid(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });

  it('does not keep a process alive that is done', async () => {
    const script = `
      import { runIsolated } from ${JSON.stringify(builtFile('formats/isolated.js').href)};
      const run = await runIsolated({ reader: new URL(${JSON.stringify(reader.href)}), path: 'rows:5', passwords: [] });
      for await (const chunk of run.chunks()) void chunk;`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    const code = await new Promise((resolve) => parent.once('exit', resolve));
    expect(code).toBe(0);
  });
});
