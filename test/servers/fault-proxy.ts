import { createServer, request as openRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to an upload: 503 SlowDown, the connection cut in the middle of its bytes, or an answer that comes late. */
export type UploadFault = 'slow_down' | 'cut' | 'slow';

/** Stands before an HTTP server and fails uploads (PUT) on their way to it. */
export interface FaultProxy {
  readonly endpoint: string;
  readonly requests: readonly { readonly url: string; readonly authorization: string }[];
  /** The next so many uploads meet the fault. */
  fail(kind: UploadFault, times: number): void;
  close(): Promise<void>;
}

const LATE_MS = 700;
const SLOW_DOWN =
  '<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>';

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const requests: { url: string; authorization: string }[] = [];
  const fault: { kind: UploadFault; left: number } = { kind: 'slow', left: 0 };
  const { hostname, port } = new URL(target);

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = request.url ?? '/';
    requests.push({ url, authorization: request.headers.authorization ?? '' });
    const meets = request.method === 'PUT' && fault.left > 0;
    if (meets) fault.left -= 1;
    if (meets && fault.kind === 'slow_down') {
      request.resume();
      response.writeHead(503, { 'content-type': 'application/xml' });
      response.end(SLOW_DOWN);
      return;
    }
    if (meets && fault.kind === 'cut') {
      request.once('data', () => request.socket.destroy());
      return;
    }
    if (meets) await sleep(LATE_MS);
    const onward = openRequest(
      { hostname, port, path: url, method: request.method, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  };

  const server = createServer((request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    fail(kind, times) {
      fault.kind = kind;
      fault.left = times;
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
