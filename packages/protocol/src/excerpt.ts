/** The beginning of a text, for error messages. */
export function excerpt(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}

/** The beginning of a value that JSON could carry, for error messages. */
export function shown(value: unknown): string {
  try {
    return excerpt(JSON.stringify(value) ?? 'undefined')
  } catch {
    // What JSON.parse could read, JSON.stringify may find nested too deeply for its stack.
    return 'a deeply nested value'
  }
}
