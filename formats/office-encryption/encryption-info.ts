/** The `EncryptionInfo` stream (MS-OFFCRYPTO 2.3): how a document is encrypted. Judged before any key is derived. */
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { ENCRYPTION_LIMITS } from '../limits.js';
import { FormatError } from '../table.js';

export type HashName = 'sha1' | 'sha256' | 'sha384' | 'sha512';

export const HASH_BYTES: Readonly<Record<HashName, number>> = {
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** Both the package and the password verifier of an agile document are described like this. */
export interface AgileCipher {
  readonly hash: HashName;
  readonly keyBytes: number;
  readonly salt: Buffer;
}

export interface AgileInfo {
  readonly scheme: 'agile';
  readonly keyData: AgileCipher;
  readonly encryptedHmacKey: Buffer;
  readonly encryptedHmacValue: Buffer;
  readonly password: AgileCipher & {
    readonly spinCount: number;
    readonly encryptedVerifierInput: Buffer;
    readonly encryptedVerifierHash: Buffer;
    readonly encryptedKey: Buffer;
  };
}

export interface StandardInfo {
  readonly scheme: 'standard';
  readonly keyBytes: number;
  readonly salt: Buffer;
  readonly encryptedVerifier: Buffer;
  readonly encryptedVerifierHash: Buffer;
}

/** Reads the stream; throws `unsupported` naming the scheme, `too_large` for an absurd spin count, `damaged` else. */
export function parseEncryptionInfo(stream: Buffer): AgileInfo | StandardInfo {
  if (stream.length < 8) throw damaged('the encryption description is cut short');
  const major = stream.readUInt16LE(0);
  const minor = stream.readUInt16LE(2);
  if (major === 4 && minor === 4) return parseAgile(stream.subarray(8).toString('utf8'));
  if (minor === 2 && major >= 2 && major <= 4) return parseStandard(stream);
  if (minor === 1) throw unsupported('RC4 encryption of Office 97 to 2003');
  if (minor === 3) throw unsupported('extensible encryption by a third-party module');
  throw unsupported(`Office encryption version ${major}.${minor}`);
}

function parseStandard(stream: Buffer): StandardInfo {
  const headerBytes = stream.length >= 12 ? stream.readUInt32LE(8) : 0;
  const verifier = 12 + headerBytes;
  if (headerBytes < 32 || verifier + 72 > stream.length) throw damaged('the encryption header is cut short');
  const algorithm = stream.readUInt32LE(20);
  const keyBits = stream.readUInt32LE(28);
  if (algorithm === 0x6801) throw unsupported('RC4 encryption (CryptoAPI)');
  if (algorithm < 0x660e || algorithm > 0x6610) throw unsupported(`cipher 0x${algorithm.toString(16)}`);
  const hash = stream.readUInt32LE(24);
  if (hash !== 0x8004 && hash !== 0) throw unsupported(`hash 0x${hash.toString(16)} in standard encryption`);
  const expectedBits = 128 + 64 * (algorithm - 0x660e);
  if (keyBits !== expectedBits) throw damaged('the key size does not fit the cipher');
  if (stream.readUInt32LE(verifier) !== 16) throw damaged('the salt of the encryption has a wrong size');
  return {
    scheme: 'standard',
    keyBytes: keyBits / 8,
    salt: stream.subarray(verifier + 4, verifier + 20),
    encryptedVerifier: stream.subarray(verifier + 20, verifier + 36),
    encryptedVerifierHash: stream.subarray(verifier + 40, verifier + 72),
  };
}

function parseAgile(xml: string): AgileInfo {
  const tags = readTags(xml);
  const keyData = tags.get('keyData');
  const integrity = tags.get('dataIntegrity');
  const encryptedKey = tags.get('encryptedKey');
  if (keyData === undefined) throw damaged('the encryption description names no cipher');
  if (encryptedKey === undefined) throw unsupported('encryption without a password (by certificate)');
  if (integrity === undefined)
    throw unsupported('encryption without an integrity code: nothing could be verified');
  const spinCount = wholeNumber(encryptedKey, 'spinCount');
  if (spinCount > ENCRYPTION_LIMITS.spinCount) {
    throw new FormatError({
      code: 'too_large',
      detail: `the encryption asks for ${spinCount} hash rounds, more than the format allows`,
      encrypted: { scheme: 'agile' },
    });
  }
  return {
    scheme: 'agile',
    keyData: agileCipher(keyData),
    encryptedHmacKey: cipherText(integrity, 'encryptedHmacKey'),
    encryptedHmacValue: cipherText(integrity, 'encryptedHmacValue'),
    password: {
      ...agileCipher(encryptedKey),
      spinCount,
      encryptedVerifierInput: cipherText(encryptedKey, 'encryptedVerifierHashInput'),
      encryptedVerifierHash: cipherText(encryptedKey, 'encryptedVerifierHashValue'),
      encryptedKey: cipherText(encryptedKey, 'encryptedKeyValue'),
    },
  };
}

type Attributes = ReadonlyMap<string, string>;

const passwordNamespace = 'http://schemas.microsoft.com/office/2006/keyEncryptor/password';

/** The tags that matter, the first of each kind; a key for a certificate is none. */
function readTags(xml: string): Map<string, Attributes> {
  const tags = new Map<string, Attributes>();
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', () => {
    throw damaged('the encryption description is no well-formed XML');
  });
  parser.on('doctype', () => {
    throw damaged('the encryption description has a document type');
  });
  parser.on('opentag', (tag: SaxesTagNS) => {
    if (tag.local === 'encryptedKey' && tag.uri !== passwordNamespace) return;
    if (tags.has(tag.local)) return;
    tags.set(tag.local, new Map(Object.values(tag.attributes).map(({ local, value }) => [local, value])));
  });
  // Some writers pad the stream with zero bytes.
  parser.write(xml.replace(/\0+$/, '')).close();
  return tags;
}

function agileCipher(tag: Attributes): AgileCipher {
  const cipher = tag.get('cipherAlgorithm') ?? '';
  const chaining = tag.get('cipherChaining') ?? '';
  if (cipher !== 'AES') throw unsupported(`cipher ${printable(cipher)}`);
  if (chaining !== 'ChainingModeCBC') throw unsupported(`cipher mode ${printable(chaining)}`);
  const hash = hashName(tag.get('hashAlgorithm') ?? '');
  const keyBits = wholeNumber(tag, 'keyBits');
  if (keyBits !== 128 && keyBits !== 192 && keyBits !== 256)
    throw damaged('the key size is none that AES has');
  if (wholeNumber(tag, 'blockSize') !== 16) throw damaged('the block size is not that of AES');
  if (wholeNumber(tag, 'hashSize') !== HASH_BYTES[hash]) throw damaged('the hash size does not fit the hash');
  const salt = bytes(tag, 'saltValue');
  if (salt.length === 0 || salt.length !== wholeNumber(tag, 'saltSize')) {
    throw damaged('the salt of the encryption has a wrong size');
  }
  return { hash, keyBytes: keyBits / 8, salt };
}

function hashName(name: string): HashName {
  const plain = name.toLowerCase().replace('-', '');
  if (plain === 'sha1' || plain === 'sha256' || plain === 'sha384' || plain === 'sha512') return plain;
  throw unsupported(`hash ${printable(name)}`);
}

function wholeNumber(tag: Attributes, name: string): number {
  const text = tag.get(name) ?? '';
  if (!/^\d{1,15}$/.test(text)) throw damaged(`the encryption description has no usable ${name}`);
  return Number(text);
}

function bytes(tag: Attributes, name: string): Buffer {
  return Buffer.from(tag.get(name) ?? '', 'base64');
}

function cipherText(tag: Attributes, name: string): Buffer {
  const value = bytes(tag, name);
  if (value.length === 0 || value.length % 16 !== 0)
    throw damaged(`the encryption description has no usable ${name}`);
  return value;
}

/** What comes out of a file may be anything. */
function printable(text: string): string {
  return /^[\w-]{1,40}$/.test(text) ? text : 'of an unknown name';
}

function damaged(detail: string): FormatError {
  return new FormatError({ code: 'damaged', detail });
}

function unsupported(what: string): FormatError {
  return new FormatError({ code: 'unsupported', detail: `the document uses ${what}` });
}
