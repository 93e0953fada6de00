/** Where the guest runs, and how its host functions wait. */
export type Mode = 'event' | 'worker' | 'jspi'

/** For messages: what to do where nothing can wait. */
export const waitingModes = "have the integrator set `mode` to 'worker' or 'jspi'"

/** For messages: why a host function cannot wait, and what to do about it. */
export const wouldBlock =
  'a host in `event` mode cannot wait inside a host function: use the asynchronous API, or ' +
  waitingModes
