/** Who a client of the native protocol says it is, in the first packet it sends. */
export interface ClientHello {
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

const HELLO = 0;
const LONGEST_TEXT_BYTES = 4096;
const LONGEST_NUMBER_BYTES = 9;

/** Reads a client's first packet: `more` while it is not whole, `other` when it is none. */
export function readClientHello(bytes: Buffer): ClientHello | 'more' | 'other' {
  const reader = new PacketReader(bytes);
  if (reader.number() !== HELLO) return reader.state();
  reader.text(); // name of the client
  for (let part = 0; part < 3; part++) reader.number(); // version and revision
  const database = reader.text();
  const user = reader.text();
  const password = reader.text();
  return reader.isWhole ? { database, user, password } : reader.state();
}

class PacketReader {
  private at = 0;
  private short = false;
  private wrong = false;

  constructor(private readonly bytes: Buffer) {}

  get isWhole(): boolean {
    return !this.short && !this.wrong;
  }

  state(): 'more' | 'other' {
    return this.short && !this.wrong ? 'more' : 'other';
  }

  /** Seven bits a byte, the lowest first. */
  number(): number {
    if (!this.isWhole) return -1;
    let value = 0;
    for (let byte = 0; byte < LONGEST_NUMBER_BYTES; byte++) {
      const next = this.bytes[this.at];
      if (next === undefined) {
        this.short = true;
        return -1;
      }
      this.at++;
      value += (next & 0x7f) * 2 ** (7 * byte);
      if (next < 0x80) return value;
    }
    this.wrong = true;
    return -1;
  }

  text(): string {
    const length = this.number();
    if (length > LONGEST_TEXT_BYTES) this.wrong = true;
    if (!this.isWhole) return '';
    if (this.at + length > this.bytes.length) {
      this.short = true;
      return '';
    }
    this.at += length;
    return this.bytes.toString('utf8', this.at - length, this.at);
  }
}

/** The packet that tells a client of an exception. */
export function exceptionPacket(code: number, message: string): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(2, 0);
  head.writeInt32LE(code, 1);
  return Buffer.concat([
    head,
    textBytes('DB::Exception'),
    textBytes(`DB::Exception: ${message}`),
    textBytes(''), // stack trace
    Buffer.from([0]), // nothing nested
  ]);
}

function textBytes(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length: number[] = [];
  let rest = bytes.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...length, rest]), bytes]);
}
