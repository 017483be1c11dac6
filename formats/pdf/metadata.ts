/** What a document says about itself. */
export interface PdfMetadata {
  readonly title: string;
  readonly subject: string;
  /** The program that made it. */
  readonly creator: string;
  /** BCP 47: `zh-CN`. */
  readonly language: string;
  /** UTC milliseconds. */
  readonly createdAt: number;
}

/** The title as properties and bookmarks can show it: no control characters, no halves of surrogate pairs. */
export function visibleTitle(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/gu, ' ').trim();
}

/** The XMP packet's descriptions. pdfkit's own puts the title in unescaped: `A & B` would be no XML. */
export function metadataXml(metadata: PdfMetadata): string {
  const title = escapeXml(visibleTitle(metadata.title));
  const subject = escapeXml(visibleTitle(metadata.subject));
  const creator = escapeXml(metadata.creator);
  const created = `${new Date(metadata.createdAt).toISOString().slice(0, 19)}Z`;
  return `
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreateDate>${created}</xmp:CreateDate>
<xmp:CreatorTool>${creator}</xmp:CreatorTool>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">${title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">${subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>${metadata.language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>${creator}</pdf:Producer>
</rdf:Description>
`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
