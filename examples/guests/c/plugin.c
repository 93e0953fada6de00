#include "extism_env.h"
#include "extism_ws.h"
#include "socket.h"
#include "text.h"

enum { answer_ms = 5000, number_bytes = 11 };
/** Messages that are under way at a time: enough to keep both sides busy, few enough for any buffer. */
enum { window = 256 };

/** Ends the call. The JSON of a failure gives the host's error the same code. */
static int32_t fail(void) {
  extism_error_set(ws_error());
  return 1;
}

static int32_t fail_with(const char *message) {
  uint64_t length = 0;
  while (message[length] != 0) length++;
  const extism_block block = extism_alloc(length);
  for (uint64_t i = 0; i < length; i++) extism_store_u8(block + i, message[i]);
  extism_error_set(block);
  return 1;
}

/** Outputs a result, and behind a negative one what `ws_error` says. */
static int32_t report(int32_t result) {
  const extism_block error = result < 0 ? ws_error() : 0;
  const uint64_t error_length = error == 0 ? 0 : extism_length(error);
  const extism_block report = extism_alloc(number_bytes + 1 + error_length);
  uint64_t length = write_number(report, result);
  if (error != 0) {
    extism_store_u8(report + length++, '\n');
    copy_bytes(report + length, error, error_length);
    length += error_length;
  }
  output(report, length);
  return 0;
}

static int32_t ask(struct socket *socket, struct text question) {
  if (ws_send(socket->id, EWS_TEXT, question.block, question.length) < 0) return fail();
  const int32_t size = socket_receive(socket, answer_ms);
  if (size < 0) return fail();
  if (size == 0 || socket->event.type != EWS_MESSAGE_EVENT) {
    return fail_with("the server did not answer");
  }
  output(socket_payload(socket), socket->event.length);
  return 0;
}

/** Input: a URL, and a text on the next line. Output: what the server answers to the text. */
EXTISM_EXPORT(echo) int32_t echo(void) {
  const uint64_t end = first_line();
  struct socket socket = socket_connect(input_part(0, end).block);
  if (socket.id < 0) return fail();
  const int32_t result = ask(&socket, input_part(end + 1, extism_input_length()));
  socket_close(&socket);
  return result;
}

static int32_t count_to(int32_t total, struct socket *socket) {
  const extism_block number = extism_alloc(number_bytes);
  int32_t sent = 0, received = 0, in_order = 0;
  while (received < total) {
    while (sent < total && sent - received < window) {
      const int32_t length = write_number(number, sent);
      if (ws_send(socket->id, EWS_TEXT, number, length) < 0) return fail();
      sent++;
    }
    const int32_t size = socket_receive(socket, answer_ms);
    if (size < 0) return fail();
    if (size == 0 || socket->event.type != EWS_MESSAGE_EVENT) break;
    if (read_number(socket_payload(socket), socket->event.length) == received) in_order++;
    received++;
  }
  return report(in_order);
}

/** Input: a URL, and a number. Sends so many messages; output: how many came back in order. */
EXTISM_EXPORT(count) int32_t count(void) {
  const uint64_t end = first_line();
  const struct text total = input_part(end + 1, extism_input_length());
  struct socket socket = socket_connect(input_part(0, end).block);
  if (socket.id < 0) return fail();
  const int32_t result = count_to(read_number(total.block, total.length), &socket);
  socket_close(&socket);
  return result;
}

/** Input: a URL that the host denies. Output: the number of the failure, and what it says. */
EXTISM_EXPORT(refused) int32_t refused(void) {
  return report(ws_connect(input_part(0, extism_input_length()).block));
}

/** Input: the URL of a server that says nothing. Output: what `ws_receive` returns after 50 ms. */
EXTISM_EXPORT(late) int32_t late(void) {
  struct socket socket = socket_connect(input_part(0, extism_input_length()).block);
  if (socket.id < 0) return fail();
  const int32_t result = report(socket_receive(&socket, 50));
  socket_close(&socket);
  return result;
}
