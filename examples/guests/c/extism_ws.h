// WebSockets for Extism plugins in C, version 1 of the ABI, portable layer (docs/abi.md). Copy this file.
#pragma once

#include <stdint.h>

#define EWS_IMPORT(name) __attribute__((import_module("extism:host/user"), import_name(#name)))

// Blocks are offsets in Extism's memory. A result below 0 is one of the errors below.

/** Connects to the URL in this block. A host that can wait returns when the connection is open. */
EWS_IMPORT(ws_connect) int32_t ws_connect(uint64_t request);

/** Sends the first `length` bytes of the block as one message. Returns 0. */
EWS_IMPORT(ws_send) int32_t ws_send(int32_t socket, int32_t kind, uint64_t data, int32_t length);

/**
 * Waits for the next event, with -1 without limit, and writes it into the block as a record. Returns the
 * size of the record; 0 when no event came in time.
 */
EWS_IMPORT(ws_receive)
int32_t ws_receive(int32_t socket, int32_t timeout_ms, uint64_t block, int32_t capacity);

/** Starts the closing handshake, and returns 0. `reason` is a block, or 0 for none. */
EWS_IMPORT(ws_close) int32_t ws_close(int32_t socket, int32_t code, uint64_t reason);

/** The last failure as JSON, in a block that is yours. Read it right after a negative result. */
EWS_IMPORT(ws_error) uint64_t ws_error(void);

/** `kind` of `ws_send`, and `code` of a message. */
enum ews_kind { EWS_TEXT = 1, EWS_BINARY = 2 };

/** docs/errors.md says what they mean. */
enum ews_error {
  EWS_DENIED = -1,
  EWS_BAD_URL = -2,
  EWS_CONNECT = -3,
  EWS_TIMEOUT = -4,
  EWS_TLS = -5,
  EWS_LIMIT = -6,
  EWS_CLOSED = -7,
  EWS_BAD_SOCKET = -8,
  EWS_BAD_REQUEST = -9,
  EWS_WOULD_BLOCK = -10,
  EWS_TOO_SMALL = -11,
  EWS_UNSUPPORTED = -12,
  EWS_HANDSHAKE = -13,
  EWS_INTERNAL = -14,
  EWS_PROTOCOL = -15,
};

/** Types of records. Later versions may add some: skip what you do not know. */
enum ews_type {
  EWS_OPEN_EVENT = 1,
  EWS_MESSAGE_EVENT = 2,
  EWS_CLOSE_EVENT = 3,
  EWS_ERROR_EVENT = 4,
  EWS_DRAIN_EVENT = 5,
};

/** In front of every payload, little-endian as Wasm is. */
struct ews_header {
  uint32_t size;   // of the record: header, payload, and padding up to a multiple of 8
  uint8_t type;    // enum ews_type
  uint8_t flags;   // of a close: 1 when the server sent a close frame
  uint16_t code;   // kind of a message, code of a close
  uint32_t id;     // the socket
  uint32_t length; // of the payload
};

#define EWS_HEADER_BYTES 16
_Static_assert(sizeof(struct ews_header) == EWS_HEADER_BYTES, "the layout of docs/abi.md, section 3.1");
