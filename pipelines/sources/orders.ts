import {
  fail,
  isPlatform,
  succeed,
  type DraftOrder,
  type DraftRecord,
  type Outcome,
  type RawIds,
  type RejectFailure,
} from '../../schemas/index.js';
import type { Source, SourceColumn, SourceContext } from '../source.js';
import { amountColumns, amountOf } from './amount.js';
import { JSON_DIGITS_LOST, readId, SHEET_DIGITS_LOST } from './event-facts.js';
import { FieldReader, idOf, isObject, textOf } from './export-cell.js';
import { namedFields, type NamedFields } from './named-fields.js';
import { pastTime } from './platform-time.js';

const COLUMNS: readonly SourceColumn[] = [
  { name: 'order_id', aliases: ['订单号', '订单编号', '订单ID', '商户订单号', 'order_no'] },
  { name: 'room_id', aliases: ['直播间ID', '直播间', '房间号', '直播间号', '直播ID', 'roomid'] },
  { name: 'openid', aliases: ['用户openid', '买家openid', '下单人openid'] },
  { name: 'unionid', aliases: ['用户unionid', '买家unionid'] },
  { name: 'user_id', aliases: ['用户ID', '会员ID', '会员号', '买家ID'] },
  { name: 'account', aliases: ['appid', '小程序ID', '小程序appid', '店铺ID'] },
  { name: 'platform', aliases: ['平台'] },
  { name: 'goods_id', aliases: ['商品ID', '商品编号', '商品编码'] },
  ...amountColumns('amount', ['实付金额', '支付金额', '付款金额', '成交金额', '订单金额', '实付款', '金额']),
  { name: 'pay_time', aliases: ['支付时间', '付款时间', '成交时间', 'paid_at', 'payment_time'] },
  { name: 'created_at', aliases: ['下单时间', '创建时间', '订单创建时间', 'create_time', 'order_time'] },
  { name: 'status', aliases: ['订单状态', '状态', '支付状态', 'order_status'] },
  ...amountColumns('refund', ['退款金额', '实退金额', '已退金额']),
  { name: 'refund_id', aliases: ['退款单号', '退款编号', '退款ID', '售后单号'] },
  { name: 'refund_time', aliases: ['退款时间', '退款完成时间', 'refunded_at'] },
];
const readFields = namedFields(COLUMNS);

/** Orders as the shop exports them; Beijing wall clock allowed. */
export const ordersSource: Source = {
  name: 'orders',
  loads: 'stream',
  table: {
    columns: COLUMNS,
    required: [['order_id'], ['amount_fen', 'amount_yuan', 'amount'], ['pay_time', 'status', 'created_at']],
    open: null,
    everyTable: false,
  },
  recognize(record) {
    if (!isObject(record) || 'event' in record || 'type' in record) return 0;
    const fields = readFields({ from: 'json', value: record }) ?? {};
    const amount = ['amount_fen', 'amount_yuan', 'amount'].some((name) => name in fields);
    return 'order_id' in fields && amount && ('status' in fields || 'pay_time' in fields) ? 0.9 : 0;
  },
  records: null,
  normalize(row, context) {
    const fields = readFields(row);
    if (fields === null) return fail({ code: 'not_json' });
    return normalizeFields(fields, row.from === 'json' ? JSON_DIGITS_LOST : SHEET_DIGITS_LOST, context);
  },
};

function normalizeFields(
  fields: NamedFields,
  digitsLostFrom: number,
  context: SourceContext,
): Outcome<readonly DraftRecord[], RejectFailure> {
  const reader = new FieldReader();
  const orderId = reader.need(
    idOf(fields['order_id'], 'order_id'),
    { code: 'missing_key', field: 'order_id' },
    '',
  );
  const paidAt = reader.take(pastTime(fields['pay_time'], context.receivedAt, 'pay_time'));
  const createdAt = reader.take(pastTime(fields['created_at'], context.receivedAt, 'created_at'));
  const refundedAt = reader.take(pastTime(fields['refund_time'], context.receivedAt, 'refund_time'));
  const amount = reader.take(amountOf(fields, 'amount', context));
  const refund = reader.take(amountOf(fields, 'refund', context));
  const roomId = reader.take(idOf(fields['room_id'], 'room_id')) ?? '';
  const goodsId = reader.take(idOf(fields['goods_id'], 'goods_id')) ?? '';
  const refundId = reader.take(idOf(fields['refund_id'], 'refund_id')) ?? '';
  const account = reader.take(idOf(fields['account'], 'account'));
  const status = reader.take(statusOf(fields['status'], paidAt));
  const platform = reader.take(platformOf(fields['platform']));
  const ids = readIds(fields, digitsLostFrom);
  if ('code' in ids) return fail(ids);
  if (reader.failure !== null) return fail(reader.failure);
  const known = status ?? 'created';
  const paid = known === 'paid' || known === 'refunded';
  if (paid && paidAt === null) return fail({ code: 'time_unreadable', field: 'pay_time' });
  if (paid && amount === null) return fail({ code: 'bad_amount', field: 'amount' });
  const draft: DraftOrder = {
    kind: 'order',
    account,
    platform,
    order_id: orderId,
    room_id: roomId,
    ids,
    amount_fen: amount,
    created_at: createdAt,
    paid_at: paid ? paidAt : null,
    status: known,
    refund_id: refundId,
    // A refunded order that does not say how much was refunded as a whole.
    refund_fen: refund ?? (known === 'refunded' ? amount : null),
    refunded_at: refundedAt,
    goods_id: goodsId,
  };
  return succeed([draft]);
}

const STATUS_WORDS: ReadonlyMap<string, DraftOrder['status']> = new Map(
  (
    [
      [
        'paid',
        [
          '已支付',
          '已付款',
          '支付成功',
          '已完成',
          '交易成功',
          '交易完成',
          '已发货',
          '待发货',
          '待收货',
          '已收货',
        ],
      ],
      ['paid', ['已签收', '部分退款', 'paid', 'completed', 'complete', 'success', 'shipped', 'finished']],
      ['refunded', ['已退款', '全额退款', '退款成功', 'refunded']],
      ['closed', ['已关闭', '交易关闭', '已取消', '关闭', '取消', 'closed', 'cancelled', 'canceled']],
      ['created', ['待支付', '待付款', '未支付', '未付款', '已下单', 'created', 'unpaid', 'pending']],
    ] as const
  ).flatMap(([status, words]) => words.map((word) => [word, status] as const)),
);

/** Without a word an order with a time of payment is paid. */
function statusOf(cell: unknown, paidAt: number | null): Outcome<DraftOrder['status'], RejectFailure> {
  const word = textOf(cell)?.normalize('NFKC').toLowerCase().trim();
  if (word === undefined) return succeed(paidAt === null ? 'created' : 'paid');
  const status = STATUS_WORDS.get(word);
  return status === undefined ? fail({ code: 'bad_value', field: 'status' }) : succeed(status);
}

function platformOf(cell: unknown): Outcome<DraftOrder['platform'], RejectFailure> {
  const text = textOf(cell);
  if (text === null) return succeed(null);
  return isPlatform(text) ? succeed(text) : fail({ code: 'unknown_platform', field: 'platform' });
}

function readIds(fields: NamedFields, digitsLostFrom: number): RawIds | RejectFailure {
  const ids: { openid?: string; unionid?: string; user_id?: string } = {};
  for (const name of ['openid', 'unionid', 'user_id'] as const) {
    const id = readId(fields[name] ?? null, digitsLostFrom);
    if (id === null) return { code: 'id_lost_precision', field: name };
    if (id !== '' && textOf(id) !== null) ids[name] = id;
  }
  return ids;
}
