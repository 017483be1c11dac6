/** The byte whose two lower-case hex digits stand at `at`. */
export function hexByte(text: string, at: number): number {
  return (hexDigit(text.charCodeAt(at)) << 4) | hexDigit(text.charCodeAt(at + 1));
}

function hexDigit(code: number): number {
  return code <= 57 ? code - 48 : code - 87;
}
