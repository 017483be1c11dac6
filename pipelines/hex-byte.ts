/** The byte whose two lower-case hex digits stand at `at`. */
export function hexByte(text: string, at: number): number {
  return (hexDigit(text.charCodeAt(at)) << 4) | hexDigit(text.charCodeAt(at + 1));
}

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}

/** The 16-bit number whose four lower-case hex digits begin at `at`. */
export function hexHalf(text: string, at: number): number {
  return (hexByte(text, at) << 8) | hexByte(text, at + 2);
}

/** The unsigned 32-bit number whose eight lower-case hex digits begin at `at`. */
export function hexWord(text: string, at: number): number {
  return ((hexHalf(text, at) << 16) | hexHalf(text, at + 4)) >>> 0;
}
