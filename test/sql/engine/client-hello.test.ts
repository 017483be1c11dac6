import { describe, expect, it } from 'vitest';
import { exceptionPacket, readClientHello } from '../../../sql/engine/client-hello.js';

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7];
  return Buffer.concat([Buffer.from(length), bytes]);
};
const packet = Buffer.concat([
  Buffer.from([0]),
  text('客户端'.repeat(30)),
  Buffer.from([24, 8, 0xb6, 0xa9, 0x03]),
  text('wxlive'),
  text('analyst'),
  text('密码'),
]);

describe('the first packet of a native client', () => {
  it('says who it is once it is whole, also with more behind it', () => {
    const said = { database: 'wxlive', user: 'analyst', password: '密码' };
    expect(readClientHello(packet)).toEqual(said);
    expect(readClientHello(Buffer.concat([packet, Buffer.from([1, 2])]))).toEqual(said);
    for (let length = 0; length < packet.length; length++) {
      expect(readClientHello(packet.subarray(0, length))).toBe('more');
    }
  });

  it('is none with another number, an endless number or a text without end', () => {
    expect(readClientHello(Buffer.from('GET / HTTP/1.0'))).toBe('other');
    expect(readClientHello(Buffer.from([0x16, 3, 1]))).toBe('other');
    expect(readClientHello(Buffer.alloc(20, 0xff))).toBe('other');
    expect(readClientHello(Buffer.from([0, 0xff, 0xff, 0x7f]))).toBe('other');
  });

  it('is refused in the words of the engine', () => {
    const refused = exceptionPacket(516, 'x'.repeat(200));
    expect([refused.readUInt8(0), refused.readInt32LE(1)]).toEqual([2, 516]);
    expect(refused.subarray(5, 19).toString()).toBe('\u000dDB::Exception');
    expect([refused[19], refused[20]]).toEqual([215 - 128 + 128, 1]);
    expect(refused.at(-1)).toBe(0);
  });
});
