import { execFileSync, spawnSync } from 'node:child_process';

const warned = new Set<string>();

function missing(what: string): boolean {
  // where tests must be complete, a missing tool is a failure and no skip
  if (process.env['CI'] === 'true') throw new Error(`the tests need ${what}, which is not installed`);
  if (!warned.has(what)) {
    warned.add(what);
    console.warn(`SKIPPED: ${what} is not installed, so the tests that need it did not run`);
  }
  return true;
}

/** Whether a program is missing; says so loudly once, and fails with CI=true. */
export function lacksProgram(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0 ? false : missing(program);
}

/** The same for a module of Python. */
export function lacksPython(module: string): boolean {
  return spawnSync('python3', ['-c', `import ${module}`]).status === 0
    ? false
    : missing(`python3 with ${module}`);
}

/** Runs a Python program that prints one JSON document. */
export function runPython(program: string, ...args: readonly string[]): unknown {
  const output = execFileSync('python3', ['-c', program, ...args], { maxBuffer: 1 << 28, encoding: 'utf8' });
  return JSON.parse(output) as unknown;
}
