/** The encodings that `TextDecoder` knows, by the labels of WHATWG Encoding §4.2. */
const labels = {
  'utf-8': 'unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8',
  'utf-16le': 'csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le',
  'windows-1252':
    'ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 ' +
    'iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252',
} as const

export type Encoding = keyof typeof labels

/** WHATWG Encoding §4.2, "get an encoding". */
export function encodingOf(label: string): Encoding | undefined {
  const wanted = label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, '').toLowerCase()
  // A label has no space in it: one that has must not match two of them.
  if (wanted === '' || wanted.includes(' ')) return undefined
  return Object.entries(labels).find(([, names]) => ` ${names} `.includes(` ${wanted} `))?.[0] as
    | Encoding
    | undefined
}
