import { z } from 'zod';

/** Every input adapter by its public name (PRODUCT §3). */
export const ADAPTERS = [
  'events',
  'sensors',
  'growingio',
  'wedata',
  'miniprogram-rooms',
  'minutes',
  'css-callback',
  'wecom-watch',
  'wecom-live',
  'wecom-signin',
  'employees',
  'orders',
  'links',
  'violations',
  'costs',
  'targets',
] as const;
export const adapterSchema = z.enum(ADAPTERS);
export type AdapterName = z.infer<typeof adapterSchema>;
