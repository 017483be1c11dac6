import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { compileFunction } from 'node:vm';

import ts from 'typescript';

import * as schemas from '../../../schemas/index.js';

const ROOT = join(import.meta.dirname, '../../..');

/** One small change to the source of an engine. */
export interface Mutation {
  /** From the root: `reports/analyses/funnel/search.ts`. */
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

/**
 * The exports of `entry` with one mutation somewhere below it: the sources are read, changed, transpiled and run,
 * so that what is tested is the engine as it stands but for the change.
 */
export function loadMutant(entry: string, mutation: Mutation): unknown {
  const loaded = new Map<string, object>();
  let changed = 0;

  function load(file: string): object {
    const known = loaded.get(file);
    if (known !== undefined) return known;
    const exported = {};
    loaded.set(file, exported);
    let source = readFileSync(join(ROOT, file), 'utf8');
    if (file === mutation.file) {
      if (source.split(mutation.from).length !== 2)
        throw new Error(`'${mutation.from}' is not once in ${file}`);
      source = source.replace(mutation.from, () => mutation.to);
      changed += 1;
    }
    const { outputText } = ts.transpileModule(source, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const require = (specifier: string): object => {
      const target = relative(ROOT, resolve(ROOT, dirname(file), specifier)).replace(/\.js$/, '.ts');
      return target === 'schemas/index.ts' ? schemas : load(target);
    };
    compileFunction(outputText, ['require', 'exports']).call(undefined, require, exported);
    return exported;
  }

  const exports = load(entry);
  if (changed !== 1) throw new Error(`${mutation.file} is not below ${entry}`);
  return exports;
}

/** Whether a property that holds of the engine fails of the mutant; an exception is a failure too. */
export function isCaught(property: () => boolean): boolean {
  try {
    return !property();
  } catch {
    return true;
  }
}
