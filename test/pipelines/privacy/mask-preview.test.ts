import { describe, expect, it } from 'vitest';
import { maskPreview } from '../../../pipelines/privacy/mask-preview.js';

describe('maskPreview', () => {
  it('keeps what says what is wrong', () => {
    expect(maskPreview('{"event":"live_like","time":"yesterday","room_id":"1192"}')).toBe(
      '{"event":"live_like","time":"yesterday","room_id":"1192"}',
    );
    expect(maskPreview('{"event":"live_like","time":1789099200000}')).toContain('1789099200000');
    expect(maskPreview('live_like,2026-09-11T10:00:00')).toBe('live_like,2026-09-11T10:00:00');
  });

  it.each([
    ['{"openid":"oCANARY_id-0000000000000000A"}', 'oCANARY'],
    ['{"event":"x","openid":"oCANARY_id-0000000000000000A', 'CANARY'],
    ['x,oCANARY_id-0000000000000000A,y', 'CANARY'],
    ['{"openid":"abc"}', 'abc'],
    ['{"user_id":10086}', '10086'],
    ['{"user_id": "alice"}', 'alice'],
    ['openid=abc&x=1', 'abc'],
    ['x%3Fopenid%3Dabc', 'abc'],
    ['tel 13800138000', '138001'],
    ['138-0013-8000', '8000'],
    ['a@b.example', 'b.example'],
    ['203.0.113.7', '113'],
    ['u70001,live_like', '70001'],
    ['张三@微信,-', '张三'],
    ['{"昵称":"abc"}', 'abc'],
    [{ openid: 'abc', time: 'x' }, 'abc'],
    [{ 'props.nickname': 'abc' }, 'abc'],
  ])('hides what could be somebody in %j', (row, hidden) => {
    expect(maskPreview(row)).not.toContain(hidden);
  });

  it('is at most 200 characters of one line, well formed', () => {
    const long = maskPreview(`${'a\n'.repeat(300)}\ud83d`);
    expect(long.length).toBeLessThanOrEqual(200);
    expect(long).not.toMatch(/[\r\n\0]/u);
    expect(long.isWellFormed()).toBe(true);
    expect(maskPreview('1'.repeat(5_000_000)).length).toBeLessThanOrEqual(200);
  });
});
