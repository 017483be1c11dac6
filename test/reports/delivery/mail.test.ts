import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { simpleParser } from 'mailparser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClaimLost } from '../../../reports/delivery/channel.js';
import { mailChannel, type MailServer } from '../../../reports/delivery/mail.js';
import { lacksProgram } from '../../external-tool.js';
import { startTestSmtp, type TestSmtp } from '../../servers/smtp.js';
import { shipmentOf } from './shipment.js';

const FILES = [
  { name: '直播日报_2026-11-11_张经理.xlsx', bytes: randomBytes(300_000) },
  { name: '直播日报_2026-11-11_张经理.pdf', bytes: randomBytes(5_000) },
];

describe.skipIf(lacksProgram('openssl'))('mail, judged by the mailbox of a real server', () => {
  let smtp: TestSmtp;
  let server: MailServer;

  beforeAll(async () => {
    smtp = await startTestSmtp();
    server = { ...smtp.settings, from: '直播报表 <reports@example.com>', timeoutMs: 3_000 };
  });
  afterAll(() => smtp.close());

  const newMessages = async (work: () => Promise<unknown>): Promise<readonly Buffer[]> => {
    const before = smtp.messages.length;
    await work();
    return smtp.messages.slice(before);
  };

  it('brings files with Chinese names byte for byte, under the Message-ID it was given, telling no figure', async () => {
    const { shipment, claims } = shipmentOf(FILES);
    const [message] = await newMessages(async () => {
      expect(await mailChannel(server).send(shipment)).toMatchObject({ kind: 'delivered' });
    });
    const mail = await simpleParser(message ?? Buffer.alloc(0));
    expect(mail.messageId).toBe(shipment.messageId);
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(FILES.map(({ name }) => name));
    mail.attachments.forEach(({ content }, at) => {
      expect(content.equals(FILES[at]?.bytes ?? Buffer.alloc(0))).toBe(true);
    });
    expect(mail.subject).toContain('【更正 1·暂定】直播日报 2026-11-11');
    expect(mail.text).toContain('3 项数字有变动');
    expect(claims).toEqual([0]);
  });

  it.each([
    [{ kind: 'recipient', code: 450 }, 'later'],
    [{ kind: 'recipient', code: 550 }, 'refused'],
    [{ kind: 'message', code: 451 }, 'later'],
    [{ kind: 'message', code: 554 }, 'refused'],
    [{ kind: 'cut' }, 'later'],
  ] as const)('after %j nothing is in the mailbox and it ends as %s', async (fault, kind) => {
    smtp.fail(fault);
    const messages = await newMessages(async () => {
      // a message long enough that a cut comes before its end
      const { shipment } = shipmentOf([{ name: 'a.xlsx', bytes: randomBytes(4_000_000) }]);
      expect(await mailChannel(server).send(shipment)).toMatchObject({ kind });
    });
    expect(messages).toHaveLength(0);
  });

  it('does not know when the server goes after the last byte; the second send has the same Message-ID', async () => {
    smtp.fail({ kind: 'silent_accept' });
    const { shipment, claims } = shipmentOf(FILES);
    const messages = await newMessages(async () => {
      expect(await mailChannel(server).send(shipment)).toMatchObject({ kind: 'unknown' });
      expect(claims).toEqual([0]);
      expect(await mailChannel(server).send(shipment)).toMatchObject({ kind: 'delivered' });
    });
    const ids = await Promise.all(messages.map(async (message) => (await simpleParser(message)).messageId));
    expect(ids).toEqual([shipment.messageId, shipment.messageId]);
  });

  it('waits for a slow server; for one that is slower than its patience it comes again', async () => {
    const patient = mailChannel({ ...server, timeoutMs: 1_500 });
    smtp.fail({ kind: 'slow', milliseconds: 300 });
    const messages = await newMessages(async () => {
      expect(await patient.send(shipmentOf(FILES).shipment)).toMatchObject({ kind: 'delivered' });
    });
    expect(messages).toHaveLength(1);
    // a message so short that all of it is ready before the server was asked for anything
    for (const files of [FILES, [{ name: 'a.pdf', bytes: randomBytes(50) }]]) {
      smtp.fail({ kind: 'slow', milliseconds: 4_000 });
      const none = await newMessages(async () => {
        const { shipment, claims } = shipmentOf(files);
        expect(await patient.send(shipment)).toMatchObject({ kind: 'later' });
        expect(claims).toEqual([]);
      });
      expect(none).toHaveLength(0);
    }
  });

  it('comes again when the frozen file cannot be read to its end', async () => {
    const messages = await newMessages(async () => {
      const { shipment, claims } = shipmentOf(FILES);
      const broken = {
        ...shipment,
        read: () =>
          Readable.from(
            (function* () {
              yield randomBytes(100_000);
              throw new Error('gone');
            })(),
          ),
      };
      expect(await mailChannel(server).send(broken)).toMatchObject({ kind: 'later' });
      expect(claims).toEqual([]);
    });
    expect(messages).toHaveLength(0);
  });

  it('does not know when the server is silent after the last byte', async () => {
    smtp.fail({ kind: 'hang' });
    const messages = await newMessages(async () => {
      const { shipment } = shipmentOf(FILES);
      const result = await mailChannel({ ...server, timeoutMs: 1_500 }).send(shipment);
      expect(result).toMatchObject({ kind: 'unknown' });
    });
    expect(messages).toHaveLength(1);
  });

  it('gives the server no end of message when another scheduler has the delivery', async () => {
    const messages = await newMessages(async () => {
      const { shipment } = shipmentOf(FILES, { lost: true });
      await expect(mailChannel(server).send(shipment)).rejects.toBeInstanceOf(ClaimLost);
    });
    expect(messages).toHaveLength(0);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'refused'],
    ['a certificate of nobody known', { authority: null }, 'later'],
    ['nobody at the port', { port: 1 }, 'later'],
    ['a password that would go in plain', { security: 'none' }, 'refused'],
  ] as const)('says so on %s', async (_what, change, kind) => {
    const messages = await newMessages(async () => {
      const result = await mailChannel({ ...server, ...change }).send(shipmentOf(FILES).shipment);
      expect(result).toMatchObject({ kind });
      expect(JSON.stringify(result)).not.toContain(smtp.settings.password);
    });
    expect(messages).toHaveLength(0);
  });
});
