import { describe, expect, it } from 'vitest';
import { plainMarkdown } from '../../../reports/delivery/plain-markdown.js';

describe('a text in a robot’s markdown', () => {
  it('stays what it is, whatever it says', () => {
    const evil =
      '[点我](https://evil.example)\n# 大字\n<@all> <font color="warning">假</font> `code` **粗** > 引用';
    const plain = plainMarkdown(evil);
    expect(plain).not.toMatch(/[[\]<>`*#\n]/);
    expect(plain).toContain('点我');
    expect(plainMarkdown('看点直播 kd_2001：下降 67%')).toBe('看点直播 kd_2001：下降 67%');
  });
});
