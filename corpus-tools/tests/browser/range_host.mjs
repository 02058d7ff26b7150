// A host of files on loopback for tests: ranges, the headers of the site, a log of what was asked, and faults on request.
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join, normalize, sep } from 'node:path'

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png', '.flac': 'audio/flac', '.wav': 'audio/wav', '.mp3': 'audio/mpeg', '.ogg': 'audio/ogg' }
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self'"

/** Serves `root` below `/site/`. `host.fault` is null, 'whole' (no ranges), 'error', 'short', 'reset' or 'slow', for .parquet alone. */
export async function serve(root) {
  const host = { fault: null, log: [] }
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://x').pathname)
    let file = normalize(join(root, path.replace(/^\/site\//, '')))
    if (!path.startsWith('/site/') || !(file === root || file.startsWith(root + sep))) { response.writeHead(404).end(); return }
    let size
    try {
      if (statSync(file).isDirectory()) file = join(file, 'index.html')
      size = statSync(file).size
    } catch { response.writeHead(404).end(); return }
    const data = file.endsWith('.parquet'), fault = data ? host.fault : null
    const headers = { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream', 'content-security-policy': CSP, 'accept-ranges': 'bytes', 'cache-control': 'no-store' }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
    let [start, end] = range ? [Number(range[1]), Math.min(size - 1, Number(range[2]))] : [0, size - 1]
    if (fault === 'reset') { host.log.push({ path, bytes: 0 }); request.socket.destroy(); return }
    if (fault === 'error') { host.log.push({ path, bytes: 0 }); response.writeHead(503).end(); return }
    if (fault === 'short') start = Math.min(end, start + 3)
    const part = range && fault !== 'whole'
    if (!part) [start, end] = [0, size - 1]
    const entry = { path, bytes: 0, data }
    host.log.push(entry)
    const length = Math.max(0, end - start + 1)
    response.writeHead(part ? 206 : 200, { ...headers, 'content-length': length, ...(part ? { 'content-range': `bytes ${start}-${end}/${size}` } : {}) })
    if (!length) { response.end(); return }
    const send = () => createReadStream(file, { start, end }).on('data', chunk => { entry.bytes += chunk.length }).pipe(response)
    if (fault === 'slow') setTimeout(send, 400)
    else send()
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  host.url = `http://127.0.0.1:${server.address().port}/site/`
  host.close = () => { server.closeAllConnections(); server.close() }
  /** Bytes and requests of data since the log had `from` entries. */
  host.since = from => {
    const entries = host.log.slice(from).filter(e => e.data)
    return { bytes: entries.reduce((sum, e) => sum + e.bytes, 0), requests: entries.length }
  }
  return host
}
