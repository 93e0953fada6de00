/** WebIDL §2.8.1; the engine has it. */
declare class DOMException extends Error {
  constructor(message?: string, name?: string)
  readonly code: number
}
