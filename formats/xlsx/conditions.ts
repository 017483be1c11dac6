import type { Condition } from './sheet-plan.js';
import { rangeReference } from './write-text.js';

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
        // no extension of newer spreadsheets (solid bars): other readers warn of it and drop it
        `<dataBar minLength="0" maxLength="100"><cfvo type="num" val="0"/><cfvo type="max"/>${colorXml('color', condition.color)}</dataBar>`,
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

function colorXml(element: string, color: string): string {
  return `<${element} rgb="FF${color}"/>`;
}
