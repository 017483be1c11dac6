import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  ENTRY_EVENTS,
  findMetric,
  metricComment,
  SYSTEM_SCENES,
  TOUCH_REACH_DAYS,
  type ExpectedSource,
} from '../schemas/index.js';
import type { SqlText } from './connection/warehouse.js';
import { packageRoot } from './package-root.js';

/** What the texts of migrations and views leave open; everything in it is ours or checked, never a user's text unquoted. */
export interface RenderSettings {
  /** IANA zone in which instants are shown and days begin. */
  readonly reportZone: string;
  /** `channel_groups` of the settings: channel → the group it is shown as. */
  readonly channelGroups: Readonly<Record<string, string>>;
  /** `expected_sources` of the settings: what is expected of a platform and account instead of what came lately. */
  readonly expectedSources?: readonly ExpectedSource[];
}

/** A numbered migration or a view as it stands in its file. */
export interface SqlFile {
  readonly name: string;
  readonly text: string;
  /** Taken before rendering, so that a zone or an engine clause may change. */
  readonly sha256: string;
}

/** The files of `sql/<folder>`, in the order of their names. */
export function readSqlFolder(folder: 'migrations' | 'views'): readonly SqlFile[] {
  const directory = join(packageRoot(), 'sql', folder);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name) => {
      const text = readFileSync(join(directory, name), 'utf8');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    });
}

/** Fills the slots `{{name}}` of a file and cuts it into statements. Throws on a slot nobody fills. */
export function renderStatements(file: SqlFile, settings: RenderSettings): readonly SqlText[] {
  const rendered = file.text.replaceAll(
    /\{\{(\w+)(?::(\w+))?\}\}/g,
    (_slot, name: string, argument?: string) => fillSlot(name, argument ?? '', settings, file.name),
  );
  return (
    rendered
      .split(/;\s*(?:\n|$)/)
      .filter((statement) => statement.replaceAll(/^\s*--.*$/gm, '').trim() !== '')
      // The one place where text of our own files becomes runnable SQL.
      .map((statement) => statement as SqlText)
  );
}

function fillSlot(name: string, argument: string, settings: RenderSettings, file: string): string {
  switch (name) {
    case 'merge_tree':
      return 'MergeTree';
    case 'replacing':
      return `ReplacingMergeTree(${argument})`;
    case 'durable':
      return 'fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 0';
    case 'metric':
      return escapeQuoted(metricComment(findMetric(argument)));
    case 'zone':
      return settings.reportZone.replaceAll("'", '');
    case 'expected_sources':
      return `CAST([${(settings.expectedSources ?? []).map(expectedTuple).join(', ')}], 'Array(Tuple(String, String, String, Nullable(Date)))')`;
    case 'batch_id':
      return 'toString(batch_seq)';
    case 'system_scenes':
      return SYSTEM_SCENES.join(', ');
    case 'entry_events':
      return ENTRY_EVENTS.map(quote).join(', ');
    case 'touch_reach_days':
      return String(TOUCH_REACH_DAYS);
    case 'scene_codes':
      return `[${sceneChannels()
        .map(([scene]) => `toUInt32(${scene})`)
        .join(', ')}]`;
    case 'scene_channels':
      return `[${sceneChannels()
        .map(([, channel]) => quote(channel))
        .join(', ')}]`;
    case 'channel_group_from':
      return `['', ${Object.keys(settings.channelGroups).map(quote).join(', ')}]`.replace(', ]', ']');
    case 'channel_group_to':
      return `['', ${Object.values(settings.channelGroups).map(quote).join(', ')}]`.replace(', ]', ']');
    default:
      throw new Error(`sql/${file} asks for a slot {{${name}}} that sql/render.ts does not know`);
  }
}

function expectedTuple({ platform, account, source, since }: ExpectedSource): string {
  return `(${quote(platform)}, ${quote(account)}, ${quote(source)}, ${since === undefined ? 'NULL' : `toDate(${quote(since)})`})`;
}

function quote(text: string): string {
  return `'${escapeQuoted(text)}'`;
}

/** As it may stand between quotes. */
function escapeQuoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}

/** Groups of scenes that are no channel of their own (PRODUCT §5). */
const DIRECT_SCENE_GROUPS = new Set(['recent', 'profile', 'pc', 'device']);

const sceneCodesSchema = z.array(z.object({ scene: z.number().int(), group: z.string() }));

let scenes: readonly (readonly [number, string])[] | undefined;
/** Scene code → channel, from the platform's list. */
function sceneChannels(): readonly (readonly [number, string])[] {
  scenes ??= sceneCodesSchema
    .parse(JSON.parse(readFileSync(join(packageRoot(), 'schemas/data/scene-codes.json'), 'utf8')))
    .map(({ scene, group }) => [scene, DIRECT_SCENE_GROUPS.has(group) ? 'direct' : group] as const);
  return scenes;
}
