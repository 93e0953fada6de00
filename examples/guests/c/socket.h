// A socket and the block into which its events are written, again and again: the memory that Extism gives
// out has few blocks. The block ends with the call; a socket that is used in several calls needs a new
// one in each.
#pragma once

#include "extism_env.h"
#include "extism_ws.h"

struct socket {
  int32_t id; // below 0 there is no connection: then it is the error
  extism_block events;
  int32_t capacity;
  struct ews_header event; // of the one that was received last
};

/** Connects to the URL in this block. */
static inline struct socket socket_connect(extism_block url) {
  const int32_t capacity = 4096;
  return (struct socket){
      .id = ws_connect(url), .events = extism_alloc(capacity), .capacity = capacity};
}

/** As `ws_receive`, for events of any size. Afterwards `event` is the header of what came. */
static inline int32_t socket_receive(struct socket *socket, int32_t timeout_ms) {
  int32_t size = ws_receive(socket->id, timeout_ms, socket->events, socket->capacity);
  while (size == EWS_TOO_SMALL) { // the event stays in the host until it fits
    extism_free(socket->events);
    socket->capacity *= 2;
    socket->events = extism_alloc(socket->capacity);
    size = ws_receive(socket->id, timeout_ms, socket->events, socket->capacity);
  }
  if (size <= 0) return size;
  union {
    uint64_t words[2];
    struct ews_header header;
  } first = {{extism_load_u64(socket->events), extism_load_u64(socket->events + 8)}};
  socket->event = first.header;
  return size;
}

/** Where the payload of the last event is. */
static inline uint64_t socket_payload(const struct socket *socket) {
  return socket->events + EWS_HEADER_BYTES;
}

/**
 * Closes the connection, and waits for its end: a socket counts as one of those that the plugin may have
 * until its close event was fetched. What still arrives is dropped.
 */
static inline void socket_close(struct socket *socket) {
  const int32_t until_it_comes = -1; // the host cuts a connection that the server does not close
  if (ws_close(socket->id, 1000, 0) < 0) return;
  while (socket_receive(socket, until_it_comes) > 0) {
    if (socket->event.type == EWS_CLOSE_EVENT) return;
  }
}
