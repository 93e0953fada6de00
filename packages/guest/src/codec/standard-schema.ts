/**
 * What is used of Standard Schema v1 (https://standardschema.dev): the interface that zod, valibot, arktype
 * and others implement. Written out, as its authors allow, so that no package is needed for types alone; a
 * test holds it against `@standard-schema/spec`.
 */
export interface StandardSchema<Valid> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Valid> | Promise<StandardResult<Valid>>
  }
}

export type StandardResult<Valid> =
  | { readonly value: Valid; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaIssue[] }

/** What a schema has against a value. */
export interface StandardSchemaIssue {
  readonly message: string
  /** Keys from the value to its part that is meant. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
