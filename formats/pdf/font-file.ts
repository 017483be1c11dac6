import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type * as Fontkit from 'fontkit';
import { packageRoot } from '../package-root.js';

/** The committed fonts; formats/fonts/README.md says what each holds. */
export const FONT_FILES = {
  regular: 'NotoSansSC-Regular.ttf',
  bold: 'NotoSansSC-Bold.ttf',
  rare: 'NotoSansSC-Rare.ttf.br',
  emoji: 'NotoEmoji-Regular.ttf',
} as const;

export type FontName = keyof typeof FONT_FILES;

const require = createRequire(import.meta.url);
const opened = new Map<FontName, Fontkit.Font>();

/** Where a font file lies. */
export function fontPath(name: FontName): string {
  return join(packageRoot(), 'formats', 'fonts', FONT_FILES[name]);
}

/** The font, read on first use and kept. Throws when the file is not there: the installation is not whole. */
export function openFont(name: FontName): Fontkit.Font {
  let font = opened.get(name);
  if (font === undefined) {
    // loaded on first use: most commands write no PDF, and all start faster without it; require is untyped
    const { create } = require('fontkit') as typeof Fontkit;
    const bytes = readFont(name);
    font = create(FONT_FILES[name].endsWith('.br') ? brotliDecompressSync(bytes) : bytes);
    opened.set(name, font);
  }
  return font;
}

function readFont(name: FontName): Buffer {
  try {
    return readFileSync(fontPath(name));
  } catch (error) {
    throw new Error(
      `font ${FONT_FILES[name]} cannot be read from formats/fonts: restore it from the repository`,
      {
        cause: error,
      },
    );
  }
}
