/** In order of preference when nothing else decides. */
const DELIMITERS = [',', '\t', ';', '|'] as const;

/** Lines looked at. */
const SAMPLE = 100;

/** A quoted cell, whichever delimiter stands around it: what is inside says nothing. */
const QUOTED = /(^|[,\t;|\r\n])"(?:[^"]|"")*"(?=[,\t;|\r\n]|$)/g;

/**
 * The delimiter under which most lines of the head have the same number (two or more) of cells; on a tie the one that
 * gives more cells. A text without any is read as one column of comma-separated values.
 * @param complete whether `head` is the whole text; otherwise its last line may be cut and is ignored.
 */
export function detectDelimiter(head: string, complete: boolean): string {
  const lines = head.replace(QUOTED, '$1').split(/\r\n|\n|\r/);
  if (!complete) lines.pop();
  const sample = lines.filter((line) => line.trim() !== '').slice(0, SAMPLE);
  let best: { delimiter: string; lines: number; cells: number } = { delimiter: ',', lines: 0, cells: 1 };
  for (const delimiter of DELIMITERS) {
    const counts = new Map<number, number>();
    for (const line of sample) {
      const cells = line.split(delimiter).length;
      if (cells > 1) counts.set(cells, (counts.get(cells) ?? 0) + 1);
    }
    for (const [cells, count] of counts) {
      if (count > best.lines || (count === best.lines && cells > best.cells)) {
        best = { delimiter, lines: count, cells };
      }
    }
  }
  return best.delimiter;
}
