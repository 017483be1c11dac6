/**
 * The process the private engine runs in: `node child.js <libchdb> <config.xml> <data folder> [<HTTP port> <the engine's
 * own> <native port> <the engine's own>]`. Its standard input is the data folder's alive pipe; the engine reads it to its end, which comes when the last user is gone, and then shuts down.
 * Everything it writes goes to engine.log.
 */
import { Worker } from 'node:worker_threads';
import { DataType, createExternalBuffer, load, open } from 'ffi-rs';
import { engineFolder } from './folder.js';
import { openOwnHold } from './own-hold.js';
import type { WatchTask } from './watch-task.js';

const [, , library, config, dataDir, ...ports] = process.argv;
if (library === undefined || config === undefined || dataDir === undefined) {
  throw new Error('usage: child.js <library> <config.xml> <data folder>');
}

process.umask(0o077);
const [httpPort = 0, engineHttpPort = 0, nativePort = 0, engineNativePort = 0] = ports.map(Number);
const doors = {
  http: { port: httpPort, enginePort: engineHttpPort },
  native: { port: nativePort, enginePort: engineNativePort },
};
const task: WatchTask = {
  dataDir,
  ownHold: openOwnHold(engineFolder(dataDir).alivePipe),
  doors: ports.length === 0 ? null : doors,
};
new Worker(new URL('./watch.js', import.meta.url), { workerData: task });

const startUp =
  "SYSTEM START LISTEN HTTP; SYSTEM START LISTEN TCP; SELECT * FROM file('/dev/stdin', 'LineAsString') FORMAT Null";
// Forms (long parameters) are read before their user's profile is known: these limits stand for the whole engine.
const formLimits = [
  '--http_max_field_value_size=268435456',
  '--http_max_multipart_form_data_size=1073741824',
];
const argumentsOfEngine = [
  'clickhouse',
  `--config-file=${config}`,
  '--multiquery',
  ...formLimits,
  `--query=${startUp}`,
];

open({ library: 'chdb', path: library });
// ffi-rs stays on this thread's own stack; libraries that switch stacks trip the engine's recursion guard.
const result = load({
  library: 'chdb',
  funcName: 'query_stable_v2',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [argumentsOfEngine.length, argumentsOfEngine],
});

// struct local_result_v2 { buffer, length, vector, elapsed, rows_read, bytes_read, error }, eight bytes each: the last is
// the address of the error's text, 0 when the start-up statements ended well, which is when the pipe was closed.
const errorAddress = createExternalBuffer(result, 56).readBigUInt64LE(48);
if (errorAddress === 0n) process.exit(0);
const address = Number(errorAddress);
open({ library: 'libc', path: process.platform === 'darwin' ? '/usr/lib/libSystem.B.dylib' : 'libc.so.6' });
const length = load({
  library: 'libc',
  funcName: 'strlen',
  retType: DataType.U64,
  paramsType: [DataType.I64],
  paramsValue: [address],
});
load({
  library: 'libc',
  funcName: 'write',
  retType: DataType.I64,
  paramsType: [DataType.I32, DataType.I64, DataType.U64],
  paramsValue: [2, address, length],
});
process.exit(1);
