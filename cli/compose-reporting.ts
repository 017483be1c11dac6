import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { AlertDefinition, ReportDefinition, SecretSource } from '../schemas/index.js';
import type * as ReportsDoor from '../reports/index.js';
import type { MailServer, ObjectStorage, Reporting } from '../reports/index.js';
import type { App } from './compose.js';
import { UsageError } from './exit-codes.js';
import { readSecret } from './settings-file.js';

const OUTBOX = 'outbox';
const SECONDS_PER_HOUR = 3_600;
const secretsFileSchema = z.record(z.string(), z.coerce.string());

/** What schedules, sends and sends again, as the settings say; the caller closes it. */
export async function composeReporting(app: App): Promise<Reporting> {
  const { openReporting } = await import('../reports/index.js');
  const warehouse = await app.warehouse();
  const files = definitionFiles(app, await import('../reports/index.js'));
  return openReporting({
    warehouse,
    clock: { now: () => Date.now() },
    logger: app.logger,
    outboxFolder: join(app.dataDir, OUTBOX),
    secrets: (source, owner) => readSecretSource(source, owner, app.environment),
    language: app.language,
    timeZone: app.settings.report_time_zone,
    mailServer: mailServer(app),
    storage: objectStorage(app),
    ...files,
  });
}

/** The secret a definition names; null when it is not there. */
export function readSecretSource(
  source: SecretSource,
  owner: string,
  environment: NodeJS.ProcessEnv,
): string | null {
  if ('env' in source) return readSecret(source.env, environment);
  try {
    if ('file' in source) return readFileSync(source.file, 'utf8').trim();
    const secrets = secretsFileSchema.safeParse(parse(readFileSync(source.secrets_file, 'utf8')));
    return secrets.success ? (secrets.data[source.name ?? owner] ?? null) : null;
  } catch {
    return null;
  }
}

/** The definitions as they stand in the folders now; what cannot be used is logged when it changes. */
function definitionFiles(
  app: App,
  reports: typeof ReportsDoor,
): {
  definitions(): { readonly definitions: readonly ReportDefinition[]; readonly complete: boolean };
  alerts(): readonly AlertDefinition[];
} {
  const own = app.settings.reports_dir;
  let told = '';
  const tell = (failures: readonly { readonly message: string }[]): void => {
    const text = failures.map(({ message }) => message).join('; ');
    if (text !== '' && text !== told) app.logger.error('a definition cannot be used', { reason: text });
    told = text;
  };
  return {
    definitions() {
      const { definitions, failures } = reports.readDefinitions(reports.definitionFolders(own));
      tell(failures);
      return { definitions, complete: failures.length === 0 };
    },
    alerts() {
      const { alerts, failures } = reports.readAlertDefinitions(own);
      for (const { message } of failures)
        app.logger.error('an alert definition cannot be used', { reason: message });
      return alerts;
    },
  };
}

function mailServer(app: App): MailServer | null {
  const { settings, environment } = app;
  const { smtp_host: host, smtp_from: from, smtp_ca_file: authority } = settings;
  if (host === undefined || from === undefined) return null;
  return {
    host,
    from,
    port: settings.smtp_port,
    security: settings.smtp_security,
    user: settings.smtp_user ?? null,
    password: readSecret('WXLIVE_SMTP_PASSWORD', environment),
    authority: authority === undefined ? null : readAuthority(app, authority),
  };
}

function readAuthority(app: App, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(app.say(`smtp_ca_file：无法读取 ${path}`, `smtp_ca_file: cannot read ${path}`));
  }
}

function objectStorage(app: App): ObjectStorage | null {
  const { settings, environment } = app;
  if (settings.s3_bucket === undefined) return null;
  const accessKeyId = readSecret('WXLIVE_S3_ACCESS_KEY_ID', environment);
  const secretAccessKey = readSecret('WXLIVE_S3_SECRET_ACCESS_KEY', environment);
  if (accessKeyId === null || secretAccessKey === null) {
    throw new UsageError(
      app.say(
        '设置了 s3_bucket，还需要 WXLIVE_S3_ACCESS_KEY_ID 和 WXLIVE_S3_SECRET_ACCESS_KEY（或 …_FILE）',
        's3_bucket is set: WXLIVE_S3_ACCESS_KEY_ID and WXLIVE_S3_SECRET_ACCESS_KEY (or …_FILE) are needed too',
      ),
    );
  }
  return {
    endpoint: settings.s3_endpoint ?? null,
    region: settings.s3_region,
    bucket: settings.s3_bucket,
    accessKeyId,
    secretAccessKey,
    pathStyle: settings.s3_path_style,
    linkSeconds: settings.s3_link_hours * SECONDS_PER_HOUR,
  };
}
