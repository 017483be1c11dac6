/** What spreadsheets offer beside the looks in the cells: colours for new charts, faces for new text. */
const COLORS: readonly (readonly [string, string])[] = [
  ['dk1', '000000'],
  ['lt1', 'FFFFFF'],
  ['dk2', '1F2933'],
  ['lt2', 'E3F1EF'],
  ['accent1', '0F8B80'],
  ['accent2', 'E07A3F'],
  ['accent3', '3B6FB6'],
  ['accent4', 'C9A227'],
  ['accent5', '8A5AA8'],
  ['accent6', '5C6B73'],
  ['hlink', '3B6FB6'],
  ['folHlink', '8A5AA8'],
];
const PLAIN_FILL = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>';
const FACES = '<a:latin typeface="微软雅黑"/><a:ea typeface="微软雅黑"/><a:cs typeface=""/>';

/** `xl/theme/theme1.xml`: the format wants three of each kind of fill, line and effect, all plain here. */
export function themeXml(): string {
  const colors = COLORS.map(([name, color]) => `<a:${name}><a:srgbClr val="${color}"/></a:${name}>`);
  const lines = [6350, 12700, 19050].map((width) => `<a:ln w="${String(width)}">${PLAIN_FILL}</a:ln>`);
  return [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="wxlive"><a:themeElements>',
    `<a:clrScheme name="wxlive">${colors.join('')}</a:clrScheme>`,
    `<a:fontScheme name="wxlive"><a:majorFont>${FACES}</a:majorFont><a:minorFont>${FACES}</a:minorFont></a:fontScheme>`,
    `<a:fmtScheme name="wxlive"><a:fillStyleLst>${PLAIN_FILL.repeat(3)}</a:fillStyleLst><a:lnStyleLst>${lines.join('')}</a:lnStyleLst>`,
    `<a:effectStyleLst>${'<a:effectStyle><a:effectLst/></a:effectStyle>'.repeat(3)}</a:effectStyleLst><a:bgFillStyleLst>${PLAIN_FILL.repeat(3)}</a:bgFillStyleLst></a:fmtScheme>`,
    '</a:themeElements></a:theme>',
  ].join('');
}
