/** What a text file may ask of us before it is refused; every cap is in bytes or counts and can be lowered in tests. */
export interface TextLimits {
  /** One physical line of NDJSON or CSV, one element of a JSON array, one CSV record. The whole file has no cap. */
  readonly lineBytes: number;
  /** One JSON document: it is parsed as a whole. */
  readonly documentBytes: number;
  /** Cells of one CSV row. */
  readonly columns: number;
  /** Bytes read at a time; never more than `lineBytes`. */
  readonly blockBytes: number;
}

export const DEFAULT_TEXT_LIMITS: TextLimits = {
  lineBytes: 64 * 1024 * 1024,
  documentBytes: 64 * 1024 * 1024,
  columns: 1_000_000,
  blockBytes: 512 * 1024,
};

/** The defaults with some of them replaced. */
export function textLimits(changes: Partial<TextLimits> = {}): TextLimits {
  const limits = { ...DEFAULT_TEXT_LIMITS, ...changes };
  return { ...limits, blockBytes: Math.max(1, Math.min(limits.blockBytes, limits.lineBytes)) };
}
