import { openFace } from './face.js';
import { splitRuns, widthOfText, type FontWeight } from './fonts.js';

/** Text as the operators of a filled path, centred on the origin, y upwards: what a form object holds. */
export function outlineOperators(text: string, size: number, weight: FontWeight): string {
  const operators: string[] = [];
  let left = -widthOfText(text, size, weight) / 2;
  for (const run of splitRuns(text, weight)) {
    const face = openFace(run.face);
    const scale = size / face.unitsPerEm;
    for (const glyph of face.layout(run.text).glyphs) {
      let x = 0;
      let y = 0;
      const place = (a: number, b: number) => `${short(left + a * scale)} ${short(b * scale)}`;
      for (const { command, args } of glyph.path.commands) {
        const [a = 0, b = 0, c = 0, d = 0] = args;
        if (command === 'moveTo') operators.push(`${place(a, b)} m`);
        else if (command === 'lineTo') operators.push(`${place(a, b)} l`);
        else if (command === 'closePath') operators.push('h');
        else {
          // PDF has cubic curves only: the same curve with its control points two thirds of the way
          const first = place(x + (2 / 3) * (a - x), y + (2 / 3) * (b - y));
          const second = place(c + (2 / 3) * (a - c), d + (2 / 3) * (b - d));
          operators.push(`${first} ${second} ${place(c, d)} c`);
        }
        if (command === 'quadraticCurveTo') [x, y] = [c, d];
        else if (command !== 'closePath') [x, y] = [a, b];
      }
      left += glyph.advanceWidth * scale;
    }
  }
  operators.push('f');
  return operators.join('\n');
}

/** A hundredth of a point is finer than any printer. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
