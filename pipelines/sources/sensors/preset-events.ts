/** Presets of Sensors Analytics under their canonical names (PRODUCT §3); `$MPShare` is one only with a room. */
const PRESETS: ReadonlyMap<string, string> = new Map([
  ['$MPLaunch', 'mini_launch'],
  ['$MPShow', 'mini_show'],
  ['$MPHide', 'mini_hide'],
  ['$MPViewScreen', 'page_view'],
  ['$MPPageLeave', 'page_leave'],
]);

/** The canonical name of a Sensors event; other names stay. */
export function presetName(event: string, roomId: string): string {
  if (event === '$MPShare') return roomId === '' ? event : 'live_share';
  return PRESETS.get(event) ?? event;
}

/** Texts that the SDK writes where it has no value. */
const SENTINELS: ReadonlySet<string> = new Set(['未取到值', '取值异常', '直接打开', '']);

/** A text of the SDK, '' when it says that there is none. */
export function sensorsText(value: unknown): string {
  return typeof value === 'string' && !SENTINELS.has(value.trim()) ? value : '';
}

export function isSentinel(value: unknown): boolean {
  return typeof value === 'string' && SENTINELS.has(value.trim());
}

/** Whether the SDK says by a property that it has no value for it; `-1` is the depth of what nobody shared. */
export function isAbsent(name: string, value: unknown): boolean {
  if (value === '-1' || value === -1) return name.endsWith('share_depth');
  return isSentinel(value);
}
