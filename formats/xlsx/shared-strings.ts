import { textElement } from './write-text.js';

/** Beyond these the text of a cell stands in the cell itself: a long detail sheet must not fill the memory. */
const MAX_STRINGS = 20_000;
const MAX_CHARACTERS = 2_000_000;

/** The table of texts that many cells share. */
export class SharedStrings {
  readonly #indexes = new Map<string, number>();
  #characters = 0;

  /** The place of the text in the table, or null when the table is full and does not hold it. */
  indexOf(text: string): number | null {
    const known = this.#indexes.get(text);
    if (known !== undefined) return known;
    if (this.#indexes.size >= MAX_STRINGS || this.#characters + text.length > MAX_CHARACTERS) return null;
    const index = this.#indexes.size;
    this.#indexes.set(text, index);
    this.#characters += text.length;
    return index;
  }

  /** `xl/sharedStrings.xml`. */
  xml(): string {
    const items = [...this.#indexes.keys()].map((text) => `<si>${textElement(text)}</si>`);
    return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" uniqueCount="${String(items.length)}">${items.join('')}</sst>`;
  }
}
