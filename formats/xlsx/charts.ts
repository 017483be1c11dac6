import { escapeXml } from './write-text.js';

/** A chart of the spreadsheet's own, drawn from cells of the workbook. Colours are RRGGBB. */
export interface NativeChart {
  /** `bar` lies, `column` stands. */
  readonly kind: 'line' | 'bar' | 'column';
  readonly title: string;
  readonly categories: ChartSource<string | number>;
  /** Number format of categories that are numbers (dates); absent: they are texts. */
  readonly categoryFormat?: string;
  readonly series: readonly NativeSeries[];
  /** Number format of the values. */
  readonly valueFormat: string;
  readonly stacked?: boolean;
  /** Values at the ends of bars. */
  readonly labels?: boolean;
  /** The gap between bars in percent of their width. */
  readonly gapPercent?: number;
  readonly valueAxis?: boolean;
  readonly place: ChartPlace;
  /** What the chart shows, for those who cannot see it. */
  readonly description: string;
}

/** Where values stand (`sheetRange`), and the values themselves, shown by viewers that do not calculate. */
export interface ChartSource<Value> {
  readonly range: string;
  readonly values: readonly (Value | null)[];
}

export interface NativeSeries extends ChartSource<number> {
  readonly name: string;
  /** The cell that holds the name. */
  readonly nameRange: string;
  readonly color: string;
}

/** The upper left corner (counted from 0) and the size in pixels. */
export interface ChartPlace {
  readonly row: number;
  readonly column: number;
  readonly widthPixels: number;
  readonly heightPixels: number;
}

const EMU_A_PIXEL = 9525;
const TEXT_COLOR = '4A5560';
const LINE_COLOR = 'D5DEDD';
/** Labels along the axis of a line chart, at most. */
const AXIS_LABELS = 8;
/** Points from one label to the next: what reads well when the points are minutes, hours or days. */
const LABEL_STEPS = [1, 2, 5, 7, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440];
const FACE = '<a:latin typeface="微软雅黑"/><a:ea typeface="微软雅黑"/>';

/** `xl/charts/chartN.xml`. */
export function chartXml(chart: NativeChart): string {
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">',
    '<c:roundedCorners val="0"/><c:chart>',
    titleXml(chart.title),
    '<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/>',
    chart.kind === 'line' ? lineXml(chart) : barXml(chart),
    axesXml(chart),
    '<c:spPr><a:noFill/></c:spPr></c:plotArea>',
    chart.series.length > 1
      ? `<c:legend><c:legendPos val="b"/><c:overlay val="0"/>${textXml(900, TEXT_COLOR)}</c:legend>`
      : '',
    '<c:plotVisOnly val="0"/><c:dispBlanksAs val="gap"/></c:chart>',
    `<c:spPr>${solid('FFFFFF')}<a:ln w="9525">${solid(LINE_COLOR)}</a:ln></c:spPr>`,
    `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900">${FACE}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>`,
    '</c:chartSpace>',
  ].join('');
}

function titleXml(title: string): string {
  return `<c:title><c:tx><c:rich><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1200" b="1"/></a:pPr><a:r><a:rPr lang="zh-CN" sz="1200" b="1">${solid('1F2933')}${FACE}</a:rPr><a:t>${escapeXml(title)}</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>`;
}

function lineXml(chart: NativeChart): string {
  const series = chart.series.map(
    (one, index) =>
      `<c:ser>${seriesHead(one, index)}<c:spPr><a:ln w="22225" cap="rnd">${solid(one.color)}<a:round/></a:ln></c:spPr><c:marker><c:symbol val="none"/></c:marker>${categoriesXml(chart)}${valuesXml(one, chart.valueFormat)}<c:smooth val="0"/></c:ser>`,
  );
  return `<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>${series.join('')}<c:marker val="1"/><c:axId val="1"/><c:axId val="2"/></c:lineChart>`;
}

function barXml(chart: NativeChart): string {
  const labels =
    chart.labels === true
      ? `<c:dLbls><c:numFmt formatCode="${escapeXml(chart.valueFormat)}" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>${textXml(900, TEXT_COLOR)}<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`
      : '';
  const series = chart.series.map(
    (one, index) =>
      `<c:ser>${seriesHead(one, index)}<c:spPr>${solid(one.color)}</c:spPr><c:invertIfNegative val="0"/>${labels}${categoriesXml(chart)}${valuesXml(one, chart.valueFormat)}</c:ser>`,
  );
  const direction = chart.kind === 'bar' ? 'bar' : 'col';
  const overlap = chart.stacked === true ? '<c:overlap val="100"/>' : '';
  return `<c:barChart><c:barDir val="${direction}"/><c:grouping val="${chart.stacked === true ? 'stacked' : 'clustered'}"/><c:varyColors val="0"/>${series.join('')}<c:gapWidth val="${String(chart.gapPercent ?? 60)}"/>${overlap}<c:axId val="1"/><c:axId val="2"/></c:barChart>`;
}

function seriesHead(series: NativeSeries, index: number): string {
  return `<c:idx val="${String(index)}"/><c:order val="${String(index)}"/><c:tx><c:strRef><c:f>${escapeXml(series.nameRange)}</c:f>${stringCache([series.name])}</c:strRef></c:tx>`;
}

function categoriesXml(chart: NativeChart): string {
  const { range, values } = chart.categories;
  return chart.categoryFormat === undefined
    ? `<c:cat><c:strRef><c:f>${escapeXml(range)}</c:f>${stringCache(values.map((value) => (value === null ? '' : String(value))))}</c:strRef></c:cat>`
    : `<c:cat><c:numRef><c:f>${escapeXml(range)}</c:f>${numberCache(values, chart.categoryFormat)}</c:numRef></c:cat>`;
}

function valuesXml(series: NativeSeries, format: string): string {
  return `<c:val><c:numRef><c:f>${escapeXml(series.range)}</c:f>${numberCache(series.values, format)}</c:numRef></c:val>`;
}

function stringCache(texts: readonly string[]): string {
  const points = texts.map(
    (text, index) => `<c:pt idx="${String(index)}"><c:v>${escapeXml(text)}</c:v></c:pt>`,
  );
  return `<c:strCache><c:ptCount val="${String(texts.length)}"/>${points.join('')}</c:strCache>`;
}

function numberCache(values: readonly (string | number | null)[], format: string): string {
  const points = values.map((value, index) =>
    typeof value === 'number' && Number.isFinite(value)
      ? `<c:pt idx="${String(index)}"><c:v>${String(value)}</c:v></c:pt>`
      : '',
  );
  return `<c:numCache><c:formatCode>${escapeXml(format)}</c:formatCode><c:ptCount val="${String(values.length)}"/>${points.join('')}</c:numCache>`;
}

/** Axis 1 carries the categories, axis 2 the values. Lying bars start at the top. */
function axesXml(chart: NativeChart): string {
  const lying = chart.kind === 'bar';
  const least = Math.ceil(chart.categories.values.length / AXIS_LABELS);
  const skip = LABEL_STEPS.find((step) => step >= least) ?? least;
  const skips =
    chart.kind === 'line'
      ? `<c:tickLblSkip val="${String(skip)}"/><c:tickMarkSkip val="${String(skip)}"/>`
      : '';
  const axisLine = `<c:spPr><a:ln w="9525">${solid(LINE_COLOR)}</a:ln></c:spPr>`;
  const grid =
    chart.valueAxis === false
      ? ''
      : `<c:majorGridlines><c:spPr><a:ln w="6350">${solid('E8EDED')}</a:ln></c:spPr></c:majorGridlines>`;
  const categoryAxis = [
    `<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="${lying ? 'maxMin' : 'minMax'}"/></c:scaling><c:delete val="0"/><c:axPos val="${lying ? 'l' : 'b'}"/>`,
    `<c:numFmt formatCode="${escapeXml(chart.categoryFormat ?? 'General')}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>`,
    `${axisLine}${textXml(900, TEXT_COLOR)}<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/>${skips}<c:noMultiLvlLbl val="1"/></c:catAx>`,
  ];
  const valueAxis = [
    `<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/>${hasNegative(chart) ? '' : '<c:min val="0"/>'}</c:scaling><c:delete val="${chart.valueAxis === false ? '1' : '0'}"/><c:axPos val="${lying ? 'b' : 'l'}"/>${grid}`,
    `<c:numFmt formatCode="${escapeXml(chart.valueFormat)}" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>`,
    `<c:spPr><a:ln><a:noFill/></a:ln></c:spPr>${textXml(900, TEXT_COLOR)}<c:crossAx val="1"/><c:crosses val="${lying ? 'max' : 'autoZero'}"/><c:crossBetween val="${chart.kind === 'line' ? 'midCat' : 'between'}"/></c:valAx>`,
  ];
  return [...categoryAxis, ...valueAxis].join('');
}

function hasNegative(chart: NativeChart): boolean {
  return chart.series.some((one) => one.values.some((value) => value !== null && value < 0));
}

function solid(color: string): string {
  return `<a:solidFill><a:srgbClr val="${color}"/></a:solidFill>`;
}

/** Text properties; the size in hundredths of a point. */
function textXml(size: number, color: string): string {
  return `<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="${String(size)}" b="0">${solid(color)}${FACE}</a:defRPr></a:pPr><a:endParaRPr lang="zh-CN"/></a:p></c:txPr>`;
}

/** `xl/drawings/drawingN.xml`: where the charts of a sheet stand; chart k is relation `rId{k+1}`. */
export function drawingXml(charts: readonly NativeChart[]): string {
  const anchors = charts.map(({ place, title, description }, index) => {
    const number = String(index + 1);
    return [
      `<xdr:oneCellAnchor><xdr:from><xdr:col>${String(place.column)}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>${String(place.row)}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>`,
      `<xdr:ext cx="${String(place.widthPixels * EMU_A_PIXEL)}" cy="${String(place.heightPixels * EMU_A_PIXEL)}"/>`,
      `<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="${String(index + 2)}" name="${escapeXml(title)}" descr="${escapeXml(description)}"/><xdr:cNvGraphicFramePr/></xdr:nvGraphicFramePr>`,
      '<xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">',
      `<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="rId${number}"/></a:graphicData></a:graphic></xdr:graphicFrame><xdr:clientData/></xdr:oneCellAnchor>`,
    ].join('');
  });
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">${anchors.join('')}</xdr:wsDr>`;
}
