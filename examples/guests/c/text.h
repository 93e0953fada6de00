// Text in Extism's memory, where it is written and read without a copy in the plugin's own.
#pragma once

#include "extism_env.h"

struct text {
  extism_block block;
  int32_t length;
};

/** The input from one byte to another, in a block of its own. */
static inline struct text input_part(uint64_t from, uint64_t to) {
  const struct text text = {extism_alloc(to - from), (int32_t)(to - from)};
  for (uint64_t i = from; i < to; i++) {
    extism_store_u8(text.block + (i - from), extism_input_load_u8(i));
  }
  return text;
}

/** Where the first line of the input ends. */
static inline uint64_t first_line(void) {
  uint64_t end = 0;
  while (end < extism_input_length() && extism_input_load_u8(end) != '\n') end++;
  return end;
}

static inline void copy_bytes(uint64_t to, uint64_t from, uint64_t length) {
  uint64_t i = 0;
  for (; i + 8 <= length; i += 8) extism_store_u64(to + i, extism_load_u64(from + i));
  for (; i < length; i++) extism_store_u8(to + i, extism_load_u8(from + i));
}

/** Writes a number in decimal. Returns how many bytes it took. */
static inline int32_t write_number(uint64_t to, int32_t number) {
  const int32_t sign = number < 0;
  uint32_t rest = sign ? -(uint32_t)number : (uint32_t)number;
  int32_t length = sign + 1;
  for (uint32_t more = rest / 10; more > 0; more /= 10) length++;
  if (sign) extism_store_u8(to, '-');
  for (int32_t i = length; i-- > sign; rest /= 10) extism_store_u8(to + i, '0' + rest % 10);
  return length;
}

/** Reads a decimal number without a sign; -1 for what is none. */
static inline int32_t read_number(uint64_t from, uint32_t length) {
  uint32_t number = 0;
  if (length == 0 || length > 9) return -1;
  for (uint32_t i = 0; i < length; i++) {
    const uint8_t digit = extism_load_u8(from + i) - '0';
    if (digit > 9) return -1;
    number = number * 10 + digit;
  }
  return (int32_t)number;
}

/** Some hosts put out the whole block, whatever the length: the output has one that is not longer. */
static inline void output(uint64_t from, uint64_t length) {
  const extism_block exact = extism_alloc(length);
  copy_bytes(exact, from, length);
  extism_output_set(exact, length);
}
