/** The global object's in a worker, as far as packages ask for it: they read its name. */
export const constructor = { name: 'WorkerGlobalScope' }
