// Takes the place of `tr46`, whose tables of Unicode are larger than everything else here together.

import { decode, encode } from 'punycode/punycode.es6.js'

const prefix = 'xn--'
const ascii = /^[\0-\x7f]*$/

/** Mapped to nothing by UTS #46: soft hyphen, joiners and selectors that are invisible. */
const ignored = /\u00ad|\u034f|[\u180b-\u180f]|\u200b|\u2060|\u2064|[\ufe00-\ufe0f]|\ufeff/g

/** Expressions over Unicode's tables: compiled when they are needed, or every plugin has them. */
let expressions: { readonly disallowed: RegExp; readonly leadingMark: RegExp } | undefined

function unicode(): NonNullable<typeof expressions> {
  expressions ??= {
    // No domain has them: unassigned, private, surrogates, controls, spaces, and replacements.
    disallowed: new RegExp('[^\\P{C}\\u200c\\u200d\\p{ASCII}]|[^\\P{Z} ]|[\\ufffc\\ufffd]', 'u'),
    leadingMark: new RegExp('^\\p{M}', 'u'),
  }
  return expressions
}

/**
 * UTS #46 ToASCII, non-transitional, by what the engine knows of Unicode: NFKC and lower case are
 * its mapping but for a few characters. The rules for right-to-left labels are not checked.
 *
 * @returns null for a domain that is not valid.
 */
export function toASCII(domain: string): string | null {
  // Nearly always.
  if (ascii.test(domain) && !/xn--/i.test(domain)) return domain.toLowerCase()
  const labels = mapped(domain).split('.').map(labelToASCII)
  return labels.includes(null) ? null : labels.join('.')
}

function mapped(domain: string): string {
  const visible = domain.replace(ignored, '').replaceAll('\u1e9e', '\u00df')
  // By character: the last sigma of a word would become another letter.
  const lower = Array.from(visible.normalize('NFKC'), (character) => character.toLowerCase())
  return lower.join('').normalize('NFKC').replaceAll('\u3002', '.')
}

function labelToASCII(label: string): string | null {
  if (ascii.test(label)) {
    if (!label.startsWith(prefix)) return label
    return isEncoded(label.slice(prefix.length)) ? label : null
  }
  if (!isValid(label) || label.startsWith(prefix)) return null
  return prefix + encode(label)
}

function isEncoded(encoded: string): boolean {
  try {
    const label = decode(encoded)
    return !ascii.test(label) && isValid(label) && mapped(label) === label
  } catch {
    return false
  }
}

function isValid(label: string): boolean {
  const { disallowed, leadingMark } = unicode()
  return !disallowed.test(label) && !leadingMark.test(label)
}
