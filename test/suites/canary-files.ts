import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encryptPackage, csvLine } from '../../formats/index.js';
import { buildWorkbook, bytesOf } from '../../samples/workbook.js';
import type { AdapterName } from '../../schemas/index.js';
import { CANARIES } from './canaries.js';

export interface CanaryFile {
  readonly path: string;
  /** Null when the file is to be refused as a whole. */
  readonly adapter: AdapterName | null;
  readonly args: readonly string[];
}

export const CANARY_PASSWORD = 'Canary#Password2026';
const {
  openid,
  rejectedOpenid,
  unionid,
  userId,
  anonymousId,
  sharer,
  externalUserid,
  inviter,
  phone,
  nickname,
  ip,
} = CANARIES;
const T = Date.UTC(2026, 8, 9, 12);
const ids = { openid, unionid, user_id: userId, anonymous_id: anonymousId };

const query = `utm_source=poster&openid=${openid}&from_openid=${sharer}&mobile=${phone}&nickName=${encodeURIComponent(nickname)}&uid=${userId}`;
const url = `https://h5.example.com/live/${openid}?unionid=${unionid}&tel=${phone}#/room?external_userid=${externalUserid}`;
const props = {
  text: `加我微信 ${externalUserid} 或电话 ${phone}，我是 ${openid}`,
  phone,
  nickname,
  nick_name: nickname,
  ip,
  avatar: `https://img.example.com/${openid}/0.png?u=${unionid}`,
  encoded: encodeURIComponent(JSON.stringify({ openid, phone, nickname })),
  json: JSON.stringify({ user: { openid, mobile: phone, nickName: nickname } }),
  invited: [openid, unionid, externalUserid],
};
/** Keys nobody asked for: dropped and counted, never kept. */
const unknown = { mobile: phone, nickName: nickname, ip, extra: openid };

const event = (id: string, more: object = {}): object => ({
  event_id: id,
  event: 'live_enter',
  time: T,
  room_id: '1181',
  ...ids,
  ...more,
});

/** One small file for each adapter and kind of file, the canaries wherever an id can stand. */
export async function writeCanaryFiles(folder: string): Promise<readonly CanaryFile[]> {
  const files: CanaryFile[] = [];
  const add = (
    name: string,
    adapter: AdapterName | null,
    content: string | Uint8Array,
    args: string[] = [],
  ): void => {
    const path = join(folder, name);
    writeFileSync(path, content);
    files.push({ path, adapter, args });
  };
  const lines = (...values: unknown[]): string =>
    values.map((value) => `${typeof value === 'string' ? value : JSON.stringify(value)}\n`).join('');

  add(
    'events.ndjson',
    'events',
    lines(
      event('n1', { query, url, referrer: url, props, ...unknown }),
      event('n2', {
        unionid: undefined,
        query: encodeURIComponent(query),
        url: `https://h5.example.com/?x=${encodeURIComponent(url)}`,
      }),
      event('n3', {
        openid: undefined,
        unionid: undefined,
        event: 'live_comment',
        props: { text: `${phone} ${userId}`, nickname },
      }),
      event('n4', {
        openid: undefined,
        unionid: undefined,
        user_id: undefined,
        query: `utm_source=a&share_from=${openid}`,
      }),
      event('n5', {
        event: 'order_pay',
        props: { order_id: 'C1', amount_fen: 5, phone, receiver: nickname, openid },
      }),
      event('n6', {
        event_map: openid,
        scene: 1007,
        query: `scene=${encodeURIComponent(`openid=${openid}`)}`,
      }),
    ),
  );
  add(
    'events-bad.ndjson',
    'events',
    lines(
      `{"event_id":"b1","openid":"${rejectedOpenid}","unionid":"${unionid}","phone":"${phone}","nickname":"${nickname}", broken`,
      `${rejectedOpenid} ${phone} ${nickname} ${externalUserid} ${ip}`,
      event('', { openid: rejectedOpenid, query, props }),
      event('b4', { openid: rejectedOpenid, time: rejectedOpenid }),
      event('b5', { openid: rejectedOpenid, props: { deep: { openid: rejectedOpenid, phone, nickname } } }),
      event('b6', { openid: rejectedOpenid, platform: rejectedOpenid }),
      event('b7', { openid: rejectedOpenid, time: 1_790_000_000 }),
      event('b8', { openid: rejectedOpenid, event: 'order_pay', props: { amount_fen: phone + phone } }),
      [rejectedOpenid, phone, nickname],
      event('b10', { openid: { id: rejectedOpenid } }),
      `{"event_id":"b11","event":"live_enter","time":${T},"openid":"${rejectedOpenid.slice(0, 27)}\\ud800","mobile":"${phone}"`,
    ),
  );
  add(
    'events.json.gz',
    'events',
    gzipSync(JSON.stringify([event('j1', { query, url, props }), { openid: rejectedOpenid, phone }])),
  );

  const header = [
    'event_id',
    'event',
    'time',
    'room_id',
    'openid',
    'unionid',
    'user_id',
    'anonymous_id',
    'query',
    'url',
    'props',
    'props.nickname',
    'props.phone',
    '手机号',
    '昵称',
  ];
  const row = (id: string, time: string | number): (string | number)[] => [
    id,
    'live_enter',
    time,
    '1181',
    openid,
    unionid,
    userId,
    anonymousId,
    query,
    url,
    JSON.stringify(props),
    nickname,
    phone,
    phone,
    nickname,
  ];
  const bad = [
    '',
    'live_enter',
    'soon',
    '1181',
    rejectedOpenid,
    unionid,
    userId,
    anonymousId,
    query,
    url,
    '{broken',
    nickname,
    phone,
    phone,
    nickname,
  ];
  add('events.csv', 'events', csv([header, row('c1', T), bad]));
  const sheet = await bytesOf(
    buildWorkbook(
      [{ name: '导出', rows: [header, row('x1', String(T)), bad, row('x2', 'never')], headerRow: 0 }],
      T,
    ),
  );
  add('events.xlsx', 'events', sheet);
  const encrypted = await bytesOf(encryptPackage(sheet, CANARY_PASSWORD));
  const password = ['--password-env', 'CANARY_PASSWORD'];
  add('events-encrypted.xlsx', 'events', encrypted, password);

  add(
    'sensors.log',
    'sensors',
    lines(
      {
        type: 'track',
        event: '$MPViewScreen',
        time: T,
        distinct_id: openid,
        anonymous_id: anonymousId,
        identities: {
          $identity_mp_wx00authored00app_openid: openid,
          $identity_mp_unionid: unionid,
          $identity_login_id: userId,
          $identity_mobile: phone,
        },
        properties: {
          $app_id: 'wx00authored00app',
          $ip: ip,
          $url: url,
          $url_query: query,
          $referrer: url,
          phone,
          nickname,
          $latest_referrer: url,
          user_name: nickname,
        },
        _track_id: 1,
      },
      {
        type: 'profile_set',
        time: T,
        distinct_id: userId,
        anonymous_id: openid,
        original_id: anonymousId,
        identities: { $identity_login_id: userId, $identity_mp_unionid: unionid },
        properties: { $name: nickname, phone, nickName: nickname, $signup_time: T },
        _track_id: 2,
      },
      {
        type: 'track_signup',
        event: '$SignUp',
        time: T,
        distinct_id: userId,
        original_id: openid,
        properties: { $app_id: 'wx00authored00app' },
        _track_id: 3,
      },
      {
        type: 'track',
        event: '$MPShow',
        time: 'never',
        distinct_id: rejectedOpenid,
        properties: { $app_id: 'a', phone, nickname },
        _track_id: 4,
      },
    ),
  );
  add(
    'growingio.ndjson',
    'growingio',
    lines(
      {
        eventType: 'CUSTOM',
        eventName: 'live_enter',
        timestamp: T,
        deviceId: openid,
        userId,
        domain: 'wx00authored00app',
        ip,
        appChannel: 'scn:1007',
        query,
        path: `pages/live/${openid}`,
        referralPage: url,
        attributes: { room_id: '1181', phone, nickname, text: `${phone} ${externalUserid}`, unionid },
      },
      {
        eventType: 'CUSTOM',
        eventName: 'live_enter',
        timestamp: 5,
        deviceId: rejectedOpenid,
        userId,
        attributes: { phone, nickname },
      },
    ),
  );
  add(
    '统计报表-直播-2条.csv',
    'wedata',
    csv([
      [
        'event_time',
        'event_time_desc',
        'eventId',
        'eventDesc',
        'event_value',
        'page_path',
        'openid',
        'appversion',
        'devicemodel',
        'enter_scene',
        'enter_scene_desc',
      ],
      [
        T / 1000,
        '2026-09-09 20:00:00',
        'live_enter',
        '进入直播间',
        JSON.stringify({ room_id: '1192', phone, nickname, openid }),
        `pages/live/index?openid=${openid}&${query}`,
        openid,
        '3.4.1',
        'iPhone 15',
        '1001',
        '列表',
      ],
      [
        'soon',
        '',
        'live_enter',
        '进入直播间',
        JSON.stringify({ phone, nickname }),
        `pages/live/index?openid=${rejectedOpenid}`,
        rejectedOpenid,
        '3.4.1',
        nickname,
        phone,
        '',
      ],
    ]),
  );
  add(
    'orders.csv',
    'orders',
    csv([
      ['订单号', '直播间ID', 'openid', '实付金额(元)', '支付时间', '订单状态', '收货人', '手机号', '备注'],
      ['C2', '1181', openid, '99.00', '2026-09-09 20:00:05', '已支付', nickname, phone, `${phone} ${openid}`],
      ['C3', '1181', rejectedOpenid, `¥${phone}x`, '2026-09-09 20:00:05', '已支付', nickname, phone, ''],
    ]),
  );
  add(
    'links.csv',
    'links',
    csv([
      ['code', 'kind', 'utm_source', 'target_url', 'owner', 'note', '联系电话'],
      [
        'CNR1',
        'h5',
        'poster',
        `https://h5.example.com/?openid=${openid}&phone=${phone}`,
        'emp_1',
        `联系 ${phone} ${openid}`,
        phone,
      ],
      ['', 'h5', 'poster', url, rejectedOpenid, phone, phone],
    ]),
  );
  add(
    'costs.csv',
    'costs',
    csv([
      ['day', 'channel', 'amount_fen', '经办人'],
      ['2026-09-09', 'poster', '100', nickname],
      [phone, 'poster', rejectedOpenid, nickname],
    ]),
  );
  add(
    'targets.csv',
    'targets',
    csv([
      ['metric', 'period', 'platform', 'room', 'channel', 'target', '联系人'],
      ['viewers', '2026-09-09', 'miniprogram', '1181', '', '300', phone],
      ['viewers', rejectedOpenid, 'miniprogram', '1181', '', phone + phone, nickname],
    ]),
  );
  add(
    'rooms.json',
    'miniprogram-rooms',
    JSON.stringify({
      errcode: 0,
      errmsg: 'ok',
      total: 2,
      room_info: [
        {
          name: `专场 ${phone}`,
          roomid: 1181,
          live_status: 103,
          start_time: T / 1000,
          end_time: T / 1000 + 3600,
          anchor_name: '小陈',
          creater_openid: openid,
          share_img: `https://img.example.com/${openid}`,
          cover_img: url,
          goods: [{ name: phone, url: `p?openid=${openid}` }],
        },
        { name: rejectedOpenid, roomid: null, start_time: phone, creater_openid: rejectedOpenid },
      ],
    }),
  );
  add(
    'minutes.json',
    'minutes',
    JSON.stringify([
      {
        source: 'kandian',
        room_id: 'kd-1',
        minute: '2026-09-09T19:30:00+08:00',
        online: 4,
        pv: 2,
        uv: 1,
        operator: openid,
        phone,
        exported_at: '2026-09-09T22:05:00+08:00',
      },
      {
        source: 'kandian',
        room_id: 'kd-1',
        minute: rejectedOpenid,
        online: phone,
        operator: nickname,
        exported_at: '2026-09-09T22:05:00+08:00',
      },
    ]),
  );
  add(
    'minutes.csv',
    'minutes',
    csv([
      ['直播间ID', '时间', '在线人数', '观看人数', '观看次数', '导出时间', '操作人', '手机号'],
      ['kd-2', '2026-09-09 19:30', '4', '1', '2', '2026-09-09 22:05:00', nickname, phone],
      ['kd-2', rejectedOpenid, phone, '1', '2', '2026-09-09 22:05:00', openid, phone],
    ]),
  );
  add(
    'push.json',
    'css-callback',
    JSON.stringify([
      {
        event_type: 1,
        event_time: T / 1000,
        stream_id: 'kd-1',
        appid: 1,
        app: 'push.example.com',
        user_ip: ip,
        stream_param: `txSecret=abc&openid=${openid}&phone=${phone}`,
        sequence: '1',
        node: ip,
      },
      {
        event_type: 0,
        event_time: phone + phone,
        stream_id: 'kd-1',
        user_ip: ip,
        stream_param: `openid=${rejectedOpenid}`,
        sequence: '2',
      },
    ]),
  );
  add(
    'violations.json',
    'violations',
    JSON.stringify([
      {
        ToUserName: 'gh_authored',
        FromUserName: openid,
        CreateTime: T / 1000,
        MsgType: 'event',
        Event: 'wxa_punish_event',
        punish_id: 'p1',
        appid: 'wx00authored00app',
        punish_time: T / 1000,
        illegal_reason: `用户 ${openid} 举报，电话 ${phone}`,
        illegal_content: [openid],
        detail: JSON.stringify({ warned_type: 2, reporter: openid, phone, nickname }),
        rule_url: `https://rules.example.com/?openid=${openid}`,
        rule_name: '5.1',
        event_type: 1,
      },
      {
        FromUserName: rejectedOpenid,
        Event: 'wxa_punish_event',
        MsgType: 'event',
        punish_time: rejectedOpenid,
        detail: phone,
      },
    ]),
  );

  const watchHeader = [
    '观看人',
    'userid',
    '部门名称',
    '观众类型',
    '观看时长（分钟）',
    '进入时间',
    '离开时间',
    '评论数',
    '是否连麦',
    '邀请人',
    '手机号',
  ];
  const watchRows = [
    watchHeader,
    [
      '甲',
      'emp_1',
      '销售部',
      '企业成员',
      '12',
      '2026-09-09 10:00:00',
      '2026-09-09 10:20:00',
      '1',
      '否',
      '',
      phone,
    ],
    [
      nickname,
      externalUserid,
      '-',
      '外部联系人',
      '5',
      '2026-09-09 10:00:00',
      '2026-09-09 10:20:00',
      '1',
      '否',
      inviter,
      phone,
    ],
    [
      nickname,
      '',
      '-',
      '微信用户',
      '6',
      '2026-09-09 10:01:00',
      '2026-09-09 10:20:00',
      '1',
      '否',
      nickname,
      phone,
    ],
    [
      nickname,
      openid,
      '-',
      '微信用户',
      '6',
      '2026-09-09 10:01:00',
      '2026-09-09 10:20:00',
      '1',
      '否',
      '',
      phone,
    ],
    [
      nickname,
      rejectedOpenid,
      '-',
      '外部联系人',
      `${phone}年`,
      '2026-09-09 10:01:00',
      '',
      '1',
      '否',
      '',
      phone,
    ],
  ];
  const watch = ['--room', 'lvCANARYAAAAAAAAAAAAAAAAA1'];
  add('watch.csv', 'wecom-watch', csv(watchRows), watch);
  const watchBook = await bytesOf(buildWorkbook([{ name: '观看明细', rows: watchRows, headerRow: 0 }], T));
  add('watch.xlsx', 'wecom-watch', watchBook, ['--room', 'lvCANARYAAAAAAAAAAAAAAAAA2']);
  add('watch-encrypted.xlsx', 'wecom-watch', await bytesOf(encryptPackage(watchBook, CANARY_PASSWORD)), [
    '--room',
    'lvCANARYAAAAAAAAAAAAAAAAA3',
    ...password,
  ]);
  add(
    'watch-pages.json',
    'wecom-watch',
    JSON.stringify([
      {
        errcode: 0,
        errmsg: 'ok',
        ending: 1,
        next_key: '',
        stat_info: {
          users: [{ userid: 'emp_1', watch_time: 960, is_comment: 0, is_mic: 0 }],
          external_users: [
            {
              external_userid: externalUserid,
              type: 1,
              name: nickname,
              watch_time: 48,
              is_comment: 1,
              is_mic: 0,
              invitor_external_userid: inviter,
            },
            { external_userid: rejectedOpenid, type: 1, name: nickname, watch_time: phone + phone },
          ],
        },
      },
    ]),
    ['--room', 'lvCANARYAAAAAAAAAAAAAAAAA4'],
  );
  add(
    'live-info.json',
    'wecom-live',
    JSON.stringify({
      errcode: 0,
      errmsg: 'ok',
      living_info: {
        theme: `答疑 ${phone} ${openid}`,
        living_start: T / 1000,
        living_duration: 4800,
        status: 2,
        reserve_start: T / 1000,
        reserve_living_duration: 3600,
        description: `${phone} ${externalUserid}`,
        anchor_userid: 'emp_1',
        viewer_num: 2,
        comment_num: 1,
        push_stream_url: `rtmp://p.example.com/?openid=${openid}`,
      },
    }),
    ['--room', 'lvCANARYAAAAAAAAAAAAAAAAA1'],
  );
  const signIn = await bytesOf(
    buildWorkbook(
      [
        {
          name: '第一次签到',
          rows: [
            ['签到统计', ''],
            ['签到发起时间', '已签到人数'],
            ['2026.9.9 10:20', 2],
            [],
            ['签到明细', ''],
            ['已签到成员', '所在部门'],
            ['甲', '销售部'],
            [`${nickname}@微信`, ''],
            [externalUserid, phone],
          ],
          headerRow: 5,
        },
      ],
      T,
    ),
  );
  add('signin.xlsx', 'wecom-signin', signIn, watch);
  add(
    'roster.csv',
    'employees',
    csv([
      ['账号', '姓名', '部门', '状态', '生效日期', '手机', '微信号', 'openid'],
      ['emp_1', '甲', '销售部', '在职', '2026-08-10', phone, openid, openid],
      ['', '乙', '销售部', '在职', '2026-08-10', phone, rejectedOpenid, openid],
    ]),
  );

  // Refused as a whole: what the message says of the file must not say who is in it.
  add('headless.csv', null, `${openid},${phone},${nickname}\n${unionid},${phone},${nickname}\n`);
  add('odd.json', null, JSON.stringify([{ who: openid, tel: phone, [openid]: nickname }]));
  add(
    'reply.json',
    null,
    JSON.stringify({ errcode: 40003, errmsg: `invalid openid ${openid} rid: ${phone}` }),
  );
  add('truncated.xlsx', null, encrypted.subarray(0, encrypted.length * 0.6), password);
  add('wrong-password.xlsx', null, encrypted);
  return files;
}

function csv(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((cells) => csvLine(cells, { formulaGuard: false })).join('');
}
