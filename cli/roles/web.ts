import type { Role } from './role.js';

/** Answers questions: the analyses over HTTP. Health and metrics belong to every process. */
export const webRole: Role = {
  name: 'web',
  async start({ app }) {
    const warehouse = await app.warehouse();
    return {
      async ready() {
        try {
          await warehouse.ping();
          return null;
        } catch {
          return 'warehouse_unreachable';
        }
      },
      stop: () => Promise.resolve(),
    };
  },
};
