import { csvLine, type CellValue } from '../formats/index.js';
import { beijingText } from './company.js';
import type { SeededRandom } from './random.js';
import type { SampleEvent } from './script.js';

/** Own events, Sensors log and We分析 export, as text or rows. What is absent is left out, as SDKs do. */

function ownEvent(event: SampleEvent): Record<string, unknown> {
  const { viewer, account, room_id, scene, query, url, referrer, props } = event;
  // H5 pages know the unionid alone.
  const ids =
    event.platform === 'kandian'
      ? { unionid: viewer.unionid }
      : { openid: viewer.openid, ...(viewer.unionid === null ? {} : { unionid: viewer.unionid }) };
  return {
    event_id: event.event_id,
    event: event.event,
    time: event.time,
    ...(account === null ? {} : { account }),
    ...ids,
    platform: event.platform,
    ...(room_id === '' ? {} : { room_id }),
    ...(scene === null ? {} : { scene }),
    ...(query === null ? {} : { query }),
    ...(url === null ? {} : { url }),
    ...(referrer === null ? {} : { referrer }),
    ...(Object.keys(props).length === 0 ? {} : { props }),
  };
}

export interface EventText {
  readonly text: string;
  readonly duplicates: number;
  readonly rejected: number;
}

/** NDJSON in which every 300th batch was sent twice and the given lines are broken. */
export function ownEventLines(events: readonly SampleEvent[], broken: readonly string[]): EventText {
  const lines: string[] = [];
  let duplicates = 0;
  events.forEach((event, at) => {
    const line = JSON.stringify(ownEvent(event));
    lines.push(line);
    if (at % 300 === 299) {
      lines.push(line);
      duplicates += 1;
    }
  });
  broken.forEach((line, at) =>
    lines.splice(Math.floor(((at + 1) * lines.length) / (broken.length + 1)), 0, line),
  );
  return { text: `${lines.join('\n')}\n`, duplicates, rejected: broken.length };
}

export function ownEventArray(events: readonly SampleEvent[]): string {
  return `[\n${events.map((event) => JSON.stringify(ownEvent(event))).join(',\n')}\n]\n`;
}

/** Lines that trackers really send: cut off, without an id, without a person, seconds, a wall clock, another platform. */
export function brokenLines(time: number): string[] {
  const good = {
    event_id: 'broken-1',
    event: 'live_like',
    time,
    openid: 'oBROKENbrokenBROKENbroken0001',
    room_id: '1001',
  };
  return [
    JSON.stringify({ ...good, event_id: undefined }),
    JSON.stringify({ ...good, event_id: 'broken-2', openid: undefined }),
    JSON.stringify({ ...good, event_id: 'broken-3', time: Math.floor(time / 1000) }),
    JSON.stringify({ ...good, event_id: 'broken-4', time: beijingText(time) }),
    JSON.stringify({ ...good, event_id: 'broken-5', platform: 'douyin' }),
    JSON.stringify({ ...good, event_id: 'broken-6' }).slice(0, 70),
  ];
}

const CSV_HEADER = [
  'event_id',
  'event',
  'time',
  'openid',
  'unionid',
  'room_id',
  'platform',
  'scene',
  'query',
  'props',
];

/** `props` as one column of JSON text. */
export function ownEventCsv(events: readonly SampleEvent[]): string {
  const lines = events.map((event) => {
    const { viewer, props } = event;
    const json = Object.keys(props).length === 0 ? null : JSON.stringify(props);
    const person = [viewer.openid, viewer.unionid];
    const cells = [event.event_id, event.event, event.time, ...person, event.room_id, event.platform];
    return csvLine([...cells, event.scene, event.query, json], { formulaGuard: false });
  });
  return `\ufeff${csvLine(CSV_HEADER)}${lines.join('')}`;
}

const SHEET_PROPS = ['tier', 'goods_id', 'order_id', 'amount_fen', 'watch_ms', 'comment_len'];

/** `props.KEY` columns. */
export function ownEventRows(events: readonly SampleEvent[]): CellValue[][] {
  const header = [...CSV_HEADER.slice(0, -1), ...SHEET_PROPS.map((name) => `props.${name}`)];
  const rows = events.map((event): CellValue[] => {
    const { viewer, props } = event;
    const person = [viewer.openid, viewer.unionid];
    const cells = [event.event_id, event.event, event.time, ...person, event.room_id, event.platform];
    return [...cells, event.scene, event.query, ...SHEET_PROPS.map((name) => props[name] ?? null)];
  });
  return [header, ...rows];
}

const PRESETS: Readonly<Record<string, string>> = {
  mini_launch: '$MPLaunch',
  page_view: '$MPViewScreen',
  mini_hide: '$MPHide',
};

/** A Sensors log in which the last batch stands twice. */
export function sensorsLog(random: SeededRandom, events: readonly SampleEvent[]): EventText {
  const lines = events.map((event) => JSON.stringify(sensorsRecord(random, event)));
  const again = lines.slice(-6);
  return { text: `${[...lines, ...again].join('\n')}\n`, duplicates: again.length, rejected: 0 };
}

function sensorsRecord(random: SeededRandom, event: SampleEvent): Record<string, unknown> {
  const { viewer, props, time } = event;
  const path = event.event === 'page_view' ? 'pages/goods/detail' : 'pages/mall/index';
  const own: Record<string, unknown> = { $url_path: path };
  if (event.event === 'mini_launch') {
    Object.assign(own, {
      $scene: `wx-${event.scene ?? 1001}`,
      $url_query: event.query ?? '',
      $is_first_time: false,
    });
  } else if (event.event === 'page_view') {
    Object.assign(own, {
      $url_query: `id=${props['goods'] ?? ''}`,
      $title: props['title'],
      $referrer: '直接打开',
    });
  } else {
    own['event_duration'] = props['seconds'];
  }
  const anonymous = `${time}-${viewer.openid.slice(-8)}`;
  return {
    distinct_id: viewer.openid,
    identities: {
      $identity_mp_id: anonymous,
      $identity_mp_openid: viewer.openid,
      ...(viewer.unionid === null ? {} : { $identity_mp_unionid: viewer.unionid }),
    },
    anonymous_id: anonymous,
    lib: { $lib: 'MiniProgram', $lib_method: 'autoTrack', $lib_version: '1.22.8' },
    properties: {
      $lib: 'MiniProgram',
      $brand: viewer.device.brand,
      $model: viewer.device.model,
      $os: viewer.device.os,
      $os_version: viewer.device.version,
      $timezone_offset: -480,
      $latest_share_depth: '-1',
      ...own,
    },
    type: 'track',
    event: PRESETS[event.event] ?? event.event,
    time,
    _track_id: random.integer(10, 99) * 10_000_000 + (time % 10_000_000),
    _flush_time: time + random.integer(80, 2_500),
    project: 'mall',
  };
}

const WEDATA_HEADER =
  'event_time,event_time_desc,eventId,eventDesc,event_value,page_path,openid,appversion,clientversion,devicemodel,' +
  'devicebrand,networktype,os_name,os_version,networktype,enter_scene,enter_scene_desc';

/** A We分析 export: two overlapping windows, so some rows stand twice. */
export function wedataCsv(events: readonly SampleEvent[], rooms: (time: number) => string): EventText {
  const lines = events.map((event) => {
    const { device, openid } = event.viewer;
    const value = JSON.stringify({ room_id: rooms(event.time) });
    const about = [
      event.time / 1000,
      beijingText(event.time),
      event.event,
      '预约直播',
      value,
      'pages/mall/index',
    ];
    const client = ['3.4.1', '8.0.50', device.model, device.brand, 'wifi', device.os, device.version, 'wifi'];
    return csvLine([...about, openid, ...client, event.scene, null], { formulaGuard: false });
  });
  const again = lines.slice(-4);
  return {
    text: `\ufeff${WEDATA_HEADER}\r\n${[...lines, ...again].join('')}`,
    duplicates: again.length,
    rejected: 0,
  };
}
