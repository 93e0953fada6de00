export { codec, type Codec, type CodecOptions, type Format, type SchemaOptions } from './codec.js'
export type { StandardSchema, StandardSchemaIssue } from './standard-schema.js'
export type { TypedSocket } from './typed-socket.js'
export type { Undecodable } from './undecodable.js'
