import { createRequire } from 'node:module';
import type PDFDocument from 'pdfkit';
import { pdfPasswordFailure, randomOwnerPassword, revisionSixEntries } from './encryption-r6.js';
import { openFace, type FaceName } from './face.js';
import { runAdvance, splitRuns, widthOfText, type FontWeight, type TextRun } from './fonts.js';
import { outlineOperators } from './outlines.js';
import { metadataXml, visibleTitle, type PdfMetadata } from './metadata.js';

/** A4 in points. */
export const PAGE_WIDTH = 595.28;
export const PAGE_HEIGHT = 841.89;

/** How text is set. */
export interface TextStyle {
  /** Points. */
  readonly size: number;
  /** Default: regular. */
  readonly weight?: FontWeight;
  /** RRGGBB. */
  readonly color: string;
}

/** Distances of the content from the page's edges, in points; header and footer stand in them. */
export interface PageMargins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

export interface PdfOptions {
  readonly metadata: PdfMetadata;
  readonly margins: PageMargins;
  /** Opens the document; see `pdfPasswordFailure` for what is accepted. Null: unprotected. */
  readonly userPassword: string | null;
}

/** A corner of an outline, in points from the top left. */
export interface PathStep {
  readonly to: 'move' | 'line';
  readonly x: number;
  readonly y: number;
}

export interface Paint {
  /** RRGGBB. */
  readonly fill?: string;
  readonly stroke?: string;
  readonly strokeWidth?: number;
  /** 0 to 1. */
  readonly opacity?: number;
  /** Lengths of dashes and gaps. */
  readonly dash?: readonly [number, number];
}

const require = createRequire(import.meta.url);

type PdfkitDocument = InstanceType<typeof PDFDocument>;

/** The parts of pdfkit that its types leave out. */
interface PdfkitInternals {
  _addInfo: () => void;
  appendXML(xml: string): void;
  readonly _security: { encryptionKey: Uint8Array; dictionary: { data: Record<string, unknown> } } | null;
  readonly _root: { data: Record<string, unknown> };
}

const BASELINE = { baseline: 'alphabetic', lineBreak: false } as const;
/** How much bolder the outlines of a face without a bold are drawn, as a fraction of the size. */
const THICKENING = 0.03;

/**
 * A PDF being written: pages of A4, text with font fallback, outlines, bookmarks. The only code that knows pdfkit.
 * Coordinates are points from the top left of the page; text stands on its baseline.
 */
export class PdfDocument {
  /** Where the next content goes on the page, kept by whoever draws. */
  y: number;
  readonly margins: PageMargins;
  readonly #pdf: PdfkitDocument;
  readonly #bookmarks: PDFKit.PDFOutline[] = [];
  readonly #faces = new Set<FaceName>();
  readonly #forms = new Map<string, { readonly name: string; readonly object: PDFKit.PDFKitReference }>();
  #pageCount = 1;

  constructor(options: PdfOptions) {
    const { metadata, userPassword } = options;
    if (userPassword !== null) {
      const failure = pdfPasswordFailure(userPassword);
      if (failure !== null)
        throw new TypeError(`password of a PDF refused: ${failure}; check it with pdfPasswordFailure`);
    }
    const ownerPassword = randomOwnerPassword();
    this.margins = options.margins;
    this.y = options.margins.top;
    // loaded on first use, as fontkit is: it takes a tenth of a second; require is untyped
    const Pdfkit = require('pdfkit') as typeof PDFDocument;
    this.#pdf = new Pdfkit({
      size: [PAGE_WIDTH, PAGE_HEIGHT],
      margin: 0,
      // page numbers need the number of pages, so pages are kept until the end
      bufferPages: true,
      displayTitle: true,
      lang: metadata.language,
      info: {
        Title: visibleTitle(metadata.title),
        Subject: visibleTitle(metadata.subject),
        Creator: metadata.creator,
        Producer: metadata.creator,
        CreationDate: new Date(metadata.createdAt),
      },
      pdfVersion: '1.7ext3',
      // pdfkit would open Helvetica at once
      font: '',
      ...(userPassword === null
        ? {}
        : {
            userPassword,
            ownerPassword,
            permissions: { printing: 'highResolution' as const, copying: true, contentAccessibility: true },
          }),
    });
    // a narrow view of members that the types do not know
    const internals = this.#pdf as unknown as PdfkitInternals;
    internals._addInfo = () => {
      internals.appendXML(metadataXml(metadata));
    };
    if (userPassword !== null) raiseToRevisionSix(internals, userPassword, ownerPassword);
  }

  /** Width between the side margins. */
  get contentWidth(): number {
    return PAGE_WIDTH - this.margins.left - this.margins.right;
  }

  /** Where content must end. */
  get contentBottom(): number {
    return PAGE_HEIGHT - this.margins.bottom;
  }

  get pageCount(): number {
    return this.#pageCount;
  }

  /** Starts a page and puts `y` at its top. */
  addPage(): void {
    this.#pdf.addPage();
    this.#pageCount++;
    this.y = this.margins.top;
  }

  /** Starts a page unless `height` points are left on this one. Returns whether it did. */
  ensure(height: number): boolean {
    if (this.y + height <= this.contentBottom || this.y <= this.margins.top) return false;
    this.addPage();
    return true;
  }

  /** Sets one line of text with its baseline at `y`; `x` is its left edge, centre or right edge by `align`. */
  text(
    text: string,
    x: number,
    y: number,
    style: TextStyle,
    align: 'left' | 'center' | 'right' = 'left',
  ): void {
    const weight = style.weight ?? 'regular';
    let left = x;
    if (align !== 'left') left -= widthOfText(text, style.size, weight) / (align === 'center' ? 2 : 1);
    for (const run of splitRuns(text, weight)) {
      this.#run(run, left, y, style);
      left += (runAdvance(run) * style.size) / 1000;
    }
  }

  rect(x: number, y: number, width: number, height: number, paint: Paint, radius = 0): void {
    this.#paint(paint, (pdf) => {
      if (radius > 0) pdf.roundedRect(x, y, width, height, radius);
      else pdf.rect(x, y, width, height);
    });
  }

  line(x1: number, y1: number, x2: number, y2: number, paint: Paint): void {
    this.#paint(paint, (pdf) => pdf.moveTo(x1, y1).lineTo(x2, y2));
  }

  circle(x: number, y: number, radius: number, paint: Paint): void {
    this.#paint(paint, (pdf) => pdf.circle(x, y, radius));
  }

  /** Draws an outline; `closed` joins its end to its start. */
  path(steps: Iterable<PathStep>, paint: Paint, closed = false): void {
    this.#paint(paint, (pdf) => {
      for (const step of steps) {
        if (step.to === 'move') pdf.moveTo(step.x, step.y);
        else pdf.lineTo(step.x, step.y);
      }
      if (closed) pdf.closePath();
    });
  }

  /** Draws inside with everything outside the rectangle cut off. */
  clipped(x: number, y: number, width: number, height: number, draw: () => void): void {
    this.#pdf.save();
    this.#pdf.rect(x, y, width, height).clip();
    draw();
    this.#pdf.restore();
  }

  /**
   * Draws text as outlines, centred on a point and turned by `degrees`: a watermark is seen, but is not among the
   * text that is searched and copied. However often it is drawn, the file holds it once.
   */
  outlinedText(text: string, x: number, y: number, degrees: number, style: TextStyle, opacity: number): void {
    const weight = style.weight ?? 'regular';
    const key = JSON.stringify([text, style.size, weight]);
    let form = this.#forms.get(key);
    if (form === undefined) {
      const half = widthOfText(text, style.size, weight) / 2 + style.size;
      const object = this.#pdf.ref({
        Type: 'XObject',
        Subtype: 'Form',
        BBox: [-half, -style.size, half, style.size * 1.5],
      });
      object.end(outlineOperators(text, style.size, weight));
      form = { name: `Form${this.#forms.size}`, object };
      this.#forms.set(key, form);
    }
    this.#pdf.save().translate(x, y).rotate(degrees).scale(1, -1);
    this.#pdf.fillColor(`#${style.color}`).opacity(opacity);
    // typed as any: what a page calls its images and forms
    const { xobjects } = this.#pdf.page as { xobjects: Record<string, unknown> };
    xobjects[form.name] = form.object;
    this.#pdf.addContent(`/${form.name} Do`);
    this.#pdf.restore();
  }

  /** A bookmark to `y` on this page; level 0 is the outermost. */
  bookmark(title: string, y: number, level = 0): void {
    this.#bookmarks.length = Math.min(this.#bookmarks.length, level);
    const parent = this.#bookmarks.at(-1) ?? this.#pdf.outline;
    // `left` counts from the right edge
    const place = { top: Math.max(0, y - 12), left: PAGE_WIDTH, expanded: level === 0 };
    this.#bookmarks.push(parent.addItem(visibleTitle(title), place));
  }

  /** Names `y` on this page as the target of links. */
  target(name: string, y: number): void {
    this.#pdf.addNamedDestination(name, 'XYZ', 0, Math.max(0, y - 12), null);
  }

  /** Makes a rectangle of this page lead to a target. */
  link(x: number, y: number, width: number, height: number, target: string): void {
    this.#pdf.goTo(x, y, width, height, target);
  }

  /** Goes back to a page (from 0) to add to it; `y` is left as it is. */
  switchToPage(page: number): void {
    this.#pdf.switchToPage(page);
  }

  /** Ends the document; the bytes come as they are made. Nothing can be drawn after. */
  async *finish(): AsyncIterable<Uint8Array> {
    this.#pdf.end();
    for await (const chunk of this.#pdf) yield chunk;
  }

  #run(run: TextRun, x: number, y: number, style: TextStyle): void {
    const pdf = this.#pdf;
    if (!this.#faces.has(run.face)) {
      // the types know file names and buffers only; pdfkit takes anything with a layout method
      pdf.registerFont(run.face, openFace(run.face) as unknown as Buffer);
      this.#faces.add(run.face);
    }
    pdf.font(run.face, style.size).fillColor(`#${style.color}`);
    if (run.thicken) {
      pdf.save();
      pdf.lineWidth(style.size * THICKENING).strokeColor(`#${style.color}`);
      pdf.text(run.text, x, y, { ...BASELINE, fill: true, stroke: true });
      pdf.restore();
    } else {
      pdf.text(run.text, x, y, BASELINE);
    }
  }

  #paint(paint: Paint, trace: (pdf: PdfkitDocument) => void): void {
    const pdf = this.#pdf;
    pdf.save();
    if (paint.opacity !== undefined) pdf.opacity(paint.opacity);
    if (paint.strokeWidth !== undefined) pdf.lineWidth(paint.strokeWidth);
    if (paint.dash !== undefined) pdf.dash(paint.dash[0], { space: paint.dash[1] });
    pdf.lineJoin('round').lineCap(paint.dash === undefined ? 'round' : 'butt');
    trace(pdf);
    if (paint.fill !== undefined && paint.stroke !== undefined)
      pdf.fillAndStroke(`#${paint.fill}`, `#${paint.stroke}`);
    else if (paint.fill !== undefined) pdf.fill(`#${paint.fill}`);
    else if (paint.stroke !== undefined) pdf.stroke(`#${paint.stroke}`);
    pdf.restore();
  }
}

/** pdfkit stops at revision 5, where guessing a password costs one SHA-256: same key, other locks. */
function raiseToRevisionSix(internals: PdfkitInternals, userPassword: string, ownerPassword: string): void {
  if (internals._security === null)
    throw new Error('pdfkit set up no encryption: the document would be readable');
  const { encryptionKey, dictionary } = internals._security;
  Object.assign(dictionary.data, { R: 6, ...revisionSixEntries(userPassword, ownerPassword, encryptionKey) });
  internals._root.data['Extensions'] = { ADBE: { BaseVersion: '1.7', ExtensionLevel: 8 } };
}
