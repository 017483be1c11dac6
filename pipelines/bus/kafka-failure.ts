import { WarehouseError } from '../../sql/index.js';

const MESSAGE_TOO_LARGE = 'MESSAGE_TOO_LARGE';
/** Why a certificate was refused, as OpenSSL and node say it. */
const CERTIFICATE = /certificate|altnames|wrong version number|SSL routines/iu;
const SIGN_IN = /sasl|authenticat/iu;

/** What is amiss between this machine and the brokers. */
export type BrokerTrouble = 'user_refused' | 'certificate_refused' | 'unreachable';

/** Told by the error as kafkajs or asBrokerFailure gave it. */
export function brokerTrouble(error: unknown): BrokerTrouble {
  const cause = error instanceof WarehouseError ? (error.cause ?? error) : error;
  const told = `${cause instanceof Error ? cause.name : ''} ${messageOf(cause)}`;
  if (SIGN_IN.test(told)) return 'user_refused';
  return CERTIFICATE.test(told) ? 'certificate_refused' : 'unreachable';
}

/**
 * A failure of kafkajs as one of ours: a broker that is away, or refuses whoever signs in, may take it later; only what
 * is too large for a topic never fits. Says what to look at.
 */
export function asBrokerFailure(error: unknown): WarehouseError {
  if (error instanceof WarehouseError) return error;
  const large =
    typeof error === 'object' && error !== null && 'type' in error && error.type === MESSAGE_TOO_LARGE;
  const message = large
    ? 'a list is larger than its topic takes: raise max.message.bytes of the topic'
    : describe(error);
  return new WarehouseError(message, null, !large, { cause: error });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function describe(error: unknown): string {
  switch (brokerTrouble(error)) {
    case 'user_refused':
      return 'Kafka refused the user: check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM';
    case 'certificate_refused':
      return `the certificate of the brokers is refused (${messageOf(error)}): check KAFKA_TLS_CA_FILE, and that KAFKA_BROKERS names a TLS port by a name in its certificate`;
    case 'unreachable':
      return `Kafka did not take or give it (${messageOf(error)}): check KAFKA_BROKERS, the TLS and SASL settings and the brokers`;
  }
}
