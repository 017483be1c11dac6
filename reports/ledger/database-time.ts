/** An instant (UTC ms) as a DateTime64(3, 'UTC') of a row that is inserted as JSON. */
export function databaseTime(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
