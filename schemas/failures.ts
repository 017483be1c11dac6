import type { Language } from './ports.js';

/** One thing that can be wrong: where it stops things, what it says, what to do. */
export interface FailureText {
  /** `row`: a reject; `file`: the whole input is refused; `settings`: exit code 2; `usage`: exit code 2. */
  readonly stops: 'row' | 'file' | 'settings' | 'usage';
  readonly zh: string;
  readonly en: string;
  readonly fixZh: string;
  readonly fixEn: string;
}

/** Every reject and error code (PRODUCT §3); nothing else invents one. */
export const FAILURES = {
  not_json: {
    stops: 'row',
    zh: '不是一个 JSON 对象',
    en: 'not a JSON object',
    fixZh: '检查导出程序是否截断或混入了其他文字；修正后重新导入该行',
    fixEn: 'check the exporter for truncation or stray text, then import the row again',
  },
  missing_event_id: {
    stops: 'row',
    zh: '缺少 event_id',
    en: 'event_id is missing',
    fixZh: '为每个事件填写唯一的 event_id（不超过 128 个字符）',
    fixEn: 'give every event a unique event_id of at most 128 characters',
  },
  missing_event: {
    stops: 'row',
    zh: '缺少事件名 event',
    en: 'the event name is missing',
    fixZh: '填写事件名，例如 live_enter',
    fixEn: 'fill in the event name, such as live_enter',
  },
  missing_identity: {
    stops: 'row',
    zh: '没有任何身份标识',
    en: 'no identity',
    fixZh: '至少提供 unionid、openid、user_id、anonymous_id 之一',
    fixEn: 'send one of unionid, openid, user_id, anonymous_id',
  },
  time_unreadable: {
    stops: 'row',
    zh: '时间缺失或无法读取',
    en: 'the time is missing or unreadable',
    fixZh: '使用毫秒时间戳或带时区的 ISO 8601 时间',
    fixEn: 'use epoch milliseconds or ISO 8601 with an offset',
  },
  time_unit: {
    stops: 'row',
    zh: '时间看起来是秒，应为毫秒',
    en: 'the time looks like seconds, milliseconds are needed',
    fixZh: '把时间戳乘以 1000',
    fixEn: 'multiply the timestamp by 1000',
  },
  time_without_offset: {
    stops: 'row',
    zh: '时间没有时区',
    en: 'the time has no offset',
    fixZh: '补上时区（如 +08:00），或导入时加 --time-zone Asia/Shanghai',
    fixEn: 'add an offset (+08:00) or import with --time-zone Asia/Shanghai',
  },
  time_out_of_range: {
    stops: 'row',
    zh: '时间不在 2000 年至接收后一天之内',
    en: 'the time is not between the year 2000 and one day after receipt',
    fixZh: '检查设备时钟和时间单位',
    fixEn: 'check the clock of the device and the unit of the time',
  },
  too_long: {
    stops: 'row',
    zh: '字段过长',
    en: 'a field is too long',
    fixZh: 'event_id 不超过 128 个字符，event 不超过 100 个字符',
    fixEn: 'event_id has at most 128 characters, event at most 100',
  },
  nested_props: {
    stops: 'row',
    zh: 'props 不是扁平结构',
    en: 'props is not flat',
    fixZh: 'props 的值只能是文本、数字、布尔或文本列表',
    fixEn: 'values of props are text, numbers, booleans or lists of text',
  },
  bad_text: {
    stops: 'row',
    zh: '文本中有无效字符',
    en: 'invalid characters in a text',
    fixZh: '以 UTF-8 重新导出，event_id 中不得有不完整的代理字符',
    fixEn: 'export again as UTF-8; an event_id may hold no lone surrogate',
  },
  bad_amount: {
    stops: 'row',
    zh: '金额无效',
    en: 'the amount is invalid',
    fixZh: '金额为非负整数分（小于 2^53）；以元计的列请注明单位',
    fixEn: 'amounts are whole fen, at least 0 and below 2^53; declare columns in yuan',
  },
  bad_number: {
    stops: 'row',
    zh: '数字无法读取',
    en: 'a number is unreadable',
    fixZh: '检查该列是否为数字',
    fixEn: 'check that the column holds numbers',
  },
  bad_duration: {
    stops: 'row',
    zh: '时长无法读取',
    en: 'a duration is unreadable',
    fixZh: '使用秒数、00:52:00 或 1小时2分3秒',
    fixEn: 'use seconds, 00:52:00 or 1小时2分3秒',
  },
  unknown_platform: {
    stops: 'row',
    zh: '未知平台',
    en: 'unknown platform',
    fixZh: 'platform 为 miniprogram、kandian 或 wecom',
    fixEn: 'platform is miniprogram, kandian or wecom',
  },
  id_lost_precision: {
    stops: 'row',
    zh: '标识被表格存成数字，已丢失精度',
    en: 'an id was stored as a number and lost digits',
    fixZh: '把该列设为文本格式后重新导出',
    fixEn: 'format the column as text and export again',
  },
  missing_key: {
    stops: 'row',
    zh: '缺少必填字段',
    en: 'a required field is missing',
    fixZh: '补全该行的必填字段',
    fixEn: 'fill in the required field of the row',
  },
  bad_value: {
    stops: 'row',
    zh: '字段取值无效',
    en: 'a field has an invalid value',
    fixZh: '按说明修改取值',
    fixEn: 'correct the value',
  },
  encrypted_payload: {
    stops: 'row',
    zh: '数据被 SDK 加密，无法解码',
    en: 'the SDK encrypted the payload, it cannot be decoded',
    fixZh: '关闭 SDK 的加密插件',
    fixEn: 'turn the encryption plugin of the SDK off',
  },
  unreadable_message: {
    stops: 'row',
    zh: '总线上的消息无法读取',
    en: 'a message on the bus cannot be read',
    fixZh: '检查是谁写入了该主题；若为更新版本的 wxlive 所写，请升级 loader 后重放',
    fixEn: 'find who wrote to the topic; if a newer wxlive did, update the loader and replay',
  },
  refused_by_warehouse: {
    stops: 'row',
    zh: '数据库拒绝了这条记录',
    en: 'the database refused the record',
    fixZh: '查看原因，修正来源后用 wxlive rejects replay 重放',
    fixEn: 'look at the reason, mend the source, then run wxlive rejects replay',
  },
  wrong_password: {
    stops: 'file',
    zh: '密码不正确',
    en: 'wrong password',
    fixZh: '用 --password-env 指定存有正确密码的环境变量（可重复）',
    fixEn: 'name the environment variable with the right password by --password-env (repeatable)',
  },
  password_missing: {
    stops: 'file',
    zh: '文件已加密，未提供密码',
    en: 'the file is encrypted and no password was given',
    fixZh: '把密码放入环境变量，并用 --password-env 变量名 指定',
    fixEn: 'put the password into an environment variable and name it by --password-env',
  },
  damaged: {
    stops: 'file',
    zh: '文件已损坏',
    en: 'the file is damaged',
    fixZh: '重新下载或重新导出该文件',
    fixEn: 'download or export the file again',
  },
  unsupported: {
    stops: 'file',
    zh: '不支持的文件类型',
    en: 'unsupported kind of file',
    fixZh: '另存为 .xlsx、.csv、.json 或 .pdf',
    fixEn: 'save it as .xlsx, .csv, .json or .pdf',
  },
  too_large: {
    stops: 'file',
    zh: '文件超出安全上限',
    en: 'the file is beyond the safety limits',
    fixZh: '拆分文件后分别导入',
    fixEn: 'split the file and import the parts',
  },
  empty: {
    stops: 'file',
    zh: '文件是空的',
    en: 'the file is empty',
    fixZh: '重新导出；若平台当日无数据，则无需导入',
    fixEn: 'export it again; there is nothing to import if the platform had no data',
  },
  unknown_layout: {
    stops: 'file',
    zh: '无法识别文件的版式',
    en: 'the layout is not recognised',
    fixZh: '运行 wxlive inspect 查看读到的内容，再用 --as 或 --map 表头=字段 指定',
    fixEn: 'run wxlive inspect to see what was read, then use --as or --map header=field',
  },
  source_error: {
    stops: 'file',
    zh: '这是平台返回的错误，不是数据',
    en: 'this is an error reply of the platform, not data',
    fixZh: '按平台错误码处理后重新拉取',
    fixEn: 'mend what the error code says and pull again',
  },
  incomplete: {
    stops: 'file',
    zh: '分页不完整，缺少后续页',
    en: 'pages are missing',
    fixZh: '继续拉取直到 ending 为 1，再一起导入',
    fixEn: 'pull on until ending is 1, then import all pages',
  },
  unreachable: {
    stops: 'file',
    zh: '平台接口没有应答',
    en: 'the API of the platform does not answer',
    fixZh: '检查网络和 …_api_url 设置；之后重新拉取，会从断点继续',
    fixEn: 'check the network and the …_api_url setting; then pull again, it goes on where it stopped',
  },
  rate_limited: {
    stops: 'file',
    zh: '平台接口限流',
    en: 'the platform limits how often its API is called',
    fixZh: '稍后重新拉取，会从断点继续；必要时调低 pull_requests_per_second',
    fixEn: 'pull again later, it goes on where it stopped; lower pull_requests_per_second if it recurs',
  },
  bad_credentials: {
    stops: 'file',
    zh: '平台不接受凭据',
    en: 'the platform refuses the credentials',
    fixZh: '核对企业/应用 ID 与密钥是否属于同一个应用',
    fixEn: 'check that id and secret belong to the same app',
  },
  bad_answer: {
    stops: 'file',
    zh: '应答不是接口文档所写的内容',
    en: 'the answer is not what the API documents',
    fixZh: '检查 …_api_url 设置，以及网络中是否有代理改写了应答',
    fixEn: 'check the …_api_url setting and whether a proxy answers instead',
  },
  room_mismatch: {
    stops: 'file',
    zh: '文件中的直播间与 --room 不一致',
    en: 'the room in the file is not the one of --room',
    fixZh: '核对文件与 --room',
    fixEn: 'check the file and --room',
  },
  room_missing: {
    stops: 'file',
    zh: '文件没有写明直播间',
    en: 'the file does not say its room',
    fixZh: '导入时加 --room 直播间号',
    fixEn: 'import with --room ID',
  },
  not_found: {
    stops: 'file',
    zh: '找不到文件或无权读取',
    en: 'the file does not exist or may not be read',
    fixZh: '检查路径和权限',
    fixEn: 'check the path and its permissions',
  },
  other_key: {
    stops: 'settings',
    zh: '假名密钥与数据仓库不一致',
    en: 'another pseudonym key than the warehouse’s',
    fixZh: '使用建库时的 WXLIVE_PSEUDONYM_KEY',
    fixEn: 'use the WXLIVE_PSEUDONYM_KEY the warehouse was made with',
  },
  password_weak: {
    stops: 'settings',
    zh: '报表密码不符合要求',
    en: 'the report password is refused',
    fixZh: '使用至少 12 个字符且不常见的密码，或至少四个词的口令短语；也可以让 wxlive 生成一个',
    fixEn: 'use an uncommon password of at least 12 characters or four words, or let wxlive make one',
  },
} as const satisfies Record<string, FailureText>;

export type FailureCode = keyof typeof FAILURES;
type CodesThatStop<What extends FailureText['stops']> = {
  [Code in FailureCode]: (typeof FAILURES)[Code]['stops'] extends What ? Code : never;
}[FailureCode];
export type RejectCode = CodesThatStop<'row'>;
/** Every code of a bad row. */
export const REJECT_CODES = Object.keys(FAILURES).filter(isRejectCode);

function isRejectCode(code: string): code is RejectCode {
  return code in FAILURES && FAILURES[code as FailureCode].stops === 'row';
}
export type FileFailureCode = CodesThatStop<'file'>;

/** Why a row cannot be used. `field` is the name of the field, never its value. */
export interface RejectFailure {
  readonly code: RejectCode;
  readonly field?: string;
}

/** Why a file cannot be used. `detail` names what was found, never content. */
export interface FileFailure {
  readonly code: FileFailureCode;
  readonly detail?: string;
}

/** What a code says, in the reader's language: `缺少事件名 event（字段 event）`. */
export function describeFailure(
  failure: { readonly code: FailureCode; readonly field?: string; readonly detail?: string },
  language: Language,
): { message: string; fix: string } {
  const text: FailureText = FAILURES[failure.code];
  const extra = failure.field ?? failure.detail;
  if (language === 'zh') {
    return { message: extra === undefined ? text.zh : `${text.zh}（${extra}）`, fix: text.fixZh };
  }
  return { message: extra === undefined ? text.en : `${text.en} (${extra})`, fix: text.fixEn };
}
