/** @throws {TypeError} for what is no object. */
export function checkObject(value: unknown, option: string): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new TypeError(`${option} must be an object, got ${JSON.stringify(value)}`)
}

/**
 * The value as options that have no other fields.
 *
 * @throws {TypeError} for a field that nobody reads: in what is for security, a slip must not pass.
 */
export function checkFields<Options extends object>(
  value: unknown,
  fields: ReadonlySet<keyof Options & string>,
  option: string,
): Options {
  const given = checkObject(value, option)
  const known: ReadonlySet<string> = fields
  const unknown = Object.keys(given).find((field) => !known.has(field))
  if (unknown === undefined) return given as Options
  throw new TypeError(`${option}.${unknown} is no option; there are ${[...fields].join(', ')}`)
}
