import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the group of a robot shows. */
export type GroupMessage =
  | { readonly type: 'markdown'; readonly text: string }
  | { readonly type: 'file'; readonly name: string; readonly bytes: Buffer };

/** How the robot treats the next request of a kind, once. */
export interface RobotFault {
  readonly at: 'send' | 'upload';
  /** `busy`: 系统繁忙; `cut`: does nothing and closes; `silent_accept`: does it and closes; `gateway`: does it, 504; `throttled`: 429. */
  readonly kind: 'busy' | 'removed' | 'cut' | 'silent_accept' | 'gateway' | 'throttled';
}

/** A group robot as 企业微信 documents it: answers, 20 messages a minute, files of 5 bytes to 20 MB. */
export interface TestRobot {
  readonly webhook: string;
  readonly group: readonly GroupMessage[];
  fail(fault: RobotFault): void;
  /** Lets a minute pass for the limit. */
  passMinute(): void;
  close(): Promise<void>;
}

const KEY = '693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
const MOST_FILE_BYTES = 20 * 1024 * 1024;
const MOST_A_MINUTE = 20;
const MOST_MARKDOWN_BYTES = 4_096;

export async function startTestRobot(): Promise<TestRobot> {
  const group: GroupMessage[] = [];
  const faults: RobotFault[] = [];
  const media = new Map<string, { readonly name: string; readonly bytes: Buffer }>();
  let thisMinute = 0;

  const act = (at: 'send' | 'upload', type: string, body: Buffer): unknown => {
    if (at === 'upload') {
      const file = readUpload(type, body);
      if (file === null) return { errcode: 40058, errmsg: 'invalid Request Parameter' };
      if (file.bytes.length < 5 || file.bytes.length > MOST_FILE_BYTES)
        return { errcode: 40009, errmsg: 'invalid media size' };
      const id = `media-${String(media.size + 1)}`;
      media.set(id, file);
      return { errcode: 0, errmsg: 'ok', type: 'file', media_id: id, created_at: '1380000000' };
    }
    if (thisMinute >= MOST_A_MINUTE) return { errcode: 45009, errmsg: 'api freq out of limit' };
    const message = JSON.parse(body.toString('utf8')) as {
      msgtype: string;
      markdown?: { content: string };
      file?: { media_id: string };
    };
    if (message.msgtype === 'markdown' && message.markdown !== undefined) {
      if (Buffer.byteLength(message.markdown.content) > MOST_MARKDOWN_BYTES)
        return { errcode: 40058, errmsg: 'markdown.content exceed max length' };
      group.push({ type: 'markdown', text: message.markdown.content });
    } else {
      const file = media.get(message.file?.media_id ?? '');
      if (file === undefined) return { errcode: 40007, errmsg: 'invalid media_id' };
      group.push({ type: 'file', ...file });
    }
    thisMinute += 1;
    return { errcode: 0, errmsg: 'ok' };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const address = new URL(request.url ?? '/', 'http://robot');
    const at = address.pathname.endsWith('/upload_media') ? 'upload' : 'send';
    const fault = faults[0]?.at === at ? faults.shift() : undefined;
    const reply = (status: number, answer: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    };
    if (address.searchParams.get('key') !== KEY || fault?.kind === 'removed') {
      reply(200, { errcode: 93000, errmsg: 'invalid webhook url' });
      return;
    }
    if (fault?.kind === 'busy') {
      reply(200, { errcode: -1, errmsg: 'system error' });
      return;
    }
    if (fault?.kind === 'throttled') {
      response.writeHead(429);
      response.end('Too Many Requests');
      return;
    }
    if (fault?.kind === 'cut') {
      response.destroy();
      return;
    }
    const answer = act(at, request.headers['content-type'] ?? '', Buffer.concat(parts));
    if (fault?.kind === 'silent_accept') response.destroy();
    else if (fault?.kind === 'gateway') {
      response.writeHead(504);
      response.end('Gateway Time-out');
    } else reply(200, answer);
  };

  const server = createServer((request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    webhook: `http://127.0.0.1:${String(port)}/cgi-bin/webhook/send?key=${KEY}`,
    group,
    fail: (fault) => faults.push(fault),
    passMinute: () => {
      thisMinute = 0;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => {
          resolve();
        });
      }),
  };
}

/** The one part `media` of a form; null when the request is none such or states another length than it has. */
function readUpload(type: string, body: Buffer): { readonly name: string; readonly bytes: Buffer } | null {
  const boundary = /boundary=(.+)$/.exec(type)?.[1];
  const headEnd = body.indexOf('\r\n\r\n');
  const tail = body.lastIndexOf(`\r\n--${boundary ?? ''}--`);
  if (boundary === undefined || headEnd < 0 || tail < headEnd) return null;
  const head = body.subarray(0, headEnd).toString('utf8');
  const name = /name="media"; filename="([^"]+)"; filelength=(\d+)/.exec(head);
  const bytes = body.subarray(headEnd + 4, tail);
  return name === null || Number(name[2]) !== bytes.length ? null : { name: name[1] ?? '', bytes };
}
