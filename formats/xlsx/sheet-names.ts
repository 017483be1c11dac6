/** Names a workbook accepts for its sheets. */

const MAX_CHARACTERS = 31;

/** A legal name close to the wanted one: at most 31 units, none of `: \ / ? * [ ]`, no outer apostrophe. */
function legalName(wanted: string): string {
  const clean = wanted
    .replaceAll(/\p{Cs}/gu, '\ufffd')
    .replaceAll(/[:\\/?*[\]\p{Cc}\ufffe\uffff]/gu, '-')
    .trim();
  const name = cut(clean, MAX_CHARACTERS).replaceAll(/^'+|'+$/g, '');
  // spreadsheets keep the name History to themselves
  return name === '' ? 'Sheet' : /^history$/i.test(name) ? `${name}_` : name;
}

function cut(text: string, units: number): string {
  const kept = text.slice(0, units);
  return /[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept;
}

/** Hands out legal names, each once: spreadsheets compare them without case. */
export class SheetNames {
  readonly #taken = new Set<string>();

  /** The wanted name, made legal; `name (2)` when it is taken. */
  claim(wanted: string): string {
    const name = legalName(wanted);
    if (this.#take(name)) return name;
    for (let number = 2; ; number += 1) {
      const suffix = ` (${String(number)})`;
      const numbered = cut(name, MAX_CHARACTERS - suffix.length) + suffix;
      if (this.#take(numbered)) return numbered;
    }
  }

  #take(name: string): boolean {
    const key = name.toLowerCase();
    if (this.#taken.has(key)) return false;
    this.#taken.add(key);
    return true;
  }
}
