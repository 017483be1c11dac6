import { describe, expect, it } from 'vitest';
import { nameCode, Token, XmlTokens } from '../../../formats/xlsx/xml-tokens.js';
import { FormatError } from '../../../formats/table.js';

/** Everything the tokens say, with texts that stand together joined. */
function tell(blocks: readonly Buffer[]): string[] {
  const tokens = new XmlTokens();
  const told: string[] = [];
  let text = '';
  const drain = (): void => {
    for (let kind = tokens.next(); kind !== Token.More; kind = tokens.next()) {
      if (kind === Token.Text) {
        text += tokens.text();
        continue;
      }
      if (text !== '') told.push(`text ${text}`);
      text = '';
      const attribute = kind === Token.Open ? ` r=${String(tokens.attribute(nameCode('r')))}` : '';
      told.push(
        kind === Token.Open ? `open ${tokens.name}${attribute} ${tokens.isEmpty}` : `close ${tokens.name}`,
      );
    }
  };
  for (const block of blocks) {
    tokens.feed(block);
    drain();
  }
  tokens.finish();
  drain();
  return told;
}

function refusal(xml: string): string {
  try {
    tell([Buffer.from(xml)]);
  } catch (error) {
    if (error instanceof FormatError) return error.failure.code;
    throw error;
  }
  throw new Error('it was read');
}

const document =
  '\ufeff<?xml version="1.0" encoding="UTF-8"?>\r\n<!-- <row> > -->\n<x:a xmlns:x="u" r=\'1 > 0\' x14:r="no">' +
  '<b r="&lt;&#65;&#x4E2D;"/> text &amp; 中文 🔑\r\nline <![CDATA[<raw> & ]]><!-- - -> -->tail<?pi ?><c\n r = "2" ></c ></x:a>\n';

describe('XmlTokens', () => {
  it('tells names without prefixes, attributes and text', () => {
    expect(tell([Buffer.from(document)])).toEqual([
      `open ${nameCode('a')} r=1 > 0 false`,
      `open ${nameCode('b')} r=<A中 true`,
      `text  text & 中文 🔑\nline <raw> & tail`,
      `open ${nameCode('c')} r=2 false`,
      `close ${nameCode('c')}`,
      `close ${nameCode('a')}`,
    ]);
  });

  it('tells the same wherever the bytes are cut', () => {
    const bytes = Buffer.from(document);
    const whole = tell([bytes]);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      expect(tell([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(whole);
    }
    for (const size of [1, 2, 3, 7]) {
      const blocks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += size) blocks.push(bytes.subarray(at, at + size));
      expect(tell(blocks)).toEqual(whole);
    }
  });

  it.each([
    ['', 'nothing at all'],
    ['<a>', 'a missing end'],
    ['<a></b>', 'tags that do not match'],
    ['<a></a></a>', 'one end too many'],
    ['<a/><b/>', 'two roots'],
    ['<a/>text', 'text after the root'],
    ['<a b></a>', 'an attribute without a value'],
    ['<a b=c/>', 'a value without quotes'],
    ['<a b="<"/>', 'a tag in a value'],
    ['<a', 'half a tag'],
    ['<a>&x;</a>', 'an entity of its own'],
    ['<a>&amp</a>', 'an entity without an end'],
    ['<a>&#1114112;</a>', 'a character beyond Unicode'],
    ['<a r="&x;"/>', 'an entity in a value'],
    ['<!DOCTYPE a><a/>', 'a document type'],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'entities'],
    ['<a><!ELEMENT b></a>', 'a declaration inside'],
    ['<a><!-- </a>', 'a comment without an end'],
    ['<a>'.repeat(1_001) + '</a>'.repeat(1_001), 'a thousand levels'],
    [`<a ${Array.from({ length: 1_001 }, (_, at) => `b${at}="1"`).join(' ')}/>`, 'a thousand attributes'],
  ])('refuses %j: %s', (xml) => {
    expect(refusal(xml)).toBe('damaged');
  });
});
