/** Answers without having listened. */
export async function run() {
  return { count: 0 }
}
