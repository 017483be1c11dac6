import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readSettings } from '../../cli/settings-file.js';
import { ROLE_NAMES } from '../../cli/roles/index.js';
import { settingsSchema } from '../../schemas/index.js';
import { packageRoot } from '../../sql/index.js';

/** No Docker engine where tests run: what compose.yaml names is compared with what is really there. */
const folder = join(packageRoot(), 'docker');
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const service = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).optional(),
  // Without a value: taken from the shell of whoever starts it.
  environment: z.record(z.string(), z.string().nullable()).optional(),
  volumes: z.array(z.string()).default([]),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  healthcheck: z.unknown().optional(),
});
const compose = z
  .object({
    services: z.record(z.string(), service),
    volumes: z.record(z.string(), z.unknown()),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(text('compose.yaml'), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image.startsWith('wxlive'));

/** Secrets read by name; every one may come as `…_FILE`. */
const SECRETS = [
  'CLICKHOUSE_PASSWORD',
  'CLICKHOUSE_ANALYST_PASSWORD',
  'WXLIVE_PSEUDONYM_KEY',
  'WXLIVE_WRITE_KEYS',
  'WXLIVE_READ_KEYS',
  'WXLIVE_CSS_CALLBACK_KEY',
  'WXLIVE_WECOM_SECRET',
  'WXLIVE_MINIPROGRAM_SECRET',
  'WXLIVE_CSS_SECRET_ID',
  'WXLIVE_CSS_SECRET_KEY',
  'WXLIVE_SMTP_PASSWORD',
  'WXLIVE_S3_ACCESS_KEY_ID',
  'WXLIVE_S3_SECRET_ACCESS_KEY',
];
/** Whose names are put together in the code: `WXLIVE_${platform}_TOKEN`. */
const PUSH_SECRETS = ['WECHAT', 'WECOM'].flatMap((platform) =>
  ['TOKEN', 'AES_KEY'].map((what) => `WXLIVE_${platform}_${what}`),
);
const sources = ['cli', 'pipelines', 'sql', 'web'].flatMap((module) =>
  sourceFiles(join(packageRoot(), module)),
);

function sourceFiles(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return sourceFiles(path);
    return name.endsWith('.ts') ? [readFileSync(path, 'utf8')] : [];
  });
}

describe('docker/compose.yaml', () => {
  it('sets only what wxlive reads, to values its settings take', () => {
    expect(ours.length).toBeGreaterThan(3);
    for (const [name, { environment = {}, secrets: given }] of ours) {
      const plain = Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [
          key,
          (value ?? '').replace(/^\$\{\w+:-(.*)\}$/, '$1'),
        ]),
      );
      for (const [key, value] of Object.entries(environment)) {
        // What is taken from the shell has the name it has here.
        const [, from] = /^\$\{(\w+)/.exec(value ?? '') ?? [];
        if (from !== undefined) expect(from, name).toBe(key);
      }
      const settings: Record<string, string> = {};
      for (const [key, value] of Object.entries(plain)) {
        const secret = key.replace(/_FILE$/, '');
        if (SECRETS.includes(secret) || PUSH_SECRETS.includes(secret)) {
          expect(value, `${name} ${key}`).toMatch(/^\/run\/secrets\//);
          expect(compose.secrets).toHaveProperty(value.slice('/run/secrets/'.length));
          expect(given, `${name} ${key}`).toContain(value.slice('/run/secrets/'.length));
        } else settings[key] = value;
      }
      const read = readSettings({ config: undefined }, settings);
      const defaults = settingsSchema.parse({});
      const changed = Object.entries(read).filter(
        ([key, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(defaults, key)),
      );
      // Each variable was understood: it changes a setting or says its default.
      expect(changed.length, name).toBeGreaterThanOrEqual(3);
      // A default that stands here is the one of the settings.
      for (const key of Object.keys(plain).filter((one) => one.endsWith('_CRON'))) {
        const setting = key.replace(/^WXLIVE_/, '').toLowerCase();
        expect(plain[key], key).toBe(Reflect.get(defaults, setting));
      }
      for (const key of Object.keys(settings)) {
        const named = key.replace(/^WXLIVE_/, '').toLowerCase();
        const known = Object.keys(settingsSchema.shape);
        expect(known.includes(named) || known.includes(key.toLowerCase()), key).toBe(true);
      }
    }
    for (const secret of SECRETS)
      expect(
        sources.some((source) => source.includes(`'${secret}'`)),
        secret,
      ).toBe(true);
    for (const what of ['TOKEN', 'AES_KEY'])
      expect(sources.some((source) => source.includes(`\`WXLIVE_\${platform}_${what}\``))).toBe(true);
  });

  it('gives every secret that wxlive reads a file, and the process that needs it', () => {
    const named = new Set(
      sources.flatMap((source) =>
        [...source.matchAll(/readSecret\('([A-Z0-9_]+)'/g)].map(([, secret = '']) => secret),
      ),
    );
    // Of brokers that ask for none.
    named.delete('KAFKA_SASL_PASSWORD');
    expect(named.size).toBeGreaterThan(8);
    const given = new Set(ours.flatMap(([, { environment = {} }]) => Object.keys(environment)));
    for (const secret of [...named, ...PUSH_SECRETS]) expect(given, secret).toContain(`${secret}_FILE`);
  });

  it('is a Compose file by the schema of the Compose specification, with the cluster and without', () => {
    const schema = z.fromJSONSchema(
      JSON.parse(
        readFileSync(join(packageRoot(), 'test', 'fixtures', 'compose-spec', 'compose-spec.json'), 'utf8'),
      ) as Parameters<typeof z.fromJSONSchema>[0],
      { defaultTarget: 'draft-7' },
    );
    const read = (name: string): unknown => parse(text(name), { merge: true });
    for (const name of ['compose.yaml', 'compose.cluster.yaml']) {
      expect(schema.safeParse(read(name)).error?.issues, name).toBeUndefined();
    }
    // It can tell: a word that is none, and a value of another kind.
    for (const change of [{ helthcheck: {} }, { stop_grace_period: ['15s'] }]) {
      const wrong = z
        .looseObject({ services: z.record(z.string(), z.looseObject({})) })
        .parse(read('compose.yaml'));
      Object.assign(wrong.services['kafka'] ?? {}, change);
      expect(schema.safeParse(wrong).success, JSON.stringify(change)).toBe(false);
    }
  });

  it('starts commands and roles that there are', () => {
    for (const [name, { command = [] }] of ours) {
      const [verb, option, roles] = command;
      expect(['serve', 'migrate'], name).toContain(verb);
      if (verb !== 'serve') continue;
      expect(option).toBe('--roles');
      for (const role of (roles ?? '').split(',')) expect(ROLE_NAMES).toContain(role);
    }
    const started = ours.flatMap(([, { command = [] }]) => command[2]?.split(',') ?? []);
    expect(started.sort()).toEqual([...ROLE_NAMES].sort());
  });

  it('mounts files that there are and volumes and secrets it declares', () => {
    for (const [name, { volumes, secrets }] of services) {
      for (const volume of volumes) {
        const [from = ''] = volume.split(':');
        if (!from.startsWith('./')) expect(compose.volumes, `${name} ${from}`).toHaveProperty(from);
        else if (from !== './reports') expect(existsSync(join(folder, from)), `${name} ${from}`).toBe(true);
      }
      for (const secret of secrets) expect(Object.keys(compose.secrets), name).toContain(secret);
    }
    const made = text('make-secrets.sh');
    for (const secret of Object.keys(compose.secrets)) expect(made).toContain(secret);
  });

  it('opens the port that wxlive listens on, and checks the health of everything', () => {
    const image = text('Dockerfile');
    const port = /WXLIVE_SERVE_PORT=(\d+)/.exec(image)?.[1] ?? '';
    expect(Number(port)).toBe(settingsSchema.parse({}).serve_port);
    expect(compose.services['collector']?.ports[0]).toMatch(new RegExp(`:${port}$`));
    expect(text('prometheus/prometheus.yml')).toContain(`collector:${port}`);
    expect(image).toMatch(/^USER node$/m);
    expect(image).toMatch(/^HEALTHCHECK /m);
    for (const [name, { image: from, healthcheck }] of services)
      expect(healthcheck !== undefined || from.startsWith('wxlive'), name).toBe(true);
  });

  it('shows and watches only figures that wxlive has', () => {
    const dashboard = text('grafana/dashboards/wxlive.json');
    JSON.parse(dashboard);
    const asked = new Set(`${dashboard}${text('prometheus/alerts.yml')}`.match(/wxlive_[a-z_]+/g));
    expect(asked.size).toBeGreaterThan(5);
    for (const figure of asked) {
      const name = figure.replace(/_bucket$/, '');
      expect(
        sources.some((source) => source.includes(`'${name}'`)),
        figure,
      ).toBe(true);
    }
  });
});
