import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import type { MailServer } from '../../reports/index.js';

/** How the server treats the next message, once. */
export type MailFault =
  /** Answers the recipient with a code. */
  | { readonly kind: 'recipient'; readonly code: number }
  /** Answers the whole message with a code. */
  | { readonly kind: 'message'; readonly code: number }
  /** Cuts the connection while the message comes. */
  | { readonly kind: 'cut' }
  /** Takes the message, then cuts the connection instead of answering. */
  | { readonly kind: 'silent_accept' }
  /** Takes the message and never answers. */
  | { readonly kind: 'hang' }
  /** Takes its time before it answers a recipient. */
  | { readonly kind: 'slow'; readonly milliseconds: number };

/** A real SMTP server on this machine whose mailbox is the oracle. */
export interface TestSmtp {
  /** What a sender is told of it. */
  readonly settings: MailServer & {
    readonly authority: string;
    readonly user: string;
    readonly password: string;
  };
  readonly messages: readonly Buffer[];
  fail(fault: MailFault): void;
  close(): Promise<void>;
}

/** Starts one with STARTTLS and a password; null when openssl is missing. */
export async function startTestSmtp(): Promise<TestSmtp> {
  const { key, cert } = makeCertificate();
  const messages: Buffer[] = [];
  const faults: MailFault[] = [];
  const user = 'reports';
  const password = 'let-reports-out';
  const sockets = new Set<Socket>();
  const server = new SMTPServer({
    key,
    cert,
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth(auth, _session, done) {
      if (auth.username === user && auth.password === password) done(null, { user });
      else done(Object.assign(new Error('no'), { responseCode: 535 }));
    },
    onRcptTo(_address, _session, done) {
      const [fault] = faults;
      if (fault?.kind === 'slow') {
        faults.shift();
        setTimeout(done, fault.milliseconds);
      } else if (fault?.kind !== 'recipient') done();
      else {
        faults.shift();
        done(Object.assign(new Error('refused'), { responseCode: fault.code }));
      }
    },
    onData(stream, _session, done) {
      const fault = faults.shift();
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => {
        parts.push(part);
        if (fault?.kind === 'cut') cutAll();
      });
      stream.on('end', () => {
        if (fault?.kind === 'message') {
          done(Object.assign(new Error('refused'), { responseCode: fault.code }));
          return;
        }
        messages.push(Buffer.concat(parts));
        if (fault?.kind === 'silent_accept') cutAll();
        else if (fault?.kind !== 'hang') done();
      });
    },
  });
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    settings: {
      host: 'localhost',
      port: (server.server.address() as AddressInfo).port,
      security: 'starttls',
      user,
      password,
      from: 'reports@example.com',
      authority: cert,
    },
    messages,
    fail: (fault) => faults.push(fault),
    close: () =>
      new Promise<void>((resolve) => {
        cutAll();
        server.close(resolve);
      }),
  };
}

function makeCertificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-smtp-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ].concat(
        ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
        ['-keyout', key, '-out', cert],
      ),
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
