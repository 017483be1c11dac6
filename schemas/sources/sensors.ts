import { z } from 'zod';

/** Records of Sensors Analytics as SDKs send them and log files hold them, one JSON each (DOMAIN §2.5). */
const identitiesSchema = z
  .record(z.string(), z.unknown())
  .describe('$identity_mp_openid, $identity_mp_<appid>_openid, $identity_mp_unionid, $identity_login_id, …');

const commonSchema = z.looseObject({
  distinct_id: z.union([z.string(), z.number()]).optional().describe('openid, login id or device, by set-up'),
  anonymous_id: z.string().optional(),
  login_id: z.union([z.string(), z.number()]).optional(),
  identities: identitiesSchema.optional(),
  time: z.union([z.number(), z.string()]).describe('milliseconds of the client’s clock'),
  _flush_time: z.number().optional().describe('the same clock when it was sent'),
  _track_id: z.number().optional().describe('not unique'),
  lib: z.record(z.string(), z.unknown()).optional(),
  project: z.string().optional(),
});

/** The only records that are events. */
export const sensorsTrackSchema = commonSchema.extend({
  type: z.enum(['track', 'track_signup', 'track_id_bind', 'track_id_unbind']),
  event: z.string().describe('at most 100 characters; $… is a preset'),
  properties: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), z.null()]))
    .optional(),
});

/** They tell who is who, and nothing that is kept. */
export const sensorsProfileSchema = commonSchema.extend({
  type: z.enum([
    'profile_set',
    'profile_set_once',
    'profile_append',
    'profile_increment',
    'profile_unset',
    'profile_delete',
  ]),
});

/** About goods, not people: no row at all. */
export const sensorsItemSchema = z.looseObject({
  type: z.enum(['item_set', 'item_delete']),
  item_type: z.string(),
  item_id: z.string(),
});

export const sensorsRecordSchema = z.union([sensorsTrackSchema, sensorsProfileSchema, sensorsItemSchema]);
export type SensorsRecord = z.infer<typeof sensorsRecordSchema>;
