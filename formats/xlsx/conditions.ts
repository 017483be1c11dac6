import type { Condition } from './sheet-plan.js';
import { rangeReference } from './write-text.js';

const X14 = 'http://schemas.microsoft.com/office/spreadsheetml/2009/9/main';

/** The `<conditionalFormatting>` of condition number `index` of a sheet. */
export function conditionXml(condition: Condition, index: number): string {
  return `<conditionalFormatting sqref="${rangeReference(condition.range)}">${rulesXml(condition, index)}</conditionalFormatting>`;
}

function rulesXml(condition: Condition, index: number): string {
  // a condition has two rules at most
  const rule = (type: string, attributes: string, content: string, place = 1) =>
    `<cfRule type="${type}"${attributes} priority="${String(index * 2 + place)}">${content}</cfRule>`;
  switch (condition.kind) {
    case 'bar':
      return rule(
        'dataBar',
        '',
        `<dataBar><cfvo type="num" val="0"/><cfvo type="max"/>${colorXml('color', condition.color)}</dataBar><extLst><ext xmlns:x14="${X14}" uri="{B025F937-C7B1-47D3-B67F-A62EFF666E3E}"><x14:id>${barId(index)}</x14:id></ext></extLst>`,
      );
    case 'scale':
      return rule(
        'colorScale',
        '',
        `<colorScale><cfvo type="min"/><cfvo type="max"/>${colorXml('color', condition.low)}${colorXml('color', condition.high)}</colorScale>`,
      );
    case 'sign':
      return (
        rule('cellIs', ` dxfId="${String(condition.above)}" operator="greaterThan"`, '<formula>0</formula>') +
        rule('cellIs', ` dxfId="${String(condition.below)}" operator="lessThan"`, '<formula>0</formula>', 2)
      );
  }
}

/** The end of a sheet: what newer spreadsheets want to know of bars, which older ones fade out to the right. */
export function conditionExtensions(conditions: readonly Condition[]): string {
  const bars = conditions.flatMap((condition, index) =>
    condition.kind === 'bar'
      ? [
          `<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule type="dataBar" id="${barId(index)}"><x14:dataBar minLength="0" maxLength="100" gradient="0"><x14:cfvo type="num"><xm:f>0</xm:f></x14:cfvo><x14:cfvo type="max"/>${colorXml('x14:negativeFillColor', condition.color)}${colorXml('x14:axisColor', condition.color)}</x14:dataBar></x14:cfRule><xm:sqref>${rangeReference(condition.range)}</xm:sqref></x14:conditionalFormatting>`,
        ]
      : [],
  );
  if (bars.length === 0) return '';
  return `<extLst><ext xmlns:x14="${X14}" uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}"><x14:conditionalFormattings>${bars.join('')}</x14:conditionalFormattings></ext></extLst>`;
}

/** Ties the two descriptions of one bar together; unique in its sheet. */
function barId(index: number): string {
  return `{7A0C1E5D-0000-4000-8000-${index.toString(16).toUpperCase().padStart(12, '0')}}`;
}

function colorXml(element: string, color: string): string {
  return `<${element} rgb="FF${color}"/>`;
}
