/** Formats a table leaves in. */
export const TABLE_FORMATS = ['csv', 'arrow', 'parquet', 'xlsx'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** The format of a word or of a file's ending; undefined for any other. */
export function tableFormat(text: string): TableFormat | undefined {
  const word = text.replace(/^.*\./, '').toLowerCase();
  return TABLE_FORMATS.find((format) => format === word);
}

/** How the database writes a format. Small row groups: what is written is never held whole. */
export const ENGINE_FORMATS = {
  arrow: { name: 'Arrow', settings: { output_format_arrow_string_as_string: 1 } },
  parquet: {
    name: 'Parquet',
    settings: {
      output_format_parquet_string_as_string: 1,
      output_format_parquet_row_group_size: 100_000,
      output_format_parquet_row_group_size_bytes: 64 * 2 ** 20,
      output_format_parquet_parallel_encoding: 0,
    },
  },
  csv: {
    name: 'CSVWithNames',
    settings: {
      format_csv_null_representation: '',
      output_format_csv_crlf_end_of_line: 1,
      output_format_json_escape_forward_slashes: 0,
    },
  },
} as const satisfies Partial<
  Record<TableFormat, { readonly name: string; readonly settings: Readonly<Record<string, string | number>> }>
>;

/** Before the text of a CSV file, so that Excel does not take it for the local code page. */
export const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
