import { pipeline, Transform, type TransformCallback } from 'node:stream';
import type { DeliveryChannel, SendResult, Shipment } from './channel.js';
import { messageText } from './message-text.js';

/** The mail server of the settings. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** `starttls`: refused where the server has none; `tls` from the first byte; `none` only for a server nearby. */
  readonly security: 'starttls' | 'tls' | 'none';
  readonly user: string | null;
  readonly password: string | null;
  /** Address, or `名称 <address>`. */
  readonly from: string;
  /** PEM of the authority that signed the server's certificate; null: the public ones. */
  readonly authority: string | null;
  /** How long a silent server is waited for. @default 30 s */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 30_000;
const CONTENT_TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pdf: 'application/pdf',
} as const;

/**
 * Mails the encrypted files. `sending` is written when all but the end of the message has been given to the server: a
 * break before that is for certain no delivery, one between it and the server's answer leaves it unknown.
 */
export function mailChannel(server: MailServer | null): DeliveryChannel {
  return {
    name: 'smtp',
    repeatable: false,
    async send(shipment) {
      if (server === null)
        return { kind: 'refused', detail: 'smtp_host and smtp_from are not in the settings' };
      if (server.security === 'none' && server.password !== null)
        return { kind: 'refused', detail: 'smtp_security none would send the password in plain' };
      const { email } = shipment.recipient;
      if (email === undefined) return { kind: 'refused', detail: 'the recipient has no email' };
      const gate = new LastByteGate(() => shipment.claim(shipment.step));
      try {
        const answer = await mail(server, email, shipment, gate);
        return { kind: 'delivered', detail: `SMTP ${answer.slice(0, 120)}` };
      } catch (error) {
        if (gate.failure !== null) throw gate.failure;
        return judge(error, gate.released);
      }
    },
  };
}

async function mail(
  server: MailServer,
  email: string,
  shipment: Shipment,
  gate: LastByteGate,
): Promise<string> {
  const { frozen } = shipment;
  const timeout = server.timeoutMs ?? TIMEOUT_MS;
  // loaded when something is mailed: every report command loads this file
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none',
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(server.authority === null ? {} : { tls: { ca: server.authority } }),
    ...(server.user === null || server.password === null
      ? {}
      : { auth: { user: server.user, pass: server.password } }),
  });
  transport.use('stream', (message, done) => {
    // the last stage: what leaves the gate is read by the connection alone, once the server said go on
    message.message.processFunc((input) => pipeline(input, gate, () => undefined));
    done();
  });
  const text = messageText(frozen, shipment.definition.delivery.smtp?.subject_prefix);
  const sent = await transport.sendMail({
    from: server.from,
    to: email,
    subject: text.subject,
    text: `${text.lines.join('\n')}\n`,
    date: new Date(frozen.frozenAt),
    messageId: shipment.messageId,
    attachments: frozen.files.map((file) => ({
      filename: file.name,
      content: shipment.read(file),
      contentType: CONTENT_TYPES[file.format],
    })),
  });
  return sent.response;
}

/**
 * Holds the end of a message back until everything before it was taken by the server and `open` has been told, and knows
 * whether it went.
 */
class LastByteGate extends Transform {
  released = false;
  /** Why `open` refused. */
  failure: Error | null = null;
  #held: Buffer | null = null;
  #onTaken: (() => void) | null = null;

  constructor(private readonly open: () => Promise<void>) {
    super();
    this.on('resume', () => {
      this.#lookWhetherTaken();
    });
  }

  override read(size?: number): unknown {
    const chunk: unknown = super.read(size);
    this.#lookWhetherTaken();
    return chunk;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const held = this.#held;
    this.#held = chunk;
    if (held === null) done();
    else done(null, held);
  }

  override _flush(done: TransformCallback): void {
    // a short message lies here whole before the server was even asked: nothing is claimed until it takes it
    this.#onTaken = () => {
      this.#onTaken = null;
      this.open().then(
        () => {
          this.released = true;
          done(null, this.#held);
        },
        (error: unknown) => {
          this.failure = error instanceof Error ? error : new Error('the ledger could not be written');
          done(this.failure);
        },
      );
    };
    this.#lookWhetherTaken();
  }

  #lookWhetherTaken(): void {
    if (this.readableFlowing === true && this.readableLength === 0) this.#onTaken?.();
  }
}

/** A reply of the server is certain; silence is certain only while the end of the message was still here. */
function judge(error: unknown, released: boolean): SendResult {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const word = typeof code === 'string' ? code : 'error';
  if (typeof responseCode === 'number' && responseCode >= 400) {
    const detail = `SMTP ${String(responseCode)} (${word})`;
    return responseCode >= 500 ? { kind: 'refused', detail } : { kind: 'later', detail };
  }
  if (released)
    return { kind: 'unknown', detail: `the mail server did not answer after the last byte (${word})` };
  if (error instanceof Error && /certificate/i.test(error.message))
    return { kind: 'later', detail: 'the certificate of the mail server is not trusted (smtp_ca_file)' };
  // a server without STARTTLS or for another password stays so until somebody changes it
  return word === 'ETLS' || word === 'EAUTH' || word === 'ENOAUTH'
    ? { kind: 'refused', detail: `the mail server could not be used safely (${word})` }
    : { kind: 'later', detail: `the mail server was not reached (${word})` };
}
