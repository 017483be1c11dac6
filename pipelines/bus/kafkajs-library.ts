import { createRequire } from 'node:module';
import type kafkajs from 'kafkajs';
import { pastUnreadable, type ReadRecords } from './fetched-records.js';
import { mayBeReadYet } from './kafka-compression.js';

/** The library as node gives it: of a CommonJS module everything is in its default export, by name only what node recognises. */
export type KafkajsLibrary = typeof kafkajs;

/** Where kafkajs reads the records of a fetch's answer; it is asked for at the first fetch, so that it can be exchanged before. */
const READER = 'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js';

let loaded: Promise<KafkajsLibrary> | null = null;

/** Loads kafkajs when brokers are first talked to: otherwise it would be 50 ms of every start of the command. */
export function loadKafkajs(): Promise<KafkajsLibrary> {
  loaded ??= import('kafkajs').then((module) => {
    exchangeReader();
    return module.default;
  });
  return loaded;
}

/** kafkajs has no door for it: a batch that it cannot read would stop it for good. */
function exchangeReader(): void {
  const require = createRequire(import.meta.url);
  const read: unknown = require(READER);
  const module = require.cache[require.resolve(READER)];
  if (!isReader(read) || module === undefined) throw new TypeError(`${READER} is not what it was`);
  module.exports = pastUnreadable(read, mayBeReadYet);
}

function isReader(value: unknown): value is ReadRecords {
  return typeof value === 'function';
}
