import { configDefaults, defineConfig } from 'vitest/config';
import { LONG } from './test/long-form.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(LONG ? [] : ['test/**/*.night.test.ts'])],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Much of a run is waiting for programs that start and for disks: three keep two cores busy.
    maxWorkers: 3,
  },
});
