import type { SeededRandom } from './random.js';

const SURNAMES = Array.from(
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁于蒋蔡',
);
const GIVEN = Array.from(
  '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰飞鹏波辉宁琳璐瑶晨曦梓涵雨欣嘉怡浩然文博',
);
const MOODS = [
  '爱喝茶的',
  '路过的',
  '深夜',
  '山里',
  '慢慢',
  '春天的',
  '北方',
  '江南',
  '不吃香菜的',
  '早起的',
];
const THINGS = [
  '小鹿',
  '云朵',
  '橘子',
  '阿May',
  '老王',
  '咖啡',
  '行者',
  '鱼',
  '石头',
  '月亮',
  '𠮷田',
  '竹林',
];
const SIGNS = ['', '', '', '', '☁️', '🍵', '🌿', '520', '🐟', '_'];

/** A name as in a roster: two or three characters. */
export function staffName(random: SeededRandom): string {
  const given = random.chance(0.7) ? random.pick(GIVEN) + random.pick(GIVEN) : random.pick(GIVEN);
  return random.pick(SURNAMES) + given;
}

/** A nickname as WeChat users have them; not unique, now and then with an emoji or a rare character. */
export function nickname(random: SeededRandom): string {
  const number = random.chance(0.25) ? String(random.integer(1, 999)) : '';
  return random.pick(MOODS) + random.pick(THINGS) + random.pick(SIGNS) + number;
}
