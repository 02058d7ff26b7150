// Values of rows: filters, CSV, links, the state in the address. No page, no network.

/** An error with a message for readers: the name of one of the strings above. */
export class Failure extends Error {
  constructor(kind, detail) {
    super(`${kind}${detail === undefined ? '' : ` ${detail}`}`)
    this.kind = kind
    this.detail = detail
  }
}

/** Half-open byte ranges in order, joined where at most `gap` bytes lie between them. */
export function joinRanges(ranges, gap) {
  const sorted = ranges.filter(([a, b]) => b > a).sort((x, y) => x[0] - y[0])
  const joined = []
  for (const [start, end] of sorted) {
    const last = joined[joined.length - 1]
    if (last && start <= last[1] + gap) last[1] = Math.max(last[1], end)
    else joined.push([start, end])
  }
  return joined
}

/** What JSON can hold: integers of 64 bits as numbers where exact, else as text; bytes as their length. */
export function plain(value) {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()
  if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) return null
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof Uint8Array) return `<${value.length} bytes>`
  if (ArrayBuffer.isView(value) || Array.isArray(value)) return Array.from(value, plain)
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  }
  return value
}

/** A field of CSV. Text that a spreadsheet would run as a formula gets a leading apostrophe. */
export function csvField(value) {
  const item = plain(value)
  if (item === null) return ''
  let text = typeof item === 'object' ? JSON.stringify(item) : String(item)
  if (typeof item === 'string' && /^\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text)) text = `'${text}`
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text
}

/** Rows as CSV (RFC 4180), with a mark that makes spreadsheets read it as UTF-8. */
export function toCsv(columns, rows) {
  const lines = [columns.map(csvField), ...rows.map(row => columns.map(name => csvField(row[name])))]
  return `\ufeff${lines.map(line => line.join(',')).join('\r\n')}\r\n`
}

/** Rows as a JSON array of objects. */
export function toJson(columns, rows) {
  return JSON.stringify(rows.map(row => Object.fromEntries(columns.map(name => [name, plain(row[name])]))), null, 1)
}

/** Order by code points, which is that of UTF-8 bytes and so of Parquet's statistics. */
export function compareText(a, b) {
  const x = new TextEncoder().encode(a), y = new TextEncoder().encode(b)
  return compareBytes(x, y)
}

function compareBytes(x, y) {
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return x[i] - y[i]
  return x.length - y.length
}

/** A filter's value in the column's kind, or undefined if it is none: '1,5' and '1.5' are both numbers. */
export function filterValue(kind, text) {
  if (kind === 'text') return text
  const word = text.trim().toLowerCase()
  if (kind === 'bool') return { true: true, ja: true, yes: true, 1: true, false: false, nej: false, no: false, 0: false }[word]
  const number = Number(word.replace(',', '.'))
  return word === '' || Number.isNaN(number) ? undefined : number
}

/** Whether a value of a column passes a filter `{ op, kind, value }`. */
export function passes(filter, value) {
  while (Array.isArray(value)) value = value[0]
  if (value === null || value === undefined) return false
  if (filter.op === 'has') return String(value).toLowerCase().includes(String(filter.value).toLowerCase())
  if (filter.kind === 'text') {
    const text = String(value)
    if (filter.op === 'eq') return text === filter.value
    return filter.op === 'min' ? compareText(text, filter.value) >= 0 : compareText(text, filter.value) <= 0
  }
  const item = typeof value === 'bigint' ? Number(value) : value
  // A column of 32 bits holds 0.1 as its nearest.
  if (filter.op === 'eq') return item === filter.value || (filter.kind === 'number' && item === Math.fround(filter.value))
  return filter.op === 'min' ? item >= filter.value : item <= filter.value
}

/** Whether values between `min` and `max` can pass: false only when none can. Text comes as bytes, perhaps cut short. */
export function mayPass(filter, min, max) {
  if (filter.op === 'has' || filter.kind === 'bool' || min === undefined || max === undefined) return true
  if (filter.kind === 'text') {
    if (!(min instanceof Uint8Array) || !(max instanceof Uint8Array)) return true
    const value = new TextEncoder().encode(filter.value)
    return (filter.op === 'max' || compareBytes(max, value) >= 0) && (filter.op === 'min' || compareBytes(min, value) <= 0)
  }
  const [low, high] = [Number(min), Number(max)]
  if (Number.isNaN(low) || Number.isNaN(high)) return true
  // Numbers of 32 bits are compared as such, so a little is allowed on both sides.
  const slack = filter.op === 'eq' ? Math.abs(filter.value) * 1e-6 : 0
  return (filter.op === 'max' || high >= filter.value - slack) && (filter.op === 'min' || low <= filter.value + slack)
}

/** An address that may be a link, or null: http(s), whole, without a name and password in it. */
export function safeLink(text) {
  if (!/^https?:\/\/[^\s<>"]+$/i.test(text) || text.length > 2000) return null
  try {
    const url = new URL(text)
    return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url.href : null
  } catch {
    return null
  }
}

/** The state of the rows from the part of an address after '#', or null where that is only an anchor. */
export function parseHash(hash) {
  const text = hash.replace(/^#/, '')
  if (!text.includes('=')) return null
  const params = new URLSearchParams(text), row = Math.floor(Number(params.get('row')))
  return {
    config: params.get('config'), split: params.get('split'), row: row >= 1 && row < 2 ** 50 ? row - 1 : 0,
    columns: params.has('cols') ? params.get('cols').split(',').filter(Boolean) : null,
    filters: params.getAll('f').slice(0, 16).map(item => {
      const [column, op, ...rest] = item.split('~')
      return { column, op, text: rest.join('~') }
    }).filter(f => f.column && ['eq', 'has', 'min', 'max'].includes(f.op)),
  }
}

/** The inverse of `parseHash`. */
export function formatHash(state) {
  const params = new URLSearchParams({ config: state.config, split: state.split, row: String(state.row + 1) })
  if (state.columns) params.set('cols', state.columns.join(','))
  for (const f of state.filters) params.append('f', `${f.column}~${f.op}~${f.text}`)
  return `#${params}`
}
