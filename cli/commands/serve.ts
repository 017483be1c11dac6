import { Command } from 'commander';
import { textOption, type CommandDefinition, type Options } from '../command.js';
import type { App } from '../compose.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { note } from '../output.js';
import type { RoleName, RunningRole } from '../roles/index.js';
import { untilStopped } from '../until-stopped.js';

/** From the signal to the end of the process at most 10 s (PRODUCT §9): for roles, then for the last answers. */
const ROLES_STOP_MS = 7_500;
const ANSWERS_STOP_MS = 1_000;
const LINGER_MS = 1_000;

/** `wxlive serve`: starts the roles of cli/roles/ behind one HTTP port. */
export function serveCommand(): CommandDefinition {
  const command = new Command('serve')
    .description('接收事件、装载、定时任务与网页 / collector, loader, scheduler and web')
    .option('--port <n>', '端口，0 为任意空闲 / port, 0 for any free one')
    .option('--roles <names>', '角色，逗号分隔；默认全部 / roles, comma-separated; default all')
    .addHelpText(
      'after',
      '\n例 / example:\n  WXLIVE_WRITE_KEYS=h5:长随机串 wxlive serve --port 8787\n  wxlive serve --roles collector',
    );
  return { command, run: serve };
}

async function serve(app: App, _args: readonly string[], options: Options): Promise<number> {
  const port = readPort(app, options);
  const { ROLES, ROLE_NAMES } = await import('../roles/index.js');
  const wanted = readRoles(app, options, ROLE_NAMES);
  const { MetricsRegistry } = await import('../../pipelines/index.js');
  const { healthRoute, measureProcess, metricsRoute, openServer, readyRoute } =
    await import('../../web/index.js');
  const metrics = new MetricsRegistry();
  measureProcess(metrics);
  const { logger } = app;
  const running: { readonly name: RoleName; readonly role: RunningRole }[] = [];
  const stopRoles = async (): Promise<void> => {
    const ends = running.splice(0).map(async ({ name, role }) => {
      try {
        await role.stop();
      } catch (error) {
        logger.error('a role did not stop well', { role: name, reason: nameOf(error) });
      }
    });
    await Promise.race([Promise.all(ends), pause(ROLES_STOP_MS)]);
  };
  try {
    for (const role of ROLES) {
      if (!wanted.includes(role.name)) continue;
      const started = await role.start({ app, logger, metrics });
      if (started !== null) running.push({ name: role.name, role: started });
    }
    const checks = running.flatMap(({ role }) => (role.ready === undefined ? [] : [role.ready]));
    const { settings } = app;
    const server = await openServer({
      host: settings.serve_host,
      port,
      routes: [
        healthRoute(),
        readyRoute(checks),
        metricsRoute(metrics),
        ...running.flatMap(({ role }) => role.routes ?? []),
      ],
      logger,
      metrics,
      crossOrigin: { origins: settings.allowed_origins, domains: settings.own_domains },
      limits: { connections: settings.collector_connections },
    });
    const names = [...new Set(running.map(({ name }) => name))].join(', ');
    note(
      app.say(
        `wxlive 正在运行：${server.url}（${names}；/healthz、/readyz、/metrics），按 Ctrl-C 结束`,
        `wxlive is running at ${server.url} (${names}; /healthz, /readyz, /metrics); Ctrl-C ends`,
      ),
    );
    await untilStopped();
    server.drain();
    await stopRoles();
    await server.close(ANSWERS_STOP_MS);
    endSoon();
    return EXIT.done;
  } finally {
    await stopRoles();
  }
}

function readPort(app: App, options: Options): number {
  const text = textOption(options, 'port');
  const port = text === undefined ? app.settings.serve_port : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new UsageError(app.say('--port 应为 0 到 65535', '--port takes 0 to 65535'));
}

function readRoles(app: App, options: Options, known: readonly RoleName[]): readonly RoleName[] {
  const text = textOption(options, 'roles');
  if (text === undefined) return known;
  const wanted = text.split(',').map((name) => name.trim());
  const found = known.filter((name) => wanted.includes(name));
  if (found.length > 0 && wanted.every((name) => known.some((role) => role === name))) return found;
  const names = known.join(',');
  throw new UsageError(app.say(`--roles 可用：${names}（逗号分隔）`, `--roles takes a list of: ${names}`));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}

/** A connection to a broker that was killed in between may be left behind, and would keep the process for ever. */
function endSoon(): void {
  setTimeout(() => process.exit(EXIT.done), LINGER_MS).unref();
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, milliseconds).unref());
}
