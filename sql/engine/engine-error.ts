import { WarehouseError } from '../connection/warehouse.js';

const REASONS = {
  folder_not_writable: {
    zh: '无法写入数据目录',
    en: 'the data folder cannot be written',
    fixZh: '检查目录的所有者和权限，或用 --data 指定另一个目录',
    fixEn: 'check who owns it and its permissions, or name another folder by --data',
  },
  folder_full: {
    zh: '数据目录所在磁盘已满或超出文件大小限制',
    en: 'the disk of the data folder is full or a file-size limit was reached',
    fixZh: '释放磁盘空间或提高限制（ulimit -f），然后重试；已确认的数据不受影响',
    fixEn: 'free disk space or raise the limit (ulimit -f), then try again; what was acknowledged is kept',
  },
  engine_missing: {
    zh: '没有找到本机的数据库引擎文件',
    en: 'the engine library for this machine is not installed',
    fixZh:
      '在 Linux 或 macOS（x64/arm64）上重新运行 npm ci（不要使用 --omit=optional），或设置 CLICKHOUSE_URL',
    fixEn: 'run npm ci again on Linux or macOS (x64, arm64) without --omit=optional, or set CLICKHOUSE_URL',
  },
  engine_older: {
    zh: '数据目录曾由更新版本的引擎打开',
    en: 'the data folder was opened by a newer engine before',
    fixZh: '请升级 wxlive；旧引擎打开新数据可能损坏数据',
    fixEn: 'upgrade wxlive: an older engine may damage newer data',
  },
  engine_stuck: {
    zh: '上一个引擎既不应答也不退出',
    en: 'the previous engine neither answers nor ends',
    fixZh: '稍后重试；若仍如此，请结束该进程后重试',
    fixEn: 'try again later; if it stays so, end that process and try again',
  },
  start_failed: {
    zh: '引擎启动失败',
    en: 'the engine did not start',
    fixZh: '查看数据目录下 engine/engine.log 的最后几行，或运行 wxlive doctor',
    fixEn: 'read the last lines of engine/engine.log in the data folder, or run wxlive doctor',
  },
  start_crowded: {
    zh: '等待其他命令启动引擎超时',
    en: 'waited too long for another command to start the engine',
    fixZh: '稍后重试',
    fixEn: 'try again later',
  },
} as const;

export type EngineErrorReason = keyof typeof REASONS;

/** Why the private engine of a data folder cannot be used. */
export class EngineError extends WarehouseError {
  constructor(
    readonly reason: EngineErrorReason,
    /** What was found: a path, a process number, the engine's own words; never data. */
    readonly detail: string,
    options?: { cause?: unknown },
  ) {
    super(
      `${REASONS[reason].en} (${detail}): ${REASONS[reason].fixEn}`,
      null,
      reason === 'folder_full',
      options,
    );
  }

  /** The same in the reader's language. */
  describe(language: 'zh' | 'en'): { message: string; fix: string } {
    const text = REASONS[this.reason];
    return language === 'zh'
      ? { message: `${text.zh}（${this.detail}）`, fix: text.fixZh }
      : { message: `${text.en} (${this.detail})`, fix: text.fixEn };
  }
}

const NOT_WRITABLE: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'ENOENT',
]);
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Turns a file system error under a data folder into one that says what to do; passes anything else on. */
export function folderError(error: unknown, dataDir: string): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (NOT_WRITABLE.has(code))
    return new EngineError('folder_not_writable', `${dataDir}: ${code}`, { cause: error });
  if (FULL.has(code)) return new EngineError('folder_full', `${dataDir}: ${code}`, { cause: error });
  return error;
}
