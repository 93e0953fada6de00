import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A small HTTP server on a free port of 127.0.0.1. */
export class TestHttpServer implements AsyncDisposable {
  readonly origin: string
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<TestHttpServer> {
    const server = createServer((request, response) => void answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new TestHttpServer(server)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** /text answers a text, /echo what it was asked. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  response.setHeader('x-server', 'test')
  if (request.url === '/text') response.end('héllo')
  else if (request.url === '/echo') {
    const { method, headers } = request
    const body = Buffer.concat(chunks).toString()
    response.end(JSON.stringify({ method, plugin: headers['x-plugin'], body }))
  } else response.writeHead(404).end('not here')
}
