@external("wasi_snapshot_preview1", "clock_time_get") declare function clock_time_get(clock: i32, precision: u64, out: usize): i32
@external("wasi_snapshot_preview1", "random_get") export declare function random_get(to: usize, length: i32): i32
@external("wasi_snapshot_preview1", "poll_oneoff") declare function poll_oneoff(subscriptions: usize, events: usize, count: i32, out: usize): i32

export const CLOCK_MONOTONIC = 1
/** The build's own clock: the author's code cannot read it, so that time gets into no plugin. */
export const CLOCK_BUILD = 2

/** Monotonic time in nanoseconds; `scratch` takes 8 bytes. */
export function monotonic(scratch: usize): u64 {
  return timeOf(CLOCK_MONOTONIC, scratch)
}

/** A clock's time in nanoseconds; `scratch` takes 8 bytes. */
export function timeOf(clock: i32, scratch: usize): u64 {
  clock_time_get(clock, 1, scratch)
  return load<u64>(scratch)
}

/** Sleeps for `nanoseconds`, where the host lets a guest sleep; `scratch` takes 88 bytes. */
export function sleep(nanoseconds: u64, scratch: usize): void {
  memory.fill(scratch, 0, 48)
  store<u32>(scratch + 16, CLOCK_MONOTONIC)
  store<u64>(scratch + 24, nanoseconds)
  poll_oneoff(scratch, scratch + 48, 1, scratch + 80)
}
