export {
  abiVersion,
  connectionExport,
  directFunctions,
  engineExports,
  Feature,
  frameHeaderBytes,
  guestExports,
  maxAttachmentBytes,
  maxNameLength,
  namespace,
  portableFunctions,
  Progress,
  restartExport,
  type DirectFunction,
  type GuestExport,
  type PortableFunction,
  type Signature,
  type ValueType,
} from './abi.js'
export { acceptedRecord, readAccepted, type AcceptedSocket } from './accepted.js'
export { cancelRecord, readCancelReason, type CancelReason } from './cancel.js'
export { CloseCode, isSendable, maxReasonBytes } from './close-code.js'
export { parseConnectRequest, type ConnectRequest } from './connect-request.js'
export {
  type AutoAnswerRequest,
  type KeepAliveRequest,
  type ListedMessage,
  type ReconnectRequest,
} from './connection-options.js'
export {
  errorCodeOf,
  errorData,
  errorFrom,
  EwsError,
  isErrorCode,
  type ErrorData,
  type ErrorFacts,
} from './error.js'
export { errorNumbers, type ErrorCode } from './error-number.js'
export { errorTable } from './error-table.js'
export { guestLimits } from './guest-limit.js'
export {
  eventRecord,
  readReconnected,
  readReconnecting,
  recordEvent,
  type Reconnected,
  type Reconnecting,
  type SocketEvent,
} from './event.js'
export { httpEventRecord, recordHttpEvent, type HttpEvent, type HttpHead } from './http-event.js'
export {
  abortRecord,
  decodeHttpRequest,
  encodeHttpRequest,
  maxRequestHeadBytes,
  requestRecord,
  type HttpHeader,
  type HttpRequest,
  type RedirectMode,
} from './http-request.js'
export {
  encodeRecords,
  Opcode,
  readRecords,
  recordBytes,
  RecordFlag,
  recordHeaderBytes,
  recordSizeAt,
  RecordType,
  writeRecord,
  writeRecordAround,
  type RawRecord,
} from './record.js'
export {
  readRestart,
  readRestored,
  restartRecord,
  restoredRecord,
  type RestoredSocket,
} from './restart.js'
export {
  findInMap,
  mapStack,
  scriptName,
  type FindSource,
  type SourceMapEntry,
  type SourcePosition,
} from './stack.js'
