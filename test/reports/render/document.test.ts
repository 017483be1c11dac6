import { describe, expect, it } from 'vitest';
import { cellText } from '../../../reports/render/cell-text.js';
import { renderDocument } from '../../../reports/render/document.js';
import type { ReportDocument } from '../../../reports/render/report-document.js';
import { isListed } from '../../../reports/render/table-model.js';
import {
  collect,
  drawnTexts,
  lacksPdfTools,
  opens,
  outline,
  pageTexts,
  pdfInfo,
  qpdfCheck,
} from '../../formats/pdf/poppler.js';
import { sampleDocument } from './sample-document.js';

const PASSWORD = 'correct-Horse-42';

/** Without spaces and line breaks, which layout decides. */
const squeezed = (text: string) => text.replaceAll(/\s/g, '');

async function textOf(document: ReportDocument): Promise<string> {
  return pageTexts(await collect(renderDocument(document, null))).join('\f');
}

describe.skipIf(lacksPdfTools())('renderDocument', () => {
  it('puts title, period, state, recipient, figures and summary on the first page', async () => {
    const document = sampleDocument();
    const [first = ''] = (await textOf(document)).split('\f');
    const page = squeezed(first);
    for (const part of [
      document.title,
      document.subtitle,
      document.period.label,
      '暂定',
      '王晓明',
      ...document.summary,
    ]) {
      expect(page).toContain(squeezed(part));
    }
    for (const part of [
      '18,432',
      '▲12.4%',
      '¥1,234,567.89',
      '▼5.3%',
      '3.4%',
      '无对比',
      '仅供王晓明使用，请勿转发',
    ]) {
      expect(page).toContain(part);
    }
  });

  it('writes every cell of every listed table, in the document zone', async () => {
    const document = sampleDocument();
    const text = squeezed(drawnTexts(await collect(renderDocument(document, null))).join(''));
    for (const table of document.sections.flatMap((section) => section.tables).filter(isListed)) {
      for (const row of table.rows) {
        row.forEach((cell, index) => {
          const column = table.columns[index];
          if (column !== undefined)
            expect(text).toContain(squeezed(cellText(cell, column, document.timeZone)));
        });
      }
    }
    for (const metric of document.metrics) expect(text).toContain(squeezed(metric.definition));
  });

  it('has a bookmark for each section on the page the contents name', async () => {
    const bytes = await collect(renderDocument(sampleDocument(), null));
    const marks = outline(bytes).filter((mark) => mark.level === 0);
    expect(marks.map((mark) => mark.title)).toEqual([
      ...sampleDocument().sections.map((section) => section.title),
      '指标字典',
    ]);
    const pages = pageTexts(bytes);
    for (const mark of marks) {
      expect(pages[mark.page - 1]).toContain(mark.title);
      expect(pages[0]).toMatch(new RegExp(`${mark.title}\\s+${mark.page}\\n`));
    }
  });

  it('numbers its pages and names recipient and data-as-of on each', async () => {
    const pages = (await textOf(sampleDocument())).split('\f');
    expect(pages.length).toBeGreaterThan(2);
    pages.forEach((page, index) => {
      expect(squeezed(page)).toContain(`第${index + 1}页/共${pages.length}页`);
      expect(squeezed(page)).toContain('仅供王晓明使用，请勿转发·数据截至2026-09-1109:00');
    });
  });

  it('shows the first rows of a streamed detail table, says so, and stops reading', async () => {
    let given = 0;
    let closed = false;
    async function* rows() {
      try {
        for (;;) {
          given += 100;
          yield await Promise.resolve(Array.from({ length: 100 }, (_, index) => [`行${given + index}`]));
        }
      } finally {
        closed = true;
      }
    }
    const table = {
      title: '明细',
      columns: [{ key: 'a', label: '列', kind: 'text' as const }],
      rows: rows(),
      emptyNote: '',
    };
    const section = { id: 'detail', title: '明细', tables: [table], charts: [] };
    const text = squeezed(await textOf(sampleDocument({ sections: [section] })));
    expect(text).toContain('仅列出前40行，全部明细见工作簿');
    expect(closed).toBe(true);
    expect(given).toBeLessThanOrEqual(500);
  });

  it('is in English when asked', async () => {
    const text = await textOf(sampleDocument({ language: 'en' }));
    for (const part of ['Data as of', 'Provisional', 'Page 1 of', 'Metrics']) {
      expect(text).toContain(part);
    }
    const info = pdfInfo(await collect(renderDocument(sampleDocument({ language: 'en' }), null)));
    expect(info.get('Title')).toContain('2026-09-10');
  });

  it('is protected as asked, and refuses what cannot protect', async () => {
    const bytes = await collect(renderDocument(sampleDocument(), { userPassword: PASSWORD }));
    expect(qpdfCheck(bytes, PASSWORD)).toMatch(/^R = 6$/m);
    expect(opens(bytes, '')).toBe(false);
    expect(opens(bytes, '', 'owner')).toBe(false);
    expect(pageTexts(bytes, PASSWORD)).toEqual(
      pageTexts(await collect(renderDocument(sampleDocument(), null))),
    );
    await expect(collect(renderDocument(sampleDocument(), { userPassword: '' }))).rejects.toThrow(TypeError);
  });

  it('gives the same bytes for the same report', async () => {
    const render = () => collect(renderDocument(sampleDocument(), null));
    expect((await render()).equals(await render())).toBe(true);
  });

  it('takes any text anywhere: rare, hostile, empty, endless', async () => {
    const hostile = '𠮷🎉</x>&\u202E\u0000\uD800(\\)%\n=1+1'.repeat(40);
    const document = sampleDocument({
      title: hostile,
      subtitle: '',
      recipient: hostile,
      stateNote: hostile,
      summary: [hostile],
      highlights: [
        { label: hostile, value: 1e18, kind: 'money_fen', change: 12_345.678, comparedWith: hostile },
      ],
      sections: [
        {
          id: 'a',
          title: hostile,
          note: hostile,
          text: [hostile],
          charts: [],
          tables: [
            {
              title: hostile,
              columns: [{ key: 'a', label: hostile, kind: 'text' }],
              rows: [[hostile]],
              emptyNote: '',
            },
          ],
        },
        { id: 'b', title: '', charts: [], tables: [] },
      ],
    });
    const bytes = await collect(renderDocument(document, null));
    expect(qpdfCheck(bytes)).toContain('No syntax');
    expect(bytes.includes('NaN')).toBe(false);
    const bare = sampleDocument({
      sections: [],
      highlights: [],
      summary: [],
      metrics: [],
      recipient: null,
      stateNote: null,
    });
    expect(pageTexts(await collect(renderDocument(bare, null)))).toHaveLength(1);
  });
});
