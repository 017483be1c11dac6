import type kafkajs from 'kafkajs';

/** The library as node gives it: of a CommonJS module everything is in its default export, by name only what node recognises. */
export type KafkajsLibrary = typeof kafkajs;

let loaded: Promise<KafkajsLibrary> | null = null;

/** Loads kafkajs when brokers are first talked to: otherwise it would be 50 ms of every start of the command. */
export function loadKafkajs(): Promise<KafkajsLibrary> {
  loaded ??= import('kafkajs').then((module) => module.default);
  return loaded;
}
