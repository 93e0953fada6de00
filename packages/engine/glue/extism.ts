// The Extism host functions that every Extism host of the last years has (also @extism/extism 1.0.3).

import { setBlocksUsed } from "./state"

@external("extism:host/env", "input_length") declare function input_length(): u64
@external("extism:host/env", "input_load_u64") declare function input_load_u64(offset: u64): u64
@external("extism:host/env", "input_load_u8") declare function input_load_u8(offset: u64): u32
@external("extism:host/env", "output_set") export declare function output_set(block: u64, length: u64): void
@external("extism:host/env", "error_set") export declare function error_set(block: u64): void
@external("extism:host/env", "alloc") declare function alloc(length: u64): u64
@external("extism:host/env", "free") export declare function block_free(block: u64): void
@external("extism:host/env", "length") export declare function block_length(block: u64): u64
@external("extism:host/env", "load_u64") declare function load_u64(offset: u64): u64
@external("extism:host/env", "load_u8") declare function load_u8(offset: u64): u32
@external("extism:host/env", "store_u64") declare function store_u64(offset: u64, value: u64): void
@external("extism:host/env", "store_u8") declare function store_u8(offset: u64, value: u32): void
@external("extism:host/env", "config_get") export declare function config_get(key: u64): u64
@external("extism:host/env", "var_get") export declare function var_get(key: u64): u64
@external("extism:host/env", "var_set") export declare function var_set(key: u64, value: u64): void
@external("extism:host/env", "log_debug") export declare function log_debug(block: u64): void
@external("extism:host/env", "log_info") export declare function log_info(block: u64): void
@external("extism:host/env", "log_warn") export declare function log_warn(block: u64): void
@external("extism:host/env", "log_error") export declare function log_error(block: u64): void

/** Bytes of the current call's input. */
export function inputLength(): u32 {
  return <u32>input_length()
}

/** Copies the whole input to `to`. */
export function readInput(to: usize, length: u32): void {
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) store<u64>(to + i, input_load_u64(i))
  for (; i < length; i++) store<u8>(to + i, <u8>input_load_u8(i))
}

/** A new Extism block with a copy of these bytes; 0 when the host has none left. */
export function newBlock(from: usize, length: u32): u64 {
  setBlocksUsed(1)
  const block = alloc(length)
  if (block == 0) return 0
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) store_u64(block + i, load<u64>(from + i))
  for (; i < length; i++) store_u8(block + i, load<u8>(from + i))
  return block
}

/** Copies `length` bytes of a block to `to`. */
export function readBlock(block: u64, to: usize, length: u32): void {
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) store<u64>(to + i, load_u64(block + i))
  for (; i < length; i++) store<u8>(to + i, <u8>load_u8(block + i))
}
