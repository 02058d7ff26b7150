// A host of files for the tests: byte ranges, the headers that a careful host sends, and a count of what goes over the wire.

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'

const TYPES = {
  html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', json: 'application/json',
  txt: 'text/plain; charset=utf-8', md: 'text/markdown; charset=utf-8', xml: 'application/xml', ttl: 'text/turtle',
  jsonld: 'application/ld+json', rdf: 'application/rdf+xml', flac: 'audio/flac', wav: 'audio/wav', mp3: 'audio/mpeg', ogg: 'audio/ogg',
}

/** The policy that the pages carry in a meta element too. */
export const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self'"

/**
 * Serves `root` at `prefix` on a free port of this machine alone. `log` has a line for each answer: its path, status and
 * the bytes of head and body that went out.
 */
export async function serve(root, { prefix = '/', csp = CSP } = {}) {
  const log = []
  const server = createServer(async (request, answer) => {
    const socket = request.socket, before = socket.bytesWritten
    const entry = { path: request.url, method: request.method, status: 0, bytes: 0, range: request.headers.range ?? '' }
    answer.on('close', () => { entry.bytes = socket.bytesWritten - before; entry.status = answer.statusCode; log.push(entry) })
    const head = { 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'strict-origin-when-cross-origin', 'Accept-Ranges': 'bytes' }
    if (csp) head['Content-Security-Policy'] = csp
    const refuse = status => { answer.writeHead(status, { ...head, 'Content-Type': 'text/plain' }); answer.end(`${status}\n`) }
    try {
      const url = new URL(request.url, 'http://localhost')
      if (!url.pathname.startsWith(prefix)) return refuse(404)
      let file = path.join(root, path.normalize('/' + decodeURIComponent(url.pathname.slice(prefix.length))))
      let found = await stat(file).catch(() => null)
      if (found?.isDirectory()) {
        if (!url.pathname.endsWith('/')) { answer.writeHead(301, { Location: `${url.pathname}/` }); return answer.end() }
        file = path.join(file, 'index.html')
        found = await stat(file).catch(() => null)
      }
      if (!found?.isFile()) return refuse(404)
      head['Content-Type'] = TYPES[path.extname(file).slice(1)] ?? 'application/octet-stream'
      head.ETag = `"${found.size}-${found.mtimeMs}"`
      const wanted = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '')
      let from = 0, to = found.size - 1, status = 200
      if (wanted && (wanted[1] || wanted[2])) {
        if (!wanted[1]) from = Math.max(0, found.size - Number(wanted[2]))
        else { from = Number(wanted[1]); if (wanted[2]) to = Math.min(to, Number(wanted[2])) }
        if (from > to) { answer.writeHead(416, { ...head, 'Content-Range': `bytes */${found.size}` }); return answer.end() }
        status = 206
        head['Content-Range'] = `bytes ${from}-${to}/${found.size}`
      }
      head['Content-Length'] = to - from + 1
      answer.writeHead(status, head)
      if (request.method === 'HEAD' || to < from) return answer.end()
      createReadStream(file, { start: from, end: to }).on('error', () => answer.destroy()).pipe(answer)
    } catch { if (!answer.headersSent) refuse(400); else answer.destroy() }
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  const origin = `http://127.0.0.1:${server.address().port}`
  return { origin, base: origin + prefix, log, close: () => { server.closeAllConnections(); return new Promise(done => server.close(done)) } }
}
