declare global {
  /** In every Node from 20 on; the settings of tsc name ES2023. */
  interface String {
    isWellFormed(): boolean;
    toWellFormed(): string;
  }
}

/** The text without NUL, a lone surrogate in it as U+FFFD (PRODUCT §3 "Odd values"). Most texts come back as they are. */
export function cleanText(text: string): string {
  if (text.isWellFormed() && !text.includes('\0')) return text;
  return text.replaceAll('\0', '').toWellFormed();
}
