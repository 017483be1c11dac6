import { createServer } from 'node:net';

/** A port of loopback that is free now; `wanted` when it is. It may be taken before the engine binds it: callers retry. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await canListen(wanted)) !== null) return wanted;
  const port = await canListen(0);
  if (port === null) throw new Error('no free port on 127.0.0.1');
  return port;
}

async function canListen(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(null);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(address === null || typeof address === 'string' ? null : address.port);
      });
    });
  });
}

/** As many ports, no two the same; each is the wanted one when that is free. */
export async function freePorts(wanted: readonly (number | undefined)[]): Promise<number[]> {
  const ports: number[] = [];
  for (const port of wanted) {
    let free = await freePort(port);
    while (ports.includes(free)) free = await freePort();
    ports.push(free);
  }
  return ports;
}
