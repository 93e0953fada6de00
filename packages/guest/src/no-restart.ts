/** Of a plugin that does not export `onRestart`: what it would need is not in it. */
export function enableRestart(): void {}
