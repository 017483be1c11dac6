import { readSecret } from '../settings-file.js';
import type { Role } from './role.js';

const SPEC_BYTES = 4 * 1024 * 1024;

/** Answers questions: the analyses over HTTP. Health and metrics belong to every process. */
export const webRole: Role = {
  name: 'web',
  async start({ app, metrics }) {
    const { ApiKeys } = await import('../../pipelines/index.js');
    const { analysesRoute, BodyReader, measureWatermarks } = await import('../../web/index.js');
    const warehouse = await app.warehouse();
    measureWatermarks(metrics, warehouse);
    const bodies = new BodyReader({
      bodyBytes: SPEC_BYTES,
      inflatedBytes: SPEC_BYTES,
      allBytes: 16 * SPEC_BYTES,
    });
    return {
      routes: [
        analysesRoute({
          warehouse,
          readKeys: ApiKeys.parse(readSecret('WXLIVE_READ_KEYS', app.environment)),
          bodies,
          timeZone: app.settings.report_time_zone,
          language: app.language,
        }),
      ],
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
