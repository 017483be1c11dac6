import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Much of a run is waiting for programs that start and for disks: three keep two cores busy.
    maxWorkers: 3,
  },
});
