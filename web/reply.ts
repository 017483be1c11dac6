import type { ServerResponse } from 'node:http';

/** A JSON answer. */
export function reply(response: ServerResponse, status: number, body: unknown): void {
  replyText(response, status, JSON.stringify(body), 'application/json; charset=utf-8');
}

/** An answer in any text format. */
export function replyText(response: ServerResponse, status: number, text: string, contentType: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  });
  response.end(text);
}

/** `{"error":{"code","message"}}` */
export function replyError(response: ServerResponse, status: number, code: string, message: string): void {
  reply(response, status, { error: { code, message } });
}

/** 429 or 503: try again in so many seconds. */
export function replyBusy(
  response: ServerResponse,
  status: 429 | 503,
  code: string,
  message: string,
  retryAfterSeconds: number,
): void {
  if (response.headersSent || response.destroyed) return;
  response.setHeader('retry-after', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  replyError(response, status, code, message);
}
