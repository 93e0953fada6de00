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

/**
 * /text answers a text, /echo what it was asked, /slow?ms=n later, /bytes?count=n so many bytes,
 * /never not at all; /reset cuts the connection,
 * /half in the middle of the body; /redirect leads to /text, /away to another server; /raw answers the
 * bytes of the request in hexadecimal, /cookies with two of them.
 */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  response.setHeader('x-server', 'test')
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://127.0.0.1')
  const { method, headers } = request
  switch (pathname) {
    case '/text':
      response.end('héllo')
      break
    case '/echo':
      response.end(
        JSON.stringify({
          method,
          plugin: headers['x-plugin'],
          body: Buffer.concat(chunks).toString(),
        }),
      )
      break
    case '/slow':
      setTimeout(() => response.end('slow'), Number(searchParams.get('ms')))
      break
    case '/bytes':
      response.end(Buffer.alloc(Number(searchParams.get('count')), 7))
      break
    case '/raw':
      response.end(Buffer.concat(chunks).toString('hex'))
      break
    case '/cookies':
      response.setHeader('Set-Cookie', ['a=1', 'b=2']).end()
      break
    case '/half':
      response.writeHead(200, { 'content-length': 10 }).write('half')
      setTimeout(() => request.socket.destroy(), 5)
      break
    case '/redirect':
      response.writeHead(302, { location: '/text' }).end()
      break
    case '/away':
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
      break
    case '/never':
      break
    case '/reset':
      request.socket.destroy()
      break
    default:
      response.writeHead(404).end('not here')
  }
}
