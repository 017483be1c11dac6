import { randomUUID } from 'node:crypto';

/** What a group robot of 企业微信 answered, or how it failed to. */
export type RobotAnswer =
  | { readonly kind: 'done'; readonly mediaId: string | null }
  /** For certain not done; may go later. */
  | { readonly kind: 'busy'; readonly detail: string }
  | { readonly kind: 'refused'; readonly detail: string }
  /** No answer after the request went out. */
  | { readonly kind: 'unknown'; readonly detail: string };

/** A file of a robot has at most so many bytes. */
export const ROBOT_FILE_BYTES = 20 * 1024 * 1024;
/** A robot takes so many messages a minute. */
export const ROBOT_MESSAGES_PER_MINUTE = 20;
/** A markdown message has at most so many bytes of UTF-8. */
export const ROBOT_MARKDOWN_BYTES = 4_096;

/** 频率 and 系统繁忙: the same request may succeed later. */
const BUSY_CODES: ReadonlySet<number> = new Set([-1, 45009, 45033, 45047]);
/** The request never got there. */
const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMEOUT_MS = 30_000;

/** One group robot by its webhook address, which holds its key: it is in no message of ours. */
export interface RobotApi {
  sendMarkdown(text: string): Promise<RobotAnswer>;
  /** Uploads a file; `mediaId` is good for three days. */
  upload(name: string, bytes: Buffer): Promise<RobotAnswer>;
  sendFile(mediaId: string): Promise<RobotAnswer>;
}

/** Null when the text is no webhook address: `https://…/cgi-bin/webhook/send?key=…`, http only on this machine. */
export function openRobotApi(webhook: string, timeoutMs = TIMEOUT_MS): RobotApi | null {
  const send = URL.canParse(webhook.trim()) ? new URL(webhook.trim()) : null;
  const key = send?.searchParams.get('key') ?? '';
  if (send === null || key === '') return null;
  if (send.protocol !== 'https:' && !/^(127\.0\.0\.1|localhost|\[::1\])$/.test(send.hostname)) return null;
  const upload = new URL(send);
  upload.pathname = upload.pathname.replace(/send$/, 'upload_media');
  upload.searchParams.set('type', 'file');
  const post = (address: URL, type: string, body: Buffer): Promise<RobotAnswer> =>
    request(address, type, body, timeoutMs);
  const json = (message: unknown): Promise<RobotAnswer> =>
    post(send, 'application/json', Buffer.from(JSON.stringify(message)));
  return {
    sendMarkdown: (text) => json({ msgtype: 'markdown', markdown: { content: text } }),
    sendFile: (mediaId) => json({ msgtype: 'file', file: { media_id: mediaId } }),
    upload(name, bytes) {
      const boundary = `wxlive-${randomUUID()}`;
      const head =
        `--${boundary}\r\nContent-Disposition: form-data; name="media"; filename="${name.replaceAll(/["\r\n]/g, '_')}"; ` +
        `filelength=${String(bytes.length)}\r\nContent-Type: application/octet-stream\r\n\r\n`;
      const body = Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
      return post(upload, `multipart/form-data; boundary=${boundary}`, body);
    },
  };
}

async function request(address: URL, type: string, body: Buffer, timeoutMs: number): Promise<RobotAnswer> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': type },
      body: new Uint8Array(body),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    const word = causeCode(error);
    return UNREACHED.has(word)
      ? { kind: 'busy', detail: `the robot was not reached (${word})` }
      : { kind: 'unknown', detail: `the robot did not answer (${word})` };
  }
  return readAnswer(status, text);
}

function readAnswer(status: number, text: string): RobotAnswer {
  const answer = parse(text);
  if (answer === null) {
    if (status === 429 || status === 503) return { kind: 'busy', detail: `HTTP ${String(status)}` };
    if (status >= 400 && status < 500) return { kind: 'refused', detail: `HTTP ${String(status)}` };
    // a gateway that gave up waiting, or an answer cut short: the robot may have done it
    return { kind: 'unknown', detail: `HTTP ${String(status)} without a readable answer` };
  }
  if (answer.code === 0) return { kind: 'done', mediaId: answer.mediaId };
  const detail = `errcode ${String(answer.code)}`;
  return BUSY_CODES.has(answer.code) ? { kind: 'busy', detail } : { kind: 'refused', detail };
}

function parse(text: string): { readonly code: number; readonly mediaId: string | null } | null {
  try {
    const answer: unknown = JSON.parse(text);
    if (typeof answer !== 'object' || answer === null || !('errcode' in answer)) return null;
    const code = Number(answer.errcode);
    const mediaId = 'media_id' in answer && typeof answer.media_id === 'string' ? answer.media_id : null;
    return Number.isInteger(code) ? { code, mediaId } : null;
  } catch {
    return null;
  }
}

function causeCode(error: unknown): string {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 4;
    current = current.cause, depth++
  ) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    if (current.name === 'TimeoutError') return 'TIMEOUT';
  }
  return 'error';
}
