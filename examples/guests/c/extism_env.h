// The part of Extism's own functions that this plugin calls. A plugin that has Extism's C PDK includes
// that one's extism-pdk.h instead.
#pragma once

#include <stdint.h>

#define EXTISM_IMPORT(name) __attribute__((import_module("extism:host/env"), import_name(#name)))
#define EXTISM_EXPORT(name) __attribute__((export_name(#name)))

/** A block of Extism's memory, which is not the plugin's own; 0 for none. Blocks end with the call. */
typedef uint64_t extism_block;

EXTISM_IMPORT(alloc) extism_block extism_alloc(uint64_t length);
EXTISM_IMPORT(free) void extism_free(extism_block block);
EXTISM_IMPORT(length) uint64_t extism_length(extism_block block);
EXTISM_IMPORT(load_u8) uint8_t extism_load_u8(uint64_t offset);
EXTISM_IMPORT(load_u64) uint64_t extism_load_u64(uint64_t offset);
EXTISM_IMPORT(store_u8) void extism_store_u8(uint64_t offset, uint8_t value);
EXTISM_IMPORT(store_u64) void extism_store_u64(uint64_t offset, uint64_t value);
EXTISM_IMPORT(input_length) uint64_t extism_input_length(void);
EXTISM_IMPORT(input_load_u8) uint8_t extism_input_load_u8(uint64_t offset);
EXTISM_IMPORT(output_set) void extism_output_set(extism_block block, uint64_t length);
EXTISM_IMPORT(error_set) void extism_error_set(extism_block message);
