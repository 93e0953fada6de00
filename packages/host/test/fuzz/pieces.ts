import { encodeRecords, maxAttachmentBytes, type RawRecord } from '@extism-ws/protocol'

/** Bytes that a guest hands over, and where they lie in its memory. */
export interface Piece {
  readonly offset: number
  readonly bytes: Uint8Array
}

const encoder = new TextEncoder()

/** What guests write: requests, records and text, well-formed and not. */
function contents(origin: string): Uint8Array[] {
  const request = (fields: object): string =>
    JSON.stringify({ url: `${origin}/echo`, wait: false, ...fields })
  const texts = [
    `${origin}/echo`,
    request({}),
    request({ wait: true }),
    request({ name: 'feed', protocols: ['a', 'b'], headers: { 'X-Guest': 'yes' } }),
    request({ url: `${origin}/silent`, wait: true }),
    request({ url: `${origin}/unauthorized` }),
    request({ url: `${origin}/drop` }),
    request({ url: `${origin}/close?code=4001&reason=bye` }),
    request({ url: 'ws://10.0.0.1/', wait: true }),
    request({ url: 'http://127.0.0.1/' }),
    request({ protocols: ['a', 'a'] }),
    request({ headers: { Host: 'elsewhere', 'a b': '\r\n' } }),
    request({ name: 'n'.repeat(300) }),
    request({
      headers: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`X-${i}`, 'v'])),
    }),
    // A prototype is none of the host's.
    '{"__proto__":{"url":"ws://127.0.0.1/"},"constructor":1}',
    `{"url":${'['.repeat(5000)}`,
    '{}',
    'ws://',
    'reason',
    '',
  ]
  return [
    ...texts.map((text) => encoder.encode(text)),
    // Invalid UTF-8, alone and in JSON.
    Uint8Array.of(0xff, 0xfe, 0x80),
    Uint8Array.of(0x7b, 0x22, 0xc3, 0x28, 0x22, 0x7d),
    ...batches(),
    new Uint8Array(maxAttachmentBytes + 1),
  ]
}

/** Blocks for `ws_send_many`. */
function batches(): Uint8Array[] {
  const message = (id: number, fields: Partial<RawRecord> = {}): RawRecord => ({
    type: 2,
    flags: 0,
    code: 1,
    id,
    payload: encoder.encode('hello'),
    ...fields,
  })
  const fine = encodeRecords([message(1), message(2, { code: 2 }), message(1)])
  const odd = encodeRecords([message(1, { type: 200 }), message(1, { code: 9 }), message(99)])
  const withSize = (size: number): Uint8Array => {
    const block = encodeRecords([message(1), message(1)])
    new DataView(block.buffer).setUint32(24, size, true)
    return block
  }
  return [
    fine,
    odd,
    fine.subarray(0, fine.length - 1),
    fine.subarray(0, 5),
    withSize(0),
    withSize(4),
    withSize(0xffff_fff8),
  ]
}

/** The pieces one behind the other, each at a multiple of 8. */
export function pieces(origin: string): Piece[] {
  let end = 8
  return contents(origin).map((bytes) => {
    const offset = end
    end = Math.ceil((end + bytes.length) / 8) * 8
    return { offset, bytes }
  })
}
