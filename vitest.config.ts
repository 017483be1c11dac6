import { configDefaults, defineConfig } from 'vitest/config';
import { LONG } from './test/long-form.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...(LONG ? [] : ['test/**/*.night.test.ts'])],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Files of one process share what they import: a tenth of a run was reading the same modules again.
    isolate: false,
    // Much of a run is waiting for programs that start and for disks: three keep two cores busy.
    maxWorkers: 3,
  },
});
