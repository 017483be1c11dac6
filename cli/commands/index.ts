import type { CommandDefinition } from '../command.js';
import { analyseCommands } from './analyse.js';
import { backupCommand } from './backup.js';
import { batchesCommand } from './batches.js';
import { connectCommand } from './connect.js';
import { demoCommand } from './demo.js';
import { dictionaryCommand } from './dictionary.js';
import { doctorCommand } from './doctor.js';
import { eraseCommand } from './erase.js';
import { experimentCommand } from './experiment.js';
import { exportCommand } from './export.js';
import { importCommand } from './import.js';
import { inspectCommand } from './inspect.js';
import { keysCommand } from './keys.js';
import { migrateCommand } from './migrate.js';
import { ordersCommand } from './orders.js';
import { pullCommand } from './pull.js';
import { rejectsCommand } from './rejects.js';
import { reportCommand } from './report.js';
import { restoreCommand } from './restore.js';
import { schemaCommand } from './schema.js';
import { serveCommand } from './serve.js';
import { sqlCommand } from './sql.js';
import { viewerCommand } from './viewer.js';

/** Every command: one line each. Only words are loaded here; what a command does is loaded when it runs. */
export const COMMANDS: readonly (() => CommandDefinition)[] = [
  demoCommand,
  doctorCommand,
  migrateCommand,
  inspectCommand,
  importCommand,
  pullCommand,
  ...analyseCommands,
  experimentCommand,
  serveCommand,
  reportCommand,
  rejectsCommand,
  batchesCommand,
  ordersCommand,
  sqlCommand,
  exportCommand,
  connectCommand,
  dictionaryCommand,
  schemaCommand,
  viewerCommand,
  eraseCommand,
  keysCommand,
  backupCommand,
  restoreCommand,
];
