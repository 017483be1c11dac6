import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestKafka } from '../kafka.js';
import { freePort } from '../../../sql/engine/free-port.js';
import { startFromJars } from './jars.js';

/** A broker with TLS and sign-in. */
export interface SecuredKafka {
  readonly plain: TestKafka;
  /** `127.0.0.1:PORT`: TLS, no sign-in. */
  readonly tls: string;
  /** TLS, and sign-in by PLAIN or SCRAM. */
  readonly signIn: string;
  /** PEM file of the authority that signed the broker's certificate: the certificate itself. */
  readonly caFile: string;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

const USER = 'wxlive';
const PASSWORD = 'password-of-the-broker-test';
const STORE_PASSWORD = 'password-of-the-keystore';

/** Starts it from the jars; the certificate is made with the JDK's keytool. */
export async function startSecuredKafka(): Promise<SecuredKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'wxlive-kafka-keys-'));
  const store = join(folder, 'broker.p12');
  const caFile = join(folder, 'ca.pem');
  const keytool = (...args: readonly string[]): void => {
    const common = ['-alias', 'broker', '-keystore', store, '-storetype', 'PKCS12', '-storepass'];
    execFileSync('keytool', [...args, ...common, STORE_PASSWORD], { stdio: 'pipe' });
  };
  const name = ['-dname', 'CN=broker', '-ext', 'SAN=ip:127.0.0.1'];
  keytool('-genkeypair', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '2', ...name);
  keytool('-exportcert', '-rfc', '-file', caFile);
  const [tlsPort, signInPort] = [await freePort(), await freePort()];
  const login = 'org.apache.kafka.common.security';
  const plain = await startFromJars({
    listeners: { SSL: tlsPort, SASL_SSL: signInPort },
    properties: [
      `ssl.keystore.location=${store}`,
      'ssl.keystore.type=PKCS12',
      `ssl.keystore.password=${STORE_PASSWORD}`,
      `ssl.key.password=${STORE_PASSWORD}`,
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      `listener.name.sasl_ssl.plain.sasl.jaas.config=${login}.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
      ...['256', '512'].map(
        (bits) =>
          `listener.name.sasl_ssl.scram-sha-${bits}.sasl.jaas.config=${login}.scram.ScramLoginModule required;`,
      ),
    ],
    formatArguments: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${USER},password=${PASSWORD}]`,
    ]),
  });
  return {
    plain,
    tls: `127.0.0.1:${tlsPort}`,
    signIn: `127.0.0.1:${signInPort}`,
    caFile,
    username: USER,
    password: PASSWORD,
    async stop() {
      await plain.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The certificate as text. */
export function readCa({ caFile }: SecuredKafka): string {
  return readFileSync(caFile, 'utf8');
}
