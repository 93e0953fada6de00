import type { Measured, OpenRow } from '../row.js'
import type { Client, ClientSide } from '../sides/client.js'

/** Where a side connects to, and what it is measured with. */
interface Load<Opened> {
  readonly url: string
  run(client: Opened): Promise<Measured>
}

/** Connects every side; `load` gets the side's share of the messages. */
export async function openClients<Opened extends AsyncDisposable = Client>(
  sides: readonly ClientSide<Opened>[],
  load: (share: number) => Load<Opened>,
): Promise<OpenRow> {
  const opened = await Promise.all(
    sides.map(async ({ name, share = 1, open }) => {
      const { url, run } = load(share)
      return { name, client: await open(url), run }
    }),
  )
  return {
    sides: opened.map(({ name, client, run }) => ({ name, run: () => run(client) })),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map(({ client }) => client[Symbol.asyncDispose]()))
    },
  }
}
