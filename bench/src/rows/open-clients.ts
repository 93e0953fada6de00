import type { Measured, OpenRow } from '../row.js'
import type { Client, ClientSide } from '../sides/client.js'

/** Connects every side to the same URL; `run` is what one of them is measured with. */
export async function openClients(
  sides: readonly ClientSide[],
  url: string,
  run: (client: Client) => Promise<Measured>,
): Promise<OpenRow> {
  const clients = await Promise.all(sides.map((side) => side.open(url)))
  return {
    sides: clients.map((client, i) => ({
      name: sides[i]?.name ?? '',
      run: () => run(client),
    })),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()))
    },
  }
}
